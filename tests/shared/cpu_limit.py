"""A bound on processor time: what hangs is interrupted with a traceback, and a machine under load changes nothing."""

from __future__ import annotations

import signal
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any


class TookTooLong(BaseException):
    """The limit has passed; no handler of exceptions takes it for an error of its own."""


@contextmanager
def cpu_limit(seconds: float) -> Iterator[None]:
    """Raises `TookTooLong` in what has used more processor time than that; in the main thread alone."""

    def stop(*_: Any) -> None:
        raise TookTooLong(f"more than {seconds} s of processor time")

    before = signal.signal(signal.SIGVTALRM, stop)
    signal.setitimer(signal.ITIMER_VIRTUAL, seconds)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_VIRTUAL, 0)
        signal.signal(signal.SIGVTALRM, before)
