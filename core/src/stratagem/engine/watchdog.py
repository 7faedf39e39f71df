"""Watchdog: names the node that blocks the event loop, or that does not end when it is cancelled."""

from __future__ import annotations

import asyncio
import logging
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from time import perf_counter
from types import FrameType
from typing import TYPE_CHECKING, Self

from stratagem.engine.clock import current_backend
from stratagem.engine.strand import Strand

if TYPE_CHECKING:
    from stratagem.engine.frame import StepRun
    from stratagem.engine.run import Run

log = logging.getLogger("stratagem.engine")


class Watchdog:
    """A thread beside the event loop that warns, once for each step, of what harms all others.

    Args:
        limit: seconds that the loop may be blocked.
        grace: seconds that a cancelled step may take to end.
    """

    def __init__(self, limit: float, grace: float) -> None:
        self._limit = limit
        self._grace = grace
        self._runs: set[Run] = set()
        self._warned: set[tuple[str, str]] = set()
        self._stop = threading.Event()
        self._answered = threading.Event()
        self._thread: threading.Thread | None = None

    def __enter__(self) -> Self:
        self._loop_thread = threading.get_ident()
        self._ask = _asker(self._answered.set)
        self._thread = threading.Thread(target=self._watch, name="stratagem watchdog", daemon=True)
        return self

    def __exit__(self, *exc: object) -> None:
        self._stop.set()
        if self._thread is not None and self._thread.ident is not None:
            self._thread.join()

    @contextmanager
    def watching(self, run: Run) -> Iterator[None]:
        """Watches while the context lasts; the thread starts with the first run."""
        assert self._thread is not None  # entered before
        if self._thread.ident is None:
            self._thread.start()
        self._runs.add(run)
        try:
            yield
        finally:
            self._runs.discard(run)

    def _watch(self) -> None:
        while not self._stop.wait(self._limit):
            if not self._runs:
                continue
            self._answered.clear()
            try:
                self._ask()
            except RuntimeError:  # the loop has ended
                return
            if not self._answered.wait(self._limit):
                self._warn_of_blocked_loop()
            self._warn_of_cancelled_steps()

    def _warn_of_blocked_loop(self) -> None:
        step = _step_on(sys._current_frames().get(self._loop_thread))
        if step is not None:
            what = f"has blocked the event loop for more than {self._limit:g} s"
            self._warn(step, what, "Make it await, or mark it as a plain function so that it runs in a thread")

    def _warn_of_cancelled_steps(self) -> None:
        now = perf_counter()
        for run in tuple(self._runs):
            for strand in tuple(run.strands):
                step = strand.current
                if step is not None and strand.stopping and now - strand.stopped_at > self._grace:
                    what = f"was cancelled {self._grace:g} s ago and has not ended"
                    self._warn(step, what, "It swallows cancellation: let the exception pass")

    def _warn(self, step: StepRun, what: str, hint: str) -> None:
        key = (step.run.id, step.step.id)
        if key in self._warned:
            return
        self._warned.add(key)
        spec = step.step.spec
        provider = f" (provided by {spec.distribution})" if spec.distribution else ""
        log.warning("node %r of type %s%s %s. %s.", step.step.id, spec.type, provider, what, hint)


def _asker(answer: Callable[[], object]) -> Callable[[], object]:
    """A function for other threads that has the loop call ``answer`` when it next turns."""
    if current_backend() == "asyncio":
        loop = asyncio.get_running_loop()
        return lambda: loop.call_soon_threadsafe(answer)
    import trio

    token = trio.lowlevel.current_trio_token()
    return lambda: token.run_sync_soon(answer)


def _step_on(frame: FrameType | None) -> StepRun | None:
    """The step whose strand is on this stack."""
    while frame is not None:
        if frame.f_code is Strand.drain.__code__:
            strand: Strand = frame.f_locals["self"]
            return strand.current
        frame = frame.f_back
    return None
