"""``stratagem report show`` and ``compare``, and the page of ``stratagem run --report``; drawn by stratagem-report."""

from __future__ import annotations

import importlib
import os
from argparse import Namespace
from collections.abc import Iterator
from contextlib import contextmanager
from importlib.util import find_spec
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from stratagem.cli.console import Console
from stratagem.cli.settings import config_as_read
from stratagem.errors import BadFile, MissingRequirement
from stratagem.plugins.base import Plugin
from stratagem.streams import is_stream
from stratagem.templates.secret import Secret

PACKAGE = "stratagem_report"


def show(arguments: Namespace, console: Console) -> int:
    """Draws the page of a run from its record, or tells of it in a few lines."""
    reports = _reports()
    path = reports.find(_folder(arguments, console), arguments.run)
    if arguments.output is None:
        console.give(reports.in_short(path))
        return 0
    target = _writable(arguments.output)
    reports.write(path, target)
    console.tell(f"report: {target}")
    return 0


def compare(arguments: Namespace, console: Console) -> int:
    """Tells how two runs differ: results, outcomes, and the nodes whose times do; 1 where results or outcomes differ."""
    reports, folder = _reports(), _folder(arguments, console)
    found = reports.compare(*(reports.find(folder, named) for named in (arguments.before, arguments.after)))
    if arguments.json:
        console.give_data(found.as_data())
    else:
        console.give(found.as_text())
    return 0 if found.same else 1


@contextmanager
def reported(arguments: Namespace, console: Console) -> Iterator[list[Plugin]]:
    """The plugins that record a run for the page which ``--report`` asks for; it is drawn at the end, however that is.

    Raises:
        MissingRequirement: stratagem-report is not installed.
        BadFile: the page could not be written; known before the run begins.
    """
    if arguments.report is None:
        yield []
        return
    reports, target = _reports(), _writable(arguments.report)
    with TemporaryDirectory(prefix="stratagem-") as folder:
        record = Path(folder) / "record.jsonl"
        try:
            yield [reports.recording(record)]
        finally:
            if record.exists():
                _draw(reports, record, target, console, quiet=arguments.quiet)


def _draw(reports: Any, record: Path, target: Path, console: Console, *, quiet: bool) -> None:
    try:
        reports.write(record, target)
    except (OSError, BadFile) as error:  # the run has ended, and its own outcome counts
        console.tell(f"the report can't be written to {target}: {error}", "error")
    else:
        if not quiet:
            console.tell(f"report: {target}")


def _reports() -> Any:
    if find_spec(PACKAGE) is None:
        raise MissingRequirement("reports need stratagem-report", hint="Run: pip install stratagem-report")
    return importlib.import_module(f"{PACKAGE}.commands")


def _folder(arguments: Namespace, console: Console) -> Path:
    if arguments.runs is not None:
        return Path(arguments.runs)
    folder = config_as_read(arguments, console).settings.get("report", {}).get("folder", "runs")
    return Path(folder.reveal() if isinstance(folder, Secret) else str(folder))


def _writable(named: str) -> Path:
    target = Path(named)
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise BadFile(f"the report can't be written: {error.strerror or error}", file=named) from error
    if target.is_dir() or not os.access(target if is_stream(target) else target.parent, os.W_OK):
        raise BadFile("the report can't be written there", file=named, hint="Name a file in a folder of yours.")
    return target
