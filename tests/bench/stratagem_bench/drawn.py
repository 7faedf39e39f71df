"""What nodes of drawn flows cost: the format ``casare`` and its node types, beside no-op nodes run by hand."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial
from importlib.util import find_spec
from typing import Any

import anyio

from stratagem import Document, Kernel, RunResult, Workflow
from stratagem_bench.baselines import task_group
from stratagem_bench.figures import Absent, Figure, Findings
from stratagem_bench.graphs import chain
from stratagem_bench.measure import Side, Times, alternate
from stratagem_bench.subject import new_kernel, same, step

NODES = 1000
"""Of the chains, and passes of the loop."""

IN_BODY = 3
"""Nodes in the body of the loop; the end node, at which a pass ends, is not counted."""

BRANCHES, SECONDS = 8, 0.050
TARGET, TARGET_OF_BRANCHES = 1.0, 1.1


def measure(budget: float) -> Findings:
    """A node in a loop, a node of a chain, and branches that wait."""
    if find_spec("stratagem_casare") is None:
        yield Absent("drawn", "stratagem-casare, which reads drawn flows, is not installed")
        return
    times = anyio.run(_times_beside_no_ops, 2 * budget)
    for name, nodes in ((f"drawn loop of {NODES:,} × {IN_BODY}", NODES * IN_BODY), (f"drawn chain {NODES:,}", NODES)):
        ours, theirs = (times.median(side) / count * 1e6 for side, count in ((name, nodes), ("group", NODES)))
        detail = f"{ours:.2f} µs/node, TaskGroup's no-op {theirs:.2f}; {times.repetitions} repetitions"
        yield Figure(name, ours / theirs, "× no-op in a TaskGroup", TARGET, detail)
    times = anyio.run(_times_of_branches, budget)
    taken = times.median("branches")
    detail = f"{taken * 1e3:.2f} ms; {times.repetitions} repetitions"
    yield Figure(f"drawn branches, {BRANCHES} waits", taken / SECONDS, "× one wait", TARGET_OF_BRANCHES, detail)


async def _times_beside_no_ops(budget: float) -> Times:
    graph = chain(NODES)
    async with new_kernel() as kernel:
        sides = {
            "group": Side(partial(task_group, graph, step), partial(same, graph)),
            f"drawn loop of {NODES:,} × {IN_BODY}": _running(kernel, loop(), {"sum": sum(range(NODES)), "next": NODES}),
            f"drawn chain {NODES:,}": _running(kernel, setting(), {f"v{NODES - 1}": f"{NODES - 1} of {NODES}"}),
        }
        return await alternate(sides, budget)


async def _times_of_branches(budget: float) -> Times:
    async with new_kernel() as kernel:
        return await alternate({"branches": _running(kernel, branches(), {})}, budget)


def _running(kernel: Kernel, workflow: Workflow, wanted: Mapping[str, Any]) -> Side:
    """One run of the flow, timed without its compilation; checked by its variables and the number of its steps."""
    plan = kernel.compile(workflow)
    passes = NODES if "loop" in workflow.nodes else 0
    steps = len(plan) + passes * (IN_BODY + 1)  # with the end node

    def check(result: RunResult) -> None:
        found = {name: result.raise_for_error().variables[name] for name in wanted}
        if found != wanted or result.steps["done"] != steps:
            raise AssertionError(f"{result.steps} instead of {steps} steps, {found} instead of {wanted}")

    return Side(lambda: kernel.run(plan), check)


def loop() -> Workflow:
    """A loop over numbers, whose body keeps the number, adds it up, and computes the next one."""
    return _flow(
        {
            "loop": ("ForLoopStartNode", {"mode": "range", "start": 0, "end": NODES}),
            "keep": ("SetVariableNode", {"variable_name": "kept", "value": "{{loop.current_item}}"}),
            "add": ("IncrementVariableNode", {"variable_name": "sum", "increment": "{{kept}}"}),
            "next": ("MathOperationNode", {"a": "{{kept}}", "b": 1, "output_var": "next"}),
            "end": ("ForLoopEndNode", {"paired_start_id": "loop"}),
        },
        "loop.body>keep keep>add add>next next>end",
    )


def setting() -> Workflow:
    """One variable after the other, each a text with a reference."""
    nodes = {
        f"set{number}": ("SetVariableNode", {"variable_name": f"v{number}", "value": f"{number} of {{{{count}}}}"})
        for number in range(NODES)
    }
    lines = " ".join(f"set{number}>set{number + 1}" for number in range(NODES - 1))
    return _flow(nodes, lines, {"count": NODES})


def branches() -> Workflow:
    """A fork into branches that wait, and their join."""
    waits = {f"wait{number}": ("WaitNode", {"duration": SECONDS}) for number in range(1, BRANCHES + 1)}
    lines = " ".join(f"fork.branch_{number}>wait{number} wait{number}>join" for number in range(1, BRANCHES + 1))
    return _flow({"fork": ("ForkNode", {"branch_count": BRANCHES}), **waits, "join": ("JoinNode", {})}, lines)


def _flow(
    nodes: Mapping[str, tuple[str, Mapping[str, Any]]], lines: str, variables: Mapping[str, Any] | None = None
) -> Workflow:
    """A flow of ``id: (type, config)`` and lines written as ``a.port>b``."""
    from stratagem_casare import casare_format

    drawn = {id_: {"node_id": id_, "node_type": type_, "config": config} for id_, (type_, config) in nodes.items()}
    document = {"nodes": drawn, "connections": [_line(line) for line in lines.split()], "variables": variables or {}}
    return casare_format.read(Document(document), "drawn.json")


def _line(line: str) -> dict[str, str]:
    source, target = line.split(">")
    node, _, port = source.partition(".")
    return {"source_node": node, "source_port": port or "exec_out", "target_node": target, "target_port": "exec_in"}
