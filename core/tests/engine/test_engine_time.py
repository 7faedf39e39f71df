"""Time limits and retries, on a clock that jumps: what takes minutes here takes none."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from functools import partial
from typing import Any

import anyio
import pytest
import trio
import trio.testing

from stratagem import Context, Failed, Kernel, Pack, Plugin, Recorder, Retry, RunOptions, RunResult, Workflow
from stratagem.errors import RunError, StepFailed, StepTimeout
from stratagem.views import StepRun
from stratagem_testing import AnyReady, graph_of, node, recorded, run_once, sample, scheduled, workflow_of

pack = Pack("timed")


@pack.node(timeout=10.0)
async def limited(seconds: float) -> str:
    await anyio.sleep(seconds)
    return "in time"


@pack.node(retries=Retry(attempts=2, delay=8.0), idempotent=True)
async def stubborn(context: Context) -> int:
    if context.attempt == 1:
        raise ValueError("not yet")
    return context.attempt


class Ends(Recorder):
    """Remembers of each step whether its time was up when it ended."""

    def __init__(self) -> None:
        self.expired: dict[str, bool] = {}

    @contextmanager
    def step(self, step: StepRun) -> Iterator[None]:
        try:
            yield
        finally:
            self.expired[step.step.id] = step.expired


def timed(
    workflow: Workflow, at_once: bool = True, plugins: Iterable[Plugin] = (), **options: Any
) -> tuple[RunResult, float]:
    """A run on the virtual clock, and how many virtual seconds it took."""

    async def main() -> tuple[RunResult, float]:
        begun = trio.current_time()
        own = [scheduled(AnyReady)] if at_once else []
        result = await run_once(workflow, packs=[sample, pack], plugins=[*own, *plugins], **options)
        return result, trio.current_time() - begun

    return trio.run(main, clock=trio.testing.MockClock(autojump_threshold=0))


def waits(id_: str, seconds: float, **traits: Any) -> Any:
    """A node that waits."""
    return node(id_, "sample.wait", {"seconds": seconds}, **traits)


def test_a_step_ends_at_the_limit_of_its_node() -> None:
    """Not before, and not later."""
    result, seconds = timed(workflow_of(waits("slow", 100.0, timeout=7.0)))
    assert isinstance(result.error, StepTimeout)
    assert seconds == pytest.approx(7.0, abs=0.01)


def test_a_step_knows_whether_it_is_cancelled_for_its_time() -> None:
    """And one that is cancelled beside it, because the run fails, that it is not."""
    ends = Ends()
    workflow = workflow_of(waits("slow", 100.0, timeout=7.0), waits("beside", 100.0), waits("well", 1.0))
    timed(workflow, plugins=[recorded(lambda: ends)])
    assert ends.expired == {"slow": True, "beside": False, "well": False}


def test_a_step_within_its_limit_is_left_alone() -> None:
    """A limit costs no step that keeps it."""
    result, seconds = timed(workflow_of(waits("a", 6.9, timeout=7.0), waits("b", 6.9, timeout=7.0, after=("a",))))
    assert result.status == "done"
    assert seconds == pytest.approx(13.8, abs=0.01)


def test_the_limit_of_a_node_type_holds_unless_the_workflow_says_otherwise() -> None:
    """The node's own ``timeout`` comes before its type's, and both before the run's default."""
    late = node("late", "timed.limited", {"seconds": 50.0})
    assert timed(workflow_of(late))[1] == pytest.approx(10.0, abs=0.01)
    allowed = node("late", "timed.limited", {"seconds": 50.0}, timeout=60.0)
    assert timed(workflow_of(allowed, step_timeout=5.0))[0].status == "done"


def test_the_runs_default_limit_holds_for_every_step_without_bodies() -> None:
    """A loop may take longer than each of its steps."""
    loop = node("loop", "sample.each", {"items": [1, 2, 3]}, bodies={"body": graph_of(waits("in", 4.0))})
    assert timed(workflow_of(loop, step_timeout=5.0))[0].status == "done"
    result, seconds = timed(workflow_of(loop, waits("slow", 9.0), step_timeout=5.0))
    assert isinstance(result.error, StepTimeout)
    assert result.error.node == "slow"
    assert seconds == pytest.approx(5.0, abs=0.01)


def test_a_loops_own_limit_ends_what_runs_inside() -> None:
    """The step in the body is cancelled, and the loop is what took too long."""
    loop = node("loop", "sample.each", {"items": [1, 2]}, bodies={"body": graph_of(waits("in", 4.0))}, timeout=6.0)
    result, seconds = timed(workflow_of(loop))
    assert isinstance(result.error, StepTimeout)
    assert result.error.node == "loop"
    assert seconds == pytest.approx(6.0, abs=0.01)
    assert result.steps["cancelled"] == 1


def test_a_limit_inside_a_body_names_the_step_inside() -> None:
    """And a node that handles failures handles it like others."""
    body = graph_of(waits("in", 9.0, timeout=2.0))
    result, _ = timed(workflow_of(node("loop", "sample.each", {"items": [1]}, bodies={"body": body})))
    assert isinstance(result.error, StepTimeout)
    assert result.error.node == "in"
    tried, seconds = timed(workflow_of(node("try", "sample.try", bodies={"body": body})))
    assert tried.outputs["try"] == {"failed": True, "result": None}
    assert seconds == pytest.approx(2.0, abs=0.01)


def test_steps_beside_one_that_times_out_are_not_touched() -> None:
    """Each limit is a step's own: with ``continue`` the others go on to their ends."""
    slow = [waits(f"slow{i}", 50.0, timeout=float(i + 1), on_error="continue") for i in range(5)]
    result, seconds = timed(workflow_of(*slow, waits("other", 20.0)))
    assert result.status == "done"
    assert [isinstance(result.outcomes[f"slow{i}"], Failed) for i in range(5)] == [True] * 5
    assert seconds == pytest.approx(20.0, abs=0.01)


def test_the_whole_run_has_a_limit_of_its_own() -> None:
    """The error tells whose limit it was."""
    result, seconds = timed(workflow_of(waits("a", 100.0), waits("b", 100.0), timeout=30.0))
    assert result.status == "failed"
    assert isinstance(result.error, RunError)
    assert not isinstance(result.error, StepFailed)
    assert "the run took longer than its time limit of 30 s" in str(result.error)
    assert seconds == pytest.approx(30.0, abs=0.01)
    assert result.steps["cancelled"] == 2


@pytest.mark.parametrize(
    ("failures", "status", "seconds"), [(0, "done", 0.0), (1, "done", 8.0), (3, "done", 44.0), (4, "failed", 44.0)]
)
def test_pauses_between_attempts_follow_the_node_types_retries(failures: int, status: str, seconds: float) -> None:
    """8 s, 16 s, then 20 s, the most there is; after the fourth attempt the step has failed."""
    retry = Retry(attempts=4, delay=8.0, backoff=2.0, max_delay=20.0)
    result, took = timed(workflow_of(node("s", "sample.flaky", {"failures": failures}, retry=retry)))
    assert result.status == status
    assert took == pytest.approx(seconds, abs=0.01)
    if status == "done":
        assert result.outputs["s"] == {"result": failures + 1}


def test_a_node_type_may_ask_to_be_tried_again() -> None:
    """Without a word in the workflow; the workflow's own word comes first."""
    result, seconds = timed(workflow_of(node("s", "timed.stubborn")))
    assert result.outputs["s"] == {"result": 2}
    assert seconds == pytest.approx(8.0, abs=0.01)
    result, seconds = timed(workflow_of(node("s", "timed.stubborn", retry=Retry(attempts=1))))
    assert result.status == "failed"
    assert seconds == pytest.approx(0.0, abs=0.01)


def test_a_limit_is_for_each_attempt_and_not_for_the_pauses() -> None:
    """Three attempts of up to 5 s with pauses of 10 s between them take 35 s."""
    slow = waits("slow", 60.0, timeout=5.0, retry=Retry(attempts=3, delay=10.0, backoff=1.0))
    result, seconds = timed(workflow_of(slow))
    assert isinstance(result.error, StepTimeout)
    assert seconds == pytest.approx(35.0, abs=0.01)


def test_a_long_pause_is_no_time_out() -> None:
    """A step that waits to be tried again is not running."""
    flaky = node("f", "sample.flaky", {"failures": 1}, timeout=2.0, retry=Retry(attempts=2, delay=30.0))
    result, seconds = timed(workflow_of(flaky))
    assert result.outputs["f"] == {"result": 2}
    assert seconds == pytest.approx(30.0, abs=0.01)


def test_a_pause_does_not_hold_up_the_steps_beside_it() -> None:
    """Other steps run while one waits to be tried again."""
    flaky = node("f", "sample.flaky", {"failures": 1}, retry=Retry(attempts=2, delay=30.0))
    others = [waits(f"w{i}", 10.0, after=(f"w{i - 1}",) if i else ()) for i in range(3)]
    result, seconds = timed(workflow_of(flaky, *others))
    assert result.status == "done"
    assert seconds == pytest.approx(30.0, abs=0.01)


def test_virtual_hours_take_no_time() -> None:
    """A run is measured by the loop's clock wherever it waits."""
    chain = [waits(f"s{i}", 3600.0, after=(f"s{i - 1}",) if i else (), timeout=4000.0) for i in range(24)]
    result, seconds = timed(workflow_of(*chain), at_once=False)
    assert result.status == "done"
    assert seconds == pytest.approx(24 * 3600.0, abs=0.1)


def test_a_cancelled_pause_is_not_followed_by_another_attempt() -> None:
    """Cancelling a run ends a step that waits to be tried again."""

    async def main() -> RunResult:
        async with Kernel(packs=[sample]) as kernel:
            flaky = node("f", "sample.flaky", {"failures": 1}, retry=Retry(attempts=2, delay=30.0))
            handle = await kernel.start(workflow_of(flaky))
            await trio.sleep(10)
            handle.cancel()
            result = await handle.wait()
            assert trio.current_time() < 11
            return result

    result = trio.run(main, clock=trio.testing.MockClock(autojump_threshold=0))
    assert result.status == "cancelled"
    assert result.steps["cancelled"] == 1


@pytest.mark.parametrize("backend", ["asyncio", "trio"])
def test_limits_and_retries_work_on_the_wall_clock(backend: str) -> None:
    """The same on both event loops, in real time."""
    slow = waits("slow", 9.0, timeout=0.03, retry=Retry(attempts=2, delay=0.01), on_error="continue")
    flaky = node("f", "sample.flaky", {"failures": 2}, retry=Retry(attempts=3, delay=0.01))
    call = partial(run_once, workflow_of(slow, flaky), packs=[sample], plugins=[scheduled(AnyReady)])
    result = anyio.run(call, backend=backend)
    assert result.status == "done"
    assert [type(failure) for failure in result.failures] == [StepTimeout]
    assert result.outputs["f"] == {"result": 3}


def test_options_may_be_given_whole() -> None:
    """`RunOptions` given to a run stand in place of what the workflow says."""

    async def main() -> RunResult:
        async with Kernel(packs=[sample]) as kernel:
            return await kernel.run(workflow_of(waits("a", 9.0), timeout=1.0), options=RunOptions(timeout=100.0))

    assert trio.run(main, clock=trio.testing.MockClock(autojump_threshold=0)).status == "done"
