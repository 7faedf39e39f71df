"""The errors of a pool that has nothing to give."""

from __future__ import annotations

from collections.abc import Iterable

from stratagem import (
    AcquireTimeout,
    PoolExhausted,
    QuotaExceeded,
    ResourceLost,
    ResourceUnavailable,
    StepFailed,
    brief_of,
)
from stratagem_pools.member import Asker, Lease
from stratagem_pools.queue import Waiter
from stratagem_pools.settings import PoolSettings


def refuse_waiting_for_itself(
    kind: str, limits: PoolSettings, leases: Iterable[Lease], waiter: Waiter, most: int | None, provider: str | None
) -> None:
    """Raises where only the step itself, or steps around it, could free what it asks for.

    Raises:
        QuotaExceeded, PoolExhausted: not to be tried again.
    """
    asker, leases = waiter.asker, list(leases)
    of_run = [lease for lease in leases if lease.asker.run == asker.run]
    if limits.quota is not None and len(of_run) >= limits.quota and _all_own(of_run, asker):
        what = f"the step and those around it hold all {len(of_run)} leases of a {kind!r} that one run may have"
        hint = "Raise the quota of the pool, or let the steps share one lease."
        raise QuotaExceeded(what, retryable=False, node=asker.node or None, provider=provider, hint=hint)
    of_key = [lease for lease in leases if lease.member.key == waiter.key]
    for bound, concerned in ((limits.size, leases), (most, of_key)):
        members = {lease.member for lease in concerned}
        if bound is not None and len(members) >= bound and _all_own(concerned, asker):
            what = f"the step and those around it hold every {kind!r} that there may be: it would wait for itself"
            hint = "Raise the size of the pool, or let the steps share one lease."
            raise PoolExhausted(what, retryable=False, node=asker.node or None, provider=provider, hint=hint)


def _all_own(leases: Iterable[Lease], asker: Asker) -> bool:
    own = [step for step in (asker.step, *asker.within) if step is not None]
    return all(any(lease.asker.step is step for step in own) for lease in leases)


def exhausted(kind: str, limits: PoolSettings, asker: Asker, provider: str | None, after: float) -> PoolExhausted:
    """The queue is full."""
    what = f"every {kind!r} is in use, and as many wait as may"
    hint = f"Try again in about {after:.2g} s, or raise the pool's size ({limits.size}) or waiters ({limits.waiters})."
    return PoolExhausted(what, retry_after=after, node=asker.node or None, provider=provider, hint=hint)


def too_late(
    kind: str, limits: PoolSettings, asker: Asker, provider: str | None, at_quota: bool, after: float
) -> ResourceUnavailable:
    """The request has waited for as long as it may: for its run's own leases, or for any."""
    waited = f"within {limits.acquire_timeout:g} s"
    if at_quota:
        what = f"the run has {limits.quota} leases of a {kind!r}, all that it may have, and none has ended {waited}"
        return QuotaExceeded(
            what, retry_after=after, node=asker.node or None, provider=provider, hint="Raise the quota of the pool."
        )
    what = f"no {kind!r} came free {waited}"
    hint = f"Raise the pool's size ({limits.size}) or its acquire_timeout."
    return AcquireTimeout(what, retry_after=after, node=asker.node or None, provider=provider, hint=hint)


def not_made(kind: str, error: Exception, asker: Asker, provider: str | None) -> ResourceUnavailable:
    """The factory could not make a member."""
    if isinstance(error, ResourceUnavailable):
        error.node = error.node or asker.node or None
        error.provider = error.provider or provider
        return error
    found = ResourceUnavailable(
        f"a {kind!r} could not be made: {brief_of(error)}", node=asker.node or None, provider=provider
    )
    found.__cause__ = error
    return found


def lost(kind: str, name: str, error: Exception, asker: Asker, provider: str | None) -> ResourceLost:
    """The member has ended while it was leased."""
    what = f"the {kind!r} was lost while it was in use ({name}): {brief_of(error)}"
    return ResourceLost(what, node=asker.node or None, provider=provider, hint="Let the node retry.")


def tells_of_loss(error: BaseException | None) -> bool:
    """Return whether a step inside has failed with that: its error says which step it was, and what to do."""
    while isinstance(error, StepFailed):
        error = error.__cause__
    return isinstance(error, ResourceLost)
