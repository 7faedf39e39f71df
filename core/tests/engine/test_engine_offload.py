"""Plain functions: off the event loop unless they are marked instant, or pure and quick."""

from __future__ import annotations

import threading
import time
from collections.abc import Mapping
from typing import Any

import anyio
import pytest

from stratagem import Kernel, Pack, Plugin
from stratagem._engine import services as offload
from stratagem_testing import AnyReady, node, run_once, scheduled, workflow_of

pytestmark = pytest.mark.anyio

pack = Pack("plain")


@pack.node()
def thread() -> int:
    return threading.get_ident()


@pack.node(runs="loop")
def on_loop() -> int:
    return threading.get_ident()


@pack.node(effect="pure")
def pure(seconds: float = 0.0, number: int = 0) -> int:
    time.sleep(seconds)
    return threading.get_ident()


@pack.node()
def sleeps(seconds: float) -> None:
    time.sleep(seconds)


@pack.node()
def breaks(values: Mapping[str, Any]) -> Any:
    return values["missing"]


@pytest.fixture
def plugins() -> list[Plugin]:
    """Steps at once."""
    return [scheduled(AnyReady)]


async def test_where_a_plain_function_runs_is_told_by_its_traits() -> None:
    """In a thread; on the loop where marked so; pure ones too while they are quick."""
    nodes = [node("thread", "plain.thread"), node("loop", "plain.on_loop"), node("pure", "plain.pure")]
    result = await run_once(workflow_of(*nodes), packs=[pack])
    here = threading.get_ident()
    assert result.outputs["thread"]["result"] != here
    assert result.outputs["loop"]["result"] == here
    assert result.outputs["pure"]["result"] == here


async def test_a_pure_function_that_proves_slow_is_moved_off_the_loop() -> None:
    """The first very slow call is the last one on the loop, over all runs of a kernel."""
    workflow = workflow_of(
        node("slow", "plain.pure", {"seconds": 0.12}), node("next", "plain.pure", {"number": 1}, after=("slow",))
    )
    async with Kernel(packs=[pack]) as kernel:
        result = await kernel.run(workflow)
        assert result.outputs["slow"]["result"] == threading.get_ident()
        assert result.outputs["next"]["result"] != threading.get_ident()
        again = await kernel.run(workflow)
        assert again.outputs["slow"]["result"] != threading.get_ident()


@pytest.mark.parametrize(
    ("seconds", "moved"),
    [((0.004, 0, 0.004, 0), False), ((0, 0.004, 0.03), True), ((0.11, 0), True), ((0.001,) * 9, False)],
)
def test_a_function_is_not_moved_for_one_call_that_was_a_little_slow(
    monkeypatch: pytest.MonkeyPatch, seconds: tuple[float, ...], moved: bool
) -> None:
    """That may be the machine: a second one in a row, or one that was very slow, tells that it is the function."""
    now = 1.0
    monkeypatch.setattr(offload, "perf_counter", lambda: now)

    def take(seconds: float) -> None:
        nonlocal now
        now += seconds

    under_test, spec = offload.Offload(), pack.spec("pure", 1)
    for each in seconds:
        under_test.inline(spec, take, {"seconds": each})
    assert under_test.on_loop(spec) is not moved


async def test_functions_in_threads_run_at_once_and_leave_the_loop_free(plugins: list[Plugin]) -> None:
    """Five sleeps take one sleep's time; meanwhile the loop turns."""
    workflow = workflow_of(*(node(f"n{i}", "plain.sleeps", {"seconds": 0.2}) for i in range(5)))
    turns = 0

    async def another() -> None:
        nonlocal turns
        while True:
            turns += 1
            await anyio.sleep(0.01)

    begun = time.perf_counter()
    async with anyio.create_task_group() as group:
        group.start_soon(another)
        result = await run_once(workflow, packs=[pack], plugins=plugins)
        group.cancel_scope.cancel()
    assert result.status == "done"
    assert time.perf_counter() - begun < 0.8
    assert turns > 5


async def test_an_error_in_a_thread_is_the_cause_of_the_failure() -> None:
    """With its own traceback."""
    result = await run_once(workflow_of(node("culprit", "plain.breaks", {"values": {}})), packs=[pack])
    assert result.failures[0].node == "culprit"
    assert isinstance(result.failures[0].__cause__, KeyError)
    assert result.failures[0].__cause__.__traceback__ is not None


async def test_no_thread_is_left_when_the_kernel_has_closed(plugins: list[Plugin]) -> None:
    """A function whose step is gone is waited for; the watchdog ends with its kernel."""
    before = {thread for thread in threading.enumerate() if not thread.daemon}
    slow = node("slow", "plain.sleeps", {"seconds": 0.2}, timeout=0.05, on_error="continue")
    result = await run_once(workflow_of(slow), packs=[pack], plugins=plugins)
    assert result.status == "done"
    assert not [each for each in threading.enumerate() if "watchdog" in each.name]
    names = {thread.name for thread in threading.enumerate() if not thread.daemon} - {thread.name for thread in before}
    assert not {name for name in names if "AnyIO" not in name}  # the loop's own idle workers may stay
