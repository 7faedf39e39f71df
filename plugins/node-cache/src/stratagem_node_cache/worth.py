"""Worth: which node types cost less than a look-up, learned by measuring both."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING
from weakref import WeakKeyDictionary

from attrs import define, field, frozen

from stratagem import may_be_remembered

if TYPE_CHECKING:
    from stratagem import NodeSpec, Plan

ENOUGH = 8
"""So many executions of a type, one after the other, must cost less than a look-up until it is left out."""

COLD = 50e-6
"""Seconds up to which what a node took once says little: the first time, an interpreter takes several times as long."""

SHORTEST_PAUSE, LONGEST_PAUSE = 8, 1024
"""So many steps of a type are bound at first, and at most, before one of them is looked up again."""


@define(eq=False)
class Worth:
    """Statistics of one node type: ``left`` steps of it are bound without a look before the next one with."""

    left: int = 0
    _cheap: int = 0
    _pause: int = 0
    _least: float = math.inf

    def note_hit(self, taken: float, spent: float) -> bool:
        """As `note`, where the node has ``taken`` its time when it was run, which may have been the first time ever."""
        return self.note(min(taken, self._least) if taken < COLD else taken, spent)

    def note(self, taken: float, spent: float) -> bool:
        """Takes in one execution: the seconds that the node takes, and those that the cache has spent on it.

        Gives whether the type is left out from now on.
        """
        self._least = min(self._least, taken)
        if taken >= spent:
            self._cheap = self._pause = self.left = 0
            return False
        self._cheap += 1
        if self._cheap < ENOUGH:
            return False
        self._pause = self.left = min(2 * self._pause or SHORTEST_PAUSE, LONGEST_PAUSE)
        return True

    def is_still_cheap(self, taken: float, spent: float) -> bool:
        """Return whether the type was left out before, and the look alone has taken longer than the node again."""
        return self._cheap >= ENOUGH and taken < spent


@define(eq=False)
class Worths:
    """Statistics of all node types, by the runs of one kernel together."""

    types: dict[NodeSpec, Worth] = field(factory=dict)
    _plans: WeakKeyDictionary[Plan, _Wanted] = field(factory=WeakKeyDictionary)

    def of(self, spec: NodeSpec) -> Worth:
        """That of a type, of which nothing may be known yet."""
        known = self.types.get(spec)
        if known is None:
            known = self.types[spec] = Worth()
        return known

    def leave_out_all(self, plan: Plan) -> bool:
        """Return whether a run of the plan needs no cache at all.

        No step of it may be remembered, or each is left out.
        """
        wanted = self._plans.get(plan)
        if wanted is None:
            wanted = self._plans[plan] = _wanted(plan)
        known = [self.of(spec) for spec in wanted.types]
        if not wanted.by_type or not all(each.left for each in known):
            return False
        for each in known:
            each.left -= 1
        return True


@frozen
class _Wanted:
    """The types whose results a plan may look up; not all it wants is told ``by_type`` where a node says more itself."""

    by_type: bool
    types: tuple[NodeSpec, ...] = ()


def _wanted(plan: Plan) -> _Wanted:
    types: dict[NodeSpec, None] = {}
    plans = {id(plan): plan}
    rest = [plan]
    while rest:
        for step in rest.pop().steps:
            if step.spec.stateful or (step.node.cache and may_be_remembered(step)):
                return _Wanted(False)
            if step.spec not in types and may_be_remembered(step):
                types[step.spec] = None
            for inner in (*step.bodies.values(), *step.flows.values()):
                if id(inner) not in plans:
                    plans[id(inner)] = inner
                    rest.append(inner)
    return _Wanted(True, tuple(types))
