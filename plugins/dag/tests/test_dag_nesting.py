"""Limits across bodies: those inside an owner share its place, and no two owners wait for each other."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from pathlib import Path
from random import Random
from typing import Any

import pytest
import trio
import trio.testing

from hypothesis_profiles import examples
from stratagem import Graph, Kernel, Limits, Node, RunResult, Workflow
from stratagem_dag import DagPlugin
from stratagem_testing import (
    CountedThings,
    Recipe,
    Watcher,
    deterministic,
    graph_of,
    node,
    provided,
    random_workflow,
    recorded,
    sample,
    workflow_of,
)


def timed(workflow: Workflow, seed: int = 0) -> tuple[RunResult, Watcher, float]:
    """A run on the virtual clock, what was seen of it, and its virtual seconds."""
    watcher = Watcher()

    async def main() -> tuple[RunResult, Watcher, float]:
        things = provided("thing", CountedThings)
        async with Kernel(packs=[sample], plugins=[DagPlugin(), recorded(lambda: watcher), things]) as kernel:
            begun = trio.current_time()
            result = await kernel.run(workflow)
            return result, watcher, trio.current_time() - begun

    with deterministic(seed):
        return trio.run(main, clock=trio.testing.MockClock(autojump_threshold=0))


def each(id_: str, items: list[int], *body: Node, concurrency: int = 1, **traits: Any) -> Node:
    """A loop."""
    return node(
        id_, "sample.each", {"items": items, "concurrency": concurrency}, bodies={"body": graph_of(*body)}, **traits
    )


def wait(id_: str, **traits: Any) -> Node:
    """A step of one second."""
    return node(id_, "sample.wait", {"seconds": 1}, **traits)


def groups(**most: int) -> Limits:
    """Limits of groups."""
    return Limits(groups=most)


def test_a_step_inside_an_owner_has_the_owners_place() -> None:
    """A group of one bounds a loop and what is in it: the loop runs, its passes one after the other."""
    loop = each("loop", [1, 2, 3], wait("inner", group="g"), concurrency=3, group="g")
    result, _, seconds = timed(workflow_of(loop, limits=groups(g=1), concurrency=8))
    assert result.status == "done"
    assert seconds == 3


def test_places_that_are_left_are_taken_as_usual() -> None:
    """A group of two has the owner's place and one more for those inside."""
    loop = each("loop", [1, 2, 3, 4], wait("inner", group="g"), concurrency=4, group="g")
    result, _, seconds = timed(workflow_of(loop, limits=groups(g=2), concurrency=8))
    assert result.status == "done"
    assert seconds == 2


def test_a_place_is_lent_at_any_depth() -> None:
    """An owner, an owner in it, and a step in that one are counted by the same limits."""
    inner = each("inner", [1, 2], wait("leaf", group="g"), group="g")
    tried = node("tried", "sample.try", bodies={"body": graph_of(inner)}, group="g")
    loop = each("loop", [1, 2], tried, group="g")
    limits = Limits(types={"sample.each": 1}, groups={"g": 1})
    result, _, seconds = timed(workflow_of(loop, limits=limits, concurrency=8))
    assert result.status == "done"
    assert seconds == 4


def test_the_owners_place_is_for_those_inside_alone() -> None:
    """What stands beside the loop waits for its end."""
    loop = each("loop", [1, 2], wait("inner", group="g"), group="g")
    result, watcher, seconds = timed(workflow_of(loop, wait("beside", group="g"), limits=groups(g=1), concurrency=8))
    assert result.status == "done"
    assert seconds == 3
    ends = [seen.node for seen in watcher.seen if seen.what == "done" and seen.node in ("loop", "beside")]
    assert sorted(ends) == ["beside", "loop"]


@pytest.mark.parametrize("seed", range(20))
def test_owners_that_need_each_others_places_run_one_after_the_other(seed: int) -> None:
    """Each of these holds what the other one's steps want: neither schedule waits for ever."""
    first = each("first", [1, 2], wait("a", group="h"), group="g")
    second = each("second", [1, 2], wait("b", group="g"), group="h")
    result, _, seconds = timed(workflow_of(first, second, limits=groups(g=1, h=1), concurrency=8), seed)
    assert result.status == "done"
    assert seconds == 4


def test_owners_that_can_all_end_are_not_kept_apart() -> None:
    """With two places of each, both run at once."""
    first = each("first", [1, 2], wait("a", group="h"), group="g")
    second = each("second", [1, 2], wait("b", group="g"), group="h")
    result, _, seconds = timed(workflow_of(first, second, limits=groups(g=2, h=2), concurrency=8))
    assert result.status == "done"
    assert seconds == 2


def test_three_owners_in_a_circle_come_to_their_end() -> None:
    """The first holds what the third one's steps want, and so on around; on both ways of being nested."""
    loops = [
        each(f"loop{i}", [1], each(f"inner{i}", [1], wait(f"leaf{i}", group="ghk"[i - 1])), group="ghk"[i])
        for i in range(3)
    ]
    result, _, _ = timed(workflow_of(*loops, limits=groups(g=1, h=1, k=1), concurrency=8))
    assert result.status == "done"


def test_who_waits_for_a_started_workflow_holds_no_place_that_it_needs(tmp_path: Path) -> None:
    """The step that waits, and the steps of the workflow that it waits for, are of one group of one."""
    flow = tmp_path / "flow.yaml"
    flow.write_text("nodes: [{id: w, type: sample.wait, config: {seconds: 1}, group: g}]")
    start = node("start", "sample.start", {"flow": str(flow)})
    end = node("end", "sample.await", group="g")
    workflow = workflow_of(start, end, lines=["start.handle -> end.handle"], limits=groups(g=1), concurrency=1)
    result, _, seconds = timed(workflow)
    assert result.status == "done"
    assert seconds == 1


def most_inside(watcher: Watcher, limits: Mapping[str, int], nodes: Mapping[str, Node]) -> Counter[str]:
    """For each group how many of its steps without bodies ran at once, at most."""
    running: Counter[str] = Counter()
    most: Counter[str] = Counter()
    for seen in watcher.seen:
        one = nodes[seen.node]
        if one.group and one.group in limits and not one.bodies and seen.what != "skipped":
            running[one.group] += 1 if seen.what == "begun" else -1
            most[one.group] = max(most[one.group], running[one.group])
    return most


def all_nodes(graph: Graph) -> dict[str, Node]:
    """The nodes of a graph and of all bodies in it."""
    found = dict(graph.nodes)
    for each_ in graph.nodes.values():
        for body in each_.bodies.values():
            found |= all_nodes(body)
    return found


@pytest.mark.slow
def test_limits_hold_and_never_stall() -> None:
    """Whatever is limited at whatever depth, no group has more steps at work than it may, and every run ends by itself."""
    reached: Counter[str] = Counter()
    recipe = Recipe(nodes=5, depth=4, delays=True, on_error=True, owners=True, limits=True)
    for seed in range(examples(400)):
        workflow = random_workflow(seed, recipe)
        result, watcher, _ = timed(workflow, Random(seed).randrange(99))
        limits = workflow.settings.limits.groups
        most = most_inside(watcher, limits, all_nodes(workflow))
        assert result.status == "done", f"seed {seed}: {result.error}"
        assert all(most[group] <= limits[group] for group in limits), f"seed {seed}"
        reached.update(group for group in limits if most[group] == limits[group] == 2)
    assert len(reached) == 2  # both groups were used by two steps at once: the limits did not simply forbid it
