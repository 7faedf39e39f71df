"""Condense: a graph of too many nodes as one of groups of nodes, by level and type."""

from __future__ import annotations

from collections.abc import Mapping
from math import ceil

from attrs import frozen

from stratagem_report.record import NodeInfo

MAX_DRAWN = 12_000
"""Nodes that are drawn one by one."""

MAX_BANDS = 200
"""Levels that a condensed graph has at most."""


@frozen
class Drawn:
    """A thing that is drawn as one: a node, or a group of nodes; ``needs`` are the numbers of what it is drawn after."""

    members: tuple[int, ...]
    label: str
    type: str
    needs: tuple[int, ...]


def drawn_nodes(nodes: list[NodeInfo], limit: int = MAX_DRAWN) -> dict[int, Drawn]:
    """Return what is drawn of the nodes of a workflow, by a number, in program order."""
    if len(nodes) <= limit:
        return {node.n: Drawn((node.n,), node.id, node.type, node.needs) for node in nodes}
    band = _bands(nodes)
    groups: dict[tuple[int, str], list[NodeInfo]] = {}
    for node in nodes:
        groups.setdefault((band[node.n], node.type), []).append(node)
    ordered = sorted(groups, key=lambda key: (key[0], groups[key][0].n))
    number = {node.n: at for at, key in enumerate(ordered) for node in groups[key]}
    return {at: _group(at, groups[key], number) for at, key in enumerate(ordered)}


def _group(at: int, members: list[NodeInfo], number: Mapping[int, int]) -> Drawn:
    needs = {number[need] for node in members for need in node.needs if need in number}
    label = members[0].id if len(members) == 1 else f"{len(members):,} nodes"
    earlier = tuple(sorted(need for need in needs if need < at))
    return Drawn(tuple(node.n for node in members), label, members[0].type, earlier)


def _bands(nodes: list[NodeInfo]) -> dict[int, int]:
    level: dict[int, int] = {}
    for node in nodes:
        level[node.n] = 1 + max((level[need] for need in node.needs if need in level), default=-1)
    per_band = ceil((max(level.values()) + 1) / MAX_BANDS)
    return {n: own // per_band for n, own in level.items()}
