"""The context that nodes run in: spans that libraries make in them nest under theirs, wherever a node runs."""

from __future__ import annotations

import random
import threading
from collections.abc import Mapping
from typing import Any

import anyio
import anyio.lowlevel
import pytest
from opentelemetry import trace
from opentelemetry.trace import SpanContext, format_span_id, get_current_span

from otel_kernels import traced
from otlp_receiver import Receiver
from stratagem import Body, Context, Pack, Workflow
from stratagem_testing import AnyReady, graph_of, node, scheduled, workflow_of

pytestmark = pytest.mark.anyio

library = Pack("library")

SEEN: list[tuple[str, str]] = []
"""For each look: the node that looked, and the span that was current, in hexadecimal."""


def current() -> str:
    """The id of the current span."""
    return format_span_id(get_current_span().get_span_context().span_id)


@library.node()
async def look(context: Context, pauses: int = 2, seconds: float = 0.001) -> None:
    """Looks at the current span before, between and after pauses."""
    for _ in range(pauses):
        SEEN.append((context.node_id, current()))
        await anyio.sleep(seconds)
    SEEN.append((context.node_id, current()))


@library.node(runs="thread")
def look_in_thread(context: Context) -> str:
    """Looks from a thread; gives that thread's name."""
    SEEN.append((context.node_id, current()))
    return threading.current_thread().name


@library.node(runs="loop")
def look_on_loop(context: Context) -> None:
    """Looks from a plain function on the loop."""
    SEEN.append((context.node_id, current()))


@library.node()
async def look_around(context: Context, body: Body, times: int = 3) -> None:
    """Looks before, between and after calls of its body, some of them at once."""
    SEEN.append((context.node_id, current()))
    for _ in range(times):
        await body()
        SEEN.append((context.node_id, current()))
    async with anyio.create_task_group() as group:
        for _ in range(times):
            group.start_soon(body)
    SEEN.append((context.node_id, current()))


@library.node()
async def look_in_tasks(context: Context) -> None:
    """Looks from tasks of its own."""

    async def task() -> None:
        await anyio.sleep(0.001)
        SEEN.append((context.node_id, current()))

    async with anyio.create_task_group() as group:
        for _ in range(3):
            group.start_soon(task)


@pytest.fixture(autouse=True)
def _fresh() -> None:
    SEEN.clear()


def assert_all_saw_their_own(receiver: Receiver) -> None:
    """Each look has found a span of the very node that looked."""
    owners = {span.id: span.attributes.get("workflow.node.id") for span in receiver.spans}
    assert SEEN
    assert [(node_id, owners.get(span)) for node_id, span in SEEN] == [(node_id, node_id) for node_id, _ in SEEN]


def some_workflow(seed: int) -> Workflow:
    """Nodes of all sorts that wait for some of those before them, bodies among them."""
    draw = random.Random(seed)
    nodes = []
    for index in range(16):
        after = tuple({f"n{draw.randrange(index)}" for _ in range(draw.randint(0, 2))}) if index else ()
        sort = draw.choice(["look", "look", "look_in_thread", "look_on_loop", "look_in_tasks", "look_around"])
        traits: dict[str, Any] = {"after": after}
        config: Mapping[str, Any] = {"pauses": draw.randint(0, 3)} if sort == "look" else {}
        if sort == "look_around":
            inner = [node(f"n{index}a", "library.look"), node(f"n{index}b", "library.look", {"pauses": 0})]
            traits["bodies"] = {"body": graph_of(*inner[: draw.randint(1, 2)])}
        nodes.append(node(f"n{index}", f"library.{sort}", config, **traits))
    return workflow_of(*nodes)


@pytest.mark.parametrize("seed", range(8))
async def test_what_a_node_does_is_under_its_span(receiver: Receiver, seed: int) -> None:
    """In coroutines, threads, tasks and bodies, whatever other steps run meanwhile in the same task or in others."""
    async with traced(receiver, packs=[library], plugins=[scheduled(AnyReady)]) as kernel:
        (await kernel.run(some_workflow(seed))).raise_for_error()
    assert_all_saw_their_own(receiver)


async def test_it_holds_when_steps_fail_and_are_cancelled(receiver: Receiver) -> None:
    """What was attached is detached in whatever way a step ends, so that the next one is not under it."""
    body = graph_of(node("in", "library.look"), node("bad", "sample.fail", after=("in",)))
    workflow = workflow_of(
        node("late", "sample.wait", {"seconds": 9.0}, timeout=0.02, on_error="continue"),
        node("loop", "sample.try", bodies={"body": body}),
        node("bad2", "sample.fail", on_error="continue"),
        *(node(f"n{i}", "library.look", after=("late", "loop", "bad2")) for i in range(4)),
    )
    async with traced(receiver, packs=[library], plugins=[scheduled(AnyReady)]) as kernel:
        (await kernel.run(workflow)).raise_for_error()
    assert len({id_ for id_, _ in SEEN}) == 5
    assert_all_saw_their_own(receiver)


async def test_the_caller_is_in_its_own_context_again(receiver: Receiver) -> None:
    """A run leaves nothing attached."""
    async with traced(receiver, packs=[library]) as kernel:
        before = get_current_span()
        (await kernel.run(some_workflow(3))).raise_for_error()
        assert get_current_span() is before


async def test_runs_at_once_are_apart(receiver: Receiver) -> None:
    """Each has a trace of its own, with all of its steps."""
    async with traced(receiver, packs=[library]) as kernel, anyio.create_task_group() as group:
        for seed in range(4):
            group.start_soon(kernel.run, some_workflow(seed))
    runs = [span for span in receiver.spans if span.name.startswith("workflow.run")]
    assert len({span.trace for span in runs}) == 4
    by_trace = {span.trace: span.attributes["workflow.run.id"] for span in runs}
    assert all(span.attributes["workflow.run.id"] == by_trace[span.trace] for span in receiver.spans)
    assert_all_saw_their_own(receiver)


@library.node()
async def spans() -> None:
    """Makes a span as instrumented libraries do, from the global provider."""
    with trace.get_tracer("a-library").start_as_current_span("library work"):
        await anyio.lowlevel.checkpoint()


async def test_no_provider_is_set_for_the_process(receiver: Receiver) -> None:
    """Unless a setting says so: what libraries make is their application's business."""
    before = trace.get_tracer_provider()
    async with traced(receiver, packs=[library]) as kernel:
        (await kernel.run(workflow_of(node("a", "library.spans")))).raise_for_error()
    assert trace.get_tracer_provider() is before
    assert receiver.all("library work") == []


async def test_an_application_s_own_spans_nest_under_the_node(receiver: Receiver) -> None:
    """A span that a node makes with any tracer has the node's span as its parent."""
    from opentelemetry.sdk.trace import ReadableSpan, SpanProcessor, TracerProvider

    made: list[ReadableSpan] = []

    class Keeping(SpanProcessor):
        def on_end(self, span: ReadableSpan) -> None:
            made.append(span)

    provider = TracerProvider(shutdown_on_exit=False)
    provider.add_span_processor(Keeping())
    own = Pack("own")

    @own.node()
    async def work() -> None:
        """Makes a span."""
        with provider.get_tracer("own").start_as_current_span("own work"):
            await anyio.lowlevel.checkpoint()

    async with traced(receiver, packs=[own]) as kernel:
        (await kernel.run(workflow_of(node("a", "own.work")))).raise_for_error()
    ((parent,), a) = ([span.parent for span in made], receiver.node("a"))
    assert isinstance(parent, SpanContext)
    assert (format(parent.trace_id, "032x"), format_span_id(parent.span_id)) == (a.trace, a.id)
