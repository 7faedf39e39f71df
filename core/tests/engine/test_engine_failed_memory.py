"""What has failed keeps nothing alive: neither inputs nor the frames of functions, without waiting for the collector."""

from __future__ import annotations

import gc
import sys
import weakref
from collections.abc import Iterator
from pathlib import Path
from typing import Any, ClassVar

import pytest

from stratagem import Context, Kernel, Node, Pack, Retry, Workflow
from stratagem.errors import StepFailed
from stratagem_testing import AnyReady, graph_of, node, sample, scheduled, workflow_of

pytestmark = pytest.mark.anyio

PASSES = 30


class Blob:
    """Stands for something large; ``alive`` are those that somebody still holds."""

    alive: ClassVar[weakref.WeakSet[Blob]] = weakref.WeakSet()

    def __init__(self) -> None:
        self.alive.add(self)


class Holding(Exception):  # noqa: N818 - named for what it does
    """An error that holds what it is about."""

    def __init__(self, blob: Blob) -> None:
        super().__init__("no good", blob)
        self.blob = blob


blobs = Pack("blobs")


@blobs.node(effect="read")
async def make() -> Blob:
    """Gives a new one."""
    return Blob()


@blobs.node()
async def spoil(blob: Blob, how: str, context: Context) -> int:
    """Fails while its frame, or its error, holds the blob."""
    mine = [blob, Blob()]
    if how == "holding":
        raise Holding(blob)
    if how == "attribute":
        return blob.missing  # type: ignore[attr-defined, no-any-return]  # the error keeps the object
    if how == "chained":
        try:
            raise Holding(mine[1])
        except Holding as error:
            raise ValueError("worse") from error
    raise ValueError(f"attempt {context.attempt}")


@blobs.node()
async def count() -> int:
    """Gives how many are alive."""
    return len(Blob.alive)


@pytest.fixture(autouse=True)
def uncollected() -> Iterator[None]:
    """Nothing of this waits for the collector."""
    Blob.alive.clear()
    gc.collect()
    gc.disable()
    yield
    gc.enable()


def spoiled(how: str, **traits: Any) -> tuple[Node, Node]:
    """Two nodes: one that makes a blob, one that fails with it."""
    return node("m", "blobs.make"), node("s", "blobs.spoil", {"blob": "{{ m.result }}", "how": how}, **traits)


def passes(*body: Node, concurrency: int = 1, **traits: Any) -> Workflow:
    """A loop over this body, and the number of blobs that are alive after it."""
    config = {"items": list(range(PASSES)), "concurrency": concurrency}
    loop = node("loop", "sample.each", config, bodies={"body": graph_of(*body)}, **traits)
    return workflow_of(loop, node("left", "blobs.count", after=("loop",)))


def tried(how: str, **traits: Any) -> Node:
    """A try around a failure."""
    return node("t", "sample.try", bodies={"body": graph_of(*spoiled(how, **traits))})


HOWS = ("plain", "holding", "attribute", "chained")
WORKFLOWS = {
    "gone on after": lambda how: passes(*spoiled(how, on_error="continue")),
    "caught": lambda how: passes(tried(how)),
    "tried again": lambda how: passes(*spoiled(how, on_error="continue", retry=Retry(3, delay=0))),
    "at once": lambda how: passes(tried(how), concurrency=3),
    "an owner gone on after": lambda how: passes(
        node("o", "sample.each", {"items": [1]}, bodies={"body": graph_of(*spoiled(how))}, on_error="continue")
    ),
}


@pytest.mark.parametrize("how", HOWS)
@pytest.mark.parametrize("workflow", WORKFLOWS.values(), ids=WORKFLOWS)
@pytest.mark.parametrize("at_once", [False, True])
async def test_failed_passes_keep_nothing_alive(workflow: Any, how: str, at_once: bool) -> None:
    """However often a pass has failed, what it held is gone but for the last pass's values."""
    plugins = [scheduled(AnyReady)] if at_once else []
    async with Kernel(packs=[sample, blobs], plugins=plugins) as kernel:
        result = await kernel.run(workflow(how))
        assert result.status == "done"
        assert result.outputs["left"]["result"] <= 3
        assert len(result.failures) >= PASSES
        del kernel
    del result
    assert len(Blob.alive) <= 3


@pytest.mark.parametrize("how", HOWS)
async def test_a_failed_run_holds_no_frames(how: str) -> None:
    """Its error tells the class, the message, and the lines of the traceback, and holds what it is about alone.

    From Python 3.12 on, a frame that has ended knows the one that awaited it, and so the whole run: there that goes with
    the traceback.
    """
    async with Kernel(packs=[sample, blobs]) as kernel:
        result = await kernel.run(workflow_of(*spoiled(how)), options=None)
    error = result.error
    assert isinstance(error, StepFailed)
    assert error.__cause__ is not None
    assert error.__cause__.__traceback__ is not None
    del result
    if sys.version_info >= (3, 12):
        without_tracebacks(error)
    gc.collect()  # a run and its frames know each other
    assert len(Blob.alive) == (how != "plain")


def without_tracebacks(error: BaseException | None) -> None:
    """Takes the tracebacks from an error and from what it arose from."""
    if error is not None:
        error.__traceback__ = None
        without_tracebacks(error.__cause__)
        without_tracebacks(error.__context__)


async def test_failures_that_were_kept_tell_their_class_and_message() -> None:
    """A light error is kept as what it is; one that holds more is kept as its message."""
    async with Kernel(packs=[sample, blobs]) as kernel:
        for how, kept in (("plain", ValueError), ("chained", ValueError)):
            result = await kernel.run(passes(*spoiled(how, on_error="continue")))
            assert all(type(failure.__cause__) is kept for failure in result.failures)
            assert all(failure.node == "s" for failure in result.failures)
        result = await kernel.run(passes(*spoiled("holding", on_error="continue")))
    assert {str(failure.__cause__).partition(",")[0] for failure in result.failures} == {"Holding: ('no good'"}


async def test_started_workflows_that_have_ended_keep_nothing_alive(tmp_path: Path) -> None:
    """A handle holds what the workflow gave, not what it ran with."""
    flow = tmp_path / "flow.yaml"
    flow.write_text("nodes: [{id: m, type: blobs.make}]\n")
    start = node("start", "sample.start", {"flow": str(flow)})
    end = node("end", "sample.await", after=("start",))
    loop = graph_of(start, end, lines=["start.handle -> end.handle"])
    config = {"items": list(range(PASSES))}
    workflow = workflow_of(
        node("loop", "sample.each", config, bodies={"body": loop}), node("left", "blobs.count", after=("loop",))
    )
    async with Kernel(packs=[sample, blobs]) as kernel:
        result = await kernel.run(workflow)
    assert result.outputs["left"]["result"] <= 3
