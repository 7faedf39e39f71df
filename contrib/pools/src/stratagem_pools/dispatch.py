"""Dispatch: one pass over a pool's queue, which hands out what is idle and has made what is missing."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Hashable
from typing import Any

from attrs import define, field

from stratagem_pools.member import Member, State
from stratagem_pools.queue import FairQueue, Waiter
from stratagem_pools.supply import Supply


@define(eq=False)
class Pass:
    """One pass. ``coming`` members and ``places`` are those that no earlier waiter counts on yet.

    ``blocked`` are keys for which somebody waits who wants a member alone, ``sharers`` those for which others wait that
    will share one.
    """

    supply: Supply[Any]
    at_quota: Callable[[Hashable], bool]
    hand: Callable[[Waiter, Member], None]
    coming: Counter[Hashable] = field(init=False)
    places: int = field(init=False)
    blocked: set[Hashable] = field(factory=set)
    sharers: set[Hashable] = field(factory=set)

    def __attrs_post_init__(self) -> None:
        self.coming = self.supply.coming()
        self.places = self.supply.states[State.CLOSING]

    def over(self, queue: FairQueue) -> None:
        """Serves whom it can, in their turn."""
        for waiter in queue.in_turn():
            if self.nothing_left():
                return
            if waiter.event.is_set():  # a task that ran at once, as eager ones do, has looked over the queue itself
                continue
            if not self.at_quota(waiter.asker.run):
                self.serve(waiter)

    def nothing_left(self) -> bool:
        """Return whether nobody can be served, nor anything be done so that somebody will."""
        supply = self.supply
        if supply.room > 0 or supply.states[State.IDLE]:
            return False
        return not any(member.shared for member in supply.members)

    def serve(self, waiter: Waiter) -> None:
        """Hands the waiter a member, or sees to it that one comes."""
        supply, key = self.supply, waiter.key
        if waiter.shared and key not in self.blocked and (member := supply.shared(key)) is not None:
            self.hand(waiter, member)
            return
        member = supply.newest_idle(key) if supply.states[State.IN_USE] < supply.settings.size else None
        if member is not None and not supply.is_due(member):
            self.coming[key] -= 1
            self.hand(waiter, member)
            return
        if member is not None:
            supply.tidy(member)
        self._await(waiter)

    def _await(self, waiter: Waiter) -> None:
        key = waiter.key
        if not waiter.shared:
            self.blocked.add(key)
        elif key in self.sharers:
            return
        else:
            self.sharers.add(key)
        if self.coming[key] > 0:
            self.coming[key] -= 1
        else:
            self._provide(key)

    def _provide(self, key: Hashable) -> None:
        """Has a member made, or a place made free for it."""
        supply = self.supply
        most = supply.factory.most(key)
        if most is not None and supply.count(key) >= most:
            return
        if supply.room > 0:
            supply.make(key)
        elif self.places > 0:
            self.places -= 1
        elif (oldest := self._evictable(key)) is not None:
            self.coming[oldest.key] -= 1
            supply.retire(oldest, "evicted")

    def _evictable(self, key: Hashable) -> Member | None:
        """The member that has been idle longest, unless it is one of the key itself: then the waiter waits for use."""
        oldest = self.supply.oldest_idle()
        return oldest if oldest is not None and oldest.key != key else None
