"""The plugin that a config names ``report``."""

from __future__ import annotations

import logging
from pathlib import Path
from typing import ClassVar

from attrs import field, frozen
from attrs.validators import ge

from stratagem import Plugin, Recorder, Run, hookimpl
from stratagem_report.learn import usual_times
from stratagem_report.recorder import RunRecorder
from stratagem_report.shelf import Shelf
from stratagem_report.writer import RecordWriter

log = logging.getLogger("stratagem.report")


@frozen
class ReportSettings:
    """``[settings.report]``: where records of runs are kept, and how many.

    ``keep`` records stay in ``folder`` (relative to the current one), of at most ``keep_bytes`` together; the oldest
    go first. One record stops taking in steps at ``record_bytes``. With ``values`` the result and the variables are
    written too, secrets masked; else only digests of them. A node's usual time is learned from at least ``learn``
    executions in the last ``learn_from`` records.
    """

    folder: Path = Path("runs")
    keep: int = field(default=50, validator=ge(1))
    keep_bytes: int = field(default=500_000_000, validator=ge(1))
    record_bytes: int = field(default=50_000_000, validator=ge(10_000))
    values: bool = False
    learn: int = field(default=5, validator=ge(2))
    learn_from: int = field(default=20, validator=ge(1))


class ReportPlugin(Plugin):
    """Writes a record of every run, line by line while it goes on, and tells runs how long their nodes usually take."""

    Settings: ClassVar[type[ReportSettings]] = ReportSettings

    @hookimpl
    def record_metric(self, run: Run) -> Recorder | None:
        """The recorder of this run; None, and a warning, where its record can't be begun."""
        settings: ReportSettings = self.settings
        shelf = Shelf(settings.folder)
        try:
            shelf.make_room(settings.keep - 1, settings.keep_bytes)
            run.usual = {**usual_times(shelf.records(), run, settings.learn, settings.learn_from), **run.usual}
            writer = RecordWriter(shelf.path_for(run.id), settings.record_bytes)
        except OSError as error:
            log.warning("no record of this run is kept in %s: %s", settings.folder, error)
            return None
        return RunRecorder(writer, values=settings.values)


class PageRecorder(Plugin):
    """Writes the record of the first run of its kernel to one file: what ``stratagem run --report`` draws a page of."""

    name = "report"

    def __init__(self, path: Path) -> None:
        super().__init__()
        self._path = path
        self._given = False

    @hookimpl
    def record_metric(self, run: Run) -> Recorder | None:
        """The recorder; None for runs that the first one starts beside it."""
        if self._given:
            return None
        self._given = True
        return RunRecorder(RecordWriter(self._path, ReportSettings().record_bytes))
