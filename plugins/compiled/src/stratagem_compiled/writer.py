"""Writer: puts the source of one function together, without a word of what a user wrote in it.

Names, constants and getters are bound to the function as values. So the source tells only of the shape of the inputs:
steps whose inputs have the same shape share it, and no text of a workflow can become code.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

Make = Callable[..., Callable[[Any], dict[str, Any]]]
"""Given the values in order, the function of a scope."""

HEAD = "def make({values}):\n    def inputs(scope):\n        try:\n"
TAIL = "        except Exception:\n            pass\n        return plain(scope)\n    return inputs\n"


class Writer:
    """Collects statements and the values they name; ``plain`` says it all again where the quick way does not end well."""

    def __init__(self) -> None:
        self.values: list[Any] = []
        self._lines: list[str] = []
        self._count = 0

    def bind(self, value: Any) -> str:
        """The name that a value has in the function."""
        self.values.append(value)
        return f"k{len(self.values) - 1}"

    def say(self, statement: str) -> None:
        """Adds a statement."""
        self._lines.append(f"            {statement}\n")

    def keep(self, expression: str) -> str:
        """The name of a new variable that holds what the expression gives."""
        name = f"x{self._count}"
        self._count += 1
        self.say(f"{name} = {expression}")
        return name

    def give_up_if(self, condition: str) -> None:
        """Leaves it to ``plain`` where the condition holds."""
        self.say(f"if {condition}: return plain(scope)")

    @property
    def source(self) -> str:
        """The source of a function ``make`` that takes ``plain`` and the values, and gives the function of a scope."""
        names = ", ".join(["plain", *(f"k{index}" for index in range(len(self.values)))])
        return HEAD.format(values=names) + "".join(self._lines) + TAIL

    @property
    def size(self) -> int:
        """Return how many statements there are."""
        return len(self._lines)
