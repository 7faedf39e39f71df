"""What a step's failure says: file, line, node and distribution once each, however errors are nested."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from stratagem import Kernel, Node, Pack, Retry, RunResult, Subflow
from stratagem.errors import AcquireTimeout, BadFile, BadInput, RunError, StepFailed, StratagemError, WorkflowError
from stratagem_testing import graph_of, node, run_once, sample, workflow_of

pytestmark = pytest.mark.anyio

FILE, DIST = "flow.yaml", "raisers 1.0"


def raising(error: Exception) -> Pack:
    """A pack with a node that raises ``error``."""
    pack = Pack("raisers")

    @pack.node()
    async def fails() -> None:
        """Fails."""
        raise error

    return pack.provided_by(DIST)


async def failure_of(error: Exception, **traits: Any) -> StepFailed:
    """What a step says that raises ``error``."""
    workflow = workflow_of(node("d", "raisers.fails", line=5, **traits), source=FILE)
    result = await run_once(workflow, packs=[raising(error)])
    assert isinstance(result.error, StepFailed)
    return result.error


HERE: Any = {"node": "d", "line": 5, "key": "seconds", "provider": DIST, "hint": "Try a number."}


@pytest.mark.parametrize("retry", [None, Retry(2, 0)])
@pytest.mark.parametrize(
    ("error", "told"),
    [
        (
            BadInput("expected float, got 'abc'", **HERE),
            "flow.yaml:5: node 'd': key 'seconds': expected float, got 'abc' (provided by raisers 1.0). Try a number.",
        ),
        (
            BadInput("expected float, got 'abc'", file=FILE, **HERE),
            "flow.yaml:5: node 'd': key 'seconds': expected float, got 'abc' (provided by raisers 1.0). Try a number.",
        ),
        (RunError("it was cancelled."), "flow.yaml:5: node 'd': it was cancelled (provided by raisers 1.0)"),
        (
            AcquireTimeout("no 'page' came free", node="d", provider="pages 2.0", hint="Raise it."),
            "flow.yaml:5: node 'd': no 'page' came free (provided by pages 2.0). Raise it.",
        ),
        (
            BadFile("the quote is not closed", file="data.csv", line=3, provider="tables 3.0"),
            "flow.yaml:5: node 'd': data.csv:3: the quote is not closed (provided by tables 3.0)",
        ),
        (
            ExceptionGroup("several", [ValueError("one"), BadInput("two", **HERE)]),
            "flow.yaml:5: node 'd': 2 errors: ValueError: one; key 'seconds': two. Try a number (provided by raisers 1.0)",
        ),
        (TimeoutError(), "flow.yaml:5: node 'd': TimeoutError (provided by raisers 1.0)"),
    ],
)
async def test_a_failure_says_everything_once(error: Exception, told: str, retry: Retry | None) -> None:
    """Where an error of ours has the step's place itself, that is not said again; other places are kept."""
    again = {} if retry is None else {"retry": retry}
    assert str(await failure_of(error, **again)) == told


async def test_what_is_raised_together_is_told_together() -> None:
    """With the places of each."""
    both = WorkflowError.together([BadInput("one", key="a"), BadInput("two", key="b")], "it can't be used")
    failure = await failure_of(both)
    assert str(failure).startswith("flow.yaml:5: node 'd': it can't be used: 2 problems\n  - key 'a': one")


async def test_a_failure_in_a_body_of_a_subflow_is_told_once(tmp_path: Path) -> None:
    """With the subflow's file and line; those who pass it on add nothing."""
    flows = Pack("oncecalls")

    @flows.node()
    async def call(flow: Subflow) -> Any:
        """Calls it."""
        return await flow()

    sub = '{"stratagem": 1, "nodes": [{"id": "t", "type": "sample.choose", "config": {"condition": true}, "bodies":\n'
    sub += '{"then": {"nodes": [{"id": "d", "type": "raisers.fails"}]}}}]}'
    (tmp_path / "sub.json").write_text(sub, "utf-8")
    body = graph_of(node("call", "oncecalls.call", {"flow": "sub.json"}))
    outer: Node = node("each", "sample.each", {"items": ["x"]}, bodies={"body": body})
    packs = [sample, flows, raising(BadInput("no", key="k", provider=DIST))]
    async with Kernel(packs=packs) as kernel:
        result: RunResult = await kernel.run(workflow_of(outer, source=str(tmp_path / "flow.json")))
    told = str(result.error)
    assert told.endswith(": node 'each[0] / call / t / d' (row 0 of 1: 'x'): key 'k': no (provided by raisers 1.0)")
    assert [told.count(part) for part in ("sub.json", "flow.json", DIST, "key 'k'")] == [1, 0, 1, 1]


@pytest.mark.parametrize(
    ("place", "told"),
    [
        ({"line": 5}, "line 5: no"),
        ({"line": 5, "file": "f"}, "f:5: no"),
        ({"file": "f", "node": "n"}, "f: node 'n': no"),
    ],
)
def test_a_place_is_told_as_far_as_it_is_known(place: dict[str, Any], told: str) -> None:
    """A line alone is one."""
    assert str(StratagemError("no", **place)) == told
