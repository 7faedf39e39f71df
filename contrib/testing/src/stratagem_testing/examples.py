"""Runs the examples of node types, as a pack's tests."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from stratagem import Connection, Context, Example, Graph, Node, NodeSpec, Pack, Plugin, RunResult, Settings, Workflow
from stratagem_testing.running import run_once

_watch = Pack("example")


@_watch.node()
async def reached(context: Context) -> bool:
    """Stands behind a control output."""
    return True


async def run_example(
    spec: NodeSpec,
    example: Example,
    packs: Iterable[Pack],
    *,
    plugins: Iterable[Plugin] = (),
    source: str | None = None,
) -> RunResult:
    """Runs an example of a node type in a kernel; ``source`` is the file whose folder relative paths start in.

    Raises:
        WorkflowError: the example can't be run.
        StepFailed: the node, or another of the example's workflow, has failed.
    """
    graph = example.workflow or _alone(spec, example)
    workflow = Workflow(
        graph.nodes,
        graph.connections,
        graph.result,
        variables=example.variables,
        settings=Settings(seed=1),
        source=source,
    )
    result = await run_once(workflow, plugins=plugins, packs=[*packs, _watch])
    return result.raise_for_error()


async def check_example(spec: NodeSpec, example: Example, packs: Iterable[Pack], **how: Any) -> None:
    """Runs an example as `run_example` does, and compares what it gives, sets and chooses; raises AssertionError."""
    result = await run_example(spec, example, packs, **how)
    given = dict(result.outputs.get("example", {}))
    found = {port: given.get(port) for port in example.gives}
    assert found == example.gives, f"{spec.id} gives {given!r}, and its example says {example.gives!r}"
    left = {name: result.variables.get(name) for name in example.sets}
    assert left == example.sets, f"{spec.id} sets {left!r}, and its example says {example.sets!r}"
    if example.chooses is not None and example.workflow is None:
        chosen = [port for port in _ports(spec, example) if f"behind {port}" in result.outputs]
        assert chosen == [example.chooses], f"{spec.id} chooses {chosen!r}, and its example says {example.chooses!r}"


def _alone(spec: NodeSpec, example: Example) -> Graph:
    """The node by itself, with one behind each control output where the example says which is chosen."""
    nodes = {"example": Node("example", f"{spec.pack}.{spec.name}@{spec.version}", example.config)}
    lines = []
    for port in _ports(spec, example):
        nodes[f"behind {port}"] = Node(f"behind {port}", "example.reached")
        lines.append(Connection("example", port, f"behind {port}", "exec_in"))
    return Graph(nodes, tuple(lines))


def _ports(spec: NodeSpec, example: Example) -> list[str]:
    """The control outputs to look behind: patterns stand for no port of their own."""
    if example.chooses is None:
        return []
    return list(dict.fromkeys([*(port for port in spec.controls if "*" not in port), example.chooses]))
