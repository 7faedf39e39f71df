"""The shelf: a folder with a file for each key, bounded, shared by any number of processes."""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping
from contextlib import suppress
from pathlib import Path
from typing import Any, Final

from attrs import define

from stratagem import CacheControl, atomic
from stratagem_plan_cache.coding import decoded, encoded

SUFFIX: Final = ".plan"


@define
class Shelf(CacheControl):
    """Entries of at most ``most`` bytes together; those that were not used for longest go first."""

    folder: Path
    most: int

    @property
    def name(self) -> str:  # type: ignore[override]  # a constant in the base class
        """What it holds."""
        return "plans"

    @property
    def place(self) -> str:  # type: ignore[override]  # a constant in the base class
        """Where that is."""
        return str(self.folder)

    def find(self, key: str) -> dict[str, Any] | None:
        """The entry of a key, now the latest used; None if there is none. Raises SpoiltImage, OSError."""
        path = self._path(key)
        try:
            raw = path.read_bytes()
        except FileNotFoundError:
            return None
        with suppress(OSError):  # a folder that can only be read serves as well
            os.utime(path)
        return decoded(raw)

    def drop(self, key: str) -> None:
        """Removes an entry, if it is there and can be."""
        with suppress(OSError):
            self._path(key).unlink(missing_ok=True)

    def keep(self, key: str, content: Mapping[str, Any]) -> bool:
        """Keeps an entry unless it is larger than the bound; gives whether it did. Raises NotStorable, OSError."""
        raw = encoded(content)
        if len(raw) > self.most:
            return False
        self.folder.mkdir(parents=True, exist_ok=True)
        atomic.write_bytes(self._path(key), raw)
        self._make_room()
        return True

    def stats(self) -> Mapping[str, Any]:
        sizes = [size for _, size, _ in self._entries()]
        return {"entries": len(sizes), "bytes": sum(sizes), "max_bytes": self.most}

    def clear(self) -> int:
        paths = [path for _, _, path in self._entries()]
        for path in paths:
            path.unlink(missing_ok=True)
        return len(paths)

    def close(self) -> None:
        """Nothing is open."""

    def _path(self, key: str) -> Path:
        return self.folder / f"{key}{SUFFIX}"

    def _make_room(self) -> None:
        entries = sorted(self._entries(), reverse=True)
        kept = 0
        for _, size, path in entries:
            kept += size
            if kept > self.most:
                path.unlink(missing_ok=True)

    def _entries(self) -> Iterator[tuple[int, int, Path]]:
        """The last use, the size and the path of each entry; others may remove them meanwhile."""
        with suppress(FileNotFoundError), os.scandir(self.folder) as found:
            for entry in found:
                with suppress(FileNotFoundError):
                    if entry.name.endswith(SUFFIX):
                        told = entry.stat()
                        yield told.st_mtime_ns, told.st_size, Path(entry.path)
