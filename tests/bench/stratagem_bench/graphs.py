"""The workloads as data: graphs whose nodes are numbered so that parents come first."""

from __future__ import annotations

import random
from collections.abc import Callable
from functools import cached_property

from attrs import define

MODULUS = 1 << 16


def combine(*values: int) -> int:
    """What every node computes of its parents' values, so that the leaves prove that values travelled."""
    return (sum(values) + 1) % MODULUS


@define(slots=False, eq=False)
class Graph:
    """``parents[i]`` are the numbers of the nodes whose values node ``i`` takes, each below ``i``."""

    name: str
    parents: tuple[tuple[int, ...], ...]

    def __len__(self) -> int:
        return len(self.parents)

    @cached_property
    def children(self) -> tuple[tuple[int, ...], ...]:
        """``children[i]`` are the numbers of the nodes that take the value of node ``i``."""
        found: list[list[int]] = [[] for _ in self.parents]
        for node, parents in enumerate(self.parents):
            for parent in parents:
                found[parent].append(node)
        return tuple(map(tuple, found))

    @cached_property
    def leaves(self) -> tuple[int, ...]:
        """The nodes whose values nobody takes."""
        return tuple(node for node, children in enumerate(self.children) if not children)

    @cached_property
    def checksum(self) -> int:
        """The sum of the leaves' values."""
        values: list[int] = []
        for parents in self.parents:
            values.append(combine(*[values[parent] for parent in parents]))
        return sum(values[leaf] for leaf in self.leaves)


def chain(length: int) -> Graph:
    """One after another."""
    return Graph(f"chain {length:,}", tuple((node - 1,) if node else () for node in range(length)))


def fan(width: int) -> Graph:
    """One source, ``width`` nodes that read it, one sink that reads them all."""
    middle = tuple((0,) for _ in range(width))
    return Graph(f"fan {width:,}", ((), *middle, tuple(range(1, width + 1))))


def layered(layers: int, width: int, seed: int = 11) -> Graph:
    """Layers of nodes, each reading two or three random nodes of the layer above."""
    draw = random.Random(seed)
    parents: list[tuple[int, ...]] = [()] * width
    for layer in range(1, layers):
        above = range((layer - 1) * width, layer * width)
        parents += [tuple(draw.sample(above, draw.choice((2, 3)))) for _ in range(width)]
    return Graph(f"layered {layers}×{width}", tuple(parents))


def branches(count: int, depth: int) -> Graph:
    """Chains side by side, numbered across."""
    return Graph(
        f"{count} branches of {depth}", tuple((node - count,) if node >= count else () for node in range(count * depth))
    )


STEP_GRAPHS: tuple[Callable[[], Graph], ...] = (
    lambda: chain(1000),
    lambda: fan(1000),
    lambda: layered(20, 50),
    lambda: layered(100, 100),
)
"""The graphs on which the cost of a step and of compiling it is measured."""
