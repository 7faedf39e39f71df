"""``stratagem run --explain``: what became of every step, and why."""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from time import perf_counter
from typing import Any

from attrs import define, field, frozen

from stratagem.cli.progress import indent
from stratagem.cli.table import columns
from stratagem.engine.events import outcome_of
from stratagem.engine.frame import StepRun
from stratagem.engine.result import RunResult
from stratagem.engine.run import Run
from stratagem.engine.skips import why_skipped
from stratagem.hookspecs import hookimpl
from stratagem.plan import Plan, Step
from stratagem.plugins.base import Plugin
from stratagem.strategies import Recorder

KEY_SHOWN = 8
"""So many digits of a key tell it from others well enough for people."""


@define
class Seen:
    """What happened to a node, at all passes together; ``seconds`` are those of its own runs."""

    outcomes: Counter[str] = field(factory=Counter)
    seconds: float = 0.0
    retries: int = 0
    remembered: list[tuple[str, float]] = field(factory=list)
    reasons: Counter[str] = field(factory=Counter)
    instances: Counter[bool] = field(factory=Counter)

    def told(self) -> Iterator[str]:
        """What to say of it, the most usual first."""
        for outcome in ("done", "failed", "cancelled"):
            if count := self.outcomes[outcome]:
                yield _HOW[outcome] + _times(count)
        if self.outcomes:
            yield f"{self.seconds:.3f} s{' in all' if self.outcomes.total() + self.retries > 1 else ''}"
        if self.retries:
            yield f"tried again{_times(self.retries)}"
        if built := self.instances[False]:
            yield f"instance built{_times(built)}"
        if reused := self.instances[True]:
            yield f"instance reused{_times(reused)}"
        if self.remembered:
            yield f"remembered{_times(len(self.remembered))}: {_keys(self.remembered)}"
        for why, count in self.reasons.items():
            yield f"skipped{_times(count)}: {why}"


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
            outcome = outcome_of(error)
            raise
        finally:
            if id(step) in self._recalled:
                self._recalled.discard(id(step))
            else:
                own.outcomes[outcome] += 1
                own.seconds += perf_counter() - begun

    def skipped(self, step: StepRun) -> None:
        self._of(step).reasons[why_skipped(step)] += 1

    def event(self, step: StepRun, name: str, **attributes: Any) -> None:
        own = self._of(step)
        if name == "remembered":
            own.remembered.append((attributes["key"], attributes["age"]))
            self._recalled.add(id(step))
        elif name == "instance":
            own.instances[attributes["reused"]] += 1
        elif name == "retry":
            own.retries += 1
            own.outcomes["failed"] -= 1  # it is not over yet

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


@frozen
class Line:
    """What became of a node; ``depth`` counts the bodies and subflows around it."""

    node: str
    type: str
    depth: int
    told: str


def explanation(plan: Plan, seen: Mapping[Step, Seen], result: RunResult) -> list[Line]:
    """A line for each node in the order of the plan, those of bodies after the node that owns them."""
    ended = {"failed": "the run ended with a failure before", "cancelled": "the run was cancelled before"}
    return list(_lines(plan, seen, ended.get(result.status, "nothing started it"), 0))


def as_text(lines: Iterable[Line]) -> str:
    """The lines in columns; nodes of bodies stand further to the right."""
    return columns((indent(line.depth) + line.node, line.type, line.told) for line in lines)


def _lines(plan: Plan, seen: Mapping[Step, Seen], why: str, depth: int) -> Iterator[Line]:
    for step in plan.steps:
        yield Line(step.id, step.node.type.partition("@")[0], depth, _told(step, seen.get(step), why))
        for name, inner in (*step.bodies.items(), *step.flows.items()):
            called = any(each in seen for each in inner.steps)
            reason = "its body was left before" if called else f"{step.id!r} did not call {name!r}"
            yield from _lines(inner, seen, reason, depth + 1)


def _told(step: Step, seen: Seen | None, why: str) -> str:
    if seen is None:
        return f"not run: {why}"
    return "skipped: disabled" if step.node.disabled else ", ".join(seen.told())


def _times(count: int) -> str:
    return "" if count == 1 else f" {count} times"


def _keys(remembered: list[tuple[str, float]]) -> str:
    keys = list(dict.fromkeys(key[:KEY_SHOWN] for key, _ in remembered))
    shown = f"key {keys[0]}" if len(keys) == 1 else f"{len(keys)} keys"
    return f"{shown}, {max(age for _, age in remembered):.1f} s old"


_HOW = {"done": "ran", "failed": "failed", "cancelled": "was cancelled"}
