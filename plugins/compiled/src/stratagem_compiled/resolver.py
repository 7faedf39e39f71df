"""The compiled resolver."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any
from weakref import WeakKeyDictionary

from stratagem import PlainResolver
from stratagem_compiled.compiler import Compiler

if TYPE_CHECKING:
    from stratagem import Scope, Step

Prepared = Callable[["Scope"], dict[str, Any]]


class Functions:
    """The functions of steps, kept for as long as their plans are."""

    def __init__(self) -> None:
        self.compiler = Compiler()
        self._known: WeakKeyDictionary[Step, Prepared] = WeakKeyDictionary()

    def of(self, step: Step) -> Prepared:
        """The function for a step, compiled when it is first asked for."""
        if not step.templated:
            return step.inputs
        function = self._known.get(step)
        if function is None:
            function = self._known[step] = self.compiler.function(step.inputs)
        return function


class CompiledResolver(PlainResolver):
    """Resolves a step's inputs by a function that was written for them.

    Args:
        functions: where functions are kept from run to run.
    """

    def __init__(self, functions: Functions | None = None) -> None:
        super().__init__()
        self.direct = True
        self._functions = functions or Functions()

    def concerns(self, step: Step) -> bool:
        return step.templated

    def inputs(self, step: Step) -> Prepared:
        return self._functions.of(step)
