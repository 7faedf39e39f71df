"""The reference resolver: every input resolved whenever a step runs, nothing remembered."""

from __future__ import annotations

import inspect
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from stratagem.strategies import Resolver

if TYPE_CHECKING:
    from stratagem.engine.frame import Scope
    from stratagem.plan import Step


class PlainResolver(Resolver):
    """Keeps one instance of a class node for each step of the run, and closes it at the run's end."""

    def __init__(self) -> None:
        self._instances: dict[Step, Any] = {}

    def handler(self, step: Step) -> Callable[..., Any]:
        if not step.spec.stateful:
            return step.spec.handler
        if step not in self._instances:
            self._instances[step] = step.spec.handler()
        run: Callable[..., Any] = self._instances[step].run
        return run

    def inputs(self, step: Step, scope: Scope) -> dict[str, Any]:
        assert step.inputs is not None  # every step of a finished plan has them
        return step.inputs(scope)

    async def close(self) -> None:
        for instance in self._instances.values():
            close = getattr(instance, "close", None)
            if close is not None and inspect.isawaitable(closing := close()):
                await closing
