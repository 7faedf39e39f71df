"""The folder that a run's artifacts are kept in, within bounds."""

from __future__ import annotations

import json
import re
import shutil
from contextlib import suppress
from pathlib import Path
from time import time

from stratagem_browser.settings import Artifacts

INDEX = "artifacts.jsonl"
"""Lists what was kept, a JSON object a line. A folder that has none is not ours, and is never removed."""

MIB = 1024 * 1024


class RunFolder:
    """The folder of one run; all of it blocks, and is to be called in a thread."""

    def __init__(self, settings: Artifacts, run: str) -> None:
        self._settings = settings
        self._folder = settings.folder / run

    def place(self, node: str, name: str) -> Path | None:
        """A new path for a file of a node's, in a folder that is there; None if the run has all that it may."""
        if not self._folder.exists():
            self._prune()
            self._folder.mkdir(parents=True, exist_ok=True)
        files = [path for path in self._folder.iterdir() if path.name != INDEX]
        if len(files) >= self._settings.files or _size(files) >= self._settings.megabytes * MIB:
            return None
        stem, dot, ending = _safe(f"{node}-{name}").rpartition(".")
        path = self._folder / f"{stem}{dot}{ending}"
        for number in range(2, self._settings.files + 2):
            if not path.exists():
                break
            path = self._folder / f"{stem}-{number}{dot}{ending}"
        path.touch()
        return path

    def note(self, node: str, kind: str, path: Path) -> None:
        """Lists a file that was kept."""
        entry = {"time": time(), "node": node, "kind": kind, "file": path.name}
        with (self._folder / INDEX).open("a", encoding="utf-8") as index:
            index.write(json.dumps(entry) + "\n")

    def drop(self, path: Path) -> None:
        """Gives a place back that nothing was written to."""
        path.unlink(missing_ok=True)
        with suppress(OSError):  # it is not empty
            self._folder.rmdir()

    def _prune(self) -> None:
        """Removes the oldest runs, so that one more may be kept."""
        if not self._settings.folder.is_dir():
            return
        runs = [path.parent for path in self._settings.folder.glob(f"*/{INDEX}")]
        runs.sort(key=lambda path: (path / INDEX).stat().st_mtime)
        for run in runs[: max(0, len(runs) - self._settings.runs + 1)]:
            shutil.rmtree(run, ignore_errors=True)


def _size(files: list[Path]) -> int:
    return sum(path.stat().st_size for path in files)


def _safe(name: str) -> str:
    """The name without anything that a file's name may not hold, or that leads to another folder."""
    return re.sub(r"[^\w.-]+", "_", name).lstrip(".")[-100:] or "file"
