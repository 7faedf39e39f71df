"""Log records as lines on standard error: what nodes log, and what others warn of."""

import logging
import threading
import traceback
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from stratagem import Way
from stratagem_cli.console import Console
from stratagem_cli.failures import way_fields

log = logging.getLogger("stratagem_cli")

OWN = "stratagem"
NODE = "stratagem.node"


class ConsoleHandler(logging.Handler):
    """Writes ``[node] message`` for records of nodes, ``warning: message`` for others."""

    def __init__(self, console: Console, level: int) -> None:
        super().__init__(level)
        self._console = console

    def emit(self, record: logging.LogRecord) -> None:
        try:
            if self._console.structured:
                self._console.log(record.getMessage(), record.levelname.lower(), **fields_of(record))
            else:
                self._console.log(line_of(record))
        except Exception as error:  # a record that can't be formatted must not end the node that logs it
            what = "a record of the logger %s can't be formatted: %s: %s"
            self._console.warn(what % (record.name, type(error).__name__, error))


def line_of(record: logging.LogRecord) -> str:
    """The record as text, with the last line of the error that it carries."""
    text = record.getMessage()
    if record.exc_info and record.exc_info[1] is not None:
        text += "\n  " + "".join(traceback.format_exception_only(record.exc_info[1])).strip()
    if record.levelno >= logging.WARNING:
        text = f"{record.levelname.lower()}: {text}"
    node = getattr(record, "node", None) if record.name.startswith(NODE) else None
    return text if node is None else f"[{getattr(record, 'way', node)}] {text}"


def fields_of(record: logging.LogRecord) -> dict[str, Any]:
    """Return what is told of a record besides its text: logger, node, run, way, and the error that it carries."""
    error = record.exc_info[1] if record.exc_info else None
    told = None if error is None else "".join(traceback.format_exception(error)).rstrip()
    own = {key: getattr(record, key, None) for key in ("node", "run")}
    way = getattr(record, "way", None)
    return {"logger": record.name, **own, **way_fields(way if isinstance(way, Way) else None), "error": told}


@contextmanager
def logs_shown(console: Console, *, quiet: bool, verbose: bool) -> Iterator[None]:
    """Shows our own records from INFO on (DEBUG if ``verbose``), others' from WARNING on; if ``quiet`` errors only.

    Python's own warnings are shown as records too, and what ends a thread.
    """
    handler = ConsoleHandler(console, logging.ERROR if quiet else logging.NOTSET)
    root, own = logging.getLogger(), logging.getLogger(OWN)
    level, own_level = root.level, own.level
    root.addHandler(handler)
    hook, threading.excepthook = threading.excepthook, _log_thread
    logging.captureWarnings(True)
    own.setLevel(logging.DEBUG if verbose else logging.INFO)
    try:
        yield
    finally:
        logging.captureWarnings(False)
        threading.excepthook = hook
        own.setLevel(own_level)
        root.setLevel(level)
        root.removeHandler(handler)


def _log_thread(ended: threading.ExceptHookArgs) -> None:
    """Logs what a thread has raised, which else would be printed past the console."""
    if ended.exc_value is not None and not isinstance(ended.exc_value, SystemExit):
        name = ended.thread.name if ended.thread is not None else "unknown"
        log.error("the thread %s has raised", name, exc_info=ended.exc_value)
