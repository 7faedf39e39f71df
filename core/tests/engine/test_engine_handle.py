"""Handles: a run that is paused, resumed and cancelled from outside."""

from __future__ import annotations

from typing import Any

import anyio
import pytest

from stratagem import Kernel, Node, Pack, Plugin, RunResult, Workflow
from stratagem.errors import RunError
from stratagem_testing import AnyReady, graph_of, node, recorded, sample, scheduled, workflow_of

pytestmark = pytest.mark.anyio


@pytest.fixture(params=["sequential", "at once"])
def plugins(request: pytest.FixtureRequest) -> list[Plugin]:
    """The reference schedule, and one that runs steps at once."""
    return [scheduled(AnyReady)] if request.param == "at once" else []


def wait(id_: str, seconds: float, **traits: Any) -> Node:
    """A node that waits."""
    return node(id_, "sample.wait", {"seconds": seconds}, **traits)


def chain(length: int, seconds: float) -> Workflow:
    """Waits one after the other."""
    return workflow_of(*(wait(f"s{i}", seconds, after=(f"s{i - 1}",) if i else ()) for i in range(length)))


async def test_a_handle_tells_when_its_run_has_ended() -> None:
    """The same result is given however often it is asked for."""
    async with Kernel(packs=[sample]) as kernel:
        handle = await kernel.start(chain(2, 0.01))
        assert not handle.done
        result = await handle.wait()
        assert handle.done
        assert result.status == "done"
        assert await handle.wait() is result
        assert handle.id == result.id


async def test_a_paused_run_lets_running_steps_end_and_starts_no_others(plugins: list[Plugin]) -> None:
    """After resume it goes on to its end, and misses nothing."""
    async with Kernel(packs=[sample], plugins=plugins) as kernel:
        handle = await kernel.start(chain(4, 0.03))
        await anyio.sleep(0.01)
        handle.pause()
        assert handle.paused
        await anyio.sleep(0.15)
        assert not handle.done
        assert isinstance(handle.run.frame.values[1], type(handle.run.frame.values[3]))  # both pending
        handle.resume()
        assert not handle.paused
        result = await handle.wait()
    assert result.steps["done"] == 4


async def test_pausing_twice_and_resuming_twice_is_pausing_and_resuming_once(plugins: list[Plugin]) -> None:
    """Buttons may be pressed more than once."""
    async with Kernel(packs=[sample], plugins=plugins) as kernel:
        handle = await kernel.start(chain(3, 0.01))
        handle.pause()
        handle.pause()
        await anyio.sleep(0.02)
        handle.resume()
        handle.resume()
        assert (await handle.wait()).status == "done"


async def test_a_run_may_be_paused_before_its_first_step(plugins: list[Plugin]) -> None:
    """Then nothing of it runs until it is resumed."""
    async with Kernel(packs=[sample], plugins=plugins) as kernel:
        handle = await kernel.start(workflow_of(node("s", "sample.set", {"name": "x", "value": 2}), variables={"x": 1}))
        handle.pause()
        await anyio.sleep(0.05)
        assert handle.run.frame.scope.variables["x"] == 1
        handle.resume()
        assert (await handle.wait()).variables == {"x": 2}


async def test_a_paused_run_can_be_cancelled(plugins: list[Plugin]) -> None:
    """It need not be resumed to be ended."""
    async with Kernel(packs=[sample], plugins=plugins) as kernel:
        handle = await kernel.start(chain(3, 0.01))
        handle.pause()
        await anyio.sleep(0.03)
        handle.cancel()
        with anyio.fail_after(5):
            result = await handle.wait()
    assert result.status == "cancelled"


async def test_a_pause_holds_bodies_too(plugins: list[Plugin]) -> None:
    """Steps of a loop's body are started no more than others."""
    body = graph_of(wait("in", 0.01), node("count", "sample.set", {"name": "x", "value": "{{ x + 1 }}"}, after=("in",)))
    workflow = workflow_of(
        node("loop", "sample.each", {"items": list(range(6))}, bodies={"body": body}), variables={"x": 0}
    )
    async with Kernel(packs=[sample], plugins=plugins) as kernel:
        handle = await kernel.start(workflow)
        await anyio.sleep(0.015)
        handle.pause()
        await anyio.sleep(0.03)
        seen = handle.run.frame.scope.variables["x"]
        await anyio.sleep(0.06)
        assert handle.run.frame.scope.variables["x"] == seen < 6
        handle.resume()
        assert (await handle.wait()).variables == {"x": 6}


async def test_a_cancelled_run_says_so_and_what_it_had_done(plugins: list[Plugin]) -> None:
    """Steps count as done, cancelled or not run; nothing is lost."""
    workflow = workflow_of(wait("a", 0.0), wait("b", 60.0, after=("a",)), wait("c", 0.0, after=("b",)))
    async with Kernel(packs=[sample], plugins=plugins) as kernel:
        handle = await kernel.start(workflow)
        await anyio.sleep(0.05)
        handle.cancel()
        result = await handle.wait()
    assert result.status == "cancelled"
    assert result.error is None
    assert result.steps == {"done": 1, "skipped": 0, "failed": 0, "cancelled": 1, "not_run": 1}


async def test_cancelling_reaches_into_bodies_and_closes_what_is_open(plugins: list[Plugin]) -> None:
    """Loops in loops end at once; recorders see the end of every step."""
    from stratagem_testing import Watcher

    watcher = Watcher()
    inner = graph_of(wait("in", 60.0))
    outer = graph_of(node("inner", "sample.each", {"items": [1, 2], "concurrency": 2}, bodies={"body": inner}))
    workflow = workflow_of(node("outer", "sample.each", {"items": [1, 2], "concurrency": 2}, bodies={"body": outer}))
    async with Kernel(packs=[sample], plugins=[*plugins, recorded(lambda: watcher)]) as kernel:
        handle = await kernel.start(workflow)
        await anyio.sleep(0.05)
        handle.cancel()
        with anyio.fail_after(5):
            assert (await handle.wait()).status == "cancelled"
    assert watcher.open == 0
    assert watcher.entered > 2


async def test_cancelling_what_has_ended_changes_nothing() -> None:
    """The result stays what it was."""
    async with Kernel(packs=[sample]) as kernel:
        handle = await kernel.start(chain(1, 0.0))
        await handle.wait()
        handle.cancel()
        assert (await handle.wait()).status == "done"


async def test_a_cancellation_from_around_a_run_is_passed_on(plugins: list[Plugin]) -> None:
    """``kernel.run`` behaves like any other awaited call when its caller is cancelled."""
    async with Kernel(packs=[sample], plugins=plugins) as kernel:
        with anyio.move_on_after(0.05) as scope:
            await kernel.run(workflow_of(wait("a", 60.0), wait("b", 60.0)))
        assert scope.cancelled_caught
        assert (await kernel.run(chain(1, 0.0))).status == "done"


async def test_closing_the_kernel_ends_its_runs() -> None:
    """Who still waits for one is told."""
    told: list[str] = []

    async def wait_for(handle: Any) -> None:
        try:
            await handle.wait()
        except RunError as error:
            told.append(str(error))

    async with anyio.create_task_group() as group, Kernel(packs=[sample]) as kernel:
        handle = await kernel.start(chain(1, 60.0))
        group.start_soon(wait_for, handle)
        await anyio.sleep(0.02)
    assert told == ["the kernel was closed before the run had ended"]


async def test_runs_of_one_kernel_do_not_touch_each_other() -> None:
    """One is cancelled, one fails, one ends well."""
    async with Kernel(packs=[sample]) as kernel:
        handles = [
            await kernel.start(chain(1, 60.0)),
            await kernel.start(workflow_of(node("bad", "sample.fail", {"seconds": 0.02}))),
            await kernel.start(chain(3, 0.02)),
        ]
        await anyio.sleep(0.01)
        handles[0].cancel()
        results: list[RunResult] = [await handle.wait() for handle in handles]
    assert [result.status for result in results] == ["cancelled", "failed", "done"]


own = Pack("own")


@own.node()
async def fails_when_cancelled() -> None:
    """One of its tasks answers a cancellation with an error, beside another that is just cancelled."""

    async def react() -> None:
        try:
            await anyio.sleep_forever()
        finally:
            raise ValueError("while it was cancelled")

    async with anyio.create_task_group() as group:
        group.start_soon(anyio.sleep_forever)
        group.start_soon(react)


@pytest.mark.parametrize("timeout", [None, 0.02])
async def test_a_node_that_fails_while_it_is_cancelled_does_not_harm_the_kernel(
    plugins: list[Plugin], timeout: float | None
) -> None:
    """The run is cancelled, or the step has timed out; other runs go on."""
    async with Kernel(packs=[sample, own], plugins=plugins) as kernel:
        handle = await kernel.start(workflow_of(node("culprit", "own.fails_when_cancelled", timeout=timeout)))
        other = await kernel.start(chain(2, 0.05))
        await (handle.wait() if timeout else anyio.sleep(0.02))
        handle.cancel()
        assert (await handle.wait()).status == ("failed" if timeout else "cancelled")
        assert (await other.wait()).status == "done"
