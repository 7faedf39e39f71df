"""Error-isolating wrappers around recorders: what one raises is logged, and its run goes on without it."""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping, Sequence
from contextlib import AbstractContextManager
from functools import partial
from types import TracebackType
from typing import TYPE_CHECKING, Any, Self

from stratagem.strategies import Recorder

if TYPE_CHECKING:
    from stratagem.views import Frame, Run, StepRun

log = logging.getLogger("stratagem.engine")


class Guarded:
    """A recorder of a run; the first time that it raises it is reported, and then left out.

    One that does not override `Recorder.step` or `Recorder.body` is not asked at steps or bodies, and costs nothing there.
    """

    def __init__(self, recorder: Recorder) -> None:
        self._recorder = recorder
        self._broken = False
        self.sees_steps = _overrides(recorder, "step")
        self.sees_bodies = _overrides(recorder, "body")
        self.spares_steps = self.sees_steps and _overrides(recorder, "wants_steps")

    def run(self, run: Run) -> Around:
        """Its context around the run."""
        return Around(self, lambda: self._recorder.run(run))

    def body(self, frame: Frame) -> Around:
        """Its context around a call of a body."""
        return Around(self, lambda: self._recorder.body(frame))

    def begin(self, step: StepRun) -> AbstractContextManager[Any] | None:
        """Its context around one attempt of a step, entered; None where it is left out.

        With `end` this is what a step costs in a run that is watched, so it does without `Around`.
        """
        if self._broken:
            return None
        try:
            context = self._recorder.step(step)
            context.__enter__()
        except Exception:
            self._leave_out()
            return None
        return context

    def end(self, context: AbstractContextManager[Any] | None, error: BaseException | None) -> None:
        """Leaves what `begin` gave, with what the attempt raised."""
        if context is None:
            return
        try:
            if error is None:
                context.__exit__(None, None, None)
            else:
                context.__exit__(type(error), error, error.__traceback__)
        except BaseException as raised:
            if raised is not error:
                self.attempt(partial(_raise, raised))

    def wants_steps(self) -> bool:
        """Return whether it is to see steps now."""
        return self.sees_steps and bool(self.attempt(self._recorder.wants_steps))

    def skipped(self, step: StepRun) -> None:
        """Tells it of a skipped step."""
        self.attempt(lambda: self._recorder.skipped(step))

    def event(self, step: StepRun, name: str, **attributes: Any) -> None:
        """Tells it what has happened to a step."""
        self.attempt(lambda: self._recorder.event(step, name, **attributes))

    def propagate(self, step: StepRun) -> Mapping[str, str]:
        """Return what a request of the step should carry."""
        return self.attempt(lambda: dict(self._recorder.propagate(step))) or {}

    def record(self, name: str, value: float, unit: str = "1", **attributes: Any) -> None:
        """Hands it a measurement."""
        self.attempt(lambda: self._recorder.record(name, value, unit, **attributes))

    def attempt(self, call: Callable[[], Any]) -> Any:
        """Return what ``call`` gives; None where it raises, or has raised before."""
        if self._broken:
            return None
        try:
            return call()
        except Exception:
            self._leave_out()
            return None

    def _leave_out(self) -> None:
        """Reports the exception that is being handled; the recorder is not called again."""
        self._broken = True
        what = "the recorder %s of %s has raised: it sees no more of this run"
        log.warning(
            what, type(self._recorder).__name__, self._recorder.provider or "the kernel's caller", exc_info=True
        )


class Around:
    """A recorder's context manager, entered and left without a chance to raise or to swallow."""

    __slots__ = ("_context", "_open", "_recorder")

    def __init__(self, recorder: Guarded, make: Callable[[], AbstractContextManager[Any]]) -> None:
        self._recorder = recorder
        self._open = make
        self._context: AbstractContextManager[Any] | None = None

    def __enter__(self) -> Self:
        self._context = self._recorder.attempt(self._entered)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self._recorder.end(self._context, error)

    def _entered(self) -> AbstractContextManager[Any]:
        context = self._open()
        context.__enter__()
        return context


def guarded(recorders: Sequence[Recorder]) -> tuple[Guarded, ...]:
    """The recorders, each kept from harming the run."""
    return tuple(Guarded(recorder) for recorder in recorders)


def _overrides(recorder: Recorder, method: str) -> bool:
    return getattr(getattr(recorder, method), "__func__", None) is not getattr(Recorder, method)


def _raise(error: BaseException) -> None:
    raise error
