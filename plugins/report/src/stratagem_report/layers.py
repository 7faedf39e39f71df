"""Layers: the nodes of a graph by the longest way to them, each layer in an order in which few lines cross.

After Sugiyama, Tagawa, Toda, Methods for visual understanding of hierarchical system structures, 1981: a line that
passes layers has a bend in each of them, which takes part in the order as nodes do.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from attrs import field, frozen

SWEEPS = 6
"""The number of times that the layers are put in order, to and fro."""

MOST_BENDS = 3000
"""The most bends: with more, or a layer taller than allowed, lines go straight."""


@frozen
class Layers:
    """``order`` has the nodes of each layer, and the bends of lines that pass it; ``bends`` are those of each line."""

    order: list[list[int]]
    bends: dict[tuple[int, int], list[int]] = field(factory=dict)

    def is_node(self, item: int) -> bool:
        """Return whether it is a node, and no bend: bends are numbered below 0."""
        return item >= 0


def layered(needs: Mapping[int, Sequence[int]], tallest: int) -> Layers:
    """The layers of a graph: ``needs`` are the nodes before each, in program order; nodes are numbered from 0 on."""
    level, layers = _levels(needs)
    bends = _bends(needs, level)
    before: dict[int, list[int]] = {n: [need for need in needs[n] if need in level] for n in needs}
    if bends and max(map(len, layers)) <= tallest:
        for (source, target), items in bends.items():
            before[target].remove(source)
            before[target].append(items[-1])
            for at, item in enumerate(items):
                before[item] = [items[at - 1] if at else source]
                layers[level[source] + 1 + at].append(item)
    else:
        bends = {}
    return Layers(_ordered(layers, before), bends)


def _levels(needs: Mapping[int, Sequence[int]]) -> tuple[dict[int, int], list[list[int]]]:
    layers: list[list[int]] = []
    level: dict[int, int] = {}
    for n in needs:
        level[n] = own = 1 + max((level[need] for need in needs[n] if need in level), default=-1)
        while own >= len(layers):
            layers.append([])
        layers[own].append(n)
    return level, layers


def _bends(needs: Mapping[int, Sequence[int]], level: Mapping[int, int]) -> dict[tuple[int, int], list[int]]:
    """The numbers of the bends of each line that passes layers; none at all where there are too many."""
    found: dict[tuple[int, int], list[int]] = {}
    last = 0
    for n, before in needs.items():
        for need in before:
            count = level[n] - level[need] - 1 if need in level else 0
            if count:
                found[need, n] = [last - 1 - at for at in range(count)]
                last -= count
                if -last > MOST_BENDS:
                    return {}
    return found


def _ordered(layers: list[list[int]], before: Mapping[int, Sequence[int]]) -> list[list[int]]:
    """Each layer by the mean place of its neighbours on one side, then on the other, and so on."""
    after: dict[int, list[int]] = {n: [] for n in before}
    for n, needed in before.items():
        for need in needed:
            after[need].append(n)
    order = [layer.copy() for layer in layers]
    place = {n: _share(at, layer) for layer in order for at, n in enumerate(layer)}
    for sweep in range(SWEEPS):
        neighbours: Mapping[int, Sequence[int]] = before if sweep % 2 == 0 else after
        for layer in order if sweep % 2 == 0 else reversed(order):
            layer.sort(key=lambda n: _mean([place[each] for each in neighbours[n]], place[n]))
            place.update({n: _share(at, layer) for at, n in enumerate(layer)})
    return order


def _share(at: int, layer: list[int]) -> float:
    return (at + 0.5) / len(layer)


def _mean(values: list[float], default: float) -> float:
    return sum(values) / len(values) if values else default
