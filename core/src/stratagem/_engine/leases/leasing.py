"""The choice of a lease for a step."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import AbstractAsyncContextManager, contextmanager
from time import perf_counter
from typing import TYPE_CHECKING, Any

from stratagem._engine.outcomes.faults import Lent
from stratagem.errors import NoProvider, ResourceUnavailable

if TYPE_CHECKING:
    from stratagem._engine.parts import StepRun
    from stratagem.claim import Claim
    from stratagem.model import ResourceRequest


@contextmanager
def waiting_for(ready: StepRun, kind: str) -> Iterator[None]:
    """Around the time in which a step waits for a resource, which recorders are told of at its end."""
    run, asked, event = ready.run, perf_counter(), "unleased"
    run.waits[ready] = kind, asked
    try:
        yield
        event = "lease"
    finally:
        run.waits.pop(ready, None)
        run.tell(ready, event, kind=kind, waited=perf_counter() - asked)


def lent(ready: StepRun, claim: Claim) -> AbstractAsyncContextManager[Any]:
    """Return the step's lease for a claim, as long as the context lasts: one that is held for it, or one of its own.

    Raises:
        ResourceUnavailable: no lease of the name that it asks for is held.
    """
    request, book = claim.asked(ready.frame.scope), ready.run.leases
    if book is not None and not claim.own:
        held = book.find(ready, request.kind, request.name)
        if held is not None:
            return held.use(ready)
    if request.name is not None:
        what = f"no {request.kind!r} is open under the name {request.name!r}"
        raise ResourceUnavailable(what, retryable=False, node=ready.step.id, hint="Open it in a step before this one.")
    return provided(ready, request)


def provided(ready: StepRun, request: ResourceRequest) -> AbstractAsyncContextManager[Any]:
    """A lease from the provider of the kind; raises NoProvider."""
    provider = ready.run.providers.get(request.kind)
    if provider is None:
        raise NoProvider(f"nothing provides a {request.kind!r}", node=ready.step.id)
    return Lent(ready, provider, lambda: provider.lease(ready, request))
