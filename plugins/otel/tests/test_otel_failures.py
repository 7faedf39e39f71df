"""How steps and runs that do not end well are told on spans."""

from __future__ import annotations

import os

import anyio
import pytest

from otel_kernels import traced
from otlp_receiver import Receiver
from stratagem import Pack, Retry
from stratagem_testing import AnyReady, graph_of, node, scheduled, workflow_of

pytestmark = pytest.mark.anyio

OK, ERROR = 0, 2

told = Pack("told")


@told.node()
async def shout(text: str) -> None:
    """Fails with what it was given."""
    raise ValueError(f"it says {text} aloud")


async def test_attempts_are_events_of_one_span(receiver: Receiver) -> None:
    """Each failure and each retry, with the pause before it; the span is no error if the last attempt was none."""
    workflow = workflow_of(node("again", "sample.flaky", {"failures": 2}, retry=Retry(3, 0.01)))
    async with traced(receiver) as kernel:
        (await kernel.run(workflow)).raise_for_error()
    span = receiver.node("again")
    assert [each.name for each in span.events] == ["exception", "workflow.node.retry"] * 2
    assert span.events[1].attributes == {"workflow.node.retry.attempt": 2, "workflow.node.retry.pause": 0.01}
    assert span.attributes["workflow.node.attempts"] == 3
    assert span.status == OK


async def test_the_last_attempt_of_many_is_the_error(receiver: Receiver) -> None:
    """The span ends with it."""
    workflow = workflow_of(node("again", "sample.flaky", {"failures": 9}, retry=Retry(2, 0.0)))
    async with traced(receiver) as kernel:
        await kernel.run(workflow)
    span = receiver.node("again")
    assert [each.name for each in span.events] == ["exception", "workflow.node.retry", "exception"]
    assert span.status == ERROR


async def test_a_step_that_is_cancelled_before_its_next_attempt_has_ended_with_its_last(receiver: Receiver) -> None:
    """Its span is sent all the same, and does not count the pause."""
    workflow = workflow_of(
        node("again", "sample.flaky", {"failures": 9}, retry=Retry(2, 60.0, max_delay=60.0)),
        node("fatal", "sample.fail", {"seconds": 0.2}),
    )
    async with traced(receiver, plugins=[scheduled(AnyReady)]) as kernel:
        result = await kernel.run(workflow)
    assert result.status == "failed"
    again, fatal = receiver.node("again"), receiver.node("fatal")
    assert [each.name for each in again.events] == ["exception", "workflow.node.retry"]
    assert again.ended < fatal.ended


async def test_failures_are_told_as_the_conventions_have_it(receiver: Receiver) -> None:
    """Status, ``error.type``, and one exception event where it was raised; owners say no more than that they failed."""
    body = graph_of(node("bad", "sample.fail", {"message": "no luck"}), node("next", "sample.value", after=("bad",)))
    workflow = workflow_of(node("loop", "sample.each", {"items": [1]}, bodies={"body": body}))
    async with traced(receiver) as kernel:
        result = await kernel.run(workflow)
    assert result.status == "failed"
    spans = [receiver.one(f"workflow.run {workflow.name}"), receiver.node("loop"), receiver.one("workflow.body body")]
    bad = receiver.node("bad")
    (event,) = bad.events
    assert event.name == "exception"
    assert event.attributes["exception.message"] == "no luck"
    assert event.attributes["exception.type"] == bad.attributes["error.type"]
    assert "Traceback" in event.attributes["exception.stacktrace"]
    assert bad.message == "no luck"
    for each in (*spans, bad):
        assert each.status == ERROR
        assert each.attributes["error.type"] == bad.attributes["error.type"]
    assert [each.events for each in spans] == [(), (), ()]
    assert spans[0].attributes["workflow.outcome"] == "failed"


async def test_secrets_are_masked_in_messages(receiver: Receiver, monkeypatch: pytest.MonkeyPatch) -> None:
    """In messages, in tracebacks and in the status, wherever they came from."""
    monkeypatch.setenv("LOUD_WORD", "hunter2")
    workflow = workflow_of(node("a", "told.shout", {"text": "{{ secrets.LOUD_WORD }}!{{ 'x' }}"}))
    async with traced(receiver, packs=[told]) as kernel:
        assert (await kernel.run(workflow)).status == "failed"
    assert os.environ["LOUD_WORD"] == "hunter2"
    text = repr([(each.message, each.attributes, each.events) for each in receiver.spans])
    assert "hunter2" not in text
    assert "***" in text


async def test_a_step_over_its_time_limit_failed_with_that(receiver: Receiver) -> None:
    """It is not merely cancelled."""
    workflow = workflow_of(node("late", "sample.wait", {"seconds": 9.0}, timeout=0.01))
    async with traced(receiver) as kernel:
        assert (await kernel.run(workflow)).status == "failed"
    late = receiver.node("late")
    assert late.attributes["error.type"] == "stratagem.errors.StepTimeout"
    assert late.status == ERROR


async def test_a_cancelled_step_is_no_error(receiver: Receiver) -> None:
    """It says that it was cancelled; the run that was cancelled says so too."""
    async with traced(receiver) as kernel:
        handle = await kernel.start(workflow := workflow_of(node("long", "sample.wait", {"seconds": 60.0})))
        await anyio.sleep(0.02)
        handle.cancel()
        assert (await handle.wait()).status == "cancelled"
    long, run = receiver.node("long"), receiver.one(f"workflow.run {workflow.name}")
    assert (long.status, run.status) == (OK, OK)
    assert long.attributes["workflow.outcome"] == run.attributes["workflow.outcome"] == "cancelled"


async def test_leaving_a_loop_is_no_error(receiver: Receiver) -> None:
    """Neither for the step that does it nor for the pass."""
    body = graph_of(node("leave", "sample.break"), node("never", "sample.value", after=("leave",)))
    workflow = workflow_of(node("loop", "sample.each", {"items": [1, 2]}, bodies={"body": body}))
    async with traced(receiver) as kernel:
        (await kernel.run(workflow)).raise_for_error()
    assert {each.status for each in receiver.spans} == {OK}
    assert all(not each.events for each in receiver.spans)
