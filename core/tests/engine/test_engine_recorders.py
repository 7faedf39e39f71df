"""What recorders are told, and that they cost nothing where they do not look."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any

import pytest
from attrs import define, evolve, field

from stratagem import Kernel, Pack, Recorder
from stratagem.model import Workflow
from stratagem.nodes import Context, Subflow
from stratagem.views import Frame, Run, StepRun
from stratagem_testing import graph_of, node, recorded, sample, workflow_of

pytestmark = pytest.mark.anyio

pack = Pack("told")


@pack.node()
async def headers(context: Context) -> list[dict[str, str]]:
    """What the step's requests and processes should carry."""
    return [context.trace_headers(), context.trace_environment()]


@pack.node()
async def apart(flow: Subflow) -> None:
    """Starts another workflow as a run of its own, and waits for it."""
    await flow.start(detached=True).wait()


@define(eq=False)
class Bodies(Recorder):
    """Sees bodies alone."""

    seen: list[tuple[str, int]] = field(factory=list)
    failures: list[str] = field(factory=list)
    runs: list[Run] = field(factory=list)

    @contextmanager
    def body(self, frame: Frame) -> Iterator[None]:
        assert frame.owner is not None
        self.runs.append(frame.run)
        self.seen.append((frame.owner.step.id, frame.number))
        try:
            yield
        except Exception as error:
            self.failures.append(type(error).__name__)
            raise


@define(eq=False)
class Carrying(Recorder):
    """Has something for requests."""

    name: str
    value: str = ""

    def propagate(self, step: StepRun) -> Mapping[str, str]:
        return {self.name: self.value or step.step.id}


class Broken(Recorder):
    """Raises where it is asked."""

    def propagate(self, step: StepRun) -> Mapping[str, str]:
        raise ValueError("nothing to carry")

    def body(self, frame: Frame) -> Iterator[None]:  # type: ignore[override]  # what a careless author writes
        raise ValueError("no bodies")


def loop(inner: str = "sample.value") -> Workflow:
    """A loop of three passes."""
    body = graph_of(node("in", inner))
    return workflow_of(node("loop", "sample.each", {"items": [1, 2, 3]}, bodies={"body": body}))


async def test_a_recorder_sees_every_call_of_a_body() -> None:
    """With its owner and its number."""
    recorder = Bodies()
    async with Kernel(packs=[sample], plugins=[recorded(lambda: recorder)]) as kernel:
        (await kernel.run(loop())).raise_for_error()
    assert recorder.seen == [("loop", 0), ("loop", 1), ("loop", 2)]


async def test_what_ends_a_body_early_passes_through_its_recorder() -> None:
    """The failure of a step in it."""
    recorder = Bodies()
    async with Kernel(packs=[sample], plugins=[recorded(lambda: recorder)]) as kernel:
        result = await kernel.run(loop("sample.fail"))
    assert result.status == "failed"
    assert recorder.failures == ["StepFailed"]


async def test_a_recorder_that_does_not_look_at_steps_leaves_them_direct() -> None:
    """Nothing stands between a step and its handler, as without a recorder."""
    recorder = Bodies()
    async with Kernel(packs=[sample], plugins=[recorded(lambda: recorder)]) as kernel:
        (await kernel.run(loop())).raise_for_error()
    runs: list[Any] = recorder.runs  # looked at below the views
    assert all(run.direct for run in runs)


async def test_requests_carry_what_all_recorders_give() -> None:
    """As headers, and as variables named as OpenTelemetry names them."""
    plugins = [recorded(lambda: Carrying("traceparent")), recorded(lambda: Carrying("x-more", "yes"))]
    async with Kernel(packs=[pack], plugins=plugins) as kernel:
        result = (await kernel.run(workflow_of(node("ask", "told.headers")))).raise_for_error()
    carried, variables = result.outputs["ask"]["result"]
    assert carried == {"traceparent": "ask", "x-more": "yes"}
    assert variables == {"TRACEPARENT": "ask", "X_MORE": "yes"}


async def test_a_recorder_that_raises_elsewhere_is_left_out_too(caplog: pytest.LogCaptureFixture) -> None:
    """The run is unharmed, and the reason is told once."""
    body = graph_of(node("ask", "told.headers"), result="{{ ask.result }}")
    workflow = workflow_of(node("loop", "sample.each", {"items": [1, 2]}, bodies={"body": body}))
    async with Kernel(packs=[sample, pack], plugins=[recorded(Broken)]) as kernel:
        result = (await kernel.run(workflow)).raise_for_error()
    assert result.status == "done"
    warnings = [each.getMessage() for each in caplog.records if "recorder" in each.getMessage()]
    assert len(warnings) == 1
    assert warnings[0].startswith("the recorder Broken of 'record'")


async def test_a_detached_run_knows_the_step_that_started_it() -> None:
    """A run that nobody's step has started knows of none."""
    runs: list[Run] = []

    class Noting(Recorder):
        @contextmanager
        def run(self, run: Run) -> Iterator[None]:
            runs.append(run)
            yield

    inner = workflow_of(node("inner", "told.headers"))
    async with Kernel(packs=[pack], plugins=[recorded(Noting)]) as kernel:
        kernel.catalog.environment = evolve(kernel.catalog.environment, load=lambda path, beside: inner)
        (await kernel.run(workflow_of(node("outer", "told.apart", {"flow": "inner.yaml"})))).raise_for_error()
    outer, started = runs
    assert outer.starter is None
    assert started.starter is not None
    assert started.starter.step.id == "outer"
    assert started.starter.run is outer
