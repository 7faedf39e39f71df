"""The data that the page's scripts draw, as plain data in columns: the graph, the timeline, the rows of the table of nodes."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from itertools import chain, islice
from typing import Any

from stratagem_report.condense import Drawn, drawn_nodes
from stratagem_report.lanes import at_once, lanes_of
from stratagem_report.layout import laid_out
from stratagem_report.record import OUTCOMES, Execution, NodeInfo, RunRecord
from stratagem_report.timing import Frame, leaves, standing, wait_of

MAX_BARS = 25_000
"""Bars of a timeline; where there are more executions, the longest are drawn, and the curve above counts all."""

MAX_EDGES = 40_000
MAX_ROWS = 30_000
"""Nodes that the page knows one by one: those that are drawn, failed, or took longest."""

BUCKETS = 240

WORST = ("failed", "cancelled", "running", "waiting", "done", "remembered", "skipped")
"""The outcomes in the order in which one stands for a group."""


def canvas_data(record: RunRecord, frame: Frame, path: Sequence[Execution]) -> dict[str, Any]:
    """All of it; times in seconds since the run began, rounded to microseconds."""
    drawn = drawn_nodes(record.top)
    known = _known(record, drawn, path)
    types = list(dict.fromkeys(node.type for node in record.nodes.values()))
    return {
        "seconds": record.seconds,
        "places": record.places,
        "outcomes": OUTCOMES,
        "types": types,
        "graph": _graph(record, drawn, frame, path, types),
        "timeline": _timeline(record, known),
        "rows": _rows(record, frame, types, known),
        "nodes_left_out": len(record.nodes) - len(known),
    }


def _graph(
    record: RunRecord, drawn: dict[int, Drawn], frame: Frame, path: Sequence[Execution], types: list[str]
) -> dict[str, Any]:
    given = {at: each.members[0] for at, each in drawn.items() if len(each.members) == 1}
    own = {at: place for at, n in given.items() if (place := record.nodes[n].at) is not None}
    layout = laid_out({at: each.needs for at, each in drawn.items()}, own)
    places = layout.places
    on_path = {each.node.n for each in path}
    at_of = {number: at for at, number in enumerate(drawn)}
    edges = [(need, n) for n, each in drawn.items() for need in each.needs if need in at_of]
    bends = [(at, layout.bends[edge]) for at, edge in enumerate(edges[:MAX_EDGES]) if edge in layout.bends]
    return {
        "n": [each.members[0] for each in drawn.values()],
        "count": [len(each.members) for each in drawn.values()],
        "label": [each.label for each in drawn.values()],
        "type": [types.index(each.type) for each in drawn.values()],
        "x": [places[number][0] for number in drawn],
        "y": [places[number][1] for number in drawn],
        "how": [OUTCOMES.index(_worst(record, each, frame)) for each in drawn.values()],
        "seconds": [_rounded(sum(_seconds(frame, n) for n in each.members)) for each in drawn.values()],
        "path": [int(not on_path.isdisjoint(each.members)) for each in drawn.values()],
        "composite": [int(record.nodes[each.members[0]].composite) for each in drawn.values()],
        "edges": [at_of[end] for edge in edges[:MAX_EDGES] for end in edge],
        "bends": {at: [value for point in points for value in point] for at, points in bends},
        "edges_left_out": max(0, len(edges) - MAX_EDGES),
    }


def _known(record: RunRecord, drawn: dict[int, Drawn], path: Sequence[Execution]) -> set[int]:
    """The numbers of the nodes that the page has a row for."""
    if len(record.nodes) <= MAX_ROWS:
        return set(record.nodes)
    failed = (each.node.n for each in record.executions if each.how == "failed")
    longest = (each.node.n for each in sorted(record.executions, key=lambda each: each.seconds, reverse=True))
    first = (each.members[0] for each in drawn.values())
    wanted = chain(first, (each.node.n for each in path), failed, longest, record.nodes)
    return set(islice(dict.fromkeys(wanted), MAX_ROWS))


def _timeline(record: RunRecord, known: set[int]) -> dict[str, Any]:
    inner = leaves(record.executions)
    told = (each for each in inner if each.node.n in known)
    longest = sorted(told, key=lambda each: each.seconds, reverse=True)[:MAX_BARS]
    shown = sorted(longest, key=lambda each: each.begin)
    around = [each for each in record.executions if each.node.composite and each.node.n in known][:MAX_BARS]
    lanes = lanes_of(inner)
    lane = {id(each): at for each, at in zip(inner, lanes, strict=True)}
    return {
        **_bars(shown, [lane[id(each)] for each in shown], "bar"),
        **_bars(around, lanes_of(around), "around"),
        "lanes": max(lanes, default=-1) + 1,
        "left_out": len(inner) - len(shown),
        "busy": at_once(inner, record.seconds, BUCKETS),
    }


def _bars(executions: Sequence[Execution], lanes: Sequence[int], name: str) -> dict[str, list[Any]]:
    return {
        f"{name}_n": [each.node.n for each in executions],
        f"{name}_begin": [_rounded(each.begin) for each in executions],
        f"{name}_end": [_rounded(each.end) for each in executions],
        f"{name}_how": [OUTCOMES.index(each.how) for each in executions],
        f"{name}_lane": list(lanes),
    }


def _rows(record: RunRecord, frame: Frame, types: list[str], known: set[int]) -> dict[str, list[Any]]:
    """A row for each node, those of bodies included, all its executions together."""
    by_node: dict[int, list[Execution]] = {}
    for each in record.executions:
        by_node.setdefault(each.node.n, []).append(each)
    nodes = [node for node in record.nodes.values() if node.n in known]
    waits = {n: wait_of(step, frame) for n, step in frame.items() if n in known}
    found = {node.n: by_node.get(node.n, []) for node in nodes}
    return {
        "n": [node.n for node in nodes],
        "id": [node.id for node in nodes],
        "type": [types.index(node.type) for node in nodes],
        "owner": [-1 if node.owner is None else node.owner for node in nodes],
        "how": [OUTCOMES.index(_overall(node, found[node.n], frame)) for node in nodes],
        "times": [len(each) for each in found.values()],
        "tries": [sum(one.attempts for one in each) for each in found.values()],
        "total": [_rounded(sum(one.seconds for one in each)) for each in found.values()],
        "most": [_rounded(max((one.seconds for one in each), default=0.0)) for each in found.values()],
        "begin": [_rounded(min((one.begin for one in each), default=-1.0)) for each in found.values()],
        "leased": [_rounded(sum(one.waited for one in each)) for each in found.values()],
        "queued": [_rounded(waits[n].queued) if n in waits else 0 for n in found],
        "released": [_released(waits, n) for n in found],
        "error": [next((one.error for one in each if one.error), "") for each in found.values()],
        "by": [node.by for node in nodes],
        "revised": ["; ".join(node.revised) for node in nodes],
    }


def _released(waits: dict[int, Any], n: int) -> int:
    released = waits[n].released if n in waits else None
    return -1 if released is None else int(released.node.n)


def _overall(node: NodeInfo, executions: list[Execution], frame: Frame) -> str:
    if node.owner is None:
        return standing(node, frame)
    return _first_of(each.how for each in executions) if executions else "skipped"


def _worst(record: RunRecord, drawn: Drawn, frame: Frame) -> str:
    return _first_of(standing(record.nodes[n], frame) for n in drawn.members)


def _first_of(outcomes: Iterable[str]) -> str:
    return min(outcomes, key=WORST.index)


def _seconds(frame: Frame, n: int) -> float:
    return frame[n].seconds if n in frame else 0.0


def _rounded(seconds: float) -> float:
    return round(seconds, 6)
