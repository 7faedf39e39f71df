"""The layout of a graph: as the workflow has them, else in layers from left to right."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from math import ceil, sqrt

from attrs import field, frozen

from stratagem_report.layers import Layers, layered

Point = tuple[float, float]
Edge = tuple[int, int]

COLUMN, ROW = 220.0, 76.0
"""Distances between the middles of neighbours; a node is drawn 168 wide and 46 high."""

BEND = 0.45 * ROW
"""The room that a line which passes a layer takes in it."""

DRAWN = 0.8
"""The share of nodes that must have positions of their own for these to be used."""


@frozen
class Layout:
    """``places`` of nodes' upper left corners; ``bends`` where the lines between two nodes go past others."""

    places: dict[int, Point]
    bends: dict[Edge, list[Point]] = field(factory=dict)


def laid_out(needs: Mapping[int, Sequence[int]], drawn: Mapping[int, Point]) -> Layout:
    """A place for each node of ``needs`` (node → those before it, in program order), the least x and y being 0.

    Args:
        drawn: places that the workflow gives; nodes without one are put beneath.
    """
    if len(drawn) >= DRAWN * len(needs) and len(set(drawn.values())) > len(drawn) // 2:
        return _moved(Layout(_as_drawn(needs, drawn)))
    return _moved(_in_layers(needs))


def _as_drawn(needs: Mapping[int, Sequence[int]], drawn: Mapping[int, Point]) -> dict[int, Point]:
    beneath = max(y for _, y in drawn.values()) + 2 * ROW
    rest = [n for n in needs if n not in drawn]
    return {**drawn, **{n: (place * COLUMN, beneath) for place, n in enumerate(rest)}}


def _in_layers(needs: Mapping[int, Sequence[int]]) -> Layout:
    tallest = max(8, ceil(1.3 * sqrt(len(needs))))
    layers = layered(needs, tallest)
    places: dict[int, Point] = {}
    x = 0.0
    for layer in layers.order:
        columns = ceil(len(layer) / tallest) if not layers.bends else 1
        height = ceil(len(layer) / columns)
        for column in range(columns):
            places.update(_column(layer[column * height : (column + 1) * height], x + column * COLUMN, layers))
        x += columns * COLUMN
    bends = {edge: [places.pop(bend) for bend in bends] for edge, bends in layers.bends.items()}
    return Layout(places, bends)


def _column(members: Sequence[int], x: float, layers: Layers) -> dict[int, Point]:
    """The members one below the other, around the height 0."""
    heights = [ROW if layers.is_node(n) else BEND for n in members]
    y = -sum(heights) / 2
    found: dict[int, Point] = {}
    for n, height in zip(members, heights, strict=True):
        found[n] = (x, y + (height - ROW) / 2)
        y += height
    return found


def _moved(layout: Layout) -> Layout:
    points = [*layout.places.values(), *(point for bends in layout.bends.values() for point in bends)]
    left, top = min((x for x, _ in points), default=0.0), min((y for _, y in points), default=0.0)

    def moved(point: Point) -> Point:
        return round(point[0] - left, 1), round(point[1] - top, 1)

    bends = {edge: [moved(point) for point in points] for edge, points in layout.bends.items()}
    return Layout({n: moved(point) for n, point in layout.places.items()}, bends)
