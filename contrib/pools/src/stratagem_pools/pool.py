"""Pool: members of one resource kind, leased fairly, made and closed in tasks of the pool's own."""

from __future__ import annotations

import logging
from collections import Counter
from collections.abc import AsyncIterator, Callable, Hashable
from contextlib import asynccontextmanager
from typing import Generic, Self, TypeVar

from anyio import CancelScope, Event, create_task_group, current_time, move_on_after
from anyio.abc import TaskGroup

from stratagem import PoolClosed
from stratagem_pools.ahead import Ahead
from stratagem_pools.dispatch import Pass
from stratagem_pools.factory import Factory
from stratagem_pools.idle import IdleWatch
from stratagem_pools.member import Asker, Lease, Member, Reason, State
from stratagem_pools.queue import FairQueue, Waiter
from stratagem_pools.refusals import exhausted, lost, not_made, refuse_waiting_for_itself, tells_of_loss, too_late
from stratagem_pools.settings import PoolSettings
from stratagem_pools.stats import PoolStats
from stratagem_pools.supply import Supply

M = TypeVar("M")

log = logging.getLogger("stratagem.resources")

ANYONE = Asker()
"""Asks on nobody's behalf."""


class Pool(Generic[M]):
    """Members of one kind, made by ``factory`` within the limits of ``settings``; an async context manager.

    All of it belongs to one event loop. Leaving it lets leases end within their grace, then closes every member.

    Args:
        kind: the resource kind, for messages.
        provider: the plugin and its distribution, for messages.
    """

    def __init__(
        self, kind: str, factory: Factory[M], settings: PoolSettings | None = None, *, provider: str | None = None
    ) -> None:
        self.kind = kind
        self.factory = factory
        self.settings = settings or PoolSettings()
        self.provider = provider
        self.leases: set[Lease] = set()
        self._supply: Supply[M] = Supply(kind, factory, self.settings, self._changed, self._not_made)
        self._queue = FairQueue()
        self._held: Counter[Hashable] = Counter()
        self._group: TaskGroup | None = None
        self._idle_watch = IdleWatch(self._supply)
        self._ahead = Ahead(self._supply)
        self._mean = 0.0
        self._ended = Event()

    async def __aenter__(self) -> Self:
        group = create_task_group()
        await group.__aenter__()
        self._group = group
        self._supply.begin(group)
        group.start_soon(self._idle_watch.run)
        if self.settings.ahead and self.settings.ahead_after:
            group.start_soon(self._ahead.run)
        return self

    async def __aexit__(self, *exc: object) -> None:
        group, self._group = self._group, None
        assert group is not None  # it was entered
        with CancelScope(shield=True):
            await self._drain()
        group.cancel_scope.cancel()
        await group.__aexit__(None, None, None)

    @property
    def stats(self) -> PoolStats:
        """The numbers of this moment."""
        supply = self._supply
        return PoolStats(
            supply.states[State.IN_USE], supply.states[State.IDLE], supply.making.total(),
            supply.states[State.TIDYING], supply.states[State.CLOSING], len(self._queue), supply.created, supply.retired.copy(),
        )  # fmt: skip

    @asynccontextmanager
    async def lease(
        self, key: Hashable = None, asker: Asker = ANYONE, *, shared: bool = False, priority: float = 0.0
    ) -> AsyncIterator[Lease]:
        """A lease of a member with this key, for as long as the context lasts.

        A member whose lease ends with an error, or is cancelled, is checked before it is handed out again.

        Raises:
            PoolClosed, PoolExhausted, QuotaExceeded, AcquireTimeout: no member can be had.
            ResourceUnavailable: the factory failed to make one; its error is the cause.
            ResourceLost: in place of an error which, as the factory says, came from the member's own end.
        """
        lease = await self.acquire(key, asker, shared=shared, priority=priority)
        well = False
        try:
            yield lease
            well = True
        except Exception as error:
            member = lease.member
            member.lost = member.lost or self.factory.lost(member.value, error)
            if not member.lost or tells_of_loss(error):
                raise
            name = self.factory.describe(member.value)
            raise lost(self.kind, name, error, asker, self.provider) from error
        finally:
            self.give_back(lease, soiled=not well)

    async def acquire(
        self, key: Hashable = None, asker: Asker = ANYONE, *, shared: bool = False, priority: float = 0.0
    ) -> Lease:
        """A lease that must be given back with `give_back`; arguments and errors as for `lease`.

        Whoever is cancelled while it waits has nothing to give back.
        """
        if self._group is None:
            raise PoolClosed(f"the pool of {self.kind!r} is not open", provider=self.provider)
        if not shared and (lease := self._at_once(key, asker)) is not None:
            return lease
        asked = current_time()
        waiter = self._queue.add(asker, key, shared=shared, priority=priority)
        self._changed()
        if waiter.lease is None:
            await self._wait(waiter)
        if waiter.error is not None:
            raise waiter.error
        assert waiter.lease is not None  # one of both is set
        waiter.lease.waited = current_time() - asked
        return waiter.lease

    def give_back(self, lease: Lease, *, soiled: bool = False) -> None:
        """Ends a lease; a ``soiled`` member is checked before it is handed out again."""
        member, run = lease.member, lease.asker.run
        self.leases.remove(lease)
        member.leases.remove(lease)
        self._held -= Counter({run: 1})
        seconds = current_time() - lease.since
        self._mean = 0.8 * self._mean + 0.2 * seconds if self._mean else seconds
        member.soiled = member.soiled or soiled
        if not member.leases and member.state is State.IN_USE:
            member.shared = False
            self._supply.put_back(member)
        self._changed()
        if self.settings.ahead_after and not len(self._queue) and not self._supply.draining:
            self._supply.make_ahead(member.key)

    def lose(self, value: M) -> None:
        """Tells that a member has ended by itself: it is retired, and whoever leases it is told when its step fails."""
        member = self._member(value)
        if member is not None:
            member.lost = True
            self._withdraw(member, "lost")

    def outdate(self, value: M) -> None:
        """Tells that a member is not to be used again: it is retired as too old, after its lease if it is in use."""
        member = self._member(value)
        if member is not None:
            member.outdated = True
            self._withdraw(member, "age")

    def _member(self, value: M) -> Member | None:
        alive = (member for member in self._supply.members if member.state is not State.CLOSING)
        return next((member for member in alive if member.value is value), None)

    def _withdraw(self, member: Member, reason: Reason) -> None:
        if member.state is State.IDLE:
            self._supply.retire(member, reason)
        self._changed()

    async def _wait(self, waiter: Waiter) -> None:
        """Waits until the waiter has a lease or an error."""
        try:
            self._refuse(waiter)
            with move_on_after(self.settings.acquire_timeout):
                await waiter.event.wait()
            if waiter.lease is None and waiter.error is None:
                at_quota = self._at_quota(waiter.asker.run)
                raise too_late(self.kind, self.settings, waiter.asker, self.provider, at_quota, self._retry_after())
        except BaseException:
            if waiter.lease is not None:
                self.give_back(waiter.lease)
            elif waiter.error is None:
                self._queue.remove(waiter)
                self._changed()
            raise

    def _refuse(self, waiter: Waiter) -> None:
        """Raises for a waiter whose waiting would be in vain."""
        limits, asker = self.settings, waiter.asker
        refuse_waiting_for_itself(self.kind, limits, self.leases, waiter, self.factory.most(waiter.key), self.provider)
        waiting = len(self._queue) - self._supply.underway
        if limits.waiters is not None and waiting > limits.waiters:
            raise exhausted(self.kind, limits, asker, self.provider, self._retry_after())

    def _at_quota(self, run: Hashable) -> bool:
        quota = self.settings.quota
        return quota is not None and self._held[run] >= quota

    def _retry_after(self) -> float:
        """About when a member will be free for one more waiter, in seconds."""
        return (self._mean or 1.0) * (len(self._queue) + 1) / self.settings.size

    def _changed(self) -> None:
        """Something has come free, or somebody waits: serves whom it can."""
        if len(self._queue):
            Pass(self._supply, self._at_quota, self._hand).over(self._queue)
        self._idle_watch.stir()
        self._ended.set()

    def _at_once(self, key: Hashable, asker: Asker) -> Lease | None:
        """A lease of a member that is ready, where nobody waits."""
        supply = self._supply
        if len(self._queue) or supply.states[State.IN_USE] >= self.settings.size or self._at_quota(asker.run):
            return None
        member = supply.newest_idle(key)
        if member is None or supply.is_due(member):
            return None
        lease = self._give(asker, member, shared=False)
        self._look_ahead(key)
        return lease

    def _hand(self, waiter: Waiter, member: Member) -> None:
        self._queue.remove(waiter)
        self._queue.go_behind(waiter.asker.run)
        waiter.lease = self._give(waiter.asker, member, shared=waiter.shared)
        waiter.event.set()
        self._look_ahead(member.key)

    def _give(self, asker: Asker, member: Member, *, shared: bool) -> Lease:
        lease = Lease(member, asker, current_time(), 0.0)
        if member.state is State.IDLE:
            self._supply.use(member)
            member.shared = shared
        member.uses += 1
        member.leases.add(lease)
        self.leases.add(lease)
        self._held[asker.run] += 1
        return lease

    def _look_ahead(self, key: Hashable) -> None:
        if self.settings.ahead and not len(self._queue):  # who waits comes before who may come
            self._ahead.note(key)

    def _not_made(self, key: Hashable, error: Exception) -> None:
        """Tells the next one that waits for such a member, which is whom it was to be made for."""
        for waiter in self._queue.in_turn():
            if waiter.key == key:
                self._queue.remove(waiter)
                waiter.error = not_made(self.kind, error, waiter.asker, self.provider)
                waiter.event.set()
                return
        log.warning("a member of the pool %r could not be made ahead: %s: %s", self.kind, type(error).__name__, error)

    async def _drain(self) -> None:
        """Refuses who waits, lets leases end within the grace, and closes everything."""
        self._supply.draining = True
        for waiter in list(self._queue.in_turn()):
            self._queue.remove(waiter)
            waiter.error = PoolClosed(f"the pool of {self.kind!r} is closing", provider=self.provider)
            waiter.event.set()
        for member in self._supply.idle():
            self._supply.retire(member, "drain")
        with move_on_after(self.settings.grace):
            await self._until(lambda: not self.leases)
        for lease in self.leases:
            text = "the lease of a %r was still open when its pool was closed: the node %r (%s) did not give it back"
            log.warning(text, self.kind, lease.asker.node, lease.asker.provider or "of no distribution")
            if lease.member.state is State.IN_USE:
                self._supply.retire(lease.member, "drain")
        await self._until(lambda: not self._supply.members and not self._supply.making.total())

    async def _until(self, condition: Callable[[], bool]) -> None:
        while not condition():
            self._ended = Event()
            await self._ended.wait()
