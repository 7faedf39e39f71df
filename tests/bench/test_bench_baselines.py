"""What the measurements rest on: both sides of a ratio do the same work."""

from __future__ import annotations

import asyncio

from hypothesis import given, settings
from hypothesis import strategies as st

from hypothesis_profiles import examples
from stratagem_bench.baselines import bare_loop, static_order, task_group
from stratagem_bench.graphs import STEP_GRAPHS, Graph, branches
from stratagem_bench.subject import check, named_parents, new_kernel, step, workflow_of


@st.composite
def graphs(draw: st.DrawFn) -> Graph:
    """Any graph of up to a dozen nodes."""
    size = draw(st.integers(1, 12))
    parents = [draw(st.sets(st.integers(0, node - 1))) if node else set() for node in range(size)]
    return Graph("drawn", tuple(tuple(sorted(each)) for each in parents))


@settings(max_examples=examples(50))
@given(graphs())
def test_baselines_and_kernel_give_the_same_values(graph: Graph) -> None:
    """On any graph, so that neither side is quick because it leaves something out."""

    async def run() -> None:
        assert await bare_loop(graph, step) == graph.checksum
        assert await task_group(graph, step) == graph.checksum
        async with new_kernel() as kernel:
            check(await kernel.run(workflow_of(graph)), graph)

    asyncio.run(run())


def test_the_graphs_have_the_shapes_that_the_targets_speak_of() -> None:
    """A thousand nodes each, the last ten thousand; what has to be sorted is the whole graph."""
    made = [make() for make in STEP_GRAPHS]
    assert [len(graph) for graph in made] == [1000, 1002, 1000, 10_000]
    assert [len(graph.leaves) for graph in made[:2]] == [1, 1]
    assert {len(parents) for parents in made[2].parents} == {0, 2, 3}
    assert all(len(static_order(named_parents(graph))) == len(graph) for graph in made)


def test_branches_run_beside_each_other() -> None:
    """Eight first nodes, eight last ones, and each node waits for the one before in its own branch."""
    graph = branches(8, 5)
    assert (len(graph), len(graph.leaves)) == (40, 8)
    assert [sum(not parents for parents in graph.parents), graph.parents[13]] == [8, (5,)]
