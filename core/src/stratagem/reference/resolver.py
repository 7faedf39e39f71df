"""The reference resolver: every input resolved whenever a step runs, nothing remembered."""

from __future__ import annotations

import inspect
import logging
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from stratagem.strategies import Resolver

if TYPE_CHECKING:
    from stratagem.engine.frame import Scope
    from stratagem.plan import Step

log = logging.getLogger("stratagem.engine")


class PlainResolver(Resolver):
    """Keeps one instance of a class node for each step of the run, and closes it at the run's end."""

    def __init__(self) -> None:
        self.direct = type(self) is PlainResolver  # a subclass has to know what it changes
        self._instances: dict[Step, Any] = {}

    def concerns(self, step: Step) -> bool:
        return type(self) is not PlainResolver

    def handler(self, step: Step) -> Callable[..., Any]:
        if not step.spec.stateful:
            return step.spec.handler
        if step not in self._instances:
            self._instances[step] = step.spec.handler()
        run: Callable[..., Any] = self._instances[step].run
        return run

    def inputs(self, step: Step, scope: Scope) -> dict[str, Any]:
        return step.arguments(scope)

    async def close(self) -> None:
        for step, instance in self._instances.items():
            try:
                await _close(instance)
            except Exception:
                provider = f" (provided by {step.spec.distribution})" if step.spec.distribution else ""
                what = "node %r of type %s%s could not be closed"
                log.warning(what, step.id, step.spec.type, provider, exc_info=True)


async def _close(instance: Any) -> None:
    close = getattr(instance, "close", None)
    if close is not None and inspect.isawaitable(closing := close()):
        await closing
