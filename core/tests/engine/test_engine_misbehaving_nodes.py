"""Nodes that do what they should not: each gives one clear error, and nothing else breaks."""

from __future__ import annotations

import asyncio
import logging
import threading
import time
from functools import partial
from typing import Any

import anyio
import pytest

from stratagem import Branch, Config, Kernel, Pack, Retry, RunResult, Variables
from stratagem.config.model import RunConfig
from stratagem.errors import StepFailed, StepTimeout
from stratagem_testing import AnyReady, node, run_once, scheduled, workflow_of

pytestmark = pytest.mark.anyio

pack = Pack("bad")
RELEASE = threading.Event()


class Odd(Exception):  # noqa: N818 - stands for any error of an author's own
    """An error class that the kernel knows nothing of."""


@pack.node()
async def raises() -> None:
    raise Odd("that went wrong")


@pack.node()
async def hangs() -> None:
    await anyio.sleep_forever()


ENDED: list[str] = []


@pack.node()
async def tells_its_end() -> None:
    try:
        await anyio.sleep_forever()
    finally:
        ENDED.append("cancelled")


@pack.node(runs="loop")
def blocks(seconds: float) -> None:
    time.sleep(seconds)


@pack.node()
async def returns_text() -> int:
    return "text"  # type: ignore[return-value]  # the mistake that is looked at


@pack.node()
async def returns_something() -> None:
    return 3  # type: ignore[return-value]  # the mistake that is looked at


@pack.node(controls=("yes", "no"))
async def chooses() -> Branch:
    return Branch("maybe")


@pack.node()
async def chooses_unasked() -> Branch:
    return Branch("true")


@pack.node()
async def swallows(seconds: float) -> None:
    try:
        await anyio.sleep_forever()
    except BaseException:
        with anyio.CancelScope(shield=True):
            await anyio.sleep(seconds)


@pack.node()
async def raises_cancelled() -> None:
    raise asyncio.CancelledError


@pack.node()
async def awaits_cancelled_future() -> None:
    future: asyncio.Future[None] = asyncio.get_running_loop().create_future()
    future.cancel()
    await future


@pack.node()
async def raises_group() -> None:
    raise ExceptionGroup("one", [ExceptionGroup("inner", [Odd("deep inside")])])


@pack.node()
async def raises_two() -> None:
    raise ExceptionGroup("two of them", [Odd("first"), KeyError("second")])


@pack.node()
async def group_fails() -> None:
    async with anyio.create_task_group() as group:
        group.start_soon(raises)
        group.start_soon(anyio.sleep_forever)


@pack.node()
async def interrupts(kind: str) -> None:
    raise {"keyboard": KeyboardInterrupt, "exit": SystemExit}[kind]("from within")


@pack.node()
def hangs_in_thread() -> None:
    RELEASE.wait(20)


@pack.node()
async def fine(value: Any = None) -> Any:
    return value


@pack.node(runs="loop", writes=("var:{name}",))
def note(name: str, variables: Variables) -> None:
    variables[name] = True


PACK = pack.provided_by("acme-bad 2.3")


async def run_alone(type_: str, config: dict[str, Any] | None = None, **traits: Any) -> RunResult:
    """A run of one node, with one behind it that must not run."""
    nodes = [node("culprit", f"bad.{type_}", config or {}, **traits), node("later", "bad.fine", after=("culprit",))]
    return await run_once(workflow_of(*nodes, source="flow.yaml"), packs=[PACK])


def the_failure(result: RunResult) -> StepFailed:
    """The one failure that ended a run, told with its place and with who provides the node."""
    assert result.status == "failed"
    assert isinstance(result.error, StepFailed)
    assert result.failures == (result.error,)
    assert (result.error.node, result.error.file) == ("culprit", "flow.yaml")
    assert result.error.provider == "acme-bad 2.3"
    assert "later" not in result.outputs
    return result.error


async def test_a_node_that_raises_is_named_and_its_error_is_the_cause() -> None:
    """The user reads where it went wrong and who provides the node; the author finds the error itself."""
    error = the_failure(await run_alone("raises"))
    assert str(error) == "flow.yaml: node 'culprit': Odd: that went wrong (provided by acme-bad 2.3)"
    assert isinstance(error.__cause__, Odd)


async def test_a_node_that_hangs_ends_at_its_time_limit() -> None:
    """The limit is told with what to change."""
    begun = time.perf_counter()
    error = the_failure(await run_alone("hangs", timeout=0.05))
    assert time.perf_counter() - begun < 5
    assert isinstance(error, StepTimeout)
    assert error.what == "the node took longer than its time limit of 0.05 s"
    assert "timeout" in (error.hint or "")


async def test_a_hanging_node_is_tried_again_where_the_workflow_says_so() -> None:
    """A time limit that is passed is a failure like others."""
    result = await run_alone("hangs", timeout=0.02, retry=Retry(attempts=3, delay=0.0))
    assert isinstance(the_failure(result), StepTimeout)


@pytest.mark.parametrize(
    ("type_", "message"),
    [
        ("returns_text", "the node returned 'text', and its annotation says int"),
        ("returns_something", "the node returned 3, and its annotation says None"),
        ("chooses", "the node chose the control output 'maybe', which it does not have"),
        ("chooses_unasked", "the node chose the control output 'true', which it does not have"),
    ],
)
async def test_a_wrong_return_value_is_the_node_types_mistake(type_: str, message: str) -> None:
    """The message says what came, what was promised, and by whom."""
    assert the_failure(await run_alone(type_)).what == message


@pytest.mark.parametrize("type_", ["raises_cancelled", "awaits_cancelled_future"])
async def test_a_cancellation_that_nobody_asked_for_is_a_failure(type_: str, anyio_backend_name: str) -> None:
    """A node that raises asyncio's CancelledError itself does not make the run look cancelled."""
    if anyio_backend_name != "asyncio" and type_ == "awaits_cancelled_future":
        pytest.skip("futures are asyncio's own")
    if anyio_backend_name != "asyncio":
        with pytest.raises(BaseException) as caught:
            await run_alone(type_)
        assert type(caught.value) is asyncio.CancelledError
        return
    assert the_failure(await run_alone(type_)).what.endswith("the node was cancelled from within")


@pytest.mark.parametrize("type_", ["raises_group", "group_fails"])
async def test_a_group_of_one_is_unwrapped(type_: str) -> None:
    """Users meet the error itself, never a bare group around it."""
    error = the_failure(await run_alone(type_))
    assert isinstance(error.__cause__, Odd)
    assert "Group" not in str(error)


async def test_a_group_of_several_is_kept_whole() -> None:
    """Nothing of what went wrong is lost."""
    cause = the_failure(await run_alone("raises_two")).__cause__
    assert isinstance(cause, ExceptionGroup)
    assert [type(error) for error in cause.exceptions] == [Odd, KeyError]


@pytest.mark.parametrize(("kind", "error"), [("keyboard", KeyboardInterrupt), ("exit", SystemExit)])
async def test_an_interrupt_from_a_node_passes_through_as_itself(kind: str, error: type[BaseException]) -> None:
    """What asks the program to end does so: it is no failure of a step, and comes in no group."""
    with pytest.raises(error, match="from within"):
        await run_alone("interrupts", {"kind": kind})


@pytest.mark.parametrize("backend", ["asyncio", "trio"])
def test_an_interrupt_ends_the_steps_beside_it(backend: str) -> None:
    """Steps on other strands are cancelled before the interrupt leaves the event loop."""
    ENDED.clear()
    nodes = [node("beside", "bad.tells_its_end"), node("culprit", "bad.interrupts", {"kind": "keyboard"})]
    call = partial(run_once, workflow_of(*nodes), packs=[PACK], plugins=[scheduled(AnyReady)])
    with pytest.raises(KeyboardInterrupt, match="from within"):
        anyio.run(call, backend=backend)
    assert ENDED == ["cancelled"]


def warnings_in(caplog: pytest.LogCaptureFixture) -> list[str]:
    """What the engine has warned of."""
    return [r.getMessage() for r in caplog.records if r.name == "stratagem.engine" and r.levelno == logging.WARNING]


async def test_a_node_that_blocks_the_loop_is_named(caplog: pytest.LogCaptureFixture) -> None:
    """The watchdog tells node, type and distribution while the loop is still blocked, once."""
    workflow = workflow_of(node("culprit", "bad.blocks", {"seconds": 0.6}))
    result = await run_once(workflow, packs=[PACK], config=Config(run=RunConfig(block_limit=0.1)))
    assert result.status == "done"
    (warning,) = warnings_in(caplog)
    assert warning.startswith(
        "node 'culprit' of type bad.blocks (provided by acme-bad 2.3) has blocked the event loop for more than 0.1 s"
    )


async def test_a_node_that_swallows_cancellation_is_named(caplog: pytest.LogCaptureFixture) -> None:
    """When a time limit can't end a step, the watchdog says which; the step counts as failed in the end."""
    workflow = workflow_of(node("culprit", "bad.swallows", {"seconds": 0.6}, timeout=0.05), source="flow.yaml")
    config = Config(run=RunConfig(block_limit=0.1, grace=0.1))
    result = await run_once(workflow, packs=[PACK], config=config)
    assert isinstance(the_failure(result), StepTimeout)
    (warning,) = warnings_in(caplog)
    assert warning.startswith(
        "node 'culprit' of type bad.swallows (provided by acme-bad 2.3) was cancelled 0.1 s ago and has not ended"
    )


async def test_a_run_whose_node_swallows_cancellation_still_says_cancelled() -> None:
    """Whoever cancels a run gets it back as cancelled, however late."""
    async with Kernel(packs=[PACK]) as kernel:
        workflow = workflow_of(
            node("culprit", "bad.swallows", {"seconds": 0.1}),
            node("later", "bad.note", {"name": "after"}),
            lines=["culprit -> later"],
        )
        handle = await kernel.start(workflow)
        await anyio.sleep(0.05)
        handle.cancel()
        result = await handle.wait()
    assert result.status == "cancelled"
    assert "after" not in result.variables


async def test_a_function_that_hangs_in_a_thread_is_left_behind_by_name(caplog: pytest.LogCaptureFixture) -> None:
    """Its step ends at the time limit; the kernel waits its grace for the thread, then says what still runs."""
    RELEASE.clear()
    config = Config(run=RunConfig(grace=0.1))
    begun = time.perf_counter()
    try:
        workflow = workflow_of(node("culprit", "bad.hangs_in_thread", timeout=0.05), source="flow.yaml")
        result = await run_once(workflow, packs=[PACK], config=config)
    finally:
        RELEASE.set()
    assert isinstance(the_failure(result), StepTimeout)
    assert time.perf_counter() - begun < 5
    assert "bad.hangs_in_thread@1 still runs in a thread although its step has ended" in warnings_in(caplog)[-1]
