"""Recorders that spare steps: seen only while they want that, whoever else looks."""

from __future__ import annotations

from contextlib import AbstractContextManager, nullcontext
from typing import Any

import pytest

from stratagem import Kernel, Node, Pack, Plugin, Recorder, StepRun, Workflow, hookimpl
from stratagem.views import Run

pytestmark = pytest.mark.anyio

pack = Pack("spare")
STEPS = 20_000


@pack.node(effect="pure", runs="loop")
async def nothing() -> int:
    """Gives one."""
    return 1


FLOW = Workflow(nodes={f"n{at}": Node(f"n{at}", "spare.nothing") for at in range(STEPS)})


class Seeing(Recorder):
    """Counts the steps that it sees."""

    def __init__(self) -> None:
        self.seen = 0

    def step(self, step: StepRun) -> AbstractContextManager[Any]:
        self.seen += 1
        return nullcontext()


class Sparing(Seeing):
    """Wants steps as often as it is asked for the numbers of these times."""

    def __init__(self, *times: int) -> None:
        super().__init__()
        self.asked = 0
        self.times = times

    def wants_steps(self) -> bool:
        self.asked += 1
        return self.asked in self.times


class Records(Plugin):
    """Hands out one recorder."""

    def __init__(self, recorder: Recorder) -> None:
        super().__init__()
        self.recorder = recorder

    @hookimpl
    def record_metric(self, run: Run) -> Recorder:
        return self.recorder


async def run_with(*recorders: Recorder) -> None:
    """Runs many short steps."""
    async with Kernel(plugins=map(Records, recorders), packs=[pack]) as kernel:
        result = await kernel.run(FLOW)
        assert (result.status, result.steps["done"]) == ("done", STEPS)


async def test_who_wants_no_steps_sees_none() -> None:
    """And is asked again and again, as the event loop gets its turn."""
    recorder = Sparing()
    await run_with(recorder)
    assert recorder.seen == 0
    assert recorder.asked > 1


async def test_who_wants_them_for_a_while_sees_a_part() -> None:
    """From the beginning, or later on."""
    for times in ((1,), (2,)):
        recorder = Sparing(*times)
        await run_with(recorder)
        assert 0 < recorder.seen < STEPS


async def test_others_see_all_meanwhile() -> None:
    """Whatever those beside them want."""
    first, sparing, last = Seeing(), Sparing(1, 3), Seeing()
    await run_with(first, sparing, last)
    assert (first.seen, last.seen) == (STEPS, STEPS)
    assert 0 < sparing.seen < STEPS


async def test_who_raises_when_it_is_asked_is_left_out(caplog: pytest.LogCaptureFixture) -> None:
    """The run goes on."""

    class Broken(Seeing):
        def wants_steps(self) -> bool:
            raise RuntimeError("no")

    recorder = Broken()
    await run_with(recorder)
    assert recorder.seen == 0
    assert caplog.text.count("the recorder Broken") == 1
