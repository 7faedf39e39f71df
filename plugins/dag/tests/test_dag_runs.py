"""Whole runs with ``schedule = "dag"``: order, limits, and how long they take."""

from __future__ import annotations

import random
from functools import partial
from typing import Any

import anyio.lowlevel
import pytest
import trio
import trio.testing
from hypothesis import given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from hypothesis_profiles import examples
from recordings import Recording
from stratagem import Body, Config, Kernel, Limits, Pack, RunResult, Strategy, Workflow, planfacts
from stratagem_dag import DagPlugin, DagSettings
from stratagem_testing import Watcher, deterministic, graph_of, node, recorded, run_once, sample, workflow_of

ROUNDING = 1e-6
"""Seconds by which sums of floats may differ."""


def timed(workflow: Workflow, settings: DagSettings | None = None, seed: int = 0) -> tuple[RunResult, Watcher, float]:
    """A run on the virtual clock, what was seen of it, and its virtual seconds; the order of tasks is the seed's."""
    watcher = Watcher()

    async def main() -> tuple[RunResult, Watcher, float]:
        async with Kernel(packs=[sample], plugins=[DagPlugin(settings), recorded(lambda: watcher)]) as kernel:
            begun = trio.current_time()
            result = await kernel.run(workflow)
            return result, watcher, trio.current_time() - begun

    with deterministic(seed):
        return trio.run(main, clock=trio.testing.MockClock(autojump_threshold=0))


def most_at_once(watcher: Watcher, names: set[str]) -> int:
    """How many of these nodes ran at the same time, at most."""
    running = most = 0
    for seen in watcher.seen:
        if seen.node in names:
            running += 1 if seen.what == "begun" else -1
            most = max(most, running)
    return most


def wait(id_: str, seconds: float, **traits: Any) -> Any:
    """A node that waits."""
    return node(id_, "sample.wait", {"seconds": seconds}, **traits)


@st.composite
def dags(draw: st.DrawFn) -> tuple[list[float], list[list[int]], int]:
    """Seconds of each task, those that it waits for, and how many run at once."""
    chosen = random.Random(draw(st.integers(0, 2**32)))
    count = draw(st.integers(1, 25))
    seconds = [chosen.uniform(0.1, 10.0) for _ in range(count)]
    parents = [
        sorted({chosen.randrange(task) for _ in range(chosen.randint(0, 3))} if task else set())
        for task in range(count)
    ]
    return seconds, parents, draw(st.integers(1, 6))


@given(dags())
@hypothesis_settings(max_examples=examples(150))
def test_every_run_keeps_grahams_bound_and_takes_what_list_scheduling_takes(
    dag: tuple[list[float], list[list[int]], int],
) -> None:
    """No strand is idle while a step is ready, and the longest way to the end goes first."""
    seconds, parents, workers = dag
    nodes = [wait(f"n{i}", each, after=tuple(f"n{p}" for p in parents[i])) for i, each in enumerate(seconds)]
    workflow = workflow_of(*nodes, concurrency=workers)
    plan = Kernel(packs=[sample]).compile(workflow)
    result, watcher, took = timed(workflow)
    assert result.status == "done"
    assert (
        max(planfacts.span(plan), planfacts.work(plan) / workers) - ROUNDING
        <= took
        <= planfacts.estimate(plan, workers) + ROUNDING
    )
    assert took == pytest.approx(Recording("dag", seconds, parents).greedy(workers))
    assert most_at_once(watcher, set(workflow.nodes)) <= workers


def test_the_critical_path_is_started_first() -> None:
    """Though it stands last in the document."""
    nodes = [wait(f"short{i}", 1.0) for i in range(4)]
    chain = [wait(f"long{i}", 2.0, after=(f"long{i - 1}",) if i else ()) for i in range(3)]
    _, watcher, took = timed(workflow_of(*nodes, *chain, concurrency=2))
    assert watcher.seen[0].node == "long0"
    assert took == pytest.approx(6.0)


@pytest.mark.parametrize("seed", range(12))
def test_bodies_at_once_share_the_concurrency_with_all_else(seed: int) -> None:
    """Two loops of four passes each never run more than three steps."""
    loops = [
        node(f"loop{i}", "sample.each", {"items": [1, 2, 3, 4], "concurrency": 4}, bodies={"body": graph_of(wait(f"in{i}", 1.0))})
        for i in range(2)
    ]  # fmt: skip
    result, watcher, took = timed(workflow_of(*loops, wait("beside", 1.0), concurrency=3), seed=seed)
    assert result.status == "done"
    assert most_at_once(watcher, {"in0", "in1", "beside"}) == 3
    assert took == pytest.approx(3.0)


@pytest.mark.parametrize("where", ["workflow", "config"])
def test_limits_hold_over_bodies_and_all(where: str) -> None:
    """A limit counts the steps of a sort wherever they are."""
    body = graph_of(wait("inner", 1.0, group="g"))
    most = {"g": 2}
    workflow = workflow_of(
        node("loop", "sample.each", {"items": [1, 2, 3], "concurrency": 3}, bodies={"body": body}),
        *(wait(f"outer{i}", 1.0, group="g") for i in range(3)),
        wait("free", 0.5),
        limits=Limits(groups=most if where == "workflow" else {}),
    )
    result, watcher, took = timed(workflow, DagSettings(groups=most) if where == "config" else None)
    assert result.status == "done"
    assert most_at_once(watcher, {"inner", "outer0", "outer1", "outer2"}) == 2
    assert took == pytest.approx(3.0)


ENDLESS = Pack("endless")
STATE = {"passes": 0, "met": 0}


@ENDLESS.node(handles=("loop",))
async def forever(body: Body) -> None:
    """Calls its body until the other step was met, or for so long that something has gone wrong."""
    while not STATE["met"] and STATE["passes"] < 50_000:
        STATE["passes"] += 1
        await body({})
        await anyio.lowlevel.checkpoint()


@ENDLESS.node(cost=100.0)
async def urgent() -> None:
    """Seems to take long, so it is urgent."""


@ENDLESS.node()
async def low() -> None:
    """Is never urgent."""
    STATE["met"] = 1


@pytest.mark.parametrize("backend", ["asyncio", "trio"])
@pytest.mark.parametrize("concurrency", [1, 2])
def test_an_endless_loop_starves_nothing(backend: str, concurrency: int) -> None:
    """A step of the lowest priority is started after a bounded number of the loop's."""
    STATE.update(passes=0, met=0)
    nodes = [node(f"u{i}", "endless.urgent", after=(f"u{i - 1}",) if i else ()) for i in range(3)]
    loop = node("loop", "endless.forever", {}, bodies={"body": graph_of(*nodes)})
    first = node("first", "endless.urgent")
    workflow = workflow_of(loop, first, node("low", "endless.low", after=("first",)), concurrency=concurrency)
    call = partial(run_once, workflow, packs=[ENDLESS], plugins=[DagPlugin()])
    result = anyio.run(call, backend=backend)
    assert result.status == "done"
    assert STATE["passes"] < 10_000


def test_the_config_names_it_dag() -> None:
    """Found by its entry point, with its settings read from the config."""

    async def main() -> str:
        config = Config(strategy=Strategy(schedule="dag"), settings={"dag": {"groups": {"g": 1}}})
        async with Kernel(config, packs=[sample]) as kernel:
            assert kernel.hooks.chain("schedule")[0].plugin == "dag"
            return (await kernel.run(workflow_of(node("a", "sample.value")))).status

    assert anyio.run(main) == "done"
