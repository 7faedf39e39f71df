"""The kernel as it is measured: the dag strategy from a config, and nodes that do next to nothing."""

from __future__ import annotations

import asyncio

from attrs import evolve

from stratagem import Config, Connection, Kernel, Node, Pack, Plan, RunResult, Strategy, Workflow
from stratagem_bench.graphs import MODULUS, Graph, combine
from stratagem_bench.measure import Side

pack = Pack("bench")


@pack.node(effect="pure")
async def step(*values: int) -> int:
    """Never waits; written out, so that the bare loop pays for one call a node."""
    return (sum(values) + 1) % MODULUS


@pack.node(effect="pure")
async def wait(*values: int, seconds: float = 0.01) -> int:
    """Waits, as for a server."""
    await asyncio.sleep(seconds)
    return combine(*values)


def new_kernel() -> Kernel:
    """A kernel with ``schedule = "dag"`` that offers this module's pack."""
    return Kernel(Config(strategy=Strategy(schedule="dag")), packs=[pack])


def name_of(node: int) -> str:
    """The id that a node of a graph has in its workflow."""
    return f"n{node}"


def named_parents(graph: Graph) -> dict[str, tuple[str, ...]]:
    """The graph as the ids of each node's parents."""
    return {name_of(node): tuple(map(name_of, parents)) for node, parents in enumerate(graph.parents)}


def workflow_of(graph: Graph, type_: str = "bench.step") -> Workflow:
    """The graph as a workflow, its edges as data lines."""
    names = named_parents(graph)
    lines = [Connection(parent, "result", name, "values") for name, parents in names.items() for parent in parents]
    return Workflow({name: Node(name, type_) for name in names}, tuple(lines))


def running(kernel: Kernel, plan: Plan, graph: Graph, *, step_timeout: float | None = None) -> Side:
    """One run of a plan, timed without its compilation, checked by the values of the leaves."""
    options = evolve(kernel.options_for(plan), step_timeout=step_timeout)
    return Side(lambda: kernel.run(plan, options=options), lambda result: check(result, graph))


def check(result: RunResult, graph: Graph) -> None:
    """Raises AssertionError unless every step was done and the leaves have the right values."""
    outputs = result.raise_for_error().outputs
    got = sum(outputs[name_of(leaf)]["result"] for leaf in graph.leaves)
    if result.steps["done"] != len(graph) or got != graph.checksum:
        raise AssertionError(f"{graph.name}: {result.steps}, leaves {got} instead of {graph.checksum}")


def same(graph: Graph, got: int) -> None:
    """Raises AssertionError unless a baseline gave the right values."""
    if got != graph.checksum:
        raise AssertionError(f"{graph.name}: leaves {got} instead of {graph.checksum}")
