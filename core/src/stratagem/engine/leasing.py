"""Which lease a step is given."""

from __future__ import annotations

from contextlib import AbstractAsyncContextManager
from typing import TYPE_CHECKING, Any

from stratagem.errors import NoProvider

if TYPE_CHECKING:
    from stratagem.engine.frame import StepRun
    from stratagem.model import ResourceRequest
    from stratagem.plan import Claim


def lent(ready: StepRun, claim: Claim) -> AbstractAsyncContextManager[Any]:
    """What the step is given for a claim, as long as the context lasts."""
    return provided(ready, claim.asked(ready.frame.scope))


def provided(ready: StepRun, request: ResourceRequest) -> AbstractAsyncContextManager[Any]:
    """A lease from the provider of the kind; raises NoProvider."""
    provider = ready.run.providers.get(request.kind)
    if provider is None:
        raise NoProvider(f"nothing provides a {request.kind!r}", node=ready.step.id)
    return provider.lease(ready, request)
