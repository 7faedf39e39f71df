"""Estimate: how long a run will still take, from what its steps cost, took before, and have taken so far."""

from collections.abc import Mapping
from time import perf_counter

from stratagem import BodyCalls, Event, Plan, RunStarted, StepEnded, StepStarted, Usual
from stratagem_cli.tally import call_of


class Estimate:
    """The time left of a run of ``plan``, of whose steps those of the workflow itself are looked at.

    A step is taken to last as long as it usually does; where that is not known, its cost in the plan times how much
    longer than their costs such steps have taken so far. A loop that knows how many passes it has is taken to go on as
    it has so far, once one of them has ended: passes that run count half. What is left takes the greater of the work left on all places
    and the longest way left: two bounds that no schedule goes below, and that good ones come near.
    """

    def __init__(self, plan: Plan) -> None:
        self._plan = plan
        self._places = 1
        self._known: Mapping[str, Usual] = {}
        self._costs = {step.id: step.cost for step in plan.steps}
        self._known_left, self._guessed_left = 0.0, sum(self._costs.values())
        self._expected = self._taken = 0.0
        self._ways: dict[str, float] = {}
        self._waiting: list[str] = []
        self._running: dict[str, float] = {}
        self._seen: set[str] = set()
        self._loops: dict[str, tuple[BodyCalls, float]] = {}

    def see(self, event: Event) -> None:
        """Takes an event in."""
        if isinstance(event, RunStarted):
            self._begin(event)
        elif isinstance(event, StepStarted) and event.depth == 0 and event.node in self._costs:
            self._running.setdefault(event.node, perf_counter())
            self._seen.add(event.node)
        elif isinstance(event, StepStarted) and event.depth == 1:
            self._note_call(event)
        elif isinstance(event, StepEnded) and event.depth == 0 and event.node in self._costs:
            self._end(event)

    @property
    def left(self) -> float | None:
        """Seconds until the end; None while there is nothing to tell it by. Another thread may ask than sees events."""
        now, going = perf_counter(), tuple(self._running.items())
        loops = {id_: left for id_, _ in going if (left := self._loop_left(id_, now)) is not None}
        if not (self._expected or self._known or loops):
            return None
        scale = self._taken / self._expected if self._expected else 1.0
        while self._waiting and self._waiting[-1] in self._seen:
            self._waiting.pop()
        stretch = 1.0 if self._known else scale
        waiting = self._ways[self._waiting[-1]] * stretch if self._waiting else 0.0

        def gone(id_: str, since: float, scale: float) -> float:
            return self._cost(id_, scale) - loops[id_] if id_ in loops else now - since

        running = (self._ways[id_] * stretch - gone(id_, since, stretch) for id_, since in going)
        run = sum(min(gone(id_, since, scale), self._cost(id_, scale)) for id_, since in going)
        work = self._known_left + self._guessed_left * scale - run
        return max(0.0, work / self._places, waiting, *running)

    def _note_call(self, event: StepStarted) -> None:
        """Remembers what calls the body of a running step, and since when."""
        call, owner = call_of(event)
        known = self._loops.get(owner)
        if call is not None and (known is None or known[0] is not call):
            self._loops[owner] = call, perf_counter()

    def _loop_left(self, node: str, now: float) -> float | None:
        """Seconds that a running loop still takes, by the passes that have ended; None where that tells nothing."""
        call, since = self._loops.get(node, (None, now))
        if call is None or not call.of or not call.ended:
            return None
        done = call.ended + (call.begun - call.ended) / 2
        return max(0.0, (now - since) * (call.of - done) / done)

    def _begin(self, event: RunStarted) -> None:
        self._places, self._known = event.places, event.usual
        known = self._known.keys() & self._costs.keys()
        self._known_left = sum(self._known[id_].median for id_ in known)
        self._guessed_left -= sum(self._costs[id_] for id_ in known)
        found: dict[int, float] = {}
        for step in reversed(self._plan.steps):
            after = max((found[index] for index in step.dependents), default=0.0)
            found[step.index] = self._cost(step.id, 1.0) + after
        self._ways = {self._plan.steps[index].id: way for index, way in found.items()}
        self._waiting = sorted(self._ways, key=self._ways.__getitem__)

    def _end(self, event: StepEnded) -> None:
        self._running.pop(event.node, None)
        self._seen.add(event.node)
        cost = self._costs.pop(event.node)
        known = self._known.get(event.node)
        if known is not None:
            self._known_left -= known.median
            return
        self._guessed_left -= cost
        if event.outcome == "done":
            self._expected += cost
            self._taken += event.worked

    def _cost(self, node: str, scale: float) -> float:
        known = self._known.get(node)
        return known.median if known is not None else self._costs.get(node, 0.0) * scale


def about(seconds: float | None) -> str:
    """Such as ``about 40 s left``; nothing where nothing is known."""
    if seconds is None:
        return ""
    if seconds < 1:
        return "about to end"
    if seconds < 90:
        return f"about {seconds:.0f} s left"
    return f"about {seconds / 60:.0f} min left" if seconds < 5400 else f"about {seconds / 3600:.1f} h left"
