"""Fourth pass: program order, and the order that conflicts add to it."""

from __future__ import annotations

import heapq
from collections.abc import Iterable, Iterator

from stratagem._compile.draft import EVERYTHING, Draft, GraphDraft, Problems
from stratagem.errors import CycleError
from stratagem.planfacts import is_barrier

MOST_BEFORE = 256
"""So many steps one is kept behind singly for the effects that it has."""


def put_in_order(graph: GraphDraft, problems: Problems) -> bool:
    """Sets ``graph.order`` (document positions in program order) and ``graph.indexes`` (its inverse).

    Program order is the topological order of lines, references and ``after``, ties going by document order. Returns
    whether there is one; if not, each cycle is noted.
    """
    drafts = graph.drafts
    if all(not draft.needs or max(draft.needs) < draft.position for draft in drafts):
        graph.order = graph.indexes = list(range(len(drafts)))
        return True
    graph.order = _topological(drafts)
    if len(graph.order) < len(drafts):
        _note_cycle(drafts, set(range(len(drafts))) - set(graph.order), problems)
        return False
    graph.indexes = [0] * len(drafts)
    for index, position in enumerate(graph.order):
        graph.indexes[position] = index
    return True


def _topological(drafts: list[Draft]) -> list[int]:
    waiting = [len(draft.needs) for draft in drafts]
    dependents: list[list[int]] = [[] for _ in drafts]
    for draft in drafts:
        for needed in draft.needs:
            dependents[needed].append(draft.position)
    ready = [position for position, count in enumerate(waiting) if not count]
    order = []
    while ready:
        position = heapq.heappop(ready)
        order.append(position)
        for dependent in dependents[position]:
            waiting[dependent] -= 1
            if not waiting[dependent]:
                heapq.heappush(ready, dependent)
    return order


def _note_cycle(drafts: list[Draft], left: set[int], problems: Problems) -> None:
    seen: dict[int, int] = {}
    position = min(left)
    while position not in seen:
        seen[position] = len(seen)
        position = min(left.intersection(drafts[position].needs))
    positions = list(seen)[seen[position] :][::-1]
    first = positions.index(min(positions))
    cycle = [drafts[at].node for at in positions[first:] + positions[:first]]
    text = " → ".join([node.id for node in cycle] + [cycle[0].id])
    hint = "Remove one of these lines, references or 'after's; loops are drawn with a loop node and a body."
    problems.add(CycleError(f"these nodes wait for each other: {text}", hint=hint), cycle[0])


def keep_conflicts_in_order(graph: GraphDraft) -> None:
    """Makes steps that have the same effect, one of them writing it, wait in program order."""
    touching = [graph.drafts[i] for i in graph.order if graph.drafts[i].reads or graph.drafts[i].writes]
    if not touching:
        return
    if any(_is_barrier(draft) for draft in touching):
        touching = [graph.drafts[i] for i in graph.order]
    effects = _Effects(_runs(graph))
    for draft in touching:
        effects.visit(draft)


def _runs(graph: GraphDraft) -> list[int]:
    """By position, which unbroken run of the order a draft is in: there each waits for the one before it anyway."""
    runs = [0] * len(graph.order)
    before = run = -1
    for position in graph.order:
        run += before not in graph.drafts[position].needs
        runs[position], before = run, position
    return runs


def _is_barrier(draft: Draft) -> bool:
    """Return whether nothing may move across the step: in the reference run, what follows a left loop never runs."""
    return any(map(is_barrier, draft.writes))


class _Effects:
    """The last writer of each effect, and its readers since; ``runs`` tells who follows whom without that.

    A step that waits for more than `MOST_BEFORE` waits for all that have effects of the same sorts, and whoever comes later
    waits for it alone: else n steps that write files and n that may read any would have n² reasons to wait.
    """

    def __init__(self, runs: list[int]) -> None:
        self._runs = runs
        self._writer: dict[str, int] = {}
        self._readers: dict[str, dict[int, int]] = {}  # of each run only the last
        self._since_all: dict[int, int] = {}
        self._barrier: int | None = None

    def visit(self, draft: Draft) -> None:
        """Adds to what ``draft`` needs, and remembers what it touches."""
        position, reads, writes = draft.position, draft.reads, draft.writes
        run, found = self._runs[position], self._before(draft, reads, writes)
        if len(found) > MOST_BEFORE:
            writes |= self._sorts(reads | writes)
            found = self._before(draft, reads, writes)
        draft.needs.extend([other for other in dict.fromkeys(found) if self._runs[other] != run])
        if _is_barrier(draft):
            for seen in (self._writer, self._readers, self._since_all):
                seen.clear()
            self._barrier = position
        else:
            self._since_all[run] = position
            self._remember(position, reads - writes, writes, run)

    def _before(self, draft: Draft, reads: frozenset[str], writes: frozenset[str]) -> list[int]:
        """Return who comes before ``draft`` for what they both touch."""
        found = [] if self._barrier is None else [self._barrier]
        if _is_barrier(draft):
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
