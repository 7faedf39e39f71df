"""The commands of the plugin."""

from __future__ import annotations

import os
from pathlib import Path

from stratagem import BadFile, Plugin, is_stream
from stratagem_report.compare import Comparison, comparison
from stratagem_report.page import write_page
from stratagem_report.plugin import PageRecorder
from stratagem_report.reading import read_record
from stratagem_report.shelf import Shelf
from stratagem_report.short import short


def find(folder: Path, named: str) -> Path:
    """The record that is meant by a file name, ``last``, or the beginning of a run's id; raises WorkflowError."""
    return Shelf(folder).find(named)


def write(record: Path, target: Path) -> None:
    """Draws the page of a record into a file; raises BadFile for the record, OSError for the page."""
    write_page(read_record(record), target)


def in_short(record: Path) -> str:
    """The run of a record in a few lines; raises BadFile."""
    return short(read_record(record))


def compare(before: Path, after: Path) -> Comparison:
    """Return how the runs of two records differ; raises BadFile."""
    return comparison(read_record(before), read_record(after))


def recording(record: Path) -> Plugin:
    """A plugin that writes the record of its kernel's first run to a file."""
    return PageRecorder(record)


def writable(named: str) -> Path:
    """The file to draw a page into; raises BadFile where that is not possible."""
    target = Path(named)
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise BadFile(f"the report can't be written: {error.strerror or error}", file=named) from error
    if target.is_dir() or not os.access(target if is_stream(target) else target.parent, os.W_OK):
        raise BadFile("the report can't be written there", file=named, hint="Name a file in a folder of yours.")
    return target
