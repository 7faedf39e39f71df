"""Counts the memory of one large run; for an interpreter that does nothing else."""

from __future__ import annotations

import gc
import resource
import tracemalloc
from collections.abc import Callable
from functools import partial
from pathlib import Path

import anyio

from stratagem_bench.graphs import Graph, chain
from stratagem_bench.subject import check, new_kernel, workflow_of

Mark = Callable[[str], None]


def traced(nodes: int) -> dict[str, float]:
    """Bytes a node that Python allocated: held by each part, held by all together, and at the peak.

    Counted are the Workflow with its ids and connections, the Plan, and a run with the values of all its steps. What
    one run of a small workflow leaves behind (modules, caches) is there before the count begins.
    """
    held: dict[str, float] = {}

    def mark(part: str) -> None:
        gc.collect()
        held[part] = tracemalloc.get_traced_memory()[0] / nodes - sum(held.values())

    anyio.run(partial(_run, chain(nodes), tracemalloc.start, mark))
    return {**held, "held": sum(held.values()), "peak": tracemalloc.get_traced_memory()[1] / nodes}


def resident(nodes: int) -> dict[str, float]:
    """Bytes a node by which the process's resident memory grew: at the end, all parts still held, and at the peak."""
    taken: list[int] = []
    anyio.run(partial(_run, chain(nodes), lambda: taken.append(_resident()), lambda part: taken.append(_resident())))
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024  # Linux counts in kibibytes
    return {"held": (taken[-1] - taken[0]) / nodes, "peak": (peak - taken[0]) / nodes}


async def _run(graph: Graph, begin: Callable[[], object], mark: Mark) -> None:
    async with new_kernel() as kernel:
        small = chain(10)
        check(await kernel.run(workflow_of(small)), small)
        gc.collect()
        begin()
        workflow = workflow_of(graph)
        mark("workflow")
        plan = kernel.compile(workflow)
        mark("plan")
        result = await kernel.run(plan)
        mark("run")
    if result.steps["done"] != len(graph):
        raise AssertionError(result)


def _resident() -> int:
    """Bytes of this process that are in memory now."""
    return int(Path("/proc/self/statm").read_text("ascii").split()[1]) * resource.getpagesize()
