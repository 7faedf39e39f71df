"""Kernels: what they open they close, and what they run with."""

from __future__ import annotations

import logging
import threading
from collections.abc import AsyncIterator
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from typing import Any

import anyio
import pytest

from stratagem import Config, Context, Kernel, Limits, Pack, Plugin, Recorder, RunOptions, RunResult, StepEnded
from stratagem.config.model import RunConfig
from stratagem.errors import PluginFailed, PluginIncompatible, RunError, UndefinedName
from stratagem.views import KernelView
from stratagem_testing import AnyReady, Watcher, graph_of, node, recorded, run_once, sample, scheduled, workflow_of

pytestmark = pytest.mark.anyio


class Opening(Plugin):
    """Writes down when it is opened and closed, in which task, and what it was closed with."""

    def __init__(self, log: list[str], name: str, breaks: str = "") -> None:
        super().__init__()
        self.log, self.name, self.breaks = log, name, breaks
        self.distribution = f"{name}-dist 1.0"

    def lifespan(self, kernel: KernelView) -> AbstractAsyncContextManager[None]:
        return self._lifespan()

    @asynccontextmanager
    async def _lifespan(self) -> AsyncIterator[None]:
        if self.breaks == "open":
            raise OSError(f"{self.name} can't open")
        self.log.append(f"open {self.name}")
        try:
            async with anyio.create_task_group() as group:
                group.start_soon(anyio.sleep_forever)
                yield
                group.cancel_scope.cancel()
        finally:
            self.log.append(f"close {self.name}")
        if self.breaks == "close":
            raise OSError(f"{self.name} can't close")


async def test_plugins_are_opened_in_order_and_closed_in_reverse() -> None:
    """Each may rely on those before it as long as it is open."""
    log: list[str] = []
    async with Kernel(plugins=[Opening(log, "a"), Opening(log, "b")]):
        log.append("running")
    assert log == ["open a", "open b", "running", "close b", "close a"]


async def test_a_kernel_can_be_opened_again() -> None:
    """Steps then use what belongs to this opening: a folder to start from, tasks of a group that is there."""
    kernel = Kernel(packs=[sample])
    flow = workflow_of(node("a", "sample.value", {"value": 1}))
    for _ in range(2):
        async with kernel:
            result = (await kernel.run(flow)).raise_for_error()
            handle = await kernel.start(flow)
            await handle.wait()
            assert handle.run.services is kernel._services
    assert result.outputs["a"] == {"result": 1}


async def test_a_plugin_that_can_not_open_closes_those_before_it() -> None:
    """The kernel does not open, the error names the plugin, and nothing stays open: no task and no thread."""
    log: list[str] = []
    threads = set(threading.enumerate())
    with pytest.raises(PluginFailed) as caught:
        async with Kernel(plugins=[Opening(log, "a"), Opening(log, "b", "open"), Opening(log, "c")]):
            log.append("running")
    assert caught.value.what == "the plugin 'b' failed in Opening.lifespan: OSError: b can't open"
    assert caught.value.provider == "b-dist 1.0"
    assert log == ["open a", "close a"]
    assert set(threading.enumerate()) <= threads


async def test_a_plugin_that_can_not_close_is_told_and_takes_no_result_away(caplog: pytest.LogCaptureFixture) -> None:
    """Its error is not lost, nor does it keep the others open, nor stand in the way of what the caller returns."""
    log: list[str] = []
    flow = workflow_of(node("a", "sample.value", {"value": 1}))
    result = await run_once(flow, packs=[sample], plugins=[Opening(log, "a"), Opening(log, "b", "close")])
    assert result.status == "done"
    assert log == ["open a", "open b", "close b", "close a"]
    (record,) = [record for record in caplog.records if record.levelno >= logging.ERROR]
    assert "'b' failed in Opening.lifespan: OSError: b can't close (provided by b-dist 1.0)" in record.getMessage()


async def test_a_callers_own_error_is_not_replaced_by_that_of_a_plugin_that_can_not_close() -> None:
    """Both are told: one is raised, the other is logged."""
    with pytest.raises(ValueError, match="own"):
        async with Kernel(plugins=[Opening([], "a", "close")]):
            raise ValueError("own")


async def test_a_plugin_whose_task_fails_ends_the_caller_with_its_name() -> None:
    """The caller is cancelled by the plugin's own group, and is told by what."""

    class Failing(Plugin):
        name = "failing"
        distribution = "failing-dist 1.0"

        @asynccontextmanager
        async def lifespan(self, kernel: KernelView) -> AsyncIterator[None]:
            async with anyio.create_task_group() as group:
                group.start_soon(self._fail)
                yield

        async def _fail(self) -> None:
            await anyio.sleep(0.01)
            raise ValueError("in the background")

    with anyio.fail_after(5), pytest.raises(PluginFailed, match="in the background") as caught:
        async with Kernel(plugins=[Failing()]):
            await anyio.sleep_forever()
    assert caught.value.provider == "failing-dist 1.0"


async def test_a_closed_kernel_runs_and_starts_nothing() -> None:
    """Whether it has been open or not; a plan can be had of it all the same."""
    kernel = Kernel(packs=[sample])
    flow = workflow_of(node("a", "sample.value", {"value": 1}))
    for _ in range(2):
        plan = kernel.compile(flow)
        with pytest.raises(RunError, match="the kernel is not open"):
            await kernel.run(plan)
        with pytest.raises(RunError, match="the kernel is not open"):
            await kernel.start(plan)
        async with kernel:
            (await kernel.run(plan)).raise_for_error()


async def test_a_kernel_can_not_be_entered_twice() -> None:
    """The second time is refused, and the first goes on."""
    flow = workflow_of(node("a", "sample.value", {"value": 1}))
    async with Kernel(packs=[sample]) as kernel:
        with pytest.raises(RunError, match="the kernel is open already"):
            async with kernel:
                raise AssertionError("it was entered")
        (await kernel.run(flow)).raise_for_error()


async def test_nothing_is_started_while_a_kernel_closes() -> None:
    """A plugin that wants to run something at its end is told why it can't."""

    class Late(Plugin):
        name = "late"

        @asynccontextmanager
        async def lifespan(self, kernel: KernelView) -> AsyncIterator[None]:
            yield
            with pytest.raises(RunError, match="the kernel is closing"):
                await kernel.run(workflow_of())
            told.append("refused")

    told: list[str] = []
    async with Kernel(plugins=[Late()]):
        pass
    assert told == ["refused"]


@pytest.mark.parametrize("error", [ValueError("one"), ExceptionGroup("two", [ValueError("x"), KeyError("y")])])
async def test_an_error_in_the_body_of_the_kernel_comes_out_as_it_is(error: Exception) -> None:
    """Opening a kernel adds no group around it."""
    with pytest.raises(type(error)) as caught:
        async with Kernel():
            raise error
    assert str(caught.value) == str(error)


async def test_a_kernel_refuses_an_event_loop_that_a_plugin_does_not_know(anyio_backend_name: str) -> None:
    """Before anything is opened, with the plugin's name and what to do."""

    class Other(Plugin):
        backends = ("trio",) if anyio_backend_name == "asyncio" else ("asyncio",)
        name = "other"
        distribution = "other-dist 1.0"

    log: list[str] = []
    with pytest.raises(PluginIncompatible) as caught:
        async with Kernel(plugins=[Opening(log, "a"), Other()]):
            log.append("running")
    assert f"the plugin 'other' does not work on {anyio_backend_name}" in str(caught.value)
    assert "other-dist 1.0" in str(caught.value)
    assert log == []


async def test_variables_given_to_a_run_stand_before_those_of_the_workflow() -> None:
    """New names may be given too; then templates may use them."""
    workflow = workflow_of(node("a", "sample.value", {"value": "{{ x + y }}"}), variables={"x": 1})
    result = await run_once(workflow, {"x": 10, "y": 5}, packs=[sample])
    assert result.outputs["a"] == {"result": 15}
    with pytest.raises(UndefinedName):
        await run_once(workflow, packs=[sample])


async def test_runs_do_not_change_the_workflows_own_variables() -> None:
    """A second run starts where the first one did."""
    workflow = workflow_of(node("a", "sample.set", {"name": "x", "value": "{{ x + 1 }}"}), variables={"x": 1})
    async with Kernel(packs=[sample]) as kernel:
        assert [(await kernel.run(workflow)).variables["x"] for _ in range(2)] == [2, 2]


async def test_options_come_from_the_workflow_then_the_config() -> None:
    """What neither says has a default."""
    kernel = Kernel(Config(run=RunConfig(concurrency=3, timeout=60.0, time_slice=0.1)))
    own = kernel.options_for(workflow_of(concurrency=2, step_timeout=7.0, seed=5, limits=Limits(groups={"g": 1})))
    assert own == RunOptions(
        concurrency=2, step_timeout=7.0, timeout=60.0, time_slice=0.1, seed=5, limits=Limits(groups={"g": 1})
    )
    assert kernel.options_for(workflow_of(), keep="none").concurrency == 3
    assert kernel.options_for(workflow_of(), keep="none").keep == "none"


async def test_events_tell_the_whole_course_of_a_run() -> None:
    """Its start and its end, and for every step that it began and how it ended, bodies included."""
    events: list[Any] = []
    body = graph_of(node("in", "sample.value"))
    workflow = workflow_of(
        node("loop", "sample.each", {"items": [1, 2]}, bodies={"body": body}),
        node("skip", "sample.value", when="false"),
        node("bad", "sample.fail"),
        name="mine",
    )
    result = await run_once(workflow, packs=[sample], on_event=events.append)
    kinds = [type(event).__name__ for event in events]
    assert kinds[0] == "RunStarted"
    assert kinds[-1] == "RunEnded"
    assert (events[0].workflow, events[0].steps, events[0].run) == ("mine", 3, result.id)
    ended = [(event.node, event.depth, event.outcome) for event in events if isinstance(event, StepEnded)]
    assert sorted(ended) == [
        ("bad", 0, "failed"), ("in", 1, "done"), ("in", 1, "done"), ("loop", 0, "done"), ("skip", 0, "skipped"),
    ]  # fmt: skip
    assert kinds.count("StepStarted") == 4


async def test_a_listener_that_raises_harms_nothing(caplog: pytest.LogCaptureFixture) -> None:
    """It is left out for the rest of the run."""

    def listen(event: object) -> None:
        raise ValueError("broken display")

    result = await run_once(workflow_of(node("a", "sample.value")), packs=[sample], on_event=listen)
    assert result.status == "done"
    assert "broken display" in caplog.text


async def test_recorders_see_steps_nested_in_those_that_own_them() -> None:
    """Contexts are entered and left like brackets, so that spans nest."""
    watcher = Watcher()
    body = graph_of(node("in", "sample.value"))
    workflow = workflow_of(node("loop", "sample.each", {"items": [1]}, bodies={"body": body}))
    await run_once(workflow, packs=[sample], plugins=[recorded(lambda: watcher)])
    assert watcher.trace() == [("begun", "loop", 1), ("begun", "in", 1), ("done", "in", 1), ("done", "loop", 1)]
    assert (watcher.runs, watcher.open) == (1, 0)


async def test_a_node_hands_measurements_to_the_recorders() -> None:
    """With its own name on them."""
    taken: list[tuple[Any, ...]] = []

    class Taking(Recorder):
        def record(self, name: str, value: float, unit: str = "1", **attributes: Any) -> None:
            taken.append((name, value, unit, attributes))

    own = Pack("own")

    @own.node()
    async def measures(context: Context) -> None:
        context.metric("rows", 7, "row", table="t")

    await run_once(workflow_of(node("a", "own.measures")), packs=[own], plugins=[recorded(Taking)])
    assert [each for each in taken if each[0] == "rows"] == [("rows", 7, "row", {"node": "a", "table": "t"})]


async def test_many_runs_go_on_at_once_in_one_kernel() -> None:
    """Each with variables and results of its own."""
    results: dict[int, RunResult] = {}
    workflow = workflow_of(node("w", "sample.wait", {"seconds": 0.01, "value": "{{ n }}"}), variables={"n": 0})
    async with Kernel(packs=[sample], plugins=[scheduled(AnyReady)]) as kernel:
        plan = kernel.compile(workflow)

        async def run(number: int) -> None:
            results[number] = await kernel.run(plan, {"n": number})

        async with anyio.create_task_group() as group:
            for number in range(50):
                group.start_soon(run, number)
    assert {number: result.outputs["w"]["result"] for number, result in results.items()} == {i: i for i in range(50)}
    assert len({result.id for result in results.values()}) == 50
