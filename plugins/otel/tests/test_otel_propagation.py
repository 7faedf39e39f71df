"""Where traces come from and go on: callers, the environment, other runs."""

from __future__ import annotations

from collections.abc import Mapping

import pytest
from attrs import evolve
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.trace import format_span_id, format_trace_id

from otel_kernels import traced
from otlp_receiver import Receiver
from stratagem import Context, Kernel, Pack, Subflow, Workflow
from stratagem_testing import graph_of, node, workflow_of

pytestmark = pytest.mark.anyio

TRACE, PARENT = "0af7651916cd43dd8448eb211c80319c", "b7ad6b7169203331"

flows = Pack("flows")
CARRIED: list[Mapping[str, str]] = []


@flows.node()
async def carry(context: Context) -> None:
    """Notes what its requests would carry."""
    CARRIED.append({**context.trace_headers(), **context.trace_environment()})


@flows.node()
async def start(flow: Subflow) -> None:
    """Starts a workflow beside the steps that follow, and waits for it."""
    await flow.start().wait()


@flows.node()
async def detach(flow: Subflow) -> None:
    """Starts a workflow as a run of its own, and waits for it."""
    await flow.start(detached=True).wait()


@pytest.fixture(autouse=True)
def _fresh() -> None:
    CARRIED.clear()


def one() -> Workflow:
    """A workflow of one step that could send something."""
    return workflow_of(node("a", "flows.carry"))


def offering(kernel: Kernel, inner: Workflow) -> None:
    """Whatever file a flow is read from, it is this one."""
    kernel.catalog.environment = evolve(kernel.catalog.environment, load=lambda path, beside: inner)


async def test_the_environment_s_trace_goes_on(receiver: Receiver, monkeypatch: pytest.MonkeyPatch) -> None:
    """By TRACEPARENT and TRACESTATE, as a scheduler or a shell script hands them on."""
    monkeypatch.setenv("TRACEPARENT", f"00-{TRACE}-{PARENT}-01")
    monkeypatch.setenv("TRACESTATE", "vendor=1")
    async with traced(receiver, packs=[flows]) as kernel:
        (await kernel.run(one())).raise_for_error()
    run = receiver.one(f"workflow.run {one().name}")
    assert (run.trace, run.parent) == (TRACE, PARENT)
    assert CARRIED[0]["tracestate"] == "vendor=1"


@pytest.mark.parametrize("text", ["", "nonsense", f"00-{'0' * 32}-{PARENT}-01"])
async def test_a_bad_traceparent_is_none(receiver: Receiver, monkeypatch: pytest.MonkeyPatch, text: str) -> None:
    """The run then begins a trace."""
    monkeypatch.setenv("TRACEPARENT", text)
    async with traced(receiver, packs=[flows]) as kernel:
        (await kernel.run(one())).raise_for_error()
    assert receiver.one(f"workflow.run {one().name}").parent == ""


async def test_the_caller_s_trace_goes_on(receiver: Receiver, monkeypatch: pytest.MonkeyPatch) -> None:
    """The span that is current where the run is started is its parent, before what the environment says."""
    monkeypatch.setenv("TRACEPARENT", f"00-{TRACE}-{PARENT}-01")
    tracer = TracerProvider(shutdown_on_exit=False).get_tracer("caller")
    async with traced(receiver, packs=[flows]) as kernel:
        with tracer.start_as_current_span("caller") as caller:
            (await kernel.run(one())).raise_for_error()
            handle = await kernel.start(one())
        (await handle.wait()).raise_for_error()
    called, started = receiver.all(f"workflow.run {one().name}")
    own = caller.get_span_context()
    expected = (format_trace_id(own.trace_id), format_span_id(own.span_id))
    assert (called.trace, called.parent) == (started.trace, started.parent) == expected


async def test_a_step_s_requests_carry_its_span(receiver: Receiver) -> None:
    """As headers, and as variables for processes."""
    async with traced(receiver, packs=[flows]) as kernel:
        (await kernel.run(one())).raise_for_error()
    a = receiver.node("a")
    assert CARRIED[0]["traceparent"] == CARRIED[0]["TRACEPARENT"]
    version, trace, span, flags = CARRIED[0]["traceparent"].split("-")
    assert (version, trace, span) == ("00", a.trace, a.id)
    assert int(flags, 16) & 1


async def test_a_run_that_is_not_sampled_says_so_onward(receiver: Receiver) -> None:
    """Else each receiver would decide anew, and the trace would be in pieces."""
    async with traced(receiver, packs=[flows], sample_ratio=0.0) as kernel:
        (await kernel.run(one())).raise_for_error()
    assert receiver.spans == []
    assert int(CARRIED[0]["traceparent"].split("-")[3], 16) & 1 == 0


async def test_nothing_is_handed_on_where_a_setting_says_so(receiver: Receiver) -> None:
    """Nobody outside learns of the trace."""
    async with traced(receiver, packs=[flows], propagate=False) as kernel:
        (await kernel.run(one())).raise_for_error()
    assert CARRIED == [{}]


async def test_a_started_flow_is_in_the_trace(receiver: Receiver) -> None:
    """Under the step that started it."""
    async with traced(receiver, packs=[flows]) as kernel:
        offering(kernel, evolve(one(), name="inner"))
        (await kernel.run(workflow_of(node("go", "flows.start", {"flow": "inner.yaml"})))).raise_for_error()
    flow = receiver.one("workflow.flow inner")
    assert flow.parent == receiver.node("go").id
    assert receiver.node("a").parent == flow.id


async def test_a_detached_flow_has_a_trace_of_its_own(receiver: Receiver) -> None:
    """It may outlive the run that started it by far; a link leads back to the step that did."""
    async with traced(receiver, packs=[flows]) as kernel:
        offering(kernel, evolve(one(), name="inner"))
        (await kernel.run(workflow_of(node("go", "flows.detach", {"flow": "inner.yaml"})))).raise_for_error()
    go, run = receiver.node("go"), receiver.one("workflow.run inner")
    assert run.parent == ""
    assert run.trace != go.trace
    assert run.links == ((go.trace, go.id),)
    assert receiver.node("a").parent == run.id


async def test_a_body_s_requests_carry_the_step_within(receiver: Receiver) -> None:
    """Not its owner."""
    body = graph_of(node("in", "flows.carry"))
    workflow = workflow_of(node("loop", "sample.each", {"items": [1]}, bodies={"body": body}))
    async with traced(receiver, packs=[flows]) as kernel:
        (await kernel.run(workflow)).raise_for_error()
    assert CARRIED[0]["traceparent"].split("-")[2] == receiver.node("in").id
