"""Tally: what is known of a run while it goes on, from its events."""

from time import perf_counter

from attrs import define, field

from stratagem.engine.events import Event, RunStarted, StepEnded, StepStarted
from stratagem.plan import Plan
from stratagem.planfacts import steps_in


@define
class Running:
    """A node that is being run, ``times`` at once, since the clock was at ``since``."""

    node: str
    type: str
    depth: int
    since: float
    times: int = 1


@define
class Tally:
    """Counts the steps of the workflow itself, and keeps the nodes that run, those in bodies included."""

    total: int = 0
    counts: dict[str, int] = field(factory=lambda: {"done": 0, "skipped": 0, "failed": 0, "cancelled": 0})
    running: dict[str, Running] = field(factory=dict)

    def see(self, event: Event) -> None:
        """Takes an event in."""
        if isinstance(event, RunStarted):
            self.total = event.steps
        elif isinstance(event, StepStarted):
            self._started(event)
        elif isinstance(event, StepEnded):
            self._ended(event)

    @property
    def ended(self) -> int:
        """How many steps of the workflow itself have ended."""
        return sum(self.counts.values())

    def _started(self, event: StepStarted) -> None:
        if event.attempt > 1 and event.depth == 0:
            self.counts["failed"] -= 1  # it is not over yet
        if known := self.running.get(event.node):
            known.times += 1
        else:
            self.running[event.node] = Running(event.node, event.type, event.depth, perf_counter())

    def _ended(self, event: StepEnded) -> None:
        if event.depth == 0:
            self.counts[event.outcome] += 1
        known = self.running.get(event.node)
        if known is None or event.outcome == "skipped":
            return
        known.times -= 1
        if not known.times:
            del self.running[event.node]


def places_in(plan: Plan) -> dict[str, int]:
    """Node id → place in the order in which a tree of the plan is read: every node before those in its bodies."""
    return {step.id: place for place, step in enumerate(steps_in(plan))}
