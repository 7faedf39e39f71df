"""Scope: what a step's inputs are resolved in, and what stands in it where a step has left no value."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from stratagem.variables import VariableStore


class Absent:
    """Stands where a step has left no value.

    ``what`` is one word for it, ``why`` a sentence, ``live`` tells whether control goes on from it all the same, and
    ``error`` is that of a failed step.
    """

    __slots__ = ("error", "live", "what", "why")

    def __init__(self, what: str, why: str, *, live: bool = False, error: Exception | None = None) -> None:
        self.what = what
        self.why = why
        self.live = live
        self.error = error

    def __repr__(self) -> str:
        return f"<{self.what}>"


PENDING = Absent("pending", "the node has not run")
"""Stands for the outputs of a node that has not run."""
SKIPPED = Absent("skipped", "the node was skipped")
"""Stands for the outputs of a node that was skipped."""
CANCELLED = Absent("cancelled", "the node was cancelled")
"""Stands for the outputs of a node that was cancelled."""
LEFT = Absent("left", "the node left the loop")
"""Stands for the outputs of a node that left the loop."""
FREED = Absent("freed", "the value was dropped after its last reader", live=True)
"""Stands for a value that was dropped after its last reader."""


class Scope:
    """The values in which a step's inputs are resolved.

    ``values`` are those of the steps by index, or an `Absent`; ``variables`` those that can be read here; ``ports`` is
    what the owner of a body handed in; ``parent`` is the scope of the owner.
    """

    __slots__ = ("parent", "ports", "values", "variables")

    def __init__(
        self,
        values: list[Any],
        variables: VariableStore,
        ports: Mapping[str, Any],
        parent: Scope | None,
    ) -> None:
        self.values = values
        self.variables = variables
        self.ports = ports
        self.parent = parent
