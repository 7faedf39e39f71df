"""Time limits of plain functions, and of nodes that block the event loop: whatever runs, the step ends in time."""

from __future__ import annotations

import time
from functools import partial
from typing import Any

import anyio
import pytest
from attrs import evolve

from stratagem import Context, Kernel, Node, Pack, Retry, RunResult, Variables
from stratagem.errors import RunError, RunTimeout, StepTimeout
from stratagem.model import Graph
from stratagem.nodes import Body
from stratagem_testing import node, workflow_of

pytestmark = pytest.mark.anyio

pack = Pack("slow")
LIMIT, LONG = 0.1, 0.5


@pack.node(effect="pure")
def counts(seconds: float = LONG) -> int:
    end, count = time.perf_counter() + seconds, 0
    while time.perf_counter() < end:
        count += 1
    return count


@pack.node(effect="pure")
def logs(context: Context, seconds: float = LONG) -> str:
    time.sleep(seconds)
    return context.node_id


@pack.node()
def sleeps(seconds: float = LONG) -> str:
    time.sleep(seconds)
    return "slept"


@pack.node(runs="loop")
def blocks(seconds: float = LONG) -> str:
    time.sleep(seconds)
    return "slept"


@pack.node()
async def holds_up(first: int = 0, seconds: float = LIMIT * 1.5) -> int:
    time.sleep(seconds)
    return first


@pack.node(effect="pure")
def better_later(context: Context) -> int:
    time.sleep(LONG if context.attempt < 3 else 0)
    return context.attempt


REFUSED: list[BaseException] = []


@pack.node(writes=("var:total",))
def writes_late(variables: Variables, seconds: float = LONG) -> None:
    variables["total"] = 1
    time.sleep(seconds)
    try:
        variables["total"] = 2
    except RunError as error:
        REFUSED.append(error)


@pack.node()
async def once(body: Body) -> Any:
    return await body()


@pack.node()
async def at_most(body: Body, seconds: float = LIMIT) -> str:
    with anyio.move_on_after(seconds):
        await body()
        return "done"
    return "left"


def options(kernel: Kernel, workflow: Any, **changes: Any) -> Any:
    return kernel.options_for(workflow, **changes)


async def timed(workflow: Any, **changes: Any) -> tuple[RunResult, float]:
    """How the run ended, and after how many seconds; the kernel closes later, with the function that was left."""
    async with Kernel(packs=[pack]) as kernel:
        begun = time.perf_counter()
        result = await kernel.run(workflow, options=options(kernel, workflow, **changes))
        return result, time.perf_counter() - begun


ABANDONED = pytest.mark.parametrize("type_", ["counts", "logs", "sleeps"])


@ABANDONED
async def test_a_step_ends_at_its_limit_although_its_function_goes_on(type_: str) -> None:
    """Pure functions, which run on the loop elsewhere, are left as others are."""
    result, seconds = await timed(workflow_of(node("late", f"slow.{type_}", timeout=LIMIT)))
    assert isinstance(result.error, StepTimeout)
    assert seconds < LONG


@ABANDONED
async def test_the_default_limit_of_steps_ends_functions_too(type_: str) -> None:
    """``step_timeout`` is as good as a limit of the step's own, and the hint names it."""
    result, seconds = await timed(workflow_of(node("late", f"slow.{type_}")), step_timeout=LIMIT)
    assert isinstance(result.error, StepTimeout)
    assert "step_timeout" in str(result.error)
    assert seconds < LONG


@ABANDONED
async def test_a_run_ends_at_its_limit_although_a_function_goes_on(type_: str) -> None:
    """What ends a run is told apart from what ends a step."""
    workflow = workflow_of(node("late", f"slow.{type_}"), source="flow.yaml")
    result, seconds = await timed(workflow, timeout=LIMIT)
    assert isinstance(result.error, RunTimeout)
    assert not isinstance(result.error, StepTimeout)
    assert (result.status, result.steps["cancelled"], result.error.file) == ("failed", 1, "flow.yaml")
    assert seconds < LONG


@ABANDONED
async def test_a_limit_around_a_body_ends_the_functions_in_it(type_: str) -> None:
    """Of the step that owns it, or of the node's own."""
    inner = Graph({"late": Node("late", f"slow.{type_}")})
    result, seconds = await timed(workflow_of(node("owner", "slow.once", bodies={"body": inner}, timeout=LIMIT)))
    assert isinstance(result.error, StepTimeout)
    assert result.error.node == "owner"
    assert seconds < LONG


@ABANDONED
async def test_a_caller_s_own_limit_ends_functions_too(type_: str) -> None:
    """A program that embeds the kernel leaves in time."""
    with anyio.move_on_after(LIMIT) as scope:
        async with Kernel(packs=[pack]) as kernel:
            begun = time.perf_counter()
            await kernel.run(workflow_of(node("late", f"slow.{type_}")))
    assert scope.cancelled_caught
    assert time.perf_counter() - begun < LONG + 1


async def test_a_late_value_of_what_can_not_be_left_is_not_taken() -> None:
    """A function that blocks the loop holds it; but what it gives then is no value of a step that was in time."""
    result, _ = await timed(workflow_of(node("late", "slow.blocks", {"seconds": 0.4}, timeout=LIMIT)))
    assert isinstance(result.error, StepTimeout)
    assert result.outputs == {}
    whole, _ = await timed(workflow_of(node("late", "slow.blocks", {"seconds": 0.4})), timeout=LIMIT)
    assert (whole.status, type(whole.error)) == ("failed", RunTimeout)


@pytest.mark.parametrize("inputs", [{}, {"first": "{{ early.result }}"}], ids=["constants", "another's value"])
async def test_a_coroutine_that_blocks_the_loop_past_its_limit_is_late(inputs: dict[str, Any]) -> None:
    """Nobody could have cancelled it; its value is not taken all the same, whatever it is called with."""
    early = node("early", "slow.holds_up", {"seconds": 0})
    result, _ = await timed(workflow_of(early, node("late", "slow.holds_up", inputs, timeout=LIMIT)))
    assert isinstance(result.error, StepTimeout)
    assert "late" not in result.outputs


async def test_a_function_that_was_left_changes_no_variable() -> None:
    """What it has written before its step ended stays."""
    REFUSED.clear()
    late = node("late", "slow.writes_late", timeout=LIMIT, on_error="continue")
    workflow = workflow_of(
        late, node("last", "slow.sleeps", {"seconds": LONG + 0.3}, after=("late",)), variables={"total": 0}
    )
    result, _ = await timed(workflow)
    assert (result.status, result.variables["total"], len(REFUSED)) == ("done", 1, 1)
    result, _ = await timed(workflow_of(node("early", "slow.writes_late", {"seconds": 0}), variables={"total": 0}))
    assert result.variables["total"] == 2


async def test_a_step_that_is_tried_again_has_its_limit_for_each_attempt() -> None:
    """What the first attempts are still doing harms nobody."""
    late = evolve(node("late", "slow.better_later", timeout=LIMIT), retry=Retry(attempts=3, delay=0))
    result, seconds = await timed(workflow_of(late))
    assert (result.status, result.outputs["late"]["result"]) == ("done", 3)
    assert seconds < LONG


async def test_quick_functions_stay_quick_under_a_limit() -> None:
    """They end within the turn of the loop in which they were begun, and give their values."""
    nodes = [node(f"n{i}", "slow.counts", {"seconds": 0}) for i in range(50)]
    result, _ = await timed(workflow_of(*nodes), timeout=60.0)
    assert (result.status, result.steps["done"]) == ("done", 50)


@pytest.mark.parametrize("backend", ["asyncio", "trio"])
def test_a_function_under_a_limit_may_run_an_event_loop_of_its_own(backend: str) -> None:
    """In its thread none runs, whatever runs around it."""
    own = Pack("own")

    @own.node(effect="pure")
    def nested() -> str:
        anyio.run(partial(anyio.sleep, 0))
        return "ran"

    async def main() -> RunResult:
        async with Kernel(packs=[own]) as kernel:
            workflow = workflow_of(node("a", "own.nested", timeout=30.0))
            return await kernel.run(workflow)

    assert anyio.run(main, backend=backend).outputs["a"]["result"] == "ran"
