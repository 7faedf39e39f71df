"""Choosing one way of several: if, switch, merge."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from std_graphs import steps
from stratagem import Connection, Graph, Node, RunResult

pytestmark = pytest.mark.anyio

Run = Callable[..., Any]


@pytest.fixture(params=["in-order", "at-once"])
def schedule(request: pytest.FixtureRequest) -> str:
    """Every promise holds whatever the schedule is."""
    return str(request.param)


@pytest.mark.parametrize(("condition", "result"), [(True, "yes"), (False, "no")])
async def test_if_runs_the_body_of_its_side(run: Run, condition: bool, result: str) -> None:
    """And gives what that body gives."""
    bodies = {"then": steps(result="yes"), "else": steps(result="no")}
    done: RunResult = await run(Node("choose", "std.if", {"condition": condition}, bodies))
    assert done.outputs["choose"]["result"] == result


async def test_the_side_that_was_not_chosen_is_skipped_up_to_the_merge(run_graph: Run) -> None:
    """Dead ways end there, live ones go on."""
    nodes = [
        Node("choose", "std.if", {"condition": "{{ n > 1 }}"}),
        Node("yes", "std.set_variable", {"name": "way", "value": "yes"}),
        Node("no", "std.set_variable", {"name": "way", "value": "no"}),
        Node("merge", "std.merge"),
        Node("after", "std.get_variable", {"name": "way"}),
    ]
    lines = (
        Connection("choose", "true", "yes", "exec_in"),
        Connection("choose", "false", "no", "exec_in"),
        Connection("yes", "exec_out", "merge", "exec_in"),
        Connection("no", "exec_out", "merge", "exec_in"),
        Connection("merge", "exec_out", "after", "exec_in"),
    )
    for n, way in ((2, "yes"), (1, "no")):
        done: RunResult = await run_graph(Graph({node.id: node for node in nodes}, lines), {"n": n})
        assert done.outputs["after"]["result"] == way
        assert done.steps["skipped"] == 1


@pytest.mark.parametrize(
    ("value", "cases", "ports"),
    [
        ("b", ["a", "b"], {"case_b", "case_1"}),
        (1, [0, 1], {"case_1"}),
        (1, [1, 0], {"case_1"}),
        (True, [1, True], {"case_true", "case_1"} - {"case_1"}),
        ("z", ["a"], {"default"}),
    ],
)
async def test_switch_goes_on_by_the_case_or_its_place(
    run_graph: Run, value: Any, cases: list[Any], ports: set[str]
) -> None:
    """A place that is the name of another case is not used, and true is not 1."""
    known = ["case_a", "case_b", "case_0", "case_1", "case_true", "default"]
    nodes = {"switch": Node("switch", "std.switch", {"value": value, "cases": cases})}
    nodes |= {port: Node(port, "std.merge") for port in known}
    lines = tuple(Connection("switch", port, port, "exec_in") for port in known)
    done: RunResult = await run_graph(Graph(nodes, lines))
    assert {port for port in known if type(done.outcomes[port]).__name__ == "Done"} == ports


@pytest.mark.parametrize(("value", "result"), [("a", "A"), (2, "two"), ("z", "other")])
async def test_switch_runs_the_body_of_its_case(run: Run, value: Any, result: str) -> None:
    """Named by the case, or ``default``."""
    bodies = {"a": steps(result="A"), "2": steps(result="two"), "default": steps(result="other")}
    done: RunResult = await run(Node("switch", "std.switch", {"value": value, "cases": ["a", 2]}, bodies))
    assert done.outputs["switch"]["result"] == result
