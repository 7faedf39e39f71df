"""Failures that a run goes on after: recorders and events are told of them as of any other."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import anyio
import pytest

from stratagem import Body, Node, Pack, Recorder, RunResult
from stratagem._engine.telemetry.events import Event, StepEnded
from stratagem.errors import StepFailed, StepTimeout
from stratagem.views import StepRun
from stratagem_testing import graph_of, node, recorded, run_once, sample, workflow_of

pytestmark = pytest.mark.anyio

pack = Pack("latetest")


@pack.node()
async def liar() -> int:
    """Gives what it says it does not."""
    return "no number"  # type: ignore[return-value]  # that is the point


@pack.node()
async def stubborn() -> int:
    """Ends well although it was cancelled for its time limit."""
    with anyio.CancelScope(shield=True):
        await anyio.sleep(0.1)
    return 1


@pack.node()
async def angry() -> None:
    """Raises something else when its time is up."""
    try:
        await anyio.sleep(5)
    finally:
        raise ValueError("not like this")


@pack.node(handles=("failures",))
async def catches(body: Body) -> None:
    """Goes on after a failure of its body."""
    try:
        await body()
    except StepFailed:
        return


class Ends(Recorder):
    """Notes what steps raised, by node."""

    def __init__(self) -> None:
        self.seen: dict[str, BaseException | None] = {}

    @contextmanager
    def step(self, step: StepRun) -> Iterator[None]:
        error: BaseException | None = None
        try:
            yield
        except BaseException as raised:
            error = raised
            raise
        finally:
            self.seen[step.step.id] = error


LATE = [
    node("x", "sample.wait", {"seconds": 5}, timeout=0.03),
    node("x", "latetest.stubborn", timeout=0.03),
    node("x", "latetest.angry", timeout=0.03),
]


async def seen_in(*nodes: Node) -> tuple[RunResult, list[StepEnded], dict[str, BaseException | None]]:
    """A run of these nodes, the ends of steps that it told of, and what recorders have seen steps raise."""
    events: list[Event] = []
    ends = Ends()
    result = await run_once(
        workflow_of(*nodes), packs=[sample, pack], plugins=[recorded(lambda: ends)], on_event=events.append
    )
    return result, [event for event in events if isinstance(event, StepEnded)], ends.seen


@pytest.mark.parametrize("late", LATE, ids=lambda late: late.type)
async def test_a_late_step_that_is_gone_on_after_is_told_as_failed(late: Node) -> None:
    """However it ends once its time is up; it counts as failed."""
    import attrs

    result, (ended,), seen = await seen_in(attrs.evolve(late, on_error="continue"))
    assert (result.status, result.steps["failed"]) == ("done", 1)
    assert (ended.outcome, type(ended.error), type(seen["x"])) == ("failed", StepTimeout, StepTimeout)
    assert [str(failure.way) for failure in result.failures] == ["x"]


async def test_a_refused_value_is_told_as_a_failure() -> None:
    """Recorders see the error by which it is refused."""
    _, (ended,), seen = await seen_in(node("x", "latetest.liar", on_error="continue"))
    assert (ended.outcome, type(seen["x"])) == ("failed", StepFailed)
    assert "its annotation says int" in str(ended.error)


async def test_a_late_step_whose_owner_goes_on_is_told_with_its_way() -> None:
    """A failure that ends in its owner is a failure of the step."""
    inner = node("x", "sample.wait", {"seconds": 5}, timeout=0.03)
    caught = node("t", "latetest.catches", bodies={"body": graph_of(inner)})
    result, ends, _ = await seen_in(node("each", "sample.each", {"items": ["a"]}, bodies={"body": graph_of(caught)}))
    told = [(str(event.way), event.outcome) for event in ends if event.outcome != "done"]
    assert told == [("each[0] / t / x (row 0 of 1: 'a')", "failed")]
    assert (result.status, result.steps["failed"]) == ("done", 1)


async def test_a_step_that_was_cancelled_for_others_is_not_told_as_late() -> None:
    """Only the time limit of a step is its failure, not that of the one around it."""
    inner: Any = graph_of(node("in", "sample.wait", {"seconds": 5}))
    out = node("out", "sample.each", {"items": [1]}, bodies={"body": inner}, timeout=0.03, on_error="continue")
    _, ends, seen = await seen_in(out)
    assert {event.node: event.outcome for event in ends} == {"in": "cancelled", "out": "failed"}
    assert not isinstance(seen["in"], Exception)


async def test_a_break_outside_of_loops_is_told_as_a_failure() -> None:
    """There is nothing to leave."""
    pack_ = Pack("leaver")

    @pack_.node(runs="loop", writes=("*",))
    def leave() -> None:
        """Leaves a loop."""
        from stratagem import BreakLoop

        raise BreakLoop

    events: list[Event] = []
    await run_once(workflow_of(node("x", "leaver.leave")), packs=[pack_], on_event=events.append)
    (ended,) = [event for event in events if isinstance(event, StepEnded)]
    assert (ended.outcome, str(ended.error)) == ("failed", "break and continue are for bodies of loops")
