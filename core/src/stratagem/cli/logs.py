"""Log records as lines on standard error: what nodes log, and what others warn of."""

import logging
import traceback
from collections.abc import Iterator
from contextlib import contextmanager

from stratagem.cli.console import Console

OWN = "stratagem"


class ConsoleHandler(logging.Handler):
    """Writes ``[node] message`` for records of nodes, ``warning: message`` for others."""

    def __init__(self, console: Console, level: int) -> None:
        super().__init__(level)
        self._console = console

    def emit(self, record: logging.LogRecord) -> None:
        try:
            self._console.tell(line_of(record))
        except Exception:  # a record that can't be formatted must not end the node that logs it
            self.handleError(record)


def line_of(record: logging.LogRecord) -> str:
    """The record as text, with the last line of the error that it carries."""
    text = record.getMessage()
    if record.exc_info and record.exc_info[1] is not None:
        text += "\n  " + "".join(traceback.format_exception_only(record.exc_info[1])).strip()
    if record.levelno >= logging.WARNING:
        text = f"{record.levelname.lower()}: {text}"
    node = getattr(record, "node", None)
    return text if node is None else f"[{node}] {text}"


@contextmanager
def logs_shown(console: Console, *, quiet: bool, verbose: bool) -> Iterator[None]:
    """Shows our own records from INFO on (DEBUG if ``verbose``), others' from WARNING on; if ``quiet`` errors only."""
    handler = ConsoleHandler(console, logging.ERROR if quiet else logging.NOTSET)
    root, own = logging.getLogger(), logging.getLogger(OWN)
    level, own_level = root.level, own.level
    root.addHandler(handler)
    own.setLevel(logging.DEBUG if verbose else logging.INFO)
    try:
        yield
    finally:
        own.setLevel(own_level)
        root.setLevel(level)
        root.removeHandler(handler)
