"""Steps that end early, in whatever way, give their places back: what comes later goes on."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import anyio
import anyio.lowlevel
import pytest

from stratagem import Body, Context, Kernel, Node, Pack, Plugin, Retry, RunResult, Scheduler, Workflow
from stratagem._engine.telemetry.events import StepEnded
from stratagem.errors import RunTimeout, SchedulerStalled, StepFailed, StepTimeout
from stratagem.options import RunOptions
from stratagem.reference import SequentialScheduler
from stratagem.views import StepRun
from stratagem_testing import AnyReady, CountingScheduler, graph_of, node, sample, scheduled, workflow_of

pytestmark = pytest.mark.anyio

odd = Pack("odd")

SCHEDULERS = [SequentialScheduler, lambda: AnyReady(1), AnyReady]


@odd.node()
async def polite(context: Context) -> int:
    """Ends by returning when it is cancelled in its first two attempts; gives the attempt."""
    if context.attempt < 3:
        try:
            await anyio.sleep(5)
        except anyio.get_cancelled_exc_class():
            return -1
    return context.attempt


@odd.node()
async def cross(context: Context) -> int:
    """Fails with an error of its own when it is cancelled in its first two attempts."""
    if context.attempt < 3:
        try:
            await anyio.sleep(5)
        except anyio.get_cancelled_exc_class():
            raise ValueError("could not be closed") from None
    return context.attempt


@odd.node()
async def fails(context: Context) -> None:
    """Fails at once, in every attempt."""
    raise ValueError(f"attempt {context.attempt}")


@odd.node()
async def twice(body: Body) -> None:
    """Calls its body twice at once, and goes on when the first call has ended."""

    async def first() -> None:
        await body()
        group.cancel_scope.cancel()

    async with anyio.create_task_group() as group:
        group.start_soon(first)
        group.start_soon(first)


def slow(id_: str = "slow") -> Node:
    """A step that lasts longer than any of these tests."""
    return node(id_, "sample.wait", {"seconds": 60})


def owner(id_: str, type_: str, config: dict[str, Any], *body: Node, **traits: Any) -> Node:
    """A step with a body."""
    return node(id_, type_, config, bodies={"body": graph_of(*body)}, **traits)


def before_more(*nodes: Node) -> Workflow:
    """These nodes, and ten more after them."""
    last = tuple(each.id for each in nodes)
    more = [node(f"more{i}", "sample.wait", {"seconds": 0.001}, after=last) for i in range(10)]
    return workflow_of(*nodes, *more)


async def counted(make: Callable[[], Scheduler], workflow: Workflow, **options: Any) -> RunResult:
    """A run at whose end as many steps have been released as were taken."""
    scheduler = CountingScheduler(make())
    plugins: list[Plugin] = [scheduled(lambda: scheduler)]
    with anyio.fail_after(5):
        async with Kernel(packs=[sample, odd], plugins=plugins) as kernel:
            result = await kernel.run(workflow, options=kernel.options_for(workflow, **options))
    scheduler.check()
    return result


LATE: dict[str, Any] = {"timeout": 0.02, "on_error": "continue"}
EARLY_ENDS = {
    "a loop out of time": owner("a", "sample.each", {"items": [1, 2]}, slow(), **LATE),
    "a loop in a loop out of time": owner(
        "a",
        "sample.each",
        {"items": [1]},
        owner("b", "sample.each", {"items": [1, 2], "concurrency": 2}, slow()),
        **LATE,
    ),
    "a loop that is tried again": owner("a", "sample.each", {"items": [1]}, slow(), retry=Retry(2, delay=0), **LATE),
    "a pass that fails while others go on": owner(
        "a",
        "sample.each",
        {"items": [1, 2, 3], "concurrency": 3},
        node("broken", "sample.fail", when="a.item == 2"),
        node("wait", "sample.wait", {"seconds": 0.2}),
        on_error="continue",
    ),
    "an owner that cancels its body": owner("a", "sample.at_most", {"seconds": 0.02}, slow()),
    "an owner that cancels one of two calls": owner("a", "odd.twice", {}, node("b", "sample.wait", {"seconds": 0.01})),
    "a pause before another attempt": owner(
        "a", "sample.at_most", {"seconds": 0.02}, node("b", "sample.flaky", {"failures": 1}, retry=Retry(2, delay=60))
    ),
}


@pytest.mark.parametrize("make", SCHEDULERS)
@pytest.mark.parametrize("early", EARLY_ENDS.values(), ids=EARLY_ENDS)
async def test_what_comes_after_an_early_end_goes_on(make: Callable[[], Scheduler], early: Node) -> None:
    """Every step that was cancelled has given its place back, on every schedule."""
    result = await counted(make, before_more(early))
    assert result.status == "done"
    assert all(f"more{i}" in result.outputs for i in range(10))


@pytest.mark.parametrize("make", [SequentialScheduler, lambda: AnyReady(2), AnyReady])
async def test_a_cancelled_subflow_gives_its_places_back(make: Callable[[], Scheduler], tmp_path: Path) -> None:
    """A started workflow that is cancelled in the middle of a step, or before it has begun."""
    flow = tmp_path / "flow.yaml"
    flow.write_text("nodes: [{id: w, type: sample.wait, config: {seconds: 60}}]")
    nodes = [
        node("start", "sample.start", {"flow": str(flow)}),
        node("pause", "sample.wait", {"seconds": 0.02}, after=("start",)),
        node("stop", "sample.stop", after=("pause",)),
        node("again", "sample.start", {"flow": str(flow)}, after=("stop",)),
        node("at_once", "sample.stop"),
        node("end", "sample.value", {"value": 1}, after=("at_once",)),
    ]
    lines = ["start.handle -> stop.handle", "again.handle -> at_once.handle"]
    result = await counted(make, workflow_of(*nodes, lines=lines))
    assert result.status == "done"
    assert result.outputs["end"] == {"result": 1}


@pytest.mark.parametrize("make", SCHEDULERS)
async def test_a_run_that_is_out_of_time_has_released_everything(make: Callable[[], Scheduler]) -> None:
    """Also what was taken for a strand that did not come any more."""
    nodes = [owner(f"a{i}", "sample.each", {"items": [1, 2], "concurrency": 2}, slow(f"s{i}")) for i in range(5)]
    result = await counted(make, workflow_of(*nodes), timeout=0.05)
    assert result.status == "failed"
    assert "time limit of 0.05 s" in str(result.error)


@pytest.mark.parametrize("type_", ["odd.polite", "odd.cross"])
async def test_a_step_out_of_time_is_tried_again_however_it_ends(type_: str) -> None:
    """One that returns when it is cancelled, or fails with an error of its own, is out of time as any other."""
    step = node("a", type_, timeout=0.05, retry=Retry(3, delay=0))
    result = await counted(AnyReady, workflow_of(step))
    assert result.outputs["a"] == {"result": 3}


@pytest.mark.parametrize("type_", ["odd.polite", "odd.cross"])
async def test_a_step_out_of_time_says_so_however_it_ends(type_: str) -> None:
    """The error is the time limit's; what the node raised instead is its cause."""
    result = await counted(AnyReady, workflow_of(node("a", type_, timeout=0.02)))
    assert isinstance(result.error, StepTimeout)
    assert (type_ == "odd.cross") == isinstance(result.error.__cause__, ValueError)


@pytest.mark.parametrize("make", SCHEDULERS)
async def test_a_step_that_is_tried_again_at_once_outlasts_every_time_slice(make: Callable[[], Scheduler]) -> None:
    """However many attempts are made without a pause, none is lost when the loop takes its turn."""
    step = node("a", "odd.fails", retry=Retry(1_000, delay=0))
    result = await counted(make, workflow_of(step), time_slice=0.0001)
    assert isinstance(result.error, StepFailed)
    assert "attempt 1000" in str(result.error)


async def test_a_run_with_thousands_of_open_bodies_ends_as_soon_as_its_time_is_up() -> None:
    """Each that is cancelled looks at its own steps alone: what that takes grows with their number, and not faster."""
    loop = slow("s")
    for depth in range(3):
        loop = owner(f"loop{depth}", "sample.each", {"items": list(range(24)), "concurrency": 24}, loop)
    begun = anyio.current_time()
    result = await counted(AnyReady, workflow_of(loop), timeout=0.5)
    assert isinstance(result.error, RunTimeout)
    assert anyio.current_time() - begun < 5


async def test_what_an_early_end_sets_free_starts_while_its_owner_still_runs() -> None:
    """The place of a cancelled step is used at once, not when the owner has ended at last."""
    lingers = Pack("lingers")

    @lingers.node()
    async def linger(body: Body) -> None:
        with anyio.move_on_after(0.01):
            await body()
        await anyio.sleep(0.3)

    stays = node("a", "lingers.linger", bodies={"body": graph_of(slow())})
    ended: dict[str, float] = {}

    def note(event: object) -> None:
        if isinstance(event, StepEnded):
            ended[event.node] = anyio.current_time()

    workflow = workflow_of(stays, node("b", "sample.wait", {"seconds": 0.01}))
    async with Kernel(packs=[sample, lingers], plugins=[scheduled(lambda: AnyReady(1))]) as kernel:
        options: RunOptions = kernel.options_for(workflow, on_event=note)
        assert (await kernel.run(workflow, options=options)).status == "done"
    assert ended["b"] < ended["a"] - 0.1


class Deaf(AnyReady):
    """Starts no step that stands so deep in bodies."""

    def __init__(self, depth: int) -> None:
        super().__init__()
        self.depth = depth

    def offer(self, step: StepRun) -> None:
        if len(step.key) // 2 < self.depth:
            super().offer(step)


@pytest.mark.parametrize("depth", [1, 2, 3, 4])
async def test_a_stall_is_noticed_at_any_depth(depth: int) -> None:
    """Owners that wait for owners that wait for steps which are never started end the run within a second."""
    inner = node("leaf", "sample.value")
    for level in range(depth):
        config = {"items": [1, 2], "concurrency": 1 + level % 2}
        inner = owner(f"loop{level}", "sample.each", config, inner)
    with anyio.fail_after(1):
        result = await counted(lambda: Deaf(depth), workflow_of(inner))
    assert isinstance(result.error, SchedulerStalled)


async def test_a_stall_of_a_started_workflow_is_noticed(tmp_path: Path) -> None:
    """By those who wait for it, and where nobody does."""
    flow = tmp_path / "flow.yaml"
    flow.write_text("nodes: [{id: w, type: sample.value}]")
    start = node("start", "sample.start", {"flow": str(flow)})
    lines = ["start.handle -> end.handle"]
    for workflow in (workflow_of(start), workflow_of(start, node("end", "sample.await"), lines=lines)):
        with anyio.fail_after(1):
            result = await counted(lambda: Deaf(1), workflow)
        assert isinstance(result.error, SchedulerStalled)


async def test_a_stall_is_noticed_where_another_call_of_the_body_was_the_last_to_end() -> None:
    """The call that waits parked long before: the one that ends wakes nobody."""

    class Forgetful(AnyReady):
        """Starts nothing of the first call."""

        def offer(self, step: StepRun) -> None:
            if not (step.owner and step.frame.number == 0):
                super().offer(step)

    loop = owner("a", "sample.each", {"items": [1, 2], "concurrency": 2}, node("b", "sample.wait", {"seconds": 0.05}))
    with anyio.fail_after(1):
        result = await counted(Forgetful, workflow_of(loop))
    assert isinstance(result.error, SchedulerStalled)


async def test_an_owner_between_two_calls_is_no_stall() -> None:
    """One call waits for a place that another call has just given back: the owner goes on, and so does the run."""
    calls = Pack("calls")

    @calls.node()
    async def hesitate(body: Body) -> None:
        async def several() -> None:
            for _ in range(5):
                await body()
                for _ in range(3):
                    await anyio.lowlevel.checkpoint()

        async with anyio.create_task_group() as group:
            for _ in range(3):
                group.start_soon(several)

    step = node("a", "calls.hesitate", bodies={"body": graph_of(node("b", "sample.wait", {"seconds": 0.001}))})
    async with Kernel(packs=[sample, calls], plugins=[scheduled(lambda: AnyReady(1))]) as kernel:
        assert (await kernel.run(workflow_of(step))).status == "done"
