"""Displays of a run: live on a terminal, as plain lines elsewhere, or not at all."""

import os
import sys
from argparse import Namespace
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from importlib.util import find_spec
from typing import Any

from stratagem import Plan
from stratagem_cli.console import Console
from stratagem_cli.progress import Detail, Lines

OnEvent = Callable[[Any], None]
Restore = Callable[[], None]


@contextmanager
def displayed(arguments: Namespace, console: Console, plan: Plan) -> Iterator[tuple[OnEvent | None, Restore]]:
    """Gives what the run's events are told to, and what puts the terminal right before a sudden end."""
    if arguments.quiet:
        yield None, _nothing
        return
    lines = Lines(console, arguments.file, _detail(arguments))
    if not _is_live(arguments, console):
        yield lines.see, _nothing
        return
    from stratagem_cli.live import LiveProgress  # rich is an extra, and slow to import

    with LiveProgress(console, arguments.file, plan) as live:

        def see(event: Any) -> None:
            live.see(event)
            lines.see(event)

        yield see, live.restore


def _detail(arguments: Namespace) -> Detail:
    if arguments.verbose:
        return "all"
    return "steps" if arguments.progress and not _on_terminal() else "failures"


def _is_live(arguments: Namespace, console: Console) -> bool:
    if arguments.progress is False or console.structured or not _on_terminal():
        return False
    if find_spec("rich") is not None:
        return True
    if arguments.progress:
        console.warn('live progress needs rich. Run: pip install "stratagem-cli[progress]"')
    return False


def _on_terminal() -> bool:
    """Return whether standard error is a terminal that can be drawn on."""
    return sys.stderr is not None and sys.stderr.isatty() and os.environ.get("TERM") != "dumb"


def _nothing() -> None:
    return
