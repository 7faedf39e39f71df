"""Ahead: has members made ready some time after others were handed out."""

from __future__ import annotations

from collections import deque
from collections.abc import Hashable
from typing import Any

from anyio import Event, current_time, sleep_until

from stratagem_pools.supply import Supply


class Ahead:
    """One task for all that is to be made, because it costs more to start one than to hand out a member."""

    def __init__(self, supply: Supply[Any]) -> None:
        self._supply = supply
        self._after = supply.settings.ahead_after
        self._due: deque[tuple[float, Hashable]] = deque()
        self._stirred = Event()

    async def run(self) -> None:
        """Waits for what is due until it is cancelled."""
        while True:
            self._stirred = Event()
            if not self._due:
                await self._stirred.wait()
            when, key = self._due.popleft()
            await sleep_until(when)
            if not self._supply.draining:
                self._supply.make_ahead(key)

    def note(self, key: Hashable) -> None:
        """A member with this key was handed out."""
        if self._after:
            self._due.append((current_time() + self._after, key))
            self._stirred.set()
        else:
            self._supply.make_ahead(key)
