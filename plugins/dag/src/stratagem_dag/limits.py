"""Limits on how many steps of a sort may run at once.

A step that owns bodies lends its places to the steps inside it, to one at a time, so that nothing inside waits for what
its owner holds. Owners that hold different places may still wait for each other: `Holders` keeps such ones apart.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable, Iterator, Mapping
from typing import TYPE_CHECKING

from stratagem import Limits
from stratagem_dag.holders import Holders, Key, around

if TYPE_CHECKING:
    from stratagem import Step, StepRun


class LimitBook:
    """Counts running steps for each limit, and keeps those that a full limit holds back, in the order they came."""

    def __init__(self, limits: Mapping[Key, int]) -> None:
        self._free = dict(limits)
        self._held: dict[Key, deque[StepRun]] = {}
        self._risky: list[StepRun] = []
        self._passed_on: list[StepRun] = []
        self._keys: dict[Step, tuple[Key, ...]] = {}
        self._inner_keys: dict[Step, frozenset[Key]] = {}
        self._holders = Holders(dict(limits))
        self._lenders: dict[StepRun, dict[Key, StepRun]] = {}

    @classmethod
    def of(cls, *limits: Limits) -> LimitBook | None:
        """The book for all of these at once, the smallest of each counting; None if nothing is limited."""
        found: dict[Key, int] = {}
        for each in limits:
            for sort, named in (("type", each.types), ("kind", each.kinds), ("group", each.groups)):
                for name, most in named.items():
                    found[sort, name] = min(most, found.get((sort, name), most))
        return cls(found) if found else None

    def admit(self, ready: StepRun) -> bool:
        """Count the step in if all its limits have room, else hold it back."""
        keys = self._keys_of(ready.step)
        lenders = {key: lender for key in keys if (lender := self._holders.lender(ready, key)) is not None}
        for key in keys:
            if not (self._free[key] or key in lenders):
                self._held.setdefault(key, deque()).append(ready)
                self._pass_on(keys, lenders)
                return False
        if keys and ready.step.composite and not self._holders.enter(ready, keys, lenders, self._inner(ready.step)):
            self._risky.append(ready)
            self._pass_on(keys, lenders)
            return False
        for key in keys:
            if key not in lenders:
                self._free[key] -= 1
        if lenders:
            self._lenders[ready] = lenders
            self._holders.lend(lenders)
        return True

    def leave(self, ready: StepRun) -> list[StepRun]:
        """Count the step out, and return those that were held back and may try again."""
        keys = self._keys_of(ready.step)
        lenders = self._lenders.pop(ready, {}) if keys else {}
        self._holders.take_back(lenders)
        for key in keys:
            if key not in lenders:
                self._free[key] += 1
        freed = list(self._next_in_line(keys, lenders))
        if keys and ready.step.composite:
            self._holders.leave(ready)
            freed += self._risky
            self._risky = []
        return freed

    def passed_on(self) -> list[StepRun]:
        """Return those that may try again because a step that one limit let go is held back by another."""
        freed, self._passed_on = self._passed_on, []
        return freed

    def held(self) -> int:
        """Return how many steps are held back; any thread may ask."""
        return len(self._risky) + sum(map(len, list(self._held.values())))

    def _pass_on(self, keys: Iterable[Key], lenders: Mapping[Key, StepRun]) -> None:
        """Let others try for the places that a step could have had, were it not held back."""
        self._passed_on += self._next_in_line((key for key in keys if self._free[key] or key in lenders), lenders)

    def _next_in_line(self, keys: Iterable[Key], lenders: Mapping[Key, StepRun]) -> Iterator[StepRun]:
        """Yield for each key the first step held back; where the place is lent, the first one inside the lender."""
        for key in keys:
            line, lender = self._held.get(key), lenders.get(key)
            if line and lender is None:
                yield line.popleft()
            elif line and lender is not None and (first := _first_inside(lender, line)) is not None:
                line.remove(first)
                yield first

    def _keys_of(self, step: Step) -> tuple[Key, ...]:
        """Return the limits that count the step: none where it only waits for a subflow that was started."""
        keys = self._keys.get(step)
        if keys is None:
            named = [
                ("type", step.spec.type),
                *(("kind", kind) for kind in dict.fromkeys(step.spec.resources.values())),
            ]
            if step.node.group:
                named.append(("group", step.node.group))
            keys = () if step.only_waits else tuple(key for key in named if key in self._free)
            self._keys[step] = keys
        return keys

    def _inner(self, step: Step) -> frozenset[Key]:
        """Return the limits that count steps inside this one, at any depth."""
        found = self._inner_keys.get(step)
        if found is None:
            steps = [each for plan in (*step.bodies.values(), *step.flows.values()) for each in plan.steps]
            found = frozenset(key for each in steps for key in (*self._keys_of(each), *self._inner(each)))
            self._inner_keys[step] = found
        return found


def _first_inside(owner: StepRun, line: Iterable[StepRun]) -> StepRun | None:
    return next((step for step in line if owner in around(step)), None)
