"""``stratagem report show`` and ``compare``: what the command line gets by the entry point ``report``."""

from __future__ import annotations

from argparse import ArgumentParser, Namespace
from pathlib import Path
from typing import TYPE_CHECKING

from stratagem import Secret
from stratagem_report import commands as reports
from stratagem_report.home import home

if TYPE_CHECKING:
    from stratagem_cli import Commands, Console

WHICH = "a record's file, the beginning of a run's id, last, last-1, and so on"


def report(commands: Commands) -> None:
    """Add the subcommands ``show`` and ``compare``."""
    showing = commands.add("show", show, "tell of a run, or draw a page of it", usual=True)
    showing.add_argument("run", metavar="RUN", nargs="?", default="last", help=WHICH)
    showing.add_argument("--output", metavar="OUT.html", help="draw the page into this file")
    comparing = commands.add("compare", compare, "tell how two runs differ, node by node")
    for name in ("before", "after"):
        comparing.add_argument(name, metavar=name.upper(), help=WHICH)
    comparing.add_argument("--json", action="store_true", help="print the comparison as one JSON object")
    for parser in (showing, comparing):
        _add_runs(parser)


def _add_runs(parser: ArgumentParser) -> None:
    parser.add_argument("--runs", metavar="DIR", help="the folder of the records, in place of the config's")


def show(arguments: Namespace, console: Console) -> int:
    """Draws the page of a run from its record, or tells of it in a few lines."""
    path = reports.find(_folder(arguments, console), arguments.run)
    if arguments.output is None:
        console.print(reports.in_short(path))
        return 0
    target = reports.writable(arguments.output)
    reports.write(path, target)
    console.log(f"report: {target}")
    return 0


def compare(arguments: Namespace, console: Console) -> int:
    """Tells how two runs differ: results, outcomes, and the nodes whose times do; 1 where results or outcomes differ."""
    folder = _folder(arguments, console)
    found = reports.compare(*(reports.find(folder, named) for named in (arguments.before, arguments.after)))
    if arguments.json:
        console.print_data(found.as_data())
    else:
        console.print(found.as_text())
    return 0 if found.same else 1


def _folder(arguments: Namespace, console: Console) -> Path:
    from stratagem_cli import config_as_read  # it has called

    if arguments.runs is not None:
        return Path(arguments.runs)
    config = config_as_read(arguments, console)
    if "report" not in (name.rpartition(":")[2] for name in config.plugins.use):
        return home()
    folder = config.settings.get("report", {}).get("folder", "runs")
    return Path(folder.reveal() if isinstance(folder, Secret) else str(folder))
