"""Recorders around runs and steps, such that none of them can harm what it watches."""

from __future__ import annotations

import logging
from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager
from functools import partial
from types import TracebackType
from typing import TYPE_CHECKING, Any, Self

if TYPE_CHECKING:
    from stratagem.engine.frame import StepRun
    from stratagem.engine.run import Run
    from stratagem.strategies import Recorder

log = logging.getLogger("stratagem.engine")


class Watched:
    """A recorder of a run; the first time that it raises it is reported, and then left out."""

    def __init__(self, recorder: Recorder) -> None:
        self._recorder = recorder
        self._broken = False

    def run(self, run: Run) -> Around:
        """Its context around the run."""
        return Around(self, lambda: self._recorder.run(run))

    def step(self, step: StepRun) -> Around:
        """Its context around one attempt of a step."""
        return Around(self, lambda: self._recorder.step(step))

    def skipped(self, step: StepRun) -> None:
        """Tells it of a skipped step."""
        self.attempt(lambda: self._recorder.skipped(step))

    def event(self, step: StepRun, name: str, **attributes: Any) -> None:
        """Tells it what has happened to a step."""
        self.attempt(lambda: self._recorder.event(step, name, **attributes))

    def record(self, name: str, value: float, unit: str = "1", **attributes: Any) -> None:
        """Hands it a measurement."""
        self.attempt(lambda: self._recorder.record(name, value, unit, **attributes))

    def attempt(self, call: Callable[[], Any]) -> Any:
        """What ``call`` gives; None where it raises, or has raised before."""
        if self._broken:
            return None
        try:
            return call()
        except Exception:
            self._broken = True
            what = "the recorder %s of %s has raised: it sees no more of this run"
            log.warning(
                what, type(self._recorder).__name__, self._recorder.provider or "the kernel's caller", exc_info=True
            )
            return None


class Around:
    """A recorder's context manager, entered and left without a chance to raise or to swallow."""

    __slots__ = ("_context", "_open", "_watched")

    def __init__(self, watched: Watched, make: Callable[[], AbstractContextManager[Any]]) -> None:
        self._watched = watched
        self._open = make
        self._context: AbstractContextManager[Any] | None = None

    def __enter__(self) -> Self:
        self._context = self._watched.attempt(self._entered)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        context = self._context
        if context is None:
            return
        try:
            context.__exit__(kind, error, traceback)
        except BaseException as raised:
            if raised is not error:
                self._watched.attempt(partial(_raise, raised))

    def _entered(self) -> AbstractContextManager[Any]:
        context = self._open()
        context.__enter__()
        return context


def watched(recorders: Sequence[Recorder]) -> tuple[Watched, ...]:
    """The recorders, each kept from harming the run."""
    return tuple(Watched(recorder) for recorder in recorders)


def _raise(error: BaseException) -> None:
    raise error
