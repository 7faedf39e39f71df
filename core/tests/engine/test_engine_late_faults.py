"""Faults beside a step's own path: in opened leases, in flows that were started, in what threads ask."""

from __future__ import annotations

import logging
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from typing import Any

import anyio
import pytest

from stratagem import Kernel, Pack, ResolverWrapper, ResourceProvider, Step, Subflow
from stratagem.errors import PluginFailed, StepFailed
from stratagem.model import ResourceRequest
from stratagem.nodes import Handle, Leases
from stratagem.nodes.catalog import Environment
from stratagem.reference import PlainResolver
from stratagem.views import StepRun
from stratagem_testing import AnyReady, node, provided, resolved, run_once, sample, scheduled, workflow_of

pytestmark = pytest.mark.anyio

pack = Pack("late")


@pack.node(name="open", opens=("thing",))
async def open_(leases: Leases) -> Any:
    """Opens a thing for those who come later."""
    return await leases.open("thing")


@pack.node(name="close", opens=("thing",))
async def close_(leases: Leases) -> bool:
    """Closes it."""
    return await leases.close("thing")


@pack.node(outputs=("handle",))
async def start(flow: Subflow) -> Handle:
    """Starts a subflow."""
    return flow.start()


@pack.node()
async def wait(handle: Handle) -> str:
    """Waits for a subflow, whatever comes of it."""
    try:
        await handle.wait()
    except Exception:
        await anyio.sleep(0.01)
    return "went on"


class Door(ResourceProvider):
    """Breaks on entering or on leaving, or takes its time to be left."""

    def __init__(self, where: str) -> None:
        self.where = where

    @asynccontextmanager
    async def lease(self, step: StepRun, request: ResourceRequest) -> AsyncIterator[str]:
        if self.where == "enter":
            raise KeyError("no door")
        try:
            yield "a door"
        finally:
            if self.where == "leave":
                raise KeyError("no door")
            if self.where == "linger":
                await anyio.sleep(60)


@pytest.mark.parametrize("where", ["enter", "leave", "linger"])
@pytest.mark.parametrize("closed", [True, False])
async def test_a_lease_that_is_opened_for_others_is_its_providers_to_answer_for(where: str, closed: bool) -> None:
    """Whether a step closes it or the run's end does: what the steps gave is there."""
    nodes = [node("a", "late.open"), *([node("b", "late.close", after=("a",))] if closed else [])]
    async with Kernel(packs=[pack], plugins=[provided("thing", lambda: Door(where))]) as kernel:
        flow = workflow_of(*nodes)
        result = await kernel.run(flow, options=kernel.options_for(flow, grace=0.05))
    assert isinstance(result.error, PluginFailed)
    assert result.error.provider == "provide-dist 1.0"
    assert result.failures == ()
    assert (result.outputs.get("a") == {"result": "a door"}) is (where != "enter")


class Broken(ResolverWrapper):
    """Can't recall one step."""

    def remembers(self, step: Step) -> bool:
        return step.id == "inner"

    async def recall(self, step: Step, inputs: Mapping[str, Any]) -> None:
        raise ZeroDivisionError("in recall")


@pytest.mark.parametrize("make", [None, AnyReady])
async def test_a_fault_in_a_started_flow_ends_the_run(make: Any) -> None:
    """Nobody who waits for the flow goes on."""
    plugins = [resolved(lambda: Broken(PlainResolver())), *([scheduled(make)] if make else [])]
    inner = workflow_of(node("inner", "sample.value"))
    async with Kernel(packs=[pack, sample], plugins=plugins) as kernel:
        kernel.catalog.environment = Environment(load=lambda path, beside: inner)
        nodes = [node("a", "late.start", {"flow": "x"}), node("b", "late.wait", {"handle": "{{ a.handle }}"})]
        with anyio.fail_after(5):
            result = await kernel.run(workflow_of(*nodes, node("c", "sample.value", after=("b",))))
    assert isinstance(result.error, PluginFailed)
    assert "c" not in result.outputs
    assert result.failures == ()


async def test_a_scheduler_that_can_not_tell_what_waits_is_reported_once(caplog: pytest.LogCaptureFixture) -> None:
    """A thread asks it, beside the run, which goes on."""

    class Mute(AnyReady):
        def waiting(self) -> int:
            raise ZeroDivisionError("in waiting")

    flow = workflow_of(node("a", "sample.wait", {"seconds": 0.2}))
    result = await run_once(flow, packs=[sample], plugins=[scheduled(Mute)])
    assert result.status == "done"
    (record,) = [record for record in caplog.records if record.levelno >= logging.WARNING]
    assert "'schedule' failed in Mute.waiting: ZeroDivisionError: in waiting" in record.getMessage()


async def test_a_resolver_that_refuses_by_a_typed_error_fails_the_step() -> None:
    """That a template reads what is not there is the workflow's."""
    flow = workflow_of(node("a", "sample.value", {"value": "{{ x.none }}"}), variables={"x": {}})
    result = await run_once(flow, packs=[sample], plugins=[resolved(lambda: Broken(PlainResolver()))])
    assert isinstance(result.error, StepFailed)
    assert result.faults == ()
