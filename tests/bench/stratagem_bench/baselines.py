"""What the kernel is compared with, written by hand for one graph and one function."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from graphlib import TopologicalSorter

from stratagem_bench.graphs import Graph

Work = Callable[..., Awaitable[int]]


async def bare_loop(graph: Graph, work: Work) -> int:
    """Awaits node after node; gives the sum of the leaves' values. No workflow engine can do less."""
    values: list[int] = []
    for parents in graph.parents:
        values.append(await work(*[values[parent] for parent in parents]))
    return sum(values[leaf] for leaf in graph.leaves)


async def task_group(graph: Graph, work: Work) -> int:
    """A task for each node, started when the last of its parents has ended; gives the sum of the leaves' values."""
    parents, children = graph.parents, graph.children
    missing = [len(needed) for needed in parents]
    values = [0] * len(parents)

    async def run(node: int) -> None:
        values[node] = await work(*[values[parent] for parent in parents[node]])
        for child in children[node]:
            missing[child] -= 1
            if missing[child] == 0:
                tasks.create_task(run(child))

    async with asyncio.TaskGroup() as tasks:
        for node, needed in enumerate(parents):
            if not needed:
                tasks.create_task(run(node))
    return sum(values[leaf] for leaf in graph.leaves)


def static_order(named_parents: dict[str, tuple[str, ...]]) -> list[str]:
    """The standard library's topological order."""
    return list(TopologicalSorter(named_parents).static_order())
