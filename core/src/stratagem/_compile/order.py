"""Fourth pass: program order, and the order that conflicts add to it."""

from __future__ import annotations

import heapq

from stratagem._compile.draft import Draft, GraphDraft, Problems
from stratagem.conflicts import order_conflicts
from stratagem.errors import CycleError


def put_in_order(graph: GraphDraft, problems: Problems) -> bool:
    """Sets ``graph.order`` (document positions in program order) and ``graph.indexes`` (its inverse).

    Program order is the topological order of lines, references and ``after``, ties going by document order. Returns
    whether there is one; if not, each cycle is noted.
    """
    drafts = graph.drafts
    if all(not draft.needs or max(draft.needs) < draft.position for draft in drafts):
        graph.order = graph.indexes = [draft.position for draft in drafts]  # the same objects, not equal ones
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
    if any(draft.reads or draft.writes for draft in graph.drafts):
        order_conflicts([graph.drafts[i] for i in graph.order], _runs(graph))


def _runs(graph: GraphDraft) -> list[int]:
    """By position, which unbroken run of the order a draft is in: there each waits for the one before it anyway."""
    runs = [0] * len(graph.order)
    before = run = -1
    for position in graph.order:
        run += before not in graph.drafts[position].needs
        runs[position], before = run, position
    return runs
