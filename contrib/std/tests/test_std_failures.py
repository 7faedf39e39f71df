"""Failing and going on: try, fail, assert, retry."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from std_graphs import cause, failing, steps
from stratagem import Connection, Graph, Node, RunResult, StepFailed, StepTimeout

pytestmark = pytest.mark.anyio

Run = Callable[..., Any]


@pytest.fixture(params=["in-order", "at-once"])
def schedule(request: pytest.FixtureRequest) -> str:
    """Every promise holds whatever the schedule is."""
    return str(request.param)


def append(id_: str, value: str, when: str | None = None) -> Node:
    """A node that adds a value to the list ``seen``."""
    config = {"name": "seen", "value": "{{ seen + [" + value + "] }}"}
    return Node(id_, "std.set_variable", config, when=when)


async def test_a_try_that_does_not_fail_gives_what_its_body_gives(run: Run) -> None:
    """Its ``catch`` is not run, its ``finally`` is."""
    bodies = {
        "body": steps(result=7),
        "catch": steps(failing("not here", id_="never")),
        "finally": steps(append("note", "try.had_error")),
    }
    done: RunResult = await run(Node("try", "std.try", bodies=bodies), variables={"seen": []})
    assert done.outputs["try"] == {"failed": False, "error_message": "", "error_type": "", "result": 7}
    assert done.variables["seen"] == [False]


async def test_catch_knows_what_has_failed(run: Run) -> None:
    """Message, class and node of the error, also from within a loop."""
    loop = Node(
        "loop", "std.for_each", {"items": [1, 0]}, {"body": steps(Node("d", "std.divide", {"a": 1, "b": "{{ item }}"}))}
    )
    bodies = {
        "body": steps(loop),
        "catch": steps(result=["{{ try.error_message }}", "{{ try.error_type }}", "{{ try.node }}"]),
        "finally": steps(append("note", "try.had_error")),
    }
    done: RunResult = await run(Node("try", "std.try", bodies=bodies), variables={"seen": []})
    assert done.outputs["try"]["result"] == ["1 can't be divided by 0", "ZeroDivisionError", "d"]
    assert done.outputs["try"]["failed"] is True
    assert done.variables["seen"] == [True]


async def test_a_failure_without_a_catch_ends_at_the_try(run: Run) -> None:
    """Its outputs tell of it, and what follows runs."""
    done: RunResult = await run(
        Node("try", "std.try", bodies={"body": steps(failing())}),
        Node("after", "std.get_variable", {"name": "x", "default": "{{ try.error_message }}"}),
    )
    assert done.outputs["after"]["result"] == "broken"


@pytest.mark.parametrize(
    ("types", "caught"),
    [(["ZeroDivisionError"], True), (["ValueError", "ArithmeticError"], True), (["KeyError"], False), ([], True)],
)
async def test_only_errors_of_the_types_named_are_caught(run_graph: Run, types: list[str], caught: bool) -> None:
    """Or derived from them; others go on outwards, after ``finally``."""
    bodies = {"body": steps(Node("d", "std.divide", {"a": 1, "b": 0})), "finally": steps(append("note", "1"))}
    done: RunResult = await run_graph(steps(Node("try", "std.try", {"error_types": types}, bodies)), {"seen": []})
    assert (done.status == "done") is caught
    assert done.variables["seen"] == [1]


async def test_a_timeout_can_be_caught_by_its_name(run: Run) -> None:
    """Though it is the kernel's own error."""
    body = steps(Node("slow", "std.wait", {"seconds": 9}, timeout=0.05))
    done: RunResult = await run(Node("try", "std.try", {"error_types": [StepTimeout.__name__]}, {"body": body}))
    assert done.outputs["try"]["error_type"] == "StepTimeout"
    assert done.outputs["try"]["error_message"] == "the node took longer than its time limit of 0.05 s"


async def test_finally_is_run_when_catch_fails(run_graph: Run) -> None:
    """And the failure of ``catch`` goes on outwards."""
    bodies = {
        "body": steps(failing("first")),
        "catch": steps(failing("second", id_="fails_too")),
        "finally": steps(append("note", "try.had_error")),
    }
    done: RunResult = await run_graph(steps(Node("try", "std.try", bodies=bodies)), {"seen": []})
    assert done.error.node == "fails_too"  # type: ignore[union-attr]  # a failed run has one
    assert done.variables["seen"] == [True]


async def test_finally_is_run_when_a_loop_is_left(run: Run) -> None:
    """By break and by continue, which are no failures."""
    leave = steps(Node("skip", "std.continue", when="item == 1"), Node("stop", "std.break", when="item == 2"))
    attempt = Node("try", "std.try", bodies={"body": leave, "finally": steps(append("note", "[item, try.had_error]"))})
    done: RunResult = await run(
        Node("loop", "std.for_each", {"items": [1, 2, 3]}, {"body": steps(attempt)}), variables={"seen": []}
    )
    assert done.variables["seen"] == [[1, False], [2, False]]


async def test_a_failure_is_caught_in_a_workflow_that_goes_on_after_errors_too(run: Run) -> None:
    """Within a try a failure ends the body, whatever the rest of the workflow does."""
    body = steps(failing(), append("after", "1"))
    body = Graph(body.nodes, (Connection("fails", "exec_out", "after", "exec_in"),))
    done: RunResult = await run(
        Node("try", "std.try", bodies={"body": body}), variables={"seen": []}, on_error="continue"
    )
    assert done.outputs["try"]["failed"] is True
    assert done.variables["seen"] == []


async def test_an_assertion_that_does_not_hold_fails_with_its_message(run: Run) -> None:
    """One that holds goes on."""
    await run(Node("check", "std.assert", {"condition": True}))
    with pytest.raises(StepFailed) as caught:
        await run(Node("check", "std.assert", {"condition": "{{ n > 1 }}", "message": "too few"}), variables={"n": 1})
    assert cause(caught.value) == "AssertionError: too few"


async def test_a_retry_goes_on_until_its_body_does_not_fail(run: Run) -> None:
    """Each attempt knows its number and the last error."""
    body = steps(
        append("note", "[retry.attempt, retry.last_error]"),
        failing("no {{ retry.attempt }}", when="retry.attempt < 3"),
        result="at last",
    )
    done: RunResult = await run(
        Node("retry", "std.retry", {"attempts": 5, "delay": 0.001}, {"body": body}), variables={"seen": []}
    )
    assert done.outputs["retry"] == {"attempts": 3, "result": "at last"}
    assert done.variables["seen"] == [[1, ""], [2, "no 1"], [3, "no 2"]]


async def test_a_retry_that_never_succeeds_fails_as_its_last_attempt(run_graph: Run) -> None:
    """After as many as were allowed."""
    body = steps(Node("count", "std.increment_variable", {"name": "n"}), failing("no {{ retry.attempt }}"))
    node = Node("retry", "std.retry", {"attempts": 2, "delay": 0}, {"body": body})
    done: RunResult = await run_graph(steps(node), {"n": 0})
    assert cause(done.error) == "Failure: no 2"  # type: ignore[arg-type]  # a failed run has one
    assert done.variables["n"] == 2


async def test_the_pauses_of_a_retry_grow_up_to_their_bound(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    """Told to the clock, not measured."""
    waited: list[float] = []

    async def sleep(seconds: float) -> None:
        waited.append(seconds)

    monkeypatch.setattr("stratagem_std.control.retry.sleep", sleep)
    body = steps(failing(when="retry.attempt < 5"))
    config = {"attempts": 5, "delay": 1.0, "backoff": 3.0, "max_delay": 5.0}
    await run(Node("retry", "std.retry", config, {"body": body}))
    assert waited == [1.0, 3.0, 5.0, 5.0]


async def test_leaving_a_loop_is_no_failure_to_be_retried(run: Run) -> None:
    """The body is run once."""
    body = steps(Node("count", "std.increment_variable", {"name": "n"}), Node("stop", "std.break", after=("count",)))
    retry = Node("retry", "std.retry", {"delay": 0}, {"body": body})
    done: RunResult = await run(
        Node("loop", "std.for_each", {"items": [1, 2]}, {"body": steps(retry)}), variables={"n": 0}
    )
    assert done.variables["n"] == 1
