"""Waiting for a resource is waiting, not work: in measurements, in warnings, and for recorders."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator
from contextlib import AbstractAsyncContextManager, asynccontextmanager, contextmanager
from typing import Any

import anyio
import pytest

from stratagem import Body, Config, Pack, Recorder, ResourceProvider
from stratagem._engine.telemetry.events import Event, StepEnded
from stratagem._engine.watching.slowness import at_work
from stratagem.config.model import RunConfig
from stratagem.errors import ResourceUnavailable
from stratagem.model import ResourceRequest
from stratagem.nodes import Leases
from stratagem.usual import Usual
from stratagem.views import Run, StepRun
from stratagem_testing import AnyReady, graph_of, node, provided, recorded, run_once, sample, scheduled, workflow_of

pytestmark = pytest.mark.anyio

pack = Pack("waittest")


@pack.node(holds=("thing:",))
async def holds(body: Body, leases: Leases) -> Any:
    """Holds a thing for its body."""
    async with leases.hold("thing"):
        return await body()


class OneThing(ResourceProvider):
    """One thing for all; or none, which is found out after a while."""

    def __init__(self, refuses: bool = False) -> None:
        self._lock = anyio.Lock()
        self._refuses = refuses

    def lease(self, step: StepRun, request: ResourceRequest) -> AbstractAsyncContextManager[object]:
        return self._lease()

    @asynccontextmanager
    async def _lease(self) -> AsyncIterator[object]:
        if self._refuses:
            await anyio.sleep(0.2)
            raise ResourceUnavailable("there is none", retryable=False)
        async with self._lock:
            yield object()


class Told(Recorder):
    """Notes what it is told of waiting."""

    def __init__(self) -> None:
        self.waits: list[tuple[str, str, bool]] = []

    def event(self, step: StepRun, name: str, **attributes: Any) -> None:
        self.waits.append((step.step.id, name, attributes["waited"] > 0.1))


def users(type_: str) -> list[Any]:
    """Two steps that need the one thing for 0.2 s each."""
    if type_ == "sample.use":
        return [node(name, type_, {"seconds": 0.2}) for name in "ab"]
    inner = [graph_of(node(f"in_{name}", "sample.wait", {"seconds": 0.2})) for name in "ab"]
    return [node(name, type_, bodies={"body": body}) for name, body in zip("ab", inner, strict=True)]


@pytest.mark.parametrize("type_", ["sample.use", "waittest.holds"])
async def test_waiting_is_no_work(type_: str) -> None:
    """Neither in the times of node types, nor in the efficiency, nor for those who see events; both ways to a lease."""
    events: list[Event] = []
    told = Told()
    plugins = [provided("thing", OneThing), scheduled(lambda: AnyReady(4)), recorded(lambda: told)]
    workflow = workflow_of(*users(type_))
    result = await run_once(
        workflow, packs=[sample, pack], plugins=plugins, measure=True, on_event=events.append, concurrency=4
    )
    assert result.status == "done"
    taken = result.metrics[f"step.duration{{type={type_}}}"]
    assert 0.4 <= taken.total < 0.55
    assert taken.greatest < 0.3
    assert result.metrics["run.parallel_efficiency"].last < 0.45
    ends = {event.node: event for event in events if isinstance(event, StepEnded)}
    assert ends["b"].seconds >= 0.38
    assert ends["b"].waited >= 0.15
    assert ends["b"].worked < 0.3
    assert told.waits == [("a", "lease", False), ("b", "lease", True)]


async def test_waiting_in_vain_is_waiting_too() -> None:
    """Recorders are told how long."""
    told = Told()
    plugins = [provided("thing", lambda: OneThing(refuses=True)), recorded(lambda: told)]
    result = await run_once(workflow_of(node("a", "sample.use")), packs=[sample], plugins=plugins, measure=True)
    assert result.status == "failed"
    assert told.waits == [("a", "unleased", True)]
    assert result.metrics["step.duration{type=sample.use}"].total < 0.1


class Knowing(Recorder):
    """A recorder that knows how long nodes take."""

    @contextmanager
    def run(self, run: Run) -> Iterator[None]:
        run.usual = {name: Usual(8, 0.3, 0.3) for name in ("a", "b", "loop")}
        yield


async def test_a_step_that_waits_is_not_slow(caplog: pytest.LogCaptureFixture) -> None:
    """Nor is the one around it while all that runs inside it waits; who holds the thing too long is."""
    limits = Config(run=RunConfig(block_limit=0.05, slow_factor=2.0, wait_limit=60.0))
    plugins = [provided("thing", OneThing), scheduled(lambda: AnyReady(4)), recorded(Knowing)]
    nodes = [node(name, "sample.use", {"seconds": 0.9}) for name in "ab"]
    await run_once(workflow_of(*nodes), packs=[sample], plugins=plugins, config=limits)
    found = [record.getMessage() for record in caplog.records]
    assert [text.partition(" of type")[0] for text in found] == ["node 'a'", "node 'b'"]
    assert "has run for 0." in found[1]


async def test_those_around_a_step_that_works_work() -> None:
    """However many beside it wait."""

    class Looking(Recorder):
        seen: list[tuple[set[str], set[str]]]

        @contextmanager
        def step(self, step: StepRun) -> Iterator[None]:
            run: Any = step.run  # looked at below the views
            known: Any = {step: None}
            current = [strand.current for strand in run.strands if strand.current is not None]
            self.seen.append(
                (
                    {each.step.id for each in current},
                    {each.step.id for each in at_work(current, known)},
                )
            )
            yield

    looking = Looking()
    looking.seen = []
    body = graph_of(node("in", "sample.value"))
    loop = node("loop", "sample.each", {"items": [1]}, bodies={"body": body})
    await run_once(workflow_of(loop), packs=[sample], plugins=[recorded(lambda: looking)])
    assert looking.seen == [({"loop"}, set()), ({"loop", "in"}, set())]


async def test_a_warning_names_the_way(caplog: pytest.LogCaptureFixture) -> None:
    """With the row, as errors do."""
    limits = Config(run=RunConfig(block_limit=0.05, wait_limit=0.1))
    plugins = [provided("thing", OneThing), scheduled(lambda: AnyReady(4))]
    body = graph_of(node("u", "sample.use", {"seconds": 0.4}))
    loop = node("loop", "sample.each", {"items": ["x", "y"], "concurrency": 2}, bodies={"body": body})
    await run_once(workflow_of(loop), packs=[sample], plugins=plugins, config=limits)
    (record,) = caplog.records
    row = "(row 0 of 2: 'x')" if "loop[0]" in record.getMessage() else "(row 1 of 2: 'y')"  # either may be the first
    assert f" / u' {row} of type sample.use has waited 0." in record.getMessage()
