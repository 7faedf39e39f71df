"""Nodes that count how often they are run, for tests of what is remembered."""

from __future__ import annotations

from typing import Any

import anyio
from attrs import define, field, frozen

from stratagem import (
    NOTHING,
    Branch,
    Context,
    Kernel,
    Measure,
    Nothing,
    Pack,
    Plugin,
    Recorder,
    RunResult,
    StepRun,
    Workflow,
)
from stratagem_node_cache import NodeCachePlugin, NodeCacheSettings
from stratagem_testing import sample

HIT, MISS = "cache.requests{cache=node,hit=True}", "cache.requests{cache=node,hit=False}"


@frozen
class Halves:
    """What a node gives by two outputs, of which one may be missing."""

    left: list[int]
    right: list[int] | Nothing = NOTHING


class Handle:
    """Something that has no copies."""


@define(eq=False)
class Nodes:
    """A pack that counts how often its nodes run."""

    pack: Pack = field(factory=lambda: Pack("count"))
    ran: list[str] = field(factory=list)

    def __attrs_post_init__(self) -> None:
        pack, ran = self.pack, self.ran

        @pack.node(effect="pure")
        async def pure(value: Any = None, seconds: float = 0.0, fails: bool = False) -> Any:
            ran.append("pure")
            await anyio.sleep(seconds)
            if fails:
                raise ValueError("as asked")
            return [value]

        @pack.node(effect="read")
        async def read(value: Any = None) -> Any:
            ran.append("read")
            return len(ran)

        @pack.node()
        async def write(value: Any = None) -> Any:
            ran.append("write")
            return value

        @pack.node(effect="pure")
        async def drawn(context: Context) -> float:
            ran.append("drawn")
            return context.random.random()

        @pack.node(effect="pure", controls=("even", "odd"), outputs=("half",))
        async def parity(value: int) -> Branch:
            ran.append("parity")
            return Branch("odd" if value % 2 else "even", value=[value // 2])

        @pack.node(effect="pure")
        async def halves(values: list[int]) -> Halves:
            ran.append("halves")
            return Halves(values[:1], values[1:]) if len(values) > 1 else Halves(values[:])

        @pack.node(effect="pure")
        async def maybe(value: int) -> int | Nothing:
            ran.append("maybe")
            return value or NOTHING

        @pack.node(effect="pure")
        async def handle(value: Any, seconds: float = 0.0) -> Any:
            ran.append("handle")
            await anyio.sleep(seconds)
            return Handle()

        @pack.node(effect="pure")
        async def same(value: Any) -> Any:
            ran.append("same")
            return value

        @pack.node(runs="loop")
        def append(values: Any, value: Any) -> list[Any]:
            values.append(value)
            return list(values)


@define(eq=False)
class Clock:
    """Time as a test sets it."""

    now: float = 1000.0

    def __call__(self) -> float:
        return self.now


class Events(Recorder):
    """Keeps what steps are told to have met, with the run's measurements."""

    def __init__(self) -> None:
        self.seen: list[tuple[str, str, dict[str, Any]]] = []
        self.records: list[str] = []

    def event(self, step: StepRun, name: str, **attributes: Any) -> None:
        self.seen.append((step.step.id, name, attributes))

    def record(self, name: str, value: float, unit: str = "1", **attributes: Any) -> None:
        self.records.append(name)


def cache(**settings: Any) -> NodeCachePlugin:
    """The plugin with these settings."""
    return NodeCachePlugin(NodeCacheSettings(**settings))


async def run(nodes: Nodes, *workflows: Workflow, plugins: tuple[Plugin, ...] = ()) -> list[RunResult]:
    """One run after another in one kernel."""
    async with Kernel(packs=[nodes.pack, sample], plugins=plugins or (cache(),)) as kernel:
        return [await kernel.run(workflow) for workflow in workflows]


def metric(result: RunResult, name: str) -> float:
    """The total of one of the cache's measures."""
    measure: Measure | None = result.metrics.get(name)
    return measure.total if measure else 0
