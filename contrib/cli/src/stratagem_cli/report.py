"""The page of ``stratagem run --report``; drawn by stratagem-report."""

from __future__ import annotations

import importlib
from argparse import Namespace
from collections.abc import Iterator
from contextlib import contextmanager
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from stratagem import BadFile, MissingRequirement, Plugin, temporary_folder
from stratagem_cli.console import Console

PACKAGE = "stratagem_report"


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
    reports = _reports()
    target = reports.writable(arguments.report)
    with temporary_folder("report") as folder:
        record = folder / "record.jsonl"
        try:
            yield [reports.recording(record)]
        finally:
            if record.exists():
                _draw(reports, record, target, console, quiet=arguments.quiet)


def _draw(reports: Any, record: Path, target: Path, console: Console, *, quiet: bool) -> None:
    try:
        reports.write(record, target)
    except (OSError, BadFile) as error:  # the run has ended, and its own outcome counts
        console.log(f"the report can't be written to {target}: {error}", "error")
    else:
        if not quiet:
            console.log(f"report: {target}")


def _reports() -> Any:
    if find_spec(PACKAGE) is None:
        raise MissingRequirement("reports need stratagem-report", hint="Run: pip install stratagem-report")
    return importlib.import_module(f"{PACKAGE}.commands")
