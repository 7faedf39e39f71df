"""Slowness: steps that run longer than they usually do, or wait long for a resource, as seen from another thread."""

from __future__ import annotations

from collections.abc import Collection, Container, Iterator
from typing import TYPE_CHECKING

from attrs import define, field, frozen

if TYPE_CHECKING:
    from stratagem._engine.parts import Run, StepRun, Strand
    from stratagem.usual import Usual


@frozen
class Slow:
    """A step that has run for ``seconds``, although it usually takes ``usual``."""

    step: StepRun
    seconds: float
    usual: Usual


@frozen
class Starving:
    """A step that has waited for a resource of ``kind`` for ``seconds``, as ``waiting`` steps do at present."""

    step: StepRun
    kind: str
    seconds: float
    waiting: int


@define
class SlowSteps:
    """Remembers which step each strand had when it was first seen there; costs the steps themselves nothing.

    A step's time does not go on while it waits for a resource, nor while all that runs inside it does.

    Args:
        factor: how many times its usual time a step may take.
        margin: seconds that it may take besides in any case; what is short varies most.
    """

    factor: float
    margin: float
    _seen: dict[Strand, tuple[StepRun, float]] = field(factory=dict)
    _looked: float = 0.0

    def look(self, runs: tuple[Run, ...], now: float) -> Iterator[Slow]:
        """The steps that are slow at ``now``; a step's time counts from the look that first found it."""
        seen: dict[Strand, tuple[StepRun, float]] = {}
        for run in runs:
            if not run.usual:
                continue
            current = {strand: step for strand in tuple(run.strands) if (step := strand.current) is not None}
            working = at_work(current.values(), run.waits.copy())
            for strand, step in current.items():
                known = self._seen.get(strand)
                since = known[1] if known is not None and known[0] is step else now
                if step not in working:
                    since = min(now, since + now - max(self._looked, since))
                seen[strand] = step, since
                usual = run.usual.get(step.step.id)
                if usual is not None and now - since > max(self.factor * usual.p95, usual.p95 + self.margin):
                    yield Slow(step, now - since, usual)
        self._seen, self._looked = seen, now


def at_work(current: Collection[StepRun], waits: Container[StepRun]) -> set[StepRun]:
    """Those of the running steps that do not wait for a resource, and the steps around them."""
    around = {owner for step in current for owner in step.ancestors()}
    inner = [step for step in current if step not in around and step not in waits]
    return {each for step in inner for each in (step, *step.ancestors())}


def starving(runs: tuple[Run, ...], now: float, limit: float) -> Iterator[Starving]:
    """The steps that have waited for a resource longer than ``limit`` seconds."""
    for run in runs:
        waits = run.waits.copy()
        for step, (kind, since) in waits.items():
            if now - since > limit:
                yield Starving(step, kind, now - since, sum(other == kind for other, _ in waits.values()))
