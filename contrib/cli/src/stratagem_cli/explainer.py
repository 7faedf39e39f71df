"""Sees what becomes of every step of a run, for ``stratagem run --explain``."""

from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from time import perf_counter
from typing import Any

from attrs import define, field

from stratagem import WAITS, Plugin, Recorder, Run, Step, StepRun, StepTimeout, ending_of, hookimpl, why_skipped


@define
class Seen:
    """The fate of a node, at all passes together.

    ``outcomes`` counts how its runs ended, ``last`` is the latest, ``seconds`` what they took; ``keys`` found what was ``remembered``, the ``oldest`` of it so many seconds
    old; it has waited for resources of these kinds as long as ``waits`` says; ``reasons`` are those of its skips, ``instances`` tell whether each was reused.
    """

    outcomes: Counter[str] = field(factory=Counter)
    last: str = ""
    seconds: float = 0.0
    retries: int = 0
    remembered: int = 0
    keys: set[str] = field(factory=set)
    oldest: float = 0.0
    reasons: Counter[str] = field(factory=Counter)
    instances: Counter[bool] = field(factory=Counter)
    waits: dict[str, float] = field(factory=dict)


@define(eq=False)
class Explainer(Recorder):
    """Sees what `explanation` tells."""

    seen: dict[Step, Seen] = field(factory=dict)
    _recalled: set[int] = field(factory=set)

    @contextmanager
    def step(self, step: StepRun) -> Iterator[None]:
        own, begun, outcome = self._of(step), perf_counter(), "done"
        try:
            yield
        except BaseException as error:
            outcome = "late" if isinstance(error, StepTimeout) and error.way is None else ending_of(error)
            raise
        finally:
            if id(step) in self._recalled:
                self._recalled.discard(id(step))
            else:
                own.outcomes[outcome] += 1
                own.last = outcome
                own.seconds += perf_counter() - begun

    def skipped(self, step: StepRun) -> None:
        self._of(step).reasons[why_skipped(step)] += 1

    def event(self, step: StepRun, name: str, **attributes: Any) -> None:
        own = self._of(step)
        if name == "remembered":
            own.remembered += 1
            own.keys.add(attributes["key"])
            own.oldest = max(own.oldest, attributes["age"])
            self._recalled.add(id(step))
        elif name == "instance":
            own.instances[attributes["reused"]] += 1
        elif name in WAITS:
            own.waits[attributes["kind"]] = own.waits.get(attributes["kind"], 0.0) + attributes["waited"]
        elif name == "retry":
            own.retries += 1
            own.outcomes[own.last] -= 1  # it is not over yet

    def _of(self, step: StepRun) -> Seen:
        return self.seen.setdefault(step.step, Seen())


class ExplainPlugin(Plugin):
    """Has the first run of its kernel explained."""

    name = "explain"

    def __init__(self) -> None:
        super().__init__()
        self.explainer = Explainer()
        self._given = False

    @hookimpl
    def record_metric(self, run: Run) -> Recorder:
        """The explainer; for runs that this one starts beside it, one that nobody asks."""
        first, self._given = not self._given, True
        return self.explainer if first else Explainer()
