"""What is seen of a lease that one step holds for others: by its provider, who uses it; from beside, who waits for it."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import anyio
import pytest

from stratagem import Body, Kernel, Node, Pack, Plugin, Recorder, RunResult
from stratagem.nodes import Leases
from stratagem.views import StepRun
from stratagem_pools import PoolSettings
from stratagem_testing import AnyReady, Grip, ThingPlugin, Things, graph_of, node, recorded, scheduled, workflow_of

pytestmark = pytest.mark.anyio

pack = Pack("held")


@pack.node(holds=("thing",))
async def holding(body: Body, leases: Leases) -> None:
    """Holds a thing for its body."""
    async with leases.hold("thing"):
        await body()


@pack.node(opens=("thing",))
async def opening(leases: Leases) -> None:
    """Opens a thing for the steps that follow."""
    await leases.open("thing")


@pack.node(resources={"thing": "thing"})
async def use(thing: Grip, seconds: float = 0.0, fail: bool = False) -> int:
    """Uses a thing for a while, and may fail then."""
    await anyio.sleep(seconds)
    if fail:
        raise ValueError("on purpose")
    return thing.use()


class Watching(Things):
    """Notes who uses what is held, and how that ends."""

    def __init__(self) -> None:
        super().__init__()
        self.seen: dict[str, str] = {}

    @asynccontextmanager
    async def use(self, member: Any, step: StepRun, given: Any) -> AsyncIterator[Any]:
        try:
            yield given
        except Exception as error:
            self.seen[step.step.id] = type(error).__name__
            raise
        self.seen[step.step.id] = "well"


@pytest.fixture(params=["sequential", "at-once"])
def plugins(request: pytest.FixtureRequest) -> list[Plugin]:
    """Each test holds on the sequential schedule, and on one that starts whatever is ready."""
    return [scheduled(lambda: AnyReady(8))] if request.param == "at-once" else []


async def ran(things: Things, plugins: list[Plugin], *nodes: Node, **limits: Any) -> RunResult:
    """Runs the nodes with things from a pool."""
    pool = ThingPlugin(PoolSettings(**limits), things)
    async with Kernel(packs=[pack], plugins=[*plugins, pool]) as kernel:
        return await kernel.run(workflow_of(*nodes))


async def test_a_provider_sees_who_uses_what_another_step_holds(plugins: list[Plugin]) -> None:
    """Around each use; failures pass through. A step with a lease of its own is seen where that is lent."""
    things = Watching()
    failing = node("b", "held.use", {"fail": True}, on_error="continue", after=("a",))
    body = graph_of(node("a", "held.use"), failing, node("c", "held.use"))
    result = await ran(things, plugins, node("own", "held.use"), node("holder", "held.holding", bodies={"body": body}))
    result.raise_for_error()
    assert things.seen == {"a": "well", "b": "ValueError", "c": "well"}


async def test_what_was_opened_is_seen_in_use_too(plugins: list[Plugin]) -> None:
    """By the steps that follow."""
    things = Watching()
    result = await ran(things, plugins, node("open", "held.opening"), node("a", "held.use", after=("open",)))
    result.raise_for_error()
    assert things.seen == {"a": "well"}


async def test_who_waits_for_a_lease_to_hold_is_seen_to_wait() -> None:
    """As a step that waits for its own is; once it has the lease, it is told how long that took."""
    waiting: list[tuple[str, str]] = []
    told: dict[str, float] = {}

    class Listener(Recorder):
        def event(self, step: StepRun, name: str, **attributes: Any) -> None:
            if name == "lease" and step.step.composite:
                told[step.step.id] = attributes["waited"]
                run: Any = step.run  # looked at below the views
                assert step not in run.waits
                waiting.extend((each.step.id, kind) for each, (kind, _) in run.waits.items())

    nodes = [
        node(f"holder{i}", "held.holding", bodies={"body": graph_of(node(f"in{i}", "held.use", {"seconds": 0.05}))})
        for i in range(2)
    ]
    plugins = [scheduled(lambda: AnyReady(8)), recorded(Listener)]
    (await ran(Things(), plugins, *nodes, size=1, spare=0)).raise_for_error()
    assert len(waiting) == 1
    assert waiting[0][1] == "thing"
    assert max(told.values()) > 0.02
