"""Instances of class nodes: built, closed, and built again such that nobody notices.

An instance of a class that is registered as ``rebuildable`` may be closed between two executions of its step, and built
anew for the next one. What counts from one to the next is what its ``state()`` gives: the new instance is handed it by
``restore(state)`` before it is used. A class without these two methods holds nothing that counts.
"""

from __future__ import annotations

import inspect
import logging
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from stratagem.plan import Step

_log = logging.getLogger("stratagem.engine")

NO_STATE: Final = object()
"""Stands for the state of an instance that has none to hand on, or that was never built."""


def build(step: Step, state: Any = NO_STATE) -> Any:
    """A new instance for the step, in the state that one before it was left in; raises what the class raises."""
    instance = step.spec.handler()
    if state is not NO_STATE:
        instance.restore(state)
    return instance


def state_of(instance: Any) -> Any:
    """Return what the next instance has to be handed; raises what ``state()`` raises."""
    return instance.state() if hasattr(instance, "state") else NO_STATE


async def close(step: Step, instance: Any) -> None:
    """Closes an instance, if its class has a ``close``; an error is logged with the node and who provides it."""
    closing = getattr(instance, "close", None)
    if closing is None:
        return
    try:
        if inspect.isawaitable(ended := closing()):
            await ended
    except Exception:
        provider = f" (provided by {step.spec.distribution})" if step.spec.distribution else ""
        what = "node %r of type %s%s could not be closed"
        _log.warning(what, step.id, step.spec.type, provider, exc_info=True)
