"""Where the nodes of a graph are drawn: as the workflow has them, else in layers from left to right."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from math import ceil, sqrt

Point = tuple[float, float]

COLUMN, ROW = 220.0, 76.0
"""Distances between the middles of neighbours; a node is drawn 168 wide and 46 high."""

SWEEPS = 4
"""How often the layers are put in order, to and fro."""

DRAWN = 0.8
"""The share of nodes that must have positions of their own for these to be used."""


def positions(needs: Mapping[int, Sequence[int]], drawn: Mapping[int, Point]) -> dict[int, Point]:
    """A place for each node of ``needs`` (node → those before it, in program order), the least x and y being 0.

    Args:
        drawn: places that the workflow gives; nodes without one are put beneath.
    """
    if len(drawn) >= DRAWN * len(needs) and len(set(drawn.values())) > len(drawn) // 2:
        places = dict(drawn)
        beneath = max(y for _, y in drawn.values()) + 2 * ROW
        rest = [n for n in needs if n not in places]
        places.update({n: (place * COLUMN, beneath) for place, n in enumerate(rest)})
    else:
        places = _in_layers(needs)
    left, top = min((x for x, _ in places.values()), default=0.0), min((y for _, y in places.values()), default=0.0)
    return {n: (round(x - left, 1), round(y - top, 1)) for n, (x, y) in places.items()}


def _in_layers(needs: Mapping[int, Sequence[int]]) -> dict[int, Point]:
    """Layers by the longest way to a node (Sugiyama and others, 1981), their order by the mean of the neighbours'.

    A layer that is too tall stands in several columns.
    """
    layers = _layers(needs)
    order = _ordered(layers, needs)
    tallest = max(8, ceil(1.3 * sqrt(len(needs))))
    places: dict[int, Point] = {}
    x = 0.0
    for layer in order:
        columns = ceil(len(layer) / tallest)
        height = ceil(len(layer) / columns)
        for place, n in enumerate(layer):
            column, row = divmod(place, height)
            in_column = min(height, len(layer) - column * height)
            places[n] = (x + column * COLUMN, (row - (in_column - 1) / 2) * ROW)
        x += columns * COLUMN
    return places


def _layers(needs: Mapping[int, Sequence[int]]) -> list[list[int]]:
    layers: list[list[int]] = []
    level: dict[int, int] = {}
    for n in needs:
        level[n] = own = 1 + max((level[need] for need in needs[n] if need in level), default=-1)
        while own >= len(layers):
            layers.append([])
        layers[own].append(n)
    return layers


def _ordered(layers: list[list[int]], needs: Mapping[int, Sequence[int]]) -> list[list[int]]:
    followers: dict[int, list[int]] = {n: [] for n in needs}
    for n, before in needs.items():
        for need in before:
            if need in followers:
                followers[need].append(n)
    order = [layer.copy() for layer in layers]
    place = {n: _share(at, layer) for layer in order for at, n in enumerate(layer)}
    for sweep in range(SWEEPS):
        neighbours: Mapping[int, Sequence[int]] = needs if sweep % 2 == 0 else followers
        for layer in order if sweep % 2 == 0 else reversed(order):
            layer.sort(key=lambda n: _mean([place[each] for each in neighbours[n] if each in place], place[n]))
            place.update({n: _share(at, layer) for at, n in enumerate(layer)})
    return order


def _share(at: int, layer: list[int]) -> float:
    return (at + 0.5) / len(layer)


def _mean(values: list[float], default: float) -> float:
    return sum(values) / len(values) if values else default
