"""Store: kept values, within bounds, and what came of keeping them."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Hashable
from typing import TYPE_CHECKING, Any

from attrs import define

from stratagem_variable_cache.snapshots import Snapshot

if TYPE_CHECKING:
    from stratagem import Run


@define(eq=False)
class Entry:
    """A value, snapshots of all that it was made from, the seconds it took, and the bytes that all of it takes."""

    value: Any
    read: tuple[Any, ...]
    snapshots: tuple[Snapshot, ...]
    seconds: float
    size: int

    def holds(self) -> bool:
        """Return whether it was made from just what there is now."""
        return all(snapshot.holds() for snapshot in self.snapshots)


class Store:
    """Entries by key; the one that was not asked for the longest goes first when there is no room.

    A key is let in when it comes a second time, so that what is made once is never kept: the first queue of 2Q (Johnson
    and Shasha, 2Q: A Low Overhead High Performance Buffer Management Replacement Algorithm, 1994), without its values.
    """

    def __init__(self, max_entries: int, max_bytes: int) -> None:
        self.max_entries = max_entries
        self.max_bytes = max_bytes
        self.hits = 0
        self.misses = 0
        self.evictions = 0
        self.size = 0
        self.greatest = 0
        self.saved = 0.0
        self._entries: OrderedDict[Hashable, Entry] = OrderedDict()
        self._met: dict[Hashable, None] = {}

    def find(self, key: Hashable) -> Entry | None:
        """The entry of a key, if it still holds; one that does not is dropped."""
        entry = self._entries.get(key)
        if entry is None:
            return None
        if not entry.holds():
            self._drop(key)
            return None
        self._entries.move_to_end(key)
        return entry

    def meets_again(self, key: Hashable) -> bool:
        """Return whether the key has come before; it has from now on."""
        if key in self._met:
            return True
        if len(self._met) >= self.max_entries:
            del self._met[next(iter(self._met))]
        self._met[key] = None
        return False

    def keep(self, key: Hashable, entry: Entry) -> None:
        """Keeps an entry, unless it alone is too large."""
        if entry.size > self.max_bytes:
            return
        self._entries[key] = entry
        self.size += entry.size
        while self.size > self.max_bytes or len(self._entries) > self.max_entries:
            self._drop(next(iter(self._entries)))
            self.evictions += 1
        self.greatest = max(self.greatest, self.size)

    def report(self, run: Run) -> None:
        """Records what came of it, if it was ever asked."""
        if self.hits or self.misses:
            run.record("cache.requests", self.hits, cache="variable", hit=True)
            run.record("cache.requests", self.misses, cache="variable", hit=False)
            run.record("cache.evictions", self.evictions, cache="variable")
            run.record("cache.size", self.greatest, "By", cache="variable")
            run.record("cache.saved", self.saved, "s", cache="variable")

    def clear(self) -> None:
        """Lets go of everything."""
        self._entries.clear()
        self._met.clear()
        self.size = 0

    def _drop(self, key: Hashable) -> None:
        self.size -= self._entries.pop(key).size

    def __len__(self) -> int:
        return len(self._entries)
