"""The promise: a run with the cache gives what a run without it gives."""

from __future__ import annotations

import gc
from collections.abc import Callable, Iterator
from functools import partial
from itertools import count
from pathlib import Path
from typing import Any

import anyio
import pytest
from attrs import evolve
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from hypothesis_profiles import examples
from stratagem import Graph, Kernel, Node, Pack, Plugin, Workflow
from stratagem_node_cache import NodeCachePlugin, NodeCacheSettings
from stratagem_testing import AnyReady, Recipe, ResolverContract, outcome, sample, scheduled, workflows

LIMIT = 60
"""Seconds after which a run is taken to hang."""

STORED = sample.provided_by("sample-dist 1.0")
"""The test pack as that of a distribution, so that its results may go to disk."""

own = Pack("own")


@own.node(rebuildable=True)
class Counter:
    """Counts, and hands the count on."""

    def __init__(self) -> None:
        self.count = 0

    async def run(self, value: Any = None) -> int:
        self.count += 1
        return self.count

    def state(self) -> int:
        return self.count

    def restore(self, state: int) -> None:
        self.count = state


@own.node()
class Silent:
    """Counts."""

    def __init__(self) -> None:
        self.count = 0

    async def run(self, value: Any = None) -> int:
        self.count += 1
        return self.count


def with_instances(graph: Graph, number: Iterator[int]) -> dict[str, Node]:
    """The graph's nodes and two class nodes more, and so in all their bodies."""
    nodes = [
        evolve(
            node, bodies={name: evolve(body, nodes=with_instances(body, number)) for name, body in node.bodies.items()}
        )
        for node in graph.nodes.values()
    ]
    nodes += [Node(f"{kind}{next(number)}", f"own.{kind}") for kind in ("Counter", "Silent")]
    return {node.id: node for node in nodes}


class TestNodeCache(ResolverContract):
    """In memory."""

    def plugin(self) -> Plugin:
        return NodeCachePlugin(NodeCacheSettings(max_entries=1))


class TestSmallNodeCache(ResolverContract):
    """With hardly any room."""

    def plugin(self) -> Plugin:
        return NodeCachePlugin(NodeCacheSettings(max_entries=1, max_results=2, max_bytes=1000))


class TestStoredNodeCache(ResolverContract):
    """With everything on: what is not in memory comes from disk."""

    @pytest.fixture(autouse=True)
    def _folder(self, tmp_path: Path) -> None:
        self.folder = tmp_path

    def plugin(self) -> Plugin:
        return NodeCachePlugin(NodeCacheSettings(max_entries=1, max_results=1, store=str(self.folder / "r.sqlite")))


thoroughly = partial(
    settings, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large, HealthCheck.large_base_example]
)


async def results_of(workflow: Workflow, plugins: tuple[Plugin, ...], packs: tuple[Pack, ...]) -> list[dict[str, Any]]:
    """What two runs in one kernel give."""
    with anyio.fail_after(LIMIT):
        async with Kernel(packs=packs, plugins=plugins) as kernel:
            plan = kernel.compile(workflow)
            # a time slice is real time: where it ends decides which of several passes at once comes first
            options = kernel.options_for(plan, time_slice=3600.0)
            return [outcome(await kernel.run(plan, options=options)) for _ in range(2)]


def assert_unchanged(workflow: Workflow, plugins: Callable[[], tuple[Plugin, ...]], backend: str, *packs: Pack) -> None:
    """Both runs give what the reference strategies give."""
    offered = packs or (STORED,)
    expected = anyio.run(results_of, workflow, (), offered, backend=backend)
    assert anyio.run(results_of, workflow, plugins(), offered, backend=backend) == expected


@given(workflows(Recipe(on_error=True)), st.sampled_from(["asyncio", "trio"]), st.integers(0, 5))
@thoroughly(max_examples=examples(150))
def test_runs_give_the_same_with_any_room(workflow: Workflow, backend: str, room: int) -> None:
    """The first run, and a second one that finds what the first has left; in sequence."""
    made = NodeCacheSettings(max_entries=1, max_results=10**room, max_bytes=20 * 10**room)
    assert_unchanged(workflow, lambda: (NodeCachePlugin(made),), backend)


@given(workflows(Recipe(on_error=True)), st.sampled_from(["asyncio", "trio"]))
@thoroughly(max_examples=examples(150))
def test_runs_of_many_steps_at_once_give_the_same(workflow: Workflow, backend: str) -> None:
    """Where equal steps wait for each other."""
    assert_unchanged(workflow, lambda: (NodeCachePlugin(), scheduled(AnyReady)), backend)


@given(workflows(Recipe(nodes=4)), st.sampled_from(["asyncio", "trio"]))
@thoroughly(max_examples=examples(150))
def test_class_nodes_count_the_same(workflow: Workflow, backend: str) -> None:
    """With room for one instance, in loops and bodies of bodies."""
    counted = evolve(workflow, nodes=with_instances(workflow, count()))
    made = NodeCacheSettings(max_entries=1)
    assert_unchanged(counted, lambda: (NodeCachePlugin(made),), backend, sample, own)


@given(workflow=workflows(Recipe(on_error=True)))
@thoroughly(max_examples=examples(40), deadline=None)
def test_runs_with_a_store_give_the_same(tmp_path_factory: pytest.TempPathFactory, workflow: Workflow) -> None:
    """Where memory holds one result, and all others come from disk."""
    folder = tmp_path_factory.mktemp("store")
    made = NodeCacheSettings(max_results=1, store=str(folder / "results.sqlite"))
    assert_unchanged(workflow, lambda: (NodeCachePlugin(made),), "asyncio")
    assert_unchanged(workflow, lambda: (NodeCachePlugin(made),), "trio")
    gc.collect()  # a connection that was left open would be told of here
