"""The reference resolver: every input resolved whenever a step runs, nothing remembered."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from stratagem.reference import instances
from stratagem.strategies import Resolver

if TYPE_CHECKING:
    from stratagem.plan import Step
    from stratagem.scope import Scope


class PlainResolver(Resolver):
    """Keeps one instance of a class node for each step of the run, and closes it at the run's end."""

    def __init__(self) -> None:
        self.direct = type(self) is PlainResolver  # a subclass has to know what it changes
        self._instances: dict[Step, Any] = {}

    def concerns(self, step: Step) -> bool:
        return type(self) is not PlainResolver  # one that is made of it does something else

    def handler(self, step: Step) -> Callable[..., Any]:
        if not step.spec.stateful:
            return step.spec.handler
        if step not in self._instances:
            self._instances[step] = instances.build(step)
        run: Callable[..., Any] = self._instances[step].run
        return run

    def inputs(self, step: Step) -> Callable[[Scope], dict[str, Any]]:
        return step.inputs

    async def close(self) -> None:
        for step, instance in self._instances.items():
            await instances.close(step, instance)
