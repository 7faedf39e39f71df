"""States: snapshots of what a site has stored, by name, for contexts that are to begin with it."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable
from time import monotonic
from typing import Any

MOST = 64
"""The number that is kept; the one that was not used for the longest time goes first."""


class StateCache:
    """Cookies, local storage and IndexedDB as `BrowserContext.storage_state` gives them. Never a page.

    Args:
        ttl: seconds after which a snapshot is too old to begin with.
        clock: gives the time in seconds.
    """

    def __init__(self, ttl: float, clock: Callable[[], float] = monotonic) -> None:
        self._ttl = ttl
        self._clock = clock
        self._kept: OrderedDict[str, tuple[float, Any]] = OrderedDict()

    def put(self, name: str, state: Any) -> None:
        """Keeps a snapshot, in place of an older one."""
        self._kept[name] = (self._clock(), state)
        self._kept.move_to_end(name)
        if len(self._kept) > MOST:
            self._kept.popitem(last=False)

    def get(self, name: str) -> Any:
        """The snapshot of this name; None if there is none, or none that is young enough."""
        taken, state = self._kept.get(name, (0.0, None))
        if state is None:
            return None
        if self._clock() - taken >= self._ttl:
            del self._kept[name]
            return None
        self._kept.move_to_end(name)
        return state
