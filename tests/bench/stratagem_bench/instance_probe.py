"""Memory of a run of class nodes, for a fresh interpreter: what a parser or a client holds, some 16 kB each."""

from __future__ import annotations

import tracemalloc
from typing import Any

import anyio

from stratagem import Kernel, Node, Pack, Workflow
from stratagem_node_cache import NodeCachePlugin


def pack_of(size: int) -> Pack:
    """Class nodes whose instances make so many tables of some 16 kB each."""
    pack = Pack("sized")

    class Tables:
        def __init__(self) -> None:
            self.tables = [{number: f"{number:>40}" for number in range(150)} for _ in range(size)]
            self.count = 0

        async def run(self, value: int = 0) -> int:
            self.count += 1
            return value

    @pack.node(name="closed", rebuildable=True)
    class Closed(Tables):
        """Is closed, and hands its count on."""

        async def close(self) -> None:
            self.tables = []

        def state(self) -> int:
            return self.count

        def restore(self, state: int) -> None:
            self.count = state

    @pack.node(name="plain")
    class Plain(Tables):
        """Says nothing of itself, and has nothing to close."""

    return pack


def peak(sort: str, nodes: int, size: int, cached: bool) -> int:
    """The most bytes that were allocated during the run of a workflow of so many nodes, compiled before."""
    return anyio.run(_peak, pack_of(size), sort, nodes, cached)


async def _peak(pack: Pack, sort: str, nodes: int, cached: bool) -> int:
    plugins: list[Any] = [NodeCachePlugin()] if cached else []
    async with Kernel(packs=[pack], plugins=plugins) as kernel:
        chain = {f"n{n}": Node(f"n{n}", f"sized.{sort}", after=(f"n{n - 1}",) if n else ()) for n in range(nodes)}
        plan = kernel.compile(Workflow(chain))
        tracemalloc.start()
        result = await kernel.run(plan, keep="none")
        most = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
    if result.steps["done"] != nodes:
        raise AssertionError(f"{result.steps} of {nodes} nodes")
    return most
