"""Ways: how steps inside the pack's control nodes are named, with row and item."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from stratagem import Graph, Kernel, Node, RunResult, Workflow
from stratagem_std import pack

pytestmark = pytest.mark.anyio

Run = Callable[..., Any]

FAIL = Node("c", "std.fail", {"message": "no"})


def around(type_: str, config: dict[str, Any], *body: Node, name: str = "body") -> Node:
    """A node ``out`` with these nodes in its body."""
    return Node("out", type_, config, {name: Graph({node.id: node for node in body or (FAIL,)})})


@pytest.mark.parametrize(
    ("node", "ways"),
    [
        (around("std.for_each", {"items": ["x", "y"]}), ["out[0] / c (row 0 of 2: 'x')"]),
        (
            around("std.for_each", {"items": {"a": {"n": 1}}, "on_error": "collect"}),
            ["out[0] / c (row 0 of 1: {'n': 1})"],
        ),
        (
            around("std.for_each", {"items": [1, 2], "on_error": "collect", "concurrency": 2}),
            ["out[0] / c (row 0 of 2: 1)", "out[1] / c (row 1 of 2: 2)"],
        ),
        (around("std.while", {"condition": "1 < 2"}), ["out[0] / c (pass 0)"]),
        (
            around("std.retry", {"attempts": 2, "delay": 0}),
            ["out[0] / c (pass 0 of 2)", "out[1] / c (pass 1 of 2)"],
        ),
        (around("std.try", {}), ["out / c"]),
        (around("std.if", {"condition": True}, name="then"), ["out / c"]),
        (around("std.switch", {"value": 1, "cases": [1]}, name="1"), ["out / c"]),
        (around("std.fork", {}, name="one"), ["out / c"]),
    ],
    ids=lambda value: f"{value.type} {value.config}" if isinstance(value, Node) else "",
)
async def test_a_failure_is_named_by_its_way(node: Node, ways: list[str]) -> None:
    """Numbers are the places of items, counted from 0 as the port ``index`` is."""
    async with Kernel(packs=[pack]) as kernel:
        done: RunResult = await kernel.run(Workflow({"out": node}))
    assert [str(failure.way) for failure in done.failures] == ways


@pytest.mark.parametrize("type_", ["std.subflow", "std.start_subflow"])
async def test_steps_of_subflows_are_named_from_the_outermost_workflow(tmp_path: Path, type_: str) -> None:
    """Called or started, with the passes on both sides."""
    loop = "{id: rows, type: std.for_each, config: {items: [7]}, bodies: {body: {nodes: [%s]}}}"
    bad = loop % "{id: c, type: std.fail, config: {message: no}}"
    (tmp_path / "bad.yaml").write_text(f"stratagem: 1\nnodes:\n  - {bad}\n", "utf-8")
    calls = around("std.for_each", {"items": ["x"]}, Node("call", type_, {"flow": "bad.yaml"}))
    workflow = Workflow({"out": calls}, source=str(tmp_path / "flow.yaml"))
    async with Kernel(packs=[pack]) as kernel:
        done: RunResult = await kernel.run(workflow)
    (failure,) = done.failures
    assert str(failure.way) == "out[0] / call / rows[0] / c (row 0 of 1: 'x', row 0 of 1: 7)"
    assert str(failure.file).endswith("bad.yaml")


async def test_a_detached_run_that_fails_is_logged_with_who_has_started_it(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    """Its own steps are named from its own workflow."""
    (tmp_path / "bad.yaml").write_text(
        "stratagem: 1\nnodes: [{id: c, type: std.fail, config: {message: no}}]\n", "utf-8"
    )
    starts = Node("start", "std.start_subflow", {"flow": "bad.yaml", "detached": True})
    wait = Node("wait", "std.wait_subflow", {"handle": "{{ start.handle }}"}, on_error="continue")
    workflow = Workflow(
        {"out": around("std.for_each", {"items": ["x"]}, starts, wait)}, source=str(tmp_path / "flow.yaml")
    )
    async with Kernel(packs=[pack]) as kernel:
        await kernel.run(workflow)
    (record,) = [record for record in caplog.records if "detached" in record.getMessage()]
    assert "bad.yaml, started by out[0] / start (row 0 of 1: 'x'), has failed: " in record.getMessage()


async def test_what_a_body_reads_of_a_failure_has_no_place_in_it(run: Run) -> None:
    """The message is what went wrong; where it did is told by ``node``."""
    wrong = Node("c", "std.wait", {"seconds": "{{ text }}"})
    tries = around("std.try", {}, wrong)
    done: RunResult = await run(tries, variables={"text": "abc"})
    assert done.outputs["out"]["error_message"] == "key 'seconds': expected float, got 'abc'"
