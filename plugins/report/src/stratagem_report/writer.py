"""RecordWriter: appends lines to a record, each of which is whole in the file before the next thing happens."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from pathlib import Path
from time import perf_counter
from typing import Any, BinaryIO

RESERVED = 100_000
"""Bytes that are kept back for the last lines, which tell how the run ended."""

BUFFER = 65_536
"""Bytes that may wait for the next time at which lines are handed over."""


class RecordWriter:
    """Writes JSON Lines to a new file, and nothing more than ``limit`` bytes but for what must be told.

    Every line is handed to the operating system at once, so it survives the end of the process, however sudden; with
    ``every`` only those do that come at least so many seconds after what was handed over last.

    Raises:
        OSError: the file can't be made, or written.
    """

    def __init__(self, path: Path, limit: int, every: float = 0.0) -> None:
        path.parent.mkdir(parents=True, exist_ok=True)
        self.path = path
        self.dropped = 0
        self._file: BinaryIO = path.open("xb", buffering=BUFFER) if every else path.open("xb", buffering=0)
        self._every = every
        self._flushed = perf_counter()
        self._left = limit - RESERVED

    def write(self, line: str, *, must: bool = False) -> bool:
        """Appends a line, unless there is no room; gives whether it was written."""
        data = line.encode("utf-8", "backslashreplace") + b"\n"
        if len(data) > self._left and not must:
            self.dropped += 1
            return False
        self._left -= len(data)
        self._file.write(data)
        if self._every and (now := perf_counter()) - self._flushed >= self._every:
            self._file.flush()
            self._flushed = now
        return True

    def put(self, kind: str, *, must: bool = False, **values: Any) -> bool:
        """Appends an object; what JSON has no form for must be gone from it."""
        return self.write(json.dumps({"k": kind, **values}, ensure_ascii=False, separators=(",", ":")), must=must)

    def put_all(self, kind: str, objects: Iterable[Mapping[str, Any]]) -> None:
        """Appends many objects at once."""
        lines = [json.dumps({"k": kind, **each}, ensure_ascii=False, separators=(",", ":")) for each in objects]
        if lines:
            self.write("\n".join(lines))

    def close(self) -> None:
        """Nothing follows."""
        self._file.close()
