"""Receivers that are down, slow, or gone in the middle: the run is unharmed, is not kept waiting, and says what was lost."""

from __future__ import annotations

import logging
import socket
import threading
from time import perf_counter

import anyio
import pytest

from otel_kernels import traced
from otlp_receiver import Receiver
from stratagem import RunResult
from stratagem_testing import node, workflow_of

pytestmark = pytest.mark.anyio

WORKFLOW = workflow_of(*(node(f"n{i}", "sample.value", {"value": i}) for i in range(200)))
SPANS = 201

FAR = 30.0
"""Seconds: what would be waited for without a deadline is far longer than what is asserted."""


def unharmed(result: RunResult) -> bool:
    """Whether a run gave all that it should."""
    return result.status == "done" and result.outputs["n199"] == {"result": 199}


def lost(caplog: pytest.LogCaptureFixture) -> list[str]:
    """What the kernel was told of lost spans when it closed."""
    return [each.getMessage() for each in caplog.records if "spans were lost:" in each.getMessage()]


def nobody(protocol: str) -> Receiver:
    """The address of a receiver that is not there."""
    with socket.socket() as held:
        held.bind(("127.0.0.1", 0))
        return Receiver(f"http://127.0.0.1:{held.getsockname()[1]}", protocol)


@pytest.mark.parametrize("protocol", ["http/protobuf", "grpc"])
async def test_a_receiver_that_is_down_harms_nothing(caplog: pytest.LogCaptureFixture, protocol: str) -> None:
    """All spans are lost, and that is said, with their number."""
    begun = perf_counter()
    async with traced(nobody(protocol), flush_timeout=0.3) as kernel:
        result = await kernel.run(WORKFLOW)
    assert perf_counter() - begun < FAR
    assert unharmed(result)
    assert lost(caplog) == [
        f"{SPANS} spans were lost: 0 dropped because more than [settings.otel] queue waited, {SPANS} that the receiver "
        "did not take in time"
    ]


async def test_a_slow_receiver_is_not_waited_for(either: Receiver, caplog: pytest.LogCaptureFixture) -> None:
    """The kernel closes after the time that it may wait; what was not taken by then counts as lost."""
    go = threading.Event()
    either.before = lambda: go.wait(FAR)
    begun = perf_counter()
    try:
        async with traced(either, flush_timeout=0.3) as kernel:
            result = await kernel.run(WORKFLOW)
        took = perf_counter() - begun
    finally:
        go.set()
    assert took < FAR / 2
    assert unharmed(result)
    assert len(lost(caplog)) == 1


async def test_the_event_loop_turns_while_the_last_spans_are_sent(receiver: Receiver) -> None:
    """What closes the kernel waits on another thread."""
    turns = 0

    async def turn() -> None:
        nonlocal turns
        while True:
            await anyio.sleep(0.01)
            turns += 1

    go = threading.Event()
    receiver.before = lambda: go.wait(0.5)
    async with anyio.create_task_group() as group:
        group.start_soon(turn)
        async with traced(receiver) as kernel:
            (await kernel.run(WORKFLOW)).raise_for_error()
            turns = 0
        assert turns > 5
        group.cancel_scope.cancel()
    assert len(receiver.spans) == SPANS


async def test_a_receiver_that_goes_away_in_the_middle_has_what_it_took(
    either: Receiver, caplog: pytest.LogCaptureFixture
) -> None:
    """The rest is lost, and counted: what arrived and what was lost are all there was."""
    async with traced(either, flush_timeout=0.5, batch=50) as kernel:
        assert unharmed(await kernel.run(WORKFLOW))
        with anyio.fail_after(FAR):
            while len(either.spans) < 200:  # noqa: ASYNC110 - what fills it is a thread of the receiver
                await anyio.sleep(0.01)
        await anyio.to_thread.run_sync(either.stop)
        assert unharmed(await kernel.run(WORKFLOW))
    (message,) = lost(caplog)
    assert int(message.split()[0]) + len(either.spans) == 2 * SPANS


async def test_a_receiver_that_comes_back_gets_what_waited(receiver: Receiver) -> None:
    """An export that fails for the moment is tried again."""
    failures = iter([True])

    def before() -> None:
        if next(failures, False):
            raise ConnectionResetError("not now")

    receiver.before = before
    async with traced(receiver, flush_timeout=FAR) as kernel:
        assert unharmed(await kernel.run(WORKFLOW))
    assert len(receiver.spans) == SPANS


async def test_spans_beyond_the_queue_are_dropped_and_counted(
    receiver: Receiver, caplog: pytest.LogCaptureFixture
) -> None:
    """In the result's metrics, in a warning at the run's end, and when the kernel closes."""
    go = threading.Event()
    receiver.before = lambda: go.wait(FAR)
    async with traced(receiver, queue=64, batch=16, flush_timeout=FAR) as kernel:
        result = await kernel.run(WORKFLOW)
        go.set()
    assert unharmed(result)
    dropped = int(result.metrics["otel.spans.dropped"].total)
    assert dropped > 0
    assert dropped + len(receiver.spans) == SPANS
    warnings = [each.getMessage() for each in caplog.records if each.name == "stratagem.otel"]
    assert warnings[0].startswith(f"{dropped} spans were lost while ")
    assert warnings[1].startswith(f"{dropped} spans were lost: {dropped} dropped")


async def test_a_run_that_lost_nothing_says_so(receiver: Receiver, caplog: pytest.LogCaptureFixture) -> None:
    """By a metric that is 0, without a warning."""
    async with traced(receiver) as kernel:
        result = await kernel.run(WORKFLOW)
    assert result.metrics["otel.spans.dropped"].total == 0
    assert [each for each in caplog.records if each.levelno >= logging.WARNING] == []
    assert len(receiver.spans) == SPANS


async def test_the_default_queue_takes_what_a_run_makes(receiver: Receiver) -> None:
    """More than the SDK's own would: no span of 5,000 is dropped while the receiver does not answer."""
    go = threading.Event()
    receiver.before = lambda: go.wait(FAR)
    workflow = workflow_of(*(node(f"n{i}", "sample.value") for i in range(4_900)))
    async with traced(receiver, flush_timeout=FAR) as kernel:
        result = await kernel.run(workflow)
        go.set()
    assert result.metrics["otel.spans.dropped"].total == 0
    assert len(receiver.spans) == 4_901
