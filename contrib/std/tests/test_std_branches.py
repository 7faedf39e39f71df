"""Bodies and workflows beside each other: fork and subflows."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from std_graphs import cause, failing, steps
from stratagem import Node, RunResult, StepFailed

pytestmark = pytest.mark.anyio

Run = Callable[..., Any]


@pytest.fixture(params=["in-order", "at-once"])
def schedule(request: pytest.FixtureRequest) -> str:
    """Every promise holds whatever the schedule is."""
    return str(request.param)


@pytest.mark.parametrize("schedule", ["at-once"])
async def test_the_branches_of_a_fork_run_at_once(run: Run) -> None:
    """Each gives its result under its name, and has variables of its own."""
    branches = {
        name: steps(
            Node(f"set_{name}", "std.set_variable", {"name": "mine", "value": name}),
            Node(f"wait_{name}", "std.wait", {"seconds": 0.3}, after=(f"set_{name}",)),
            Node(f"get_{name}", "std.get_variable", {"name": "mine"}, after=(f"wait_{name}",)),
            result=f"{{{{ get_{name}.result }}}}",
        )
        for name in ("a", "b", "c")
    }
    done: RunResult = await run(Node("fork", "std.fork", bodies=branches), variables={"mine": "outer"})
    assert done.outputs["fork"] == {"results": {"a": "a", "b": "b", "c": "c"}, "errors": []}
    assert done.variables == {"mine": "outer"}
    assert done.seconds < 0.8


@pytest.mark.parametrize("schedule", ["at-once"])
async def test_a_failing_branch_cancels_the_others(run_graph: Run) -> None:
    """And is what the fork fails with."""
    begun = Node("begun", "std.wait", {"seconds": 0.1})  # so that the other branch is under way
    fails = Node("fails", "std.fail", {"message": "broken"}, after=("begun",))
    branches = {"slow": steps(Node("wait", "std.wait", {"seconds": 9})), "bad": steps(begun, fails)}
    done: RunResult = await run_graph(steps(Node("fork", "std.fork", bodies=branches)))
    assert done.error.node == "fails"  # type: ignore[union-attr]  # a failed run has one
    assert done.steps["cancelled"] >= 1
    assert done.seconds < 5


async def test_failures_of_branches_are_collected_if_that_is_asked_for(run: Run) -> None:
    """The others go on."""
    branches = {"bad": steps(failing()), "good": steps(Node("wait", "std.wait", {"seconds": 0.01}), result=1)}
    done: RunResult = await run(Node("fork", "std.fork", {"on_error": "collect"}, branches))
    assert done.outputs["fork"] == {
        "results": {"bad": None, "good": 1},
        "errors": [{"branch": "bad", "message": "broken", "type": "Failure", "node": "fails"}],
    }


async def test_a_branch_can_not_leave_a_loop_around_the_fork(run: Run) -> None:
    """What the other branches would have done by then is chance."""
    fork = Node("fork", "std.fork", bodies={"a": steps(Node("stop", "std.break"))})
    with pytest.raises(StepFailed, match="the branch 'a' of a fork can't break or continue a loop around it"):
        await run(Node("loop", "std.for_each", {"items": [1]}, {"body": steps(fork)}))


async def test_a_subflow_gets_variables_and_gives_its_result(run: Run) -> None:
    """Those that are not given have the values of its own file."""
    given = Node("given", "std.subflow", {"flow": "double.yaml", "variables": {"number": "{{ n + 1 }}"}})
    own = Node("own", "std.subflow", {"flow": "double.yaml"})
    done: RunResult = await run(given, own, variables={"n": 4})
    assert done.outputs["given"] == {"result": 10, "variables": {"number": 5}}
    assert done.outputs["own"] == {"result": 2, "variables": {"number": 1}}


async def test_a_failing_subflow_fails_the_step_that_calls_it(run_graph: Run, sandbox: Any) -> None:
    """With the node's own error."""
    (sandbox / "bad.yaml").write_text("nodes: [{id: inner, type: std.fail, config: {message: no stock}}]\n")
    called: RunResult = await run_graph(steps(Node("call", "std.subflow", {"flow": "bad.yaml"})))
    assert called.error is not None
    assert (called.status, cause(called.error)) == ("failed", "Failure: no stock")
