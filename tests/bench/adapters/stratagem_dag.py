"""Stratagem with ``schedule = "dag"``, for the comparison with other engines: ``start``, ``build``, ``run``, ``stop``."""

from __future__ import annotations

import asyncio
from importlib import import_module
from importlib.metadata import version
from typing import Any

from stratagem import Config, Connection, Kernel, Node, Pack, Plan, Strategy, Workflow

VERSION = version("stratagem-kernel")
TYPES = {"noop": "peer.noop", "sleep": "peer.sleep", "py": "peer.burn", "zlib": "peer.compress"}

graphs: Any = import_module("graphs")
pack = Pack("peer")


@pack.node(effect="pure")
async def noop(*values: int) -> int:
    """Nothing but the sum that proves that values travelled."""
    return (sum(values) + 1) & 0xFFFF


@pack.node(effect="pure")
async def sleep(*values: int, seconds: float) -> int:
    """Waits."""
    await asyncio.sleep(seconds)
    return (sum(values) + 1) & 0xFFFF


@pack.node(runs="thread")
def burn(*values: int) -> int:
    """Computes in Python."""
    return int(graphs.burn(*values))


@pack.node(runs="thread")
def compress(*values: int) -> int:
    """Computes without the interpreter's lock."""
    return int(graphs.compress(*values))


class Host:
    """Keeps a kernel open in one task, as its scopes ask for, while each run comes in another."""

    def __init__(self) -> None:
        self._opened: asyncio.Future[Kernel] = asyncio.get_running_loop().create_future()
        self._enough = asyncio.Event()
        self._task = asyncio.create_task(self._keep_open())

    async def kernel(self) -> Kernel:
        """The open kernel."""
        return await self._opened

    async def close(self) -> None:
        """Closes it."""
        self._enough.set()
        await self._task

    async def _keep_open(self) -> None:
        async with Kernel(Config(strategy=Strategy(schedule="dag")), packs=[pack]) as kernel:
            self._opened.set_result(kernel)
            await self._enough.wait()


hosts: list[Host] = []


async def start() -> None:
    """Opens the kernel."""
    hosts.append(Host())
    await hosts[-1].kernel()


async def build(graph: Any) -> tuple[Kernel, Plan, tuple[str, ...]]:
    """The workflow of a graph, compiled."""
    nodes = {
        node.name: Node(node.name, TYPES[node.kind], {"seconds": node.arg} if node.kind == "sleep" else {})
        for node in graph.nodes
    }
    lines = [Connection(parent, "result", node.name, "values") for node in graph.nodes for parent in node.parents]
    kernel = await hosts[-1].kernel()
    return kernel, kernel.compile(Workflow(nodes, tuple(lines))), graph.leaves


async def run(plan: tuple[Kernel, Plan, tuple[str, ...]]) -> int:
    """One run; the sum of the leaves' values."""
    kernel, compiled, leaves = plan
    outputs = (await kernel.run(compiled)).raise_for_error().outputs
    return sum(outputs[leaf]["result"] for leaf in leaves)


async def stop() -> None:
    """Closes the kernel."""
    await hosts.pop().close()
