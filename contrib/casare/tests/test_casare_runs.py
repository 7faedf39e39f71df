"""Flows that run: small ones of our own, and those of the product where they are at hand."""

from typing import Any

import pytest

from stratagem import Document, Kernel, RunResult, Workflow, WorkflowError
from stratagem_casare import casare_format, pack

pytestmark = pytest.mark.anyio

Drawn = dict[str, tuple[str, dict[str, Any]]]


def flow(nodes: Drawn, lines: str = "", **rest: Any) -> Workflow:
    """A flow of ``id: (type, config)``, with lines written as ``a.port>b`` or ``a.out>b.in``."""
    drawn = {id_: {"node_id": id_, "node_type": type_, "config": config} for id_, (type_, config) in nodes.items()}
    connections = []
    for line in lines.split():
        source, target = line.split(">")
        (from_, _, out), (to, _, into) = source.partition("."), target.partition(".")
        ends = (from_, out or "exec_out", to, into or "exec_in")
        connections.append(dict(zip(("source_node", "source_port", "target_node", "target_port"), ends, strict=True)))
    return casare_format.read(Document({"nodes": drawn, "connections": connections, **rest}), "flow.json")


async def run(workflow: Workflow) -> RunResult:
    async with Kernel(packs=[pack]) as kernel:
        return await kernel.run(workflow)


async def test_values_go_from_node_to_node() -> None:
    """By reference, by variable, and by a data line; what does not exist stays as it is written."""
    result = await run(
        flow(
            {
                "set": ("SetVariableNode", {"variable_name": "n", "value": 10}),
                "add": ("MathOperationNode", {"a": "{{n}}", "b": "%n%", "output_var": "sum"}),
                "reverse": ("TextReverseNode", {}),
                "join": ("ConcatenateNode", {"string_1": "${sum} ", "string_2": "{{reverse.result}}{{gone.x}}"}),
            },
            "set>add add>reverse add.result>reverse.text reverse>join",
        )
    )
    assert result.status == "done"
    assert result.variables["sum"] == 20.0
    assert result.outputs["reverse"]["result"] == "0.02"
    assert result.outputs["join"]["result"] == "20.0 0.02{{gone.x}}"


async def test_only_the_chosen_branch_runs_and_merges() -> None:
    """If and Switch choose, Merge goes on with what arrives."""
    result = await run(
        flow(
            {
                "if": ("IfNode", {"expression": "{{n}} > 5 and name == 'bob'"}),
                "yes": ("SetVariableNode", {"variable_name": "if", "value": "yes"}),
                "no": ("SetVariableNode", {"variable_name": "if", "value": "no"}),
                "merge": ("MergeNode", {}),
                "switch": ("SwitchNode", {"value": "{{name}}", "cases": ["ann", "bob"]}),
                "first": ("SetVariableNode", {"variable_name": "switch", "value": 0}),
                "second": ("SetVariableNode", {"variable_name": "switch", "value": 1}),
            },
            "if.true>yes if.false>no yes>merge no>merge merge>switch switch.case_0>first switch.case_bob>second",
            variables={"n": 7, "name": "bob"},
        )
    )
    assert (result.variables["if"], result.variables["switch"]) == ("yes", 1)
    assert result.steps["skipped"] == 2


async def test_a_disabled_node_is_passed_over() -> None:
    """Control goes on, and its input is its output."""
    nodes: Drawn = {
        "a": ("TextReverseNode", {"_disabled": True}),
        "b": ("SetVariableNode", {"variable_name": "x", "value": "on"}),
    }
    assert (await run(flow(nodes, "a>b"))).variables["x"] == "on"


async def test_a_failing_node_stops_the_run_unless_the_flow_says_otherwise() -> None:
    """Then what follows it runs all the same."""
    nodes: Drawn = {
        "bad": ("ThrowErrorNode", {"error_message": "oops"}),
        "after": ("SetVariableNode", {"variable_name": "x", "value": 1}),
    }
    stopped = await run(flow(nodes, "bad>after"))
    assert (stopped.status, "x" in stopped.variables) == ("failed", False)
    gone_on = await run(flow(nodes, "bad>after", settings={"stop_on_error": False}))
    assert (gone_on.variables["x"], [failure.node for failure in gone_on.failures]) == (1, ["bad"])


async def test_types_that_are_not_there_are_all_named() -> None:
    """With their nodes, before anything runs."""
    nodes: Drawn = {
        "a": ("FTPConnectNode", {"host": "h"}),
        "b": ("LogNodes", {}),
        "c": ("LogNode", {}),
    }
    with pytest.raises(WorkflowError) as caught:
        await run(flow(nodes, "a>b b>c"))
    assert [problem.node for problem in caught.value.problems] == ["a", "b"]
