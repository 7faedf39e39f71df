"""Results in memory: the ones used last, up to a number of entries and of bytes."""

from __future__ import annotations

import pickle
from collections import OrderedDict
from typing import Any

from stratagem_node_cache.aliases import is_unchanging

OVERHEAD = 400
"""Bytes that an entry takes besides its value: its key, its place in the table, the entry itself."""


class Entry:
    """A result: ``made`` at that time and in so many ``seconds``, of ``size`` bytes.

    What can be changed in place is held pickled, so that each hit gets a copy of its own. The bytes never leave the
    process.
    """

    __slots__ = ("_pickled", "_value", "made", "seconds", "size")

    def __init__(self, value: Any, made: float, seconds: float) -> None:
        pickled = pickle.dumps(value, pickle.HIGHEST_PROTOCOL)
        kept = is_unchanging(value)
        self._value = value if kept else None
        self._pickled = None if kept else pickled
        self.made = made
        self.seconds = seconds
        self.size = len(pickled) + OVERHEAD

    def value(self) -> Any:
        """The value, a new copy if it can be changed."""
        return self._value if self._pickled is None else pickle.loads(self._pickled)


class Memory:
    """Keeps entries by key; ``evicted`` counts those that had to make room, ``size`` is what all take in bytes."""

    def __init__(self, max_entries: int, max_bytes: int) -> None:
        self._entries: OrderedDict[bytes, Entry] = OrderedDict()
        self._max_entries = max_entries
        self._max_bytes = max_bytes
        self.size = 0
        self.evicted = 0

    def __len__(self) -> int:
        return len(self._entries)

    def get(self, key: bytes) -> Entry | None:
        """The entry, which now is the one used last."""
        entry = self._entries.get(key)
        if entry is not None:
            self._entries.move_to_end(key)
        return entry

    def put(self, key: bytes, entry: Entry) -> None:
        """Keeps the entry in place of an older one, unless it is larger than all that may be kept."""
        self.drop(key)
        if entry.size > self._max_bytes or not self._max_entries:
            return
        self._entries[key] = entry
        self.size += entry.size
        while len(self._entries) > self._max_entries or self.size > self._max_bytes:
            _, oldest = self._entries.popitem(last=False)
            self.size -= oldest.size
            self.evicted += 1

    def drop(self, key: bytes) -> None:
        """Forgets the entry, if there is one."""
        entry = self._entries.pop(key, None)
        if entry is not None:
            self.size -= entry.size

    def clear(self) -> int:
        """Forgets everything; gives how many entries that were."""
        count = len(self._entries)
        self._entries.clear()
        self.size = 0
        return count
