"""Limits on how many steps of a sort may run at once."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING

from stratagem.model import Limits

if TYPE_CHECKING:
    from stratagem.engine.frame import StepRun

Key = tuple[str, str]
"""A limit: ``type``, ``kind`` or ``group``, and the name of it."""


class LimitBook:
    """Counts running steps for each limit, and keeps those that a full limit holds back, in the order they came."""

    def __init__(self, limits: Mapping[Key, int]) -> None:
        self._free = dict(limits)
        self._held: dict[Key, deque[StepRun]] = {}
        self._passed_on: list[StepRun] = []
        self._keys: dict[object, tuple[Key, ...]] = {}

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
        """Counts the step in if all its limits have room, else holds it back."""
        keys = self._keys_of(ready)
        for key in keys:
            if not self._free[key]:
                self._held.setdefault(key, deque()).append(ready)
                self._passed_on += self._next_in_line(other for other in keys if self._free[other])
                return False
        for key in keys:
            self._free[key] -= 1
        return True

    def leave(self, ready: StepRun) -> list[StepRun]:
        """Counts the step out; gives those that were held back and may try again."""
        keys = self._keys_of(ready)
        for key in keys:
            self._free[key] += 1
        return self._next_in_line(keys)

    def passed_on(self) -> list[StepRun]:
        """Those that may try again because a step that was let go by one limit has been held back by another."""
        freed, self._passed_on = self._passed_on, []
        return freed

    def held(self) -> int:
        """How many steps are held back; any thread may ask."""
        return sum(map(len, list(self._held.values())))

    def _next_in_line(self, keys: Iterable[Key]) -> list[StepRun]:
        return [held.popleft() for key in keys if (held := self._held.get(key))]

    def _keys_of(self, ready: StepRun) -> tuple[Key, ...]:
        step = ready.step
        keys = self._keys.get(step)
        if keys is None:
            named = [
                ("type", step.spec.type),
                *(("kind", kind) for kind in dict.fromkeys(step.spec.resources.values())),
            ]
            if step.node.group:
                named.append(("group", step.node.group))
            keys = self._keys[step] = tuple(key for key in named if key in self._free)
        return keys
