"""Conflicts: the places that steps touch, and the order that two have for one that both touch and one writes."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import Any, Protocol

EVERYTHING = "*"

OUTSIDE = "outside"
"""The place of nodes that touch the outside and do not say where: their order is never dropped."""

MOST_BEFORE = 256
"""So many steps one is kept behind singly for the effects that it has."""


class Touching(Protocol):
    """A step on its way to a plan: its position, the places that it touches, and whom it waits for."""

    @property
    def position(self) -> int: ...

    @property
    def reads(self) -> frozenset[str]: ...

    @property
    def writes(self) -> frozenset[str]: ...

    @property
    def needs(self) -> list[int]: ...


def order_conflicts(steps: Sequence[Touching], runs: Sequence[int]) -> None:
    """Adds to what the steps need so that those that conflict wait for each other, in the order in which they are given.

    Args:
        runs: by position, which unbroken run of the order a step is in: there each waits for the one before it anyway.
    """
    touching = [step for step in steps if step.reads or step.writes]
    effects = _Effects(runs)
    for step in steps if any(map(_is_barrier, touching)) else touching:
        effects.visit(step)


def is_barrier(place: str) -> bool:
    """Return whether nothing may move across the steps that write the place.

    Such places are everything, and a loop (``loop:`` with its id) that a step may leave.
    """
    return place == EVERYTHING or place.partition(":")[0] == "loop"


def conflicts(
    reads: frozenset[str], writes: frozenset[str], others: frozenset[str], written: frozenset[str]
) -> list[str]:
    """The places that two steps touch, one of them writing: the one's ``reads`` and ``writes``, ``others`` and ``written``
    of the other; a barrier meets every step."""
    barriers = {place for place in writes | written if is_barrier(place)}
    pairs = [(mine, theirs) for mine in writes for theirs in others | written]
    pairs += [(mine, theirs) for mine in reads for theirs in written]
    return sorted(barriers | {max(mine, theirs, key=len) for mine, theirs in pairs if _same_place(mine, theirs)})


def _same_place(one: str, other: str) -> bool:
    """Return whether two places may be one: those that end with ``*`` stand for all that begin alike."""
    if one.endswith("*") or other.endswith("*"):
        return one.rstrip("*").startswith(other.rstrip("*")) or other.rstrip("*").startswith(one.rstrip("*"))
    return one == other


def _is_barrier(step: Touching) -> bool:
    """Return whether nothing may move across the step: in the reference run, what follows a left loop never runs."""
    return any(map(is_barrier, step.writes))


class _Effects:
    """The last writer of each effect, and its readers since; ``runs`` tells who follows whom without that.

    A step that waits for more than `MOST_BEFORE` waits for all that have effects of the same sorts, and whoever comes later
    waits for it alone: else n steps that write files and n that may read any would have n² reasons to wait.
    """

    def __init__(self, runs: Sequence[int]) -> None:
        self._runs = runs
        self._writer: dict[str, int] = {}
        self._readers: dict[str, dict[int, int]] = {}  # of each run only the last
        self._since_all: dict[int, int] = {}
        self._barrier: int | None = None

    def visit(self, step: Touching) -> None:
        """Adds to what ``step`` needs, and remembers what it touches."""
        position, reads, writes = step.position, step.reads, step.writes
        run, found = self._runs[position], self._before(step, reads, writes)
        if len(found) > MOST_BEFORE:
            writes |= self._sorts(reads | writes)
            found = self._before(step, reads, writes)
        step.needs.extend([other for other in dict.fromkeys(found) if self._runs[other] != run])
        if _is_barrier(step):
            for seen in (self._writer, self._readers, self._since_all):
                seen.clear()
            self._barrier = position
        else:
            self._since_all[run] = position
            self._remember(position, reads - writes, writes, run)

    def _before(self, step: Touching, reads: frozenset[str], writes: frozenset[str]) -> list[int]:
        """Return who comes before ``step`` for what they both touch."""
        found = [] if self._barrier is None else [self._barrier]
        if _is_barrier(step):
            return [*found, *self._since_all.values()]
        written = list(self._concerned(writes))
        for effect in written:
            if effect in self._readers:
                found += self._readers[effect].values()
        concerned = (*self._concerned(reads - writes), *written)
        found += [self._writer[effect] for effect in concerned if effect in self._writer]
        return found

    def _sorts(self, effects: Iterable[str]) -> frozenset[str]:
        """The patterns that stand for all effects of the same sorts."""
        known = [*self._writer, *self._readers] if EVERYTHING in effects else effects
        return frozenset(f"{effect.partition(':')[0]}:*" for effect in known if effect != EVERYTHING)

    def _concerned(self, effects: Iterable[str]) -> Iterable[str]:
        known = None
        for effect in effects:
            if effect.endswith("*"):
                known = known if known is not None else [*self._writer, *self._readers]
                yield from (other for other in known if other.startswith(effect[:-1]))
            else:
                yield effect
                yield from _wider(effect)

    def _remember(self, position: int, reads: frozenset[str], writes: frozenset[str], run: int) -> None:
        for effect in reads:
            self._readers.setdefault(effect, {})[run] = position
        for effect in writes:
            if effect.endswith("*"):
                for known in [other for other in self._writer if other.startswith(effect[:-1])]:
                    del self._writer[known]
                for known in [other for other in self._readers if other.startswith(effect[:-1])]:
                    del self._readers[known]
            self._writer[effect] = position
            self._readers[effect] = {}


def _wider(effect: str) -> Iterator[str]:
    """Yield what stands for an effect among others: ``a:b:*`` and ``a:*`` for ``a:b:c``."""
    cut = effect.rfind(":")
    while cut > 0:
        yield f"{effect[:cut]}:*"
        cut = effect.rfind(":", 0, cut)


def places_of(step: Any, sorts: frozenset[str]) -> tuple[frozenset[str], frozenset[str]]:
    """The places that a step reads and writes, those of its bodies and subflows included.

    Who touches the outside and does not tell where may touch all there is: the ``sorts`` of places that are named.
    """
    reads, writes = step.reads, step.writes
    within = [each for inner in _plans(step) for each in steps_inside(inner)]
    for each in (step, *within):
        if each.spec.effect == "write" and not _outside(_own(each, each.writes, each.spec.writes)):
            writes |= {OUTSIDE, *sorts}
        if each.spec.effect == "read" and not _outside(_own(each, each.reads, each.spec.reads)):
            reads |= {OUTSIDE, *sorts}
    return reads, writes


def _own(step: Any, places: frozenset[str], told: Iterable[str]) -> Iterable[str]:
    """The places of a step without those of what it runs."""
    return told if _plans(step) else places


def sorts_of(steps: Iterable[Any]) -> frozenset[str]:
    """Patterns for the outside places that steps name, such as ``file:*``."""
    named = {place for step in steps for place in (*step.reads, *step.writes) if _outside((place,))}
    return frozenset(f"{place.partition(':')[0]}:*" for place in named if ":" in place)


def _outside(places: Iterable[str]) -> bool:
    """Return whether one of the places is no variable and no loop of the run."""
    return any(place.partition(":")[0] not in ("var", "loop") for place in places)


def _plans(step: Any) -> list[Any]:
    return [*step.bodies.values(), *step.flows.values()]


def steps_inside(plan: Any) -> Iterable[Any]:
    """The steps of a plan that are to be run, and those of their bodies and subflows."""
    for step in plan.steps:
        if step.index not in plan.dropped:
            yield step
            for inner in _plans(step):
                yield from steps_inside(inner)


def written_inside(plan: Any) -> Iterable[str]:
    """The places that the steps inside a plan write."""
    for step in steps_inside(plan):
        yield from step.writes
