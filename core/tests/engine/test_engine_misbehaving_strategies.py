"""Schedulers, resolvers, recorders and providers that misbehave: a run ends with an error that tells which."""

from __future__ import annotations

import logging
from collections.abc import AsyncIterator, Callable, Iterator, Mapping
from contextlib import AbstractAsyncContextManager, AbstractContextManager, asynccontextmanager, contextmanager
from typing import Any

import anyio
import anyio.lowlevel
import pytest

from stratagem import (
    Node,
    Pack,
    Recorder,
    Remembered,
    Resolver,
    ResourceProvider,
    RunResult,
    Scheduler,
    Step,
    Workflow,
)
from stratagem.errors import PluginFailed, ResourceUnavailable, SchedulerStalled, StepFailed
from stratagem.model import ResourceRequest
from stratagem.reference import PlainResolver
from stratagem.scope import Scope
from stratagem.views import Run, StepRun
from stratagem_testing import (
    AnyReady,
    graph_of,
    node,
    provided,
    recorded,
    resolved,
    run_once,
    sample,
    scheduled,
    workflow_of,
)

pytestmark = pytest.mark.anyio


class Losing(AnyReady):
    """Forgets every third step that it is offered."""

    def __init__(self) -> None:
        super().__init__()
        self.offers = 0

    def offer(self, step: StepRun) -> None:
        self.offers += 1
        if self.offers % 3:
            super().offer(step)


class Idle(AnyReady):
    """Starts nothing."""

    def take(self) -> StepRun | None:
        return None


class Tired(AnyReady):
    """Starts two steps, and then none."""

    def take(self) -> StepRun | None:
        self.free = min(self.free, 2)
        return super().take()

    def release(self, step: StepRun) -> None:
        """Keeps the place."""


class Raising(AnyReady):
    """Raises where it is told to."""

    def __init__(self, where: str) -> None:
        super().__init__()
        self.where = where

    def offer(self, step: StepRun) -> None:
        self._raise("offer")
        super().offer(step)

    def take(self) -> StepRun | None:
        self._raise("take")
        return super().take()

    def release(self, step: StepRun) -> None:
        self._raise("release")
        super().release(step)

    def _raise(self, where: str) -> None:
        if where == self.where:
            raise ZeroDivisionError(f"in {where}")


def four() -> Workflow:
    """Four steps, the last after the others."""
    names = ["a", "b", "c"]
    nodes = [node(name, "sample.value", {"value": 1}) for name in names]
    return workflow_of(*nodes, node("z", "sample.value", after=tuple(names)))


@pytest.mark.parametrize("make", [Losing, Idle, Tired])
async def test_a_scheduler_that_keeps_steps_back_is_stalled(make: Callable[[], Scheduler]) -> None:
    """The run ends, by an error that names the scheduler's class, instead of waiting for ever."""
    with anyio.fail_after(5):
        result = await run_once(four(), packs=[sample], plugins=[scheduled(make)])
    assert result.status == "failed"
    assert isinstance(result.error, SchedulerStalled)
    assert make.__name__ in str(result.error)
    assert "z" not in result.outputs


async def test_a_scheduler_that_keeps_a_body_back_is_stalled() -> None:
    """A body whose steps are never started ends the run too."""

    class Shallow(AnyReady):
        def offer(self, step: StepRun) -> None:
            if step.owner is None:
                super().offer(step)

    body = graph_of(node("inner", "sample.value"))
    workflow = workflow_of(node("loop", "sample.each", {"items": [1]}, bodies={"body": body}))
    with anyio.fail_after(5):
        result = await run_once(workflow, packs=[sample], plugins=[scheduled(Shallow)])
    assert isinstance(result.error, SchedulerStalled)


async def test_a_limit_that_a_body_shares_with_its_owner_is_stalled_with_a_hint() -> None:
    """A scheduler that counts owners as running waits for itself: the error says where to look."""

    class Counting(AnyReady):
        def take(self) -> StepRun | None:
            if not self.ready or not self.free:
                return None
            self.free -= 1
            return self.ready.popleft()

        def release(self, step: StepRun) -> None:
            self.free += 1

    body = graph_of(node("inner", "sample.value"))
    workflow = workflow_of(node("loop", "sample.each", {"items": [1]}, bodies={"body": body}))
    with anyio.fail_after(5):
        result = await run_once(workflow, packs=[sample], plugins=[scheduled(lambda: Counting(1))])
    assert isinstance(result.error, SchedulerStalled)
    assert "shares with the step around it" in str(result.error)


@pytest.mark.parametrize("where", ["offer", "take", "release"])
async def test_a_scheduler_that_raises_ends_the_run_with_its_error(where: str) -> None:
    """The error is not taken for one of a step, and names the strategy and who provides it."""
    result = await run_once(four(), packs=[sample], plugins=[scheduled(lambda: Raising(where))])
    assert isinstance(result.error, PluginFailed)
    assert result.error.what == f"the plugin 'schedule' failed in Raising.{where}: ZeroDivisionError: in {where}"
    assert result.error.provider == "schedule-dist 1.0"
    assert result.failures == ()


async def test_a_scheduler_that_gives_a_step_twice_does_not_run_later_steps_too_early() -> None:
    """The result is that of the reference run, or the run says that it is none."""

    class Doubling(AnyReady):
        def offer(self, step: StepRun) -> None:
            super().offer(step)
            super().offer(step)

    result = await run_once(four(), packs=[sample], plugins=[scheduled(Doubling)])
    assert result.status == "done" or result.error is not None


def one(**traits: Any) -> Workflow:
    """One step, called ``culprit``."""
    return workflow_of(node("culprit", "sample.value", {"value": 1}, **traits))


class BadResolver(PlainResolver):
    """Raises in the method that it is told to."""

    def __init__(self, where: str) -> None:
        super().__init__()
        self.where = where

    def handler(self, step: Step) -> Callable[..., Any]:
        self._raise("handler")
        return super().handler(step)

    def inputs(self, step: Step) -> Callable[[Scope], dict[str, Any]]:
        self._raise("inputs")
        return super().inputs(step)

    async def recall(self, step: Step, inputs: Mapping[str, Any]) -> Remembered | None:
        self._raise("recall")
        return None

    async def remember(self, step: Step, inputs: Mapping[str, Any], value: Any) -> None:
        self._raise("remember")

    def _raise(self, where: str) -> None:
        if where == self.where:
            raise ZeroDivisionError(f"in {where}")


@pytest.mark.parametrize("where", ["handler", "inputs", "recall", "remember"])
async def test_a_resolver_that_raises_ends_the_run_with_its_error(where: str) -> None:
    """Its plugin is named and not the step that it was asked for; what it raised is the cause."""
    result = await run_once(one(), packs=[sample], plugins=[resolved(lambda: BadResolver(where))])
    assert isinstance(result.error, PluginFailed)
    assert result.error.node is None
    assert str(result.error.__cause__) == f"in {where}"
    assert result.outputs == ({"culprit": {"result": 1}} if where == "remember" else {})


async def test_a_remembered_value_stands_for_the_step() -> None:
    """What a resolver recalls is the step's value; its node is not called."""

    class Knowing(PlainResolver):
        async def recall(self, step: Step, inputs: Mapping[str, Any]) -> Remembered | None:
            return Remembered("known") if step.id == "culprit" else None

    workflow = workflow_of(node("culprit", "sample.fail"), node("b", "sample.value", {"value": 2}))
    plugins = [resolved(Knowing)]
    result = await run_once(one(), packs=[sample], plugins=plugins)
    assert result.outputs["culprit"] == {"result": "known"}
    failing = await run_once(workflow, packs=[sample], plugins=plugins)
    assert failing.status == "failed"  # the value is held to the node's own annotation


class BadRecorder(Recorder):
    """Raises in the method that it is told to."""

    def __init__(self, where: str) -> None:
        self.where = where

    def run(self, run: Run) -> AbstractContextManager[Any]:
        self._raise("run")
        return self._around("run")

    def step(self, step: StepRun) -> AbstractContextManager[Any]:
        self._raise("step")
        return self._around("step")

    def skipped(self, step: StepRun) -> None:
        self._raise("skipped")

    @contextmanager
    def _around(self, what: str) -> Iterator[None]:
        self._raise(f"enter {what}")
        yield
        self._raise(f"exit {what}")

    def _raise(self, where: str) -> None:
        if where == self.where:
            raise ZeroDivisionError(f"in {where}")


@pytest.mark.parametrize(
    "where", ["run", "step", "skipped", "enter run", "exit run", "enter step", "exit step"]
)  # fmt: skip
async def test_a_recorder_that_raises_is_reported_and_harms_nothing(
    where: str, caplog: pytest.LogCaptureFixture
) -> None:
    """It looks on from beside the path: the run goes on without it, and one warning names it."""
    nodes = [node("a", "sample.value", {"value": 1}), node("b", "sample.value", when="false")]
    result = await run_once(workflow_of(*nodes), packs=[sample], plugins=[recorded(lambda: BadRecorder(where))])
    assert result.status == "done"
    assert result.outputs["a"] == {"result": 1}
    (record,) = [r for r in caplog.records if r.levelno >= logging.WARNING]
    assert "BadRecorder" in record.getMessage()


async def test_a_recorder_that_raises_names_its_distribution(caplog: pytest.LogCaptureFixture) -> None:
    """Whoever reads the warning knows which package to look at."""
    await run_once(one(), packs=[sample], plugins=[recorded(lambda: BadRecorder("step"), "watcher")])
    (record,) = [r for r in caplog.records if r.levelno >= logging.WARNING]
    assert "watcher" in record.getMessage()


async def test_a_recorder_can_not_swallow_a_failure() -> None:
    """A context manager that says it has dealt with an error does not make a failed step look done."""

    class Swallowing(Recorder):
        @contextmanager
        def step(self, step: StepRun) -> Iterator[None]:
            try:
                yield
            except Exception:
                return

    workflow = workflow_of(node("culprit", "sample.fail"))
    result = await run_once(workflow, packs=[sample], plugins=[recorded(Swallowing)])
    assert result.status == "failed"
    assert result.failures[0].node == "culprit"


class BadProvider(ResourceProvider):
    """Raises where it is told to, and counts what is open."""

    def __init__(self, where: str, error: Exception) -> None:
        self.where, self.error = where, error
        self.open = 0

    def lease(self, step: StepRun, request: ResourceRequest) -> AbstractAsyncContextManager[Any]:
        if self.where == "lease":
            raise self.error
        return self._lease()

    @asynccontextmanager
    async def _lease(self) -> AsyncIterator[str]:
        await anyio.lowlevel.checkpoint()
        if self.where == "enter":
            raise self.error
        self.open += 1
        try:
            yield "the thing"
        finally:
            self.open -= 1
        if self.where == "exit":
            raise self.error


async def run_leasing(provider: ResourceProvider, *more: Node) -> RunResult:
    """A run of one node that needs a thing."""
    workflow = workflow_of(node("culprit", "sample.use"), *more)
    return await run_once(workflow, packs=[sample], plugins=[provided("thing", lambda: provider)])


@pytest.mark.parametrize("where", ["lease", "enter", "exit"])
async def test_a_provider_that_refuses_fails_the_step(where: str) -> None:
    """The step that needs the resource is named; what was opened is closed."""
    provider = BadProvider(where, ResourceUnavailable("the pool is empty", provider="pool-dist 1.0"))
    result = await run_leasing(provider)
    assert isinstance(result.error, StepFailed)
    assert result.error.node == "culprit"
    assert "the pool is empty" in str(result.error)
    assert isinstance(result.error.__cause__, ResourceUnavailable)
    assert provider.open == 0


async def test_a_lease_can_not_swallow_an_error() -> None:
    """A step whose error a provider has taken for itself does not look done."""

    class Swallowing(ResourceProvider):
        @asynccontextmanager
        async def lease(self, step: StepRun, request: ResourceRequest) -> AsyncIterator[str]:
            try:
                yield "the thing"
            except Exception:
                return

    pack = Pack("own")

    @pack.node(resources={"thing": "thing"})
    async def breaks(thing: Any) -> None:
        raise ValueError("lost")

    workflow = workflow_of(node("culprit", "own.breaks"))
    result = await run_once(workflow, packs=[pack], plugins=[provided("thing", Swallowing)])
    assert isinstance(result.error, StepFailed)
    assert str(result.error) == "node 'culprit': ValueError: lost"


async def test_a_lease_is_closed_when_its_step_is_cancelled() -> None:
    """A time limit, too, leaves nothing open."""
    provider = BadProvider("nowhere", ValueError())
    workflow = workflow_of(node("culprit", "sample.use", {"seconds": 9}, timeout=0.05))
    result = await run_once(workflow, packs=[sample], plugins=[provided("thing", lambda: provider)])
    assert result.status == "failed"
    assert provider.open == 0


class _Unused(Resolver):
    """Resolvers need a handler and inputs: the abstract methods say so."""


def test_a_resolver_without_its_methods_can_not_be_made() -> None:
    """The contract is held when the object is made, not in the middle of a run."""
    with pytest.raises(TypeError, match="handler"):
        _Unused()  # type: ignore[abstract]  # the mistake that is looked at
