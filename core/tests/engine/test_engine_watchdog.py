"""The watchdog names plugins that block the loop, steps that are slow, and steps that starve."""

from __future__ import annotations

import logging
import time
from collections.abc import AsyncIterator, Iterator
from contextlib import AbstractAsyncContextManager, asynccontextmanager, contextmanager
from typing import Any

import anyio
import pytest

from stratagem import Config, Recorder, ResourceProvider, hookimpl
from stratagem.config.model import RunConfig
from stratagem.kernel import Kernel
from stratagem.model import ResourceRequest
from stratagem.plugins.base import Plugin
from stratagem.reference import SequentialScheduler
from stratagem.usual import Usual
from stratagem.views import KernelView, Run, StepRun
from stratagem_testing import AnyReady, node, provided, recorded, run_once, sample, scheduled, workflow_of

pytestmark = pytest.mark.anyio


def config(**limits: Any) -> Config:
    """A config whose watchdog looks every tenth of a second."""
    return Config(run=RunConfig(block_limit=0.1, **limits))


def warnings_in(caplog: pytest.LogCaptureFixture) -> list[logging.LogRecord]:
    return [r for r in caplog.records if r.name == "stratagem.engine" and r.levelno == logging.WARNING]


class Blocking(SequentialScheduler):
    """One that sleeps where it should choose."""

    def take(self) -> StepRun | None:
        taken = super().take()
        if taken is not None:
            time.sleep(0.35)
        return taken


class BlockingPlugin(Plugin):
    """What provides it, as if from a distribution."""

    name = "sleepy"
    distribution = "acme-sleepy 4.2"

    @hookimpl
    def schedule(self, run: Run) -> Blocking:
        return Blocking()


async def test_a_strategy_that_blocks_the_loop_is_named(caplog: pytest.LogCaptureFixture) -> None:
    """By its plugin and distribution, with the function; once, and no node is blamed for it."""
    nodes = [node(name, "sample.value", {"value": 1}) for name in "ab"]
    kernel = Kernel(packs=[sample], plugins=[BlockingPlugin()])
    kernel.config = config()
    kernel.hooks = type(kernel.hooks)([p for p in kernel.plugins if p.name != "sequential"])
    async with kernel:
        assert (await kernel.run(workflow_of(*nodes))).status == "done"
    (warning,) = warnings_in(caplog)
    told = warning.getMessage()
    assert told.startswith(
        "the plugin 'sleepy' (acme-sleepy 4.2) has blocked the event loop for more than 0.1 s, in Blocking.take ("
    )
    assert told.endswith(". Have it await what it waits for, or do its work in a thread.")


class Loitering(Plugin):
    """A plugin with a task of its own that blocks."""

    name = "loiter"
    distribution = "acme-loiter 1.0"

    @asynccontextmanager
    async def lifespan(self, kernel: KernelView) -> AsyncIterator[None]:
        async with anyio.create_task_group() as group:
            group.start_soon(self._loiter)
            yield
            group.cancel_scope.cancel()

    async def _loiter(self) -> None:
        await anyio.sleep(0.1)
        time.sleep(0.4)


async def test_a_plugins_own_task_that_blocks_the_loop_is_named(caplog: pytest.LogCaptureFixture) -> None:
    """By the module that its functions come from; nodes that merely wait meanwhile are not blamed."""
    workflow = workflow_of(node("w", "sample.wait", {"seconds": 0.3}))
    await run_once(workflow, packs=[sample], plugins=[Loitering()], config=config())
    (warning,) = warnings_in(caplog)
    assert "the plugin 'loiter' (acme-loiter 1.0) has blocked" in warning.getMessage()


class Knowing(Recorder):
    """A recorder that knows how long a node takes."""

    @contextmanager
    def run(self, run: Run) -> Iterator[None]:
        run.usual = {"w": Usual(8, 0.01, 0.02)}
        yield


async def test_a_step_beyond_its_usual_time_is_named_once(caplog: pytest.LogCaptureFixture) -> None:
    """With what earlier runs took; nodes of which nothing is known are left alone. The record carries node and run."""
    nodes = [node("w", "sample.wait", {"seconds": 0.8}), node("other", "sample.wait", {"seconds": 0.8})]
    plugins = [recorded(Knowing), scheduled(lambda: AnyReady(2))]
    result = await run_once(workflow_of(*nodes), packs=[sample], plugins=plugins, config=config())
    (warning,) = warnings_in(caplog)
    assert warning.getMessage().startswith("node 'w' of type sample.wait has run for 0.")
    assert "of 8 earlier executions half took at most 0.01 s and 95 % at most 0.02 s" in warning.getMessage()
    assert (vars(warning)["node"], vars(warning)["run"]) == ("w", result.id)


class Scarce(ResourceProvider):
    """One thing for all."""

    def __init__(self) -> None:
        self._lock = anyio.Lock()

    def lease(self, step: StepRun, request: ResourceRequest) -> AbstractAsyncContextManager[object]:
        return self._lease()

    @asynccontextmanager
    async def _lease(self) -> AsyncIterator[object]:
        async with self._lock:
            yield object()


async def test_a_step_that_waits_long_for_a_resource_is_named_once(caplog: pytest.LogCaptureFixture) -> None:
    """With the resource's kind and who provides it."""
    nodes = [node(name, "sample.use", {"seconds": 0.7}) for name in "ab"]
    plugins = [provided("thing", Scarce), scheduled(lambda: AnyReady(2))]
    result = await run_once(workflow_of(*nodes), packs=[sample], plugins=plugins, config=config(wait_limit=0.2))
    assert result.status == "done"
    (warning,) = warnings_in(caplog)
    told = warning.getMessage()
    assert told.startswith("node 'b' of type sample.use has waited 0.")
    assert "s for a 'thing' from " in told
    assert "as 1 node does now" in told


async def test_steps_that_get_what_they_need_are_not_warned_of(caplog: pytest.LogCaptureFixture) -> None:
    """Waiting for a moment is what resources are for; recorders are told how long."""
    told: list[tuple[str, Any]] = []

    class Listening(Recorder):
        def event(self, step: StepRun, name: str, **attributes: Any) -> None:
            told.append((name, attributes["kind"]))

    nodes = [node(name, "sample.use", {"seconds": 0.15}) for name in "ab"]
    plugins = [provided("thing", Scarce), scheduled(lambda: AnyReady(2)), recorded(Listening)]
    await run_once(workflow_of(*nodes), packs=[sample], plugins=plugins, config=config(wait_limit=5.0))
    assert warnings_in(caplog) == []
    assert told == [("lease", "thing"), ("lease", "thing")]
