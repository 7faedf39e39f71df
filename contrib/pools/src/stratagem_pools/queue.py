"""The queue of a pool: fair between runs, first come first served within one, higher priorities first."""

from __future__ import annotations

import heapq
from bisect import insort
from collections.abc import Hashable, Iterator
from itertools import count

from anyio import Event
from attrs import define, field

from stratagem_pools.member import Asker, Lease


@define(eq=False)
class Waiter:
    """A request that waits. Either ``lease`` or ``error`` is set when ``event`` is."""

    asker: Asker
    key: Hashable
    shared: bool
    priority: float
    number: int
    event: Event = field(factory=Event)
    lease: Lease | None = None
    error: Exception | None = None

    @property
    def rank(self) -> tuple[float, int]:
        """Its place among those of the same run."""
        return (-self.priority, self.number)


class FairQueue:
    """Waiters of all runs.

    Of those with the highest priority, each run's first comes before any run's second. Runs take turns (round robin):
    one that is served, or that has not been waiting, goes behind the others.
    """

    def __init__(self) -> None:
        self._lines: dict[Hashable, list[Waiter]] = {}
        self._turn: dict[Hashable, int] = {}
        self._numbers = count()
        self._turns = count(1)

    def __len__(self) -> int:
        return sum(map(len, self._lines.values()))

    def add(self, asker: Asker, key: Hashable, *, shared: bool, priority: float) -> Waiter:
        """A new waiter, at its place."""
        waiter = Waiter(asker, key, shared, priority, next(self._numbers))
        if asker.run not in self._lines:
            self._lines[asker.run] = []
            self.go_behind(asker.run)
        insort(self._lines[asker.run], waiter, key=lambda each: each.rank)
        return waiter

    def remove(self, waiter: Waiter) -> None:
        """The waiter waits no more."""
        line = self._lines[waiter.asker.run]
        line.remove(waiter)
        if not line:
            del self._lines[waiter.asker.run], self._turn[waiter.asker.run]

    def go_behind(self, run: Hashable) -> None:
        """The run has had its turn, if it still waits for others."""
        if run in self._lines:
            self._turn[run] = next(self._turns)

    def in_turn(self) -> Iterator[Waiter]:
        """All waiters, those first that are next to be served. The queue may be changed meanwhile."""
        lines = [self._ranked(list(line), self._turn[run]) for run, line in self._lines.items()]
        for _, waiter in heapq.merge(*lines):
            yield waiter

    def _ranked(self, line: list[Waiter], turn: int) -> Iterator[tuple[tuple[float, int, int, int], Waiter]]:
        """The waiters of one run with what they are ordered by among those of all runs."""
        before, place = None, 0
        for waiter in line:
            place = place + 1 if waiter.priority == before else 0
            before = waiter.priority
            yield (-waiter.priority, place, turn, waiter.number), waiter
