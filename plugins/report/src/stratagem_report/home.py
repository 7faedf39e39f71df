"""Records of all runs that the command line begins, in a folder of the user's."""

from __future__ import annotations

import logging
import os
from functools import partial
from math import inf
from pathlib import Path
from typing import TYPE_CHECKING, Final

from attrs import evolve

from stratagem import Plugin, Recorder, hookimpl
from stratagem_report.later import LaterUsual
from stratagem_report.shelf import Shelf, begun_at

if TYPE_CHECKING:
    from collections.abc import Mapping

    from stratagem import Run, Usual

log = logging.getLogger("stratagem.report")

VARIABLE: Final = "STRATAGEM_STATE"
"""Names a folder in place of the user's own for what is kept from run to run."""

KEEP: Final = 100
KEEP_BYTES: Final = 20_000_000
RECORD_BYTES: Final = 2_000_000
"""Records that are kept, their bytes together, and those of one; the oldest go first."""

LEARN: Final = 1
LEARN_FROM: Final = 2
LEARN_AMONG: Final = 20
"""Usual times are known from the first record on, and learned from the latest ones alone."""

LEARN_BYTES: Final = 30_000
LEARN_PER_SECOND: Final = 50_000
"""The longest record that is read, and what it may have more for each second of its run: that takes 1 % of such a run."""

FEW: Final = 5
"""Of a node with fewer executions no step is called slow."""

EVERY: Final = 0.1
"""Seconds after which lines are in the file, however suddenly the process ends."""


def home() -> Path:
    """The folder of the records: below the user's state folder, or below ``$STRATAGEM_STATE``."""
    if named := os.environ.get(VARIABLE):
        return Path(named) / "runs"
    from platformdirs import user_state_path

    return user_state_path("stratagem", appauthor=False) / "runs"


class HomeRecords(Plugin):
    """Keeps a record of each run but those that another one starts, without values, in little of the run's time."""

    @hookimpl
    def record_metric(self, run: Run) -> Recorder | None:
        """The recorder of this run; none where no record can be kept, which is no concern of the run's."""
        if run.starter is not None:
            return None
        from stratagem_report.sparing import SparingRecorder
        from stratagem_report.writer import RecordWriter

        try:
            shelf = Shelf(home())
            shelf.folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            shelf.make_room(KEEP - 1, KEEP_BYTES - RECORD_BYTES)
            earlier = shelf.records()[:LEARN_AMONG]
            writer = RecordWriter(shelf.path_for(run.id), RECORD_BYTES, EVERY)
        except (OSError, RuntimeError) as error:  # RuntimeError: there is no home
            log.debug("no record of this run is kept: %s", error)
            return None
        if not run.usual and earlier:
            run.usual = LaterUsual(partial(_learn, earlier, run))
        return SparingRecorder(writer)


def _is_worth_reading(record: Path) -> bool:
    try:
        told = record.stat()
    except OSError:  # another process has made room meanwhile
        return False
    return told.st_size <= LEARN_BYTES + LEARN_PER_SECOND * max(0.0, told.st_mtime - begun_at(record))


def _learn(records: list[Path], run: Run) -> Mapping[str, Usual]:
    from stratagem_report.learn import usual_times

    known = usual_times(filter(_is_worth_reading, records), run, LEARN, LEARN_FROM)
    # from few executions the time left can be told, but not what is too slow
    return {node: usual if usual.count >= FEW else evolve(usual, p95=inf) for node, usual in known.items()}
