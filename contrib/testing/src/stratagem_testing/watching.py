"""A recorder that remembers what it saw, for tests that look at the order and the ends of steps."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

from attrs import define, field, frozen

from stratagem import LeaveLoop, Recorder, unwrap

if TYPE_CHECKING:
    from stratagem import Frame, Run, StepRun


@frozen
class Seen:
    """Something that happened to a step: ``what`` is ``begun``, ``done``, ``failed``, ``cancelled`` or ``skipped``."""

    what: str
    node: str
    """The node's id."""
    index: int
    """The step's index in its plan."""
    frame: Frame
    """The frame it ran in."""
    attempt: int
    """The number of the attempt."""


@define(eq=False)
class Watcher(Recorder):
    """``seen`` has everything in its order; ``open`` counts contexts that were entered and not left."""

    seen: list[Seen] = field(factory=list)
    entered: int = 0
    """The number of contexts that were entered."""
    open: int = 0
    runs: int = 0
    """The number of runs that it has seen."""

    @contextmanager
    def run(self, run: Run) -> Iterator[None]:
        self.runs += 1
        self.entered += 1
        self.open += 1
        try:
            yield
        finally:
            self.open -= 1

    @contextmanager
    def step(self, step: StepRun) -> Iterator[None]:
        self.entered += 1
        self.open += 1
        self._note("begun", step)
        try:
            yield
        except BaseException as error:
            self._note(_end_of(error), step)
            raise
        else:
            self._note("done", step)
        finally:
            self.open -= 1

    def skipped(self, step: StepRun) -> None:
        self._note("skipped", step)

    def count(self, what: str) -> Counter[str]:
        """Return how often that happened, by node."""
        return Counter(each.node for each in self.seen if each.what == what)

    def trace(self) -> list[tuple[str, str, int]]:
        """Return what happened, as plain values to compare."""
        return [(each.what, each.node, each.attempt) for each in self.seen]

    def _note(self, what: str, step: StepRun) -> None:
        self.seen.append(Seen(what, step.step.id, step.step.index, step.frame, step.attempt))


def _end_of(error: BaseException) -> str:
    if isinstance(unwrap(error), LeaveLoop):
        return "done"
    return "failed" if isinstance(error, Exception) else "cancelled"
