"""Facts of a plan's steps that hold for all runs."""

from __future__ import annotations

from typing import TYPE_CHECKING
from weakref import WeakKeyDictionary

from stratagem import planfacts
from stratagem_otel import names

if TYPE_CHECKING:
    from stratagem import Plan, Step

Attributes = dict[str, str | int]


class StepFacts:
    """A step's name and attributes on spans; ``key`` are its attributes on metrics, of an attempt that is done."""

    __slots__ = ("attributes", "key", "name", "needs", "retried", "type")

    def __init__(self, step: Step, links: int) -> None:
        spec = step.spec
        self.type = spec.type
        self.name = f"workflow.node {spec.type}"
        self.attributes: Attributes = {
            names.NODE_ID: step.id,
            names.NODE_TYPE: spec.type,
            names.NODE_VERSION: spec.version,
        }
        if spec.distribution:
            self.attributes[names.NODE_PROVIDER] = spec.distribution
        self.key = ((names.NODE_TYPE, spec.type), (names.OUTCOME, "done"))
        self.needs = step.needs[:links]
        self.retried = step.retry is not None


class Facts:
    """`StepFacts` of the steps that have run, and the sizes of plans; kept as long as the plans themselves."""

    def __init__(self, links: int) -> None:
        self._links = links
        self._steps: WeakKeyDictionary[Plan, dict[Step, StepFacts]] = WeakKeyDictionary()
        self._sizes: WeakKeyDictionary[Plan, int] = WeakKeyDictionary()

    def steps(self, plan: Plan) -> dict[Step, StepFacts]:
        """The facts of a run's steps by step, those in bodies included; filled as they run."""
        found = self._steps.get(plan)
        if found is None:
            found = self._steps[plan] = {}
        return found

    def of(self, step: Step) -> StepFacts:
        """The facts of one step, made anew."""
        return StepFacts(step, self._links)

    def size(self, plan: Plan) -> int:
        """Return how many steps a plan and all plans in it have, each plan counted once."""
        if plan not in self._sizes:
            self._sizes[plan] = sum(len(each) for each in planfacts.plans_in(plan))
        return self._sizes[plan]
