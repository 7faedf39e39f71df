"""Shelf: the folder that records of runs are kept in."""

from __future__ import annotations

import re
import shutil
from datetime import UTC, datetime
from pathlib import Path

from stratagem import WorkflowError, nearest

SUFFIX = ".jsonl"
_NAME = re.compile(r"\d{8}T\d{6}-[0-9a-f]+")


class Shelf:
    """Records by the time that their run began and its id, as in ``20260102T030405-1f2e3d4c5b6a.jsonl``.

    A folder ``<run id>`` beside a record has what the run's nodes kept, such as pictures of failures.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def path_for(self, run: str) -> Path:
        """The file for the record of a run that begins now."""
        return self.folder / f"{datetime.now(UTC):%Y%m%dT%H%M%S}-{run}{SUFFIX}"

    def records(self) -> list[Path]:
        """The records, newest first."""
        found = self.folder.glob(f"*{SUFFIX}") if self.folder.is_dir() else ()
        return sorted(
            (path for path in found if _NAME.fullmatch(path.stem) and path.is_file()),
            key=lambda path: path.name,
            reverse=True,
        )

    def make_room(self, count: int, size: int) -> None:
        """Removes the oldest records, and what their runs kept, until ``count`` and ``size`` bytes are not exceeded."""
        room = size
        for place, path in enumerate(self.records()):
            room -= size_of(path)
            if place >= count or room < 0:
                path.unlink(missing_ok=True)
                shutil.rmtree(self.folder / run_of(path), ignore_errors=True)

    def find(self, named: str) -> Path:
        """The record that is meant: a file, ``last``, ``last-1`` and so on, or the beginning of a run's id.

        Raises:
            WorkflowError: there is none, or there are several.
        """
        if named.endswith(SUFFIX) or "/" in named:
            return Path(named)
        records = self.records()
        if back := re.fullmatch(r"last(?:-(\d{1,9}))?", named):
            found = records[int(back[1] or 0) :][:1]
        else:
            found = [path for path in records if run_of(path).startswith(named)]
        if len(found) != 1:
            raise self._not_one(named, found, records)
        return found[0]

    def _not_one(self, named: str, found: list[Path], records: list[Path]) -> WorkflowError:
        if found:
            runs = ", ".join(run_of(path) for path in found[:5])
            return WorkflowError(f"{named!r} begins the ids of several runs: {runs}", file=str(self.folder))
        hint = nearest(named, [run_of(path) for path in records]) if records else None
        hint = hint or "Records are kept of runs of the command line, unless the config or the environment says no."
        return WorkflowError(f"there is no record of a run {named!r}", file=str(self.folder), hint=hint)


def run_of(path: Path) -> str:
    """The id of the run that a record is of."""
    return path.stem.rpartition("-")[2]


def begun_at(path: Path) -> float:
    """The second in which the run that a record is of began, since 1970."""
    return datetime.strptime(path.stem.partition("-")[0], "%Y%m%dT%H%M%S").replace(tzinfo=UTC).timestamp()


def size_of(path: Path) -> int:
    """Its bytes; none where it is gone."""
    try:
        return path.stat().st_size
    except FileNotFoundError:  # another process has made room meanwhile
        return 0
