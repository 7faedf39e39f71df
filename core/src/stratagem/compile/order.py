"""Fourth pass: program order, and the order that conflicts add to it."""

from __future__ import annotations

import heapq
from collections.abc import Iterable

from stratagem.compile.draft import EVERYTHING, LEAVING, Draft, GraphDraft, Problems
from stratagem.errors import CycleError


def put_in_order(graph: GraphDraft, problems: Problems) -> bool:
    """Sets ``graph.order`` (document positions in program order) and ``graph.places`` (its inverse).

    Program order is the topological order of lines, references and ``after``, ties going by document order. Returns
    whether there is one; if not, each cycle is noted.
    """
    drafts = graph.drafts
    if all(not draft.needs or max(draft.needs) < draft.position for draft in drafts):
        graph.order = graph.places = list(range(len(drafts)))
        return True
    graph.order = _topological(drafts)
    if len(graph.order) < len(drafts):
        _note_cycle(drafts, set(range(len(drafts))) - set(graph.order), problems)
        return False
    graph.places = [0] * len(drafts)
    for place, position in enumerate(graph.order):
        graph.places[position] = place
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
    seen: list[int] = []
    position = min(left)
    while position not in seen:
        seen.append(position)
        position = min(left.intersection(drafts[position].needs))
    places = seen[seen.index(position) :][::-1]
    first = places.index(min(places))
    cycle = [drafts[at].node for at in places[first:] + places[:first]]
    text = " → ".join([node.id for node in cycle] + [cycle[0].id])
    hint = "Remove one of these lines, references or 'after's; loops are drawn with a loop node and a body."
    problems.add(CycleError(f"these nodes wait for each other: {text}", hint=hint), cycle[0])


def keep_conflicts_in_order(graph: GraphDraft) -> None:
    """Makes steps that touch the same place, one of them writing it, wait in program order."""
    touching = [graph.drafts[i] for i in graph.order if graph.drafts[i].reads or graph.drafts[i].writes]
    if not touching:
        return
    if any(_is_barrier(draft) for draft in touching):
        touching = [graph.drafts[i] for i in graph.order]
    places = _Places()
    for draft in touching:
        places.visit(draft)


def _is_barrier(draft: Draft) -> bool:
    """Whether nothing may move across the step: in the reference run, what follows a left loop never runs."""
    return EVERYTHING in draft.writes or LEAVING in draft.writes


class _Places:
    """Who wrote each place last, and who has read it since."""

    def __init__(self) -> None:
        self._writer: dict[str, int] = {}
        self._readers: dict[str, list[int]] = {}
        self._since_all: list[int] = []
        self._barrier: int | None = None

    def visit(self, draft: Draft) -> None:
        """Adds to what ``draft`` needs, and remembers what it touches."""
        needs, position = draft.needs, draft.position
        if _is_barrier(draft):
            needs.extend(self._since_all)
            for seen in (self._writer, self._readers, self._since_all):
                seen.clear()
            if self._barrier is not None:
                needs.append(self._barrier)
            self._barrier = position
            return
        if self._barrier is not None:
            needs.append(self._barrier)
        self._since_all.append(position)
        for place in self._concerned(draft.reads - draft.writes):
            if place in self._writer:
                needs.append(self._writer[place])
        for place in self._concerned(draft.writes):
            needs.extend(self._readers.get(place, ()))
            if place in self._writer:
                needs.append(self._writer[place])
        self._remember(draft)

    def _concerned(self, places: Iterable[str]) -> Iterable[str]:
        known = None
        for place in places:
            if place.endswith("*"):
                known = known if known is not None else [*self._writer, *self._readers]
                yield from (other for other in known if other.startswith(place[:-1]))
            else:
                yield place
                yield f"{place.partition(':')[0]}:*"

    def _remember(self, draft: Draft) -> None:
        for place in draft.reads - draft.writes:
            self._readers.setdefault(place, []).append(draft.position)
        for place in draft.writes:
            if place.endswith("*"):
                for known in [other for other in self._writer if other.startswith(place[:-1])]:
                    del self._writer[known]
                for known in [other for other in self._readers if other.startswith(place[:-1])]:
                    del self._readers[known]
            self._writer[place] = draft.position
            self._readers[place] = []
