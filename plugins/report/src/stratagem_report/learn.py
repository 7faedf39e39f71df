"""Learns how long nodes usually take, from the records of earlier runs of the same workflow."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Iterable, Iterator
from itertools import islice
from pathlib import Path
from statistics import quantiles

from stratagem.engine.run import Run
from stratagem.engine.usual import Usual
from stratagem.errors import BadFile
from stratagem_report.reading import read_record
from stratagem_report.shelf import Shelf, size_of

MOST = 2000
"""Executions of one node that are looked at, those of the latest runs."""

MOST_BYTES = 8_000_000
"""So much is read at most before a run: it takes about a tenth of a second for each million."""


def usual_times(shelf: Shelf, run: Run, least: int, most: int) -> dict[str, Usual]:
    """Node id → what it usually took where it ended well, for nodes with at least ``least`` executions.

    Args:
        most: how many of the latest records of the workflow are looked at.
    """
    same = (path for path in shelf.records() if _is_of(path, run))
    taken = _seconds(islice(_within(same), most))
    return {node: _usual(seconds) for node, seconds in taken.items() if len(seconds) >= least}


def _within(paths: Iterable[Path]) -> Iterator[Path]:
    room = MOST_BYTES
    for path in paths:
        room -= size_of(path)
        if room < 0:
            return
        yield path


def _seconds(paths: Iterable[Path]) -> dict[str, list[float]]:
    found: defaultdict[str, list[float]] = defaultdict(list)
    for path in paths:
        try:
            record = read_record(path)
        except BadFile:  # of another version, or just removed: it teaches nothing
            continue
        for each in record.executions:
            if each.how == "done" and each.attempts == 1 and len(found[each.node.id]) < MOST:
                found[each.node.id].append(each.worked)
    return found


def _usual(seconds: list[float]) -> Usual:
    parts = quantiles(seconds, n=20, method="inclusive")
    return Usual(len(seconds), parts[9], parts[18])


def _is_of(path: Path, run: Run) -> bool:
    """Whether a record is of the same workflow; what can't be read is of none."""
    try:
        with path.open("rb") as file:
            head = json.loads(file.readline())
    except (OSError, ValueError):
        return False
    return isinstance(head, dict) and (head.get("file"), head.get("workflow")) == (
        run.workflow.source,
        run.workflow.name,
    )
