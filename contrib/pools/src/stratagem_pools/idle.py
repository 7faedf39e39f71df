"""Retires members that have been idle for too long, or have become too old while they were."""

from __future__ import annotations

import math
from typing import Any

from anyio import CancelScope, Event, current_time

from stratagem_pools.member import Member
from stratagem_pools.supply import Supply


class IdleWatch:
    """Sleeps until the first idle member is due."""

    def __init__(self, supply: Supply[Any]) -> None:
        self._supply = supply
        self._idle_timeout = math.inf if supply.settings.idle_timeout is None else supply.settings.idle_timeout
        self._max_age = math.inf if supply.settings.max_age is None else supply.settings.max_age
        self._alarm = math.inf
        self._stirred = Event()

    async def run(self) -> None:
        """Watches until it is cancelled."""
        while True:
            self._stirred = Event()
            self._retire_due()
            self._alarm = self._first_due()
            with CancelScope(deadline=self._alarm):
                await self._stirred.wait()

    def stir(self) -> None:
        """Some member has become idle."""
        if self._first_due() < self._alarm:
            self._stirred.set()

    def _retire_due(self) -> None:
        now = current_time()
        for member in self._supply.idle():
            if member.made + self._max_age <= now:
                self._supply.retire(member, "age")
            elif member.idle_since + self._idle_timeout <= now:
                self._supply.retire(member, "idle")

    def _first_due(self) -> float:
        return min(map(self._due, self._supply.idle()), default=math.inf)

    def _due(self, member: Member) -> float:
        return min(member.idle_since + self._idle_timeout, member.made + self._max_age)
