"""Steps that own bodies and hold places of limits: what they lend to the steps inside them, and who may hold next.

Steps inside an owner are served from the owner's place, but may need places of further limits while it holds its own.
Two such owners can wait for each other for ever, so a place is given to an owner only if all that run could still come
to their end one after another (Dijkstra's banker's algorithm; Habermann, Prevention of system deadlocks, 1969).
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from typing import TYPE_CHECKING

from attrs import frozen

if TYPE_CHECKING:
    from stratagem import StepRun

Key = tuple[str, str]
"""A limit: ``type``, ``kind`` or ``group``, and the name of it."""


@frozen(eq=False)
class Holder:
    """An owner that runs: the limits that count it, whose places it was lent of these, and what steps inside it need."""

    step: StepRun
    keys: tuple[Key, ...]
    lenders: Mapping[Key, StepRun]
    inner: frozenset[Key]

    @property
    def may_wait(self) -> bool:
        """Return whether steps inside need more than it holds."""
        return not self.inner <= frozenset(self.keys)


class Holders:
    """The owners that hold places, ``most`` being how many there are of each."""

    def __init__(self, most: Mapping[Key, int]) -> None:
        self._most = most
        self._holders: dict[StepRun, Holder] = {}
        self._lent: set[tuple[StepRun, Key]] = set()
        self._waiting = 0

    def lender(self, step: StepRun, key: Key) -> StepRun | None:
        """Return the nearest owner around a step that has a place of the limit to lend."""
        return self._lender(step, key, self._holders, self._lent) if self._holders else None

    def lend(self, lenders: Mapping[Key, StepRun]) -> None:
        """Note that these owners' places are used inside them."""
        self._lent.update((lender, key) for key, lender in lenders.items())

    def take_back(self, lenders: Mapping[Key, StepRun]) -> None:
        """Note that these owners' places are free for the next step inside them."""
        self._lent.difference_update((lender, key) for key, lender in lenders.items())

    def enter(
        self, step: StepRun, keys: tuple[Key, ...], lenders: Mapping[Key, StepRun], inner: frozenset[Key]
    ) -> bool:
        """Count an owner in, unless it could then come to wait for others that wait for it."""
        holder = Holder(step, keys, lenders, inner)
        if holder.may_wait and self._waiting and not self._all_can_end({**self._holders, step: holder}):
            return False
        self._holders[step] = holder
        self._waiting += holder.may_wait
        return True

    def leave(self, step: StepRun) -> None:
        """Count an owner out."""
        self._waiting -= self._holders.pop(step).may_wait

    def _all_can_end(self, holders: Mapping[StepRun, Holder]) -> bool:
        """Return whether the owners could end one after another, each with the places left and those of the ended.

        Steps without bodies end by themselves, whatever they hold, so only owners count.
        """
        left = dict(holders)
        free = dict(self._most)
        lent = {(lender, key) for each in left.values() for key, lender in each.lenders.items()}
        for each in left.values():
            for key in each.keys:
                free[key] -= key not in each.lenders
        while left:
            outer = {step for each in left for step in around(each)}
            ended = [each for each in left.values() if each.step not in outer and self._can_end(each, left, free, lent)]
            if not ended:
                return False
            for each in ended:
                del left[each.step]
                for key in each.keys:
                    free[key] += key not in each.lenders
                lent.difference_update((lender, key) for key, lender in each.lenders.items())
        return True

    def _can_end(
        self,
        holder: Holder,
        holders: Mapping[StepRun, Holder],
        free: Mapping[Key, int],
        lent: Collection[tuple[StepRun, Key]],
    ) -> bool:
        return all(
            free[key] or key in holder.keys or self._lender(holder.step, key, holders, lent) is not None
            for key in holder.inner
        )

    def _lender(
        self, step: StepRun, key: Key, holders: Mapping[StepRun, Holder], lent: Collection[tuple[StepRun, Key]]
    ) -> StepRun | None:
        for owner in around(step):
            if owner in holders and key in holders[owner].keys and (owner, key) not in lent:
                return owner
        return None


def around(step: StepRun) -> Iterator[StepRun]:
    """Yield the steps around one, from the inside out, as far as they wait for its end."""
    frame = step.frame
    while frame.owner is not None and not frame.apart:
        yield frame.owner
        frame = frame.owner.frame
