"""Learns how long nodes usually take, from the records of earlier runs of the same workflow."""

from __future__ import annotations

import logging
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from itertools import islice
from pathlib import Path

from stratagem import BadFile, Run, Usual
from stratagem_report.lines import head_of, read_line
from stratagem_report.reading import read_record
from stratagem_report.record import RunRecord
from stratagem_report.shelf import size_of

log = logging.getLogger("stratagem.report")

HEAD_BYTES = 1_000_000
"""The longest first line of a record."""

MOST = 2000
"""Executions of one node that are looked at, those of the latest runs."""

MOST_BYTES = 8_000_000
"""So much is read at most before a run: it takes about a tenth of a second for each million."""


def usual_times(records: Iterable[Path], run: Run, least: int, most: int) -> dict[str, Usual]:
    """Node id → what it usually took where it ended well, for nodes with at least ``least`` executions.

    Args:
        records: the latest ones first.
        most: how many of those of the same workflow are looked at.
    """
    spoilt = _Spoilt()
    same = (path for path in records if spoilt.is_of(path, run))
    taken = _seconds(islice(_within(same), most), spoilt.read)
    spoilt.tell()
    return {node: _usual(seconds) for node, seconds in taken.items() if len(seconds) >= least}


def _within(paths: Iterable[Path]) -> Iterator[Path]:
    room = MOST_BYTES
    for path in paths:
        room -= size_of(path)
        if room < 0:
            return
        yield path


def _seconds(paths: Iterable[Path], read: Callable[[Path], RunRecord | None]) -> dict[str, list[float]]:
    found: defaultdict[str, list[float]] = defaultdict(list)
    for path in paths:
        record = read(path)
        if record is None:
            continue
        for each in record.executions:
            if each.how == "done" and each.attempts == 1 and len(found[each.node.id]) < MOST:
                found[each.node.id].append(each.worked)
    return found


def _usual(seconds: list[float]) -> Usual:
    ordered = sorted(seconds)
    return Usual(len(seconds), _quantile(ordered, 0.5), _quantile(ordered, 0.95))


def _quantile(ordered: Sequence[float], share: float) -> float:
    """As the module statistics has it by the method "inclusive"; that module takes longer to import than all others."""
    place, rest = divmod(share * (len(ordered) - 1), 1)
    low = ordered[int(place)]
    return low + rest * (ordered[min(int(place) + 1, len(ordered) - 1)] - low)


class _Spoilt:
    """Reads records, and notes those that can't be: one that a run has just begun, or that is gone, is none of them."""

    def __init__(self) -> None:
        self._found: dict[Path, str] = {}

    def is_of(self, path: Path, run: Run) -> bool:
        """Return whether a record is of the same workflow; one that can't be read is of none."""
        try:
            with path.open("rb") as file:
                written = file.readline(HEAD_BYTES)
            if not written:
                return False
            head = head_of(read_line(written.decode()))
        except FileNotFoundError:
            return False
        except (OSError, ValueError) as error:
            self._found[path] = str(error)
            return False
        return (head["file"] or None, head["workflow"]) == (run.workflow.source, run.workflow.name)

    def read(self, path: Path) -> RunRecord | None:
        """The record; None for one that teaches nothing."""
        try:
            record = read_record(path)
        except BadFile as error:  # of another version, or just removed
            if path.exists():
                self._found[path] = error.what
            return None
        if record.damaged:
            self._found[path] = f"{record.torn} of its lines can't be read"
            return None
        return record

    def tell(self) -> None:
        """Warns once of all that were left out."""
        if self._found:
            path, reason = next(iter(self._found.items()))
            more = f", nor can {len(self._found) - 1} others beside it" if len(self._found) > 1 else ""
            log.warning(
                "the record %s of an earlier run can't be read (%s)%s; what it says is left out", path, reason, more
            )
