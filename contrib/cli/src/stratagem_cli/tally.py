"""Tally: what is known of a run while it goes on, from its events."""

from time import perf_counter

from attrs import define, field

from stratagem import BodyCalls, Event, Plan, RunStarted, StepEnded, StepStarted, planfacts


@define
class Running:
    """A node that is being run, ``times`` at once, since the clock was at ``since``; ``call`` is that of its body."""

    node: str
    type: str
    depth: int
    since: float
    times: int = 1
    call: BodyCalls | None = None

    @property
    def row(self) -> str:
        """Return how far a loop is, such as ``row 4 of 10``; empty where that says nothing."""
        call = self.call
        if call is None or self.times > 1 or call.of == 1 or not (call.of or call.begun > 1):
            return ""
        return f"row {call.ended} of {call.of}" if call.of else f"pass {call.ended}"


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
        """Return how many steps of the workflow itself have ended."""
        return sum(self.counts.values())

    def _started(self, event: StepStarted) -> None:
        call, owner = call_of(event)
        if call is not None and (around := self.running.get(owner)):
            around.call = call
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


def call_of(event: StepStarted) -> tuple[BodyCalls | None, str]:
    """Return what has called the body that a step begins in, and the id of the node that owns it."""
    frame = event.step.frame if event.step is not None else None
    if frame is None or frame.owner is None:
        return None, ""
    return frame.call, frame.owner.step.id


def places_in(plan: Plan) -> dict[str, int]:
    """Node id → place in the order in which a tree of the plan is read: every node before those in its bodies."""
    return {step.id: place for place, step in enumerate(planfacts.steps_in(plan))}
