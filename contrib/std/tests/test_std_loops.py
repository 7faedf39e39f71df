"""Repeating: for_each, while, break, continue."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import anyio
import pytest

from std_graphs import cause, failing, steps
from stratagem import Kernel, Node, Pack, RunResult, StepFailed, Workflow
from stratagem_std import pack
from stratagem_testing import AnyReady, scheduled

pytestmark = pytest.mark.anyio

Run = Callable[..., Any]


@pytest.fixture(params=["in-order", "at-once"])
def schedule(request: pytest.FixtureRequest) -> str:
    """Every promise holds whatever the schedule is."""
    return str(request.param)


def append(id_: str, value: str, when: str | None = None) -> Node:
    """A node that adds a value to the list ``seen``."""
    config = {"name": "seen", "value": "{{ seen + [" + value + "] }}"}
    return Node(id_, "std.set_variable", config, when=when)


@pytest.mark.parametrize("concurrency", [1, 2, 10])
async def test_results_are_in_the_order_of_the_items(run: Run, concurrency: int) -> None:
    """Even if the last item is done first."""
    body = steps(Node("wait", "std.wait", {"seconds": "{{ item / 100 }}"}), result="{{ loop.index }}: {{ item }}")
    config = {"items": [3, 2, 1, 0], "concurrency": concurrency}
    done: RunResult = await run(Node("loop", "std.for_each", config, {"body": body}))
    assert done.outputs["loop"]["results"] == ["0: 3", "1: 2", "2: 1", "3: 0"]


async def test_a_loop_writes_through_and_its_item_stays_inside(run: Run) -> None:
    """Variables that the body sets are those around it; the item hides one of its name, and is gone afterwards."""
    body = steps(Node("add", "std.increment_variable", {"name": "total", "by": "{{ item }}"}))
    config = {"items": [1, 2, 3]}
    done: RunResult = await run(
        Node("loop", "std.for_each", config, {"body": body}), variables={"total": 0, "item": "outer"}
    )
    assert done.variables == {"total": 6, "item": "outer"}


async def test_passes_that_run_at_once_keep_their_variables_to_themselves(run: Run) -> None:
    """What they set is dropped; what they give is kept."""
    body = steps(
        Node("set", "std.set_variable", {"name": "mine", "value": "{{ item }}"}),
        Node("wait", "std.wait", {"seconds": 0.01}, after=("set",)),
        Node("get", "std.get_variable", {"name": "mine"}, after=("wait",)),
        result="{{ get.result }}",
    )
    config = {"items": [1, 2, 3], "concurrency": 3}
    done: RunResult = await run(Node("loop", "std.for_each", config, {"body": body}), variables={"mine": "outer"})
    assert done.outputs["loop"]["results"] == [1, 2, 3]
    assert done.variables == {"mine": "outer"}


@pytest.mark.parametrize("schedule", ["at-once"])
async def test_no_more_passes_run_at_once_than_are_allowed(run: Run) -> None:
    """Six waits by three take two waits' time, not one and not six."""
    body = steps(Node("wait", "std.wait", {"seconds": 0.1}))
    config = {"items": [0] * 6, "concurrency": 3}
    done: RunResult = await run(Node("loop", "std.for_each", config, {"body": body}))
    assert 0.2 <= done.seconds < 0.6


@pytest.mark.parametrize("count", [1, 2])
@pytest.mark.parametrize("config", [{"concurrency": 2}, {"batch_size": 2}, {"concurrency": 3, "batch_size": 2}])
async def test_whose_variables_a_pass_writes_does_not_depend_on_the_number_of_items(
    run: Run, config: dict[str, Any], count: int
) -> None:
    """A loop that may run several passes at once keeps their variables apart, also if there is one item."""
    body = steps(Node("set", "std.set_variable", {"name": "mine", "value": "{{ item }}"}))
    loop = Node("loop", "std.for_each", {"items": [1] * count, **config}, {"body": body})
    assert (await run(loop, variables={"mine": "outer"})).variables == {"mine": "outer"}


@pytest.mark.parametrize(
    ("config", "most"),
    [
        ({"batch_size": 3}, 3),
        ({"batch_size": 3, "concurrency": 2}, 2),
        ({"batch_size": 3, "concurrency": 9}, 3),
        ({"batch_size": 1, "concurrency": 9}, 1),
        ({"concurrency": 4}, 4),
    ],
)
@pytest.mark.parametrize("schedule", ["at-once"])
async def test_a_batch_begins_when_the_one_before_has_ended(
    sandbox: Path, plugins: Any, config: dict[str, Any], most: int
) -> None:
    """Its passes run at once, as many as ``concurrency`` allows; the results are in the items' order."""
    tests = Pack("tests")
    running: set[int] = set()
    seen: list[set[int]] = []

    @tests.node()
    async def work(place: int) -> int:
        running.add(place)
        seen.append(set(running))
        await anyio.sleep(0.01 * (1 + (7 - place) % 3))
        running.remove(place)
        return place

    body = steps(Node("work", "tests.work", {"place": "{{ loop.index }}"}), result="{{ work.result }}")
    loop = Node("loop", "std.for_each", {"items": list("abcdefg"), **config}, {"body": body})
    async with Kernel(packs=[pack, tests], plugins=plugins) as kernel:
        done = (await kernel.run(Workflow({"loop": loop}))).raise_for_error()
    assert done.outputs["loop"]["results"] == list(range(7))
    assert max(map(len, seen)) == most
    size = config.get("batch_size", 7)
    assert all(len({place // size for place in together}) == 1 for together in seen)


@pytest.mark.parametrize("schedule", ["at-once"])
async def test_no_batch_begins_after_a_failure_unless_failures_are_collected(run_graph: Run) -> None:
    """The failure is that of the foremost item that failed."""
    body = steps(failing("no {{ item }}", when="item != 2"))
    for on_error, failed in (("fail", [1]), ("collect", [1, 3, 4])):
        config = {"items": [1, 2, 3, 4], "batch_size": 2, "on_error": on_error}
        done: RunResult = await run_graph(steps(Node("loop", "std.for_each", config, {"body": body})))
        assert [cause(failure) for failure in done.failures] == [f"Failure: no {each}" for each in failed]
        assert done.status == ("failed" if on_error == "fail" else "done")


async def test_a_loop_over_nothing_runs_nothing(run: Run) -> None:
    """One after another or at once."""
    for more in ({}, {"concurrency": 3}, {"batch_size": 3}):
        config: dict[str, Any] = {"items": [], **more}
        done: RunResult = await run(Node("loop", "std.for_each", config, {"body": steps(failing())}))
        assert done.outputs["loop"] == {"results": [], "count": 0, "errors": []}


@pytest.mark.parametrize("concurrency", [1, 3])
async def test_failures_of_passes_are_collected_if_that_is_asked_for(run: Run, concurrency: int) -> None:
    """With item, node, message and type; the other passes go on."""
    body = steps(failing("odd {{ item }}", when="item % 2 == 1"), result="{{ item }}")
    config = {"items": [1, 2, 3], "on_error": "collect", "concurrency": concurrency}
    done: RunResult = await run(Node("loop", "std.for_each", config, {"body": body}))
    assert done.outputs["loop"]["results"] == [None, 2, None]
    assert done.outputs["loop"]["errors"] == [
        {"index": 0, "key": 0, "message": "odd 1", "type": "Failure", "node": "fails"},
        {"index": 2, "key": 2, "message": "odd 3", "type": "Failure", "node": "fails"},
    ]


@pytest.mark.parametrize("schedule", ["at-once"])
@pytest.mark.parametrize("concurrency", [1, 3])
async def test_a_failing_pass_ends_the_loop(run_graph: Run, concurrency: int) -> None:
    """The error is the node's own, and what waits beside it is cancelled."""
    body = steps(failing(when="item == 1"), Node("wait", "std.wait", {"seconds": "{{ item }}"}, when="item > 1"))
    config = {"items": [1, 5, 5], "concurrency": concurrency}
    done: RunResult = await run_graph(steps(Node("loop", "std.for_each", config, {"body": body})))
    assert (done.status, done.error.node) == ("failed", "fails")  # type: ignore[union-attr]  # a failed run has one
    assert done.seconds < 4


async def test_break_ends_the_loop_and_continue_the_pass(run: Run) -> None:
    """Continued passes give nothing, the broken one does not count."""
    body = steps(
        Node("skip", "std.continue", when="item == 2"),
        Node("stop", "std.break", when="item == 4"),
        append("note", "item"),
        result="{{ item }}",
    )
    done: RunResult = await run(
        Node("loop", "std.for_each", {"items": [1, 2, 3, 4, 5]}, {"body": body}), variables={"seen": []}
    )
    assert done.outputs["loop"] == {"results": [1, None, 3], "count": 3, "errors": []}
    assert done.variables["seen"] == [1, 3]


@pytest.mark.parametrize(("type_", "seen"), [("std.break", ["a1"]), ("std.continue", ["a1", "b1"])])
async def test_a_loop_further_out_is_left_by_its_id(run: Run, type_: str, seen: list[str]) -> None:
    """The inner one ends with it."""
    inner = steps(
        append("note", "letter + number"),
        Node("leave", type_, {"loop": "outer"}, after=("note",)),
    )
    outer = steps(Node("inner", "std.for_each", {"items": ["1", "2"], "as": "number"}, {"body": inner}))
    config = {"items": ["a", "b"], "as": "letter"}
    done: RunResult = await run(Node("outer", "std.for_each", config, {"body": outer}), variables={"seen": []})
    assert done.variables["seen"] == seen


async def test_passes_at_once_can_be_continued_but_not_broken(run: Run) -> None:
    """Which passes would have run by then is chance."""
    body = steps(Node("leave", "std.continue", when="item == 1"), result="{{ item }}")
    config = {"items": [1, 2], "concurrency": 2}
    done: RunResult = await run(Node("loop", "std.for_each", config, {"body": body}))
    assert done.outputs["loop"]["results"] == [None, 2]
    body = steps(Node("leave", "std.break"))
    with pytest.raises(StepFailed, match="break can't end passes that run at once"):
        await run(Node("loop", "std.for_each", config, {"body": body}))


async def test_a_while_loop_runs_until_it_is_left_or_its_condition_fails(run: Run) -> None:
    """Continued passes count."""
    body = steps(
        Node("more", "std.increment_variable", {"name": "n"}),
        Node("skip", "std.continue", when="n == 2", after=("more",)),
        Node("stop", "std.break", when="n == limit", after=("skip",)),
        append("note", "loop.iteration"),
    )
    for limit, iterations, seen in ((4, 4, [0, 2]), (9, 5, [0, 2, 3, 4])):
        done: RunResult = await run(
            Node("loop", "std.while", {"condition": "n < 5"}, {"body": body}),
            variables={"n": 0, "limit": limit, "seen": []},
        )
        assert done.outputs["loop"]["iterations"] == iterations
        assert done.variables["seen"] == seen


async def test_a_while_loop_without_end_is_an_error(run: Run) -> None:
    """After as many passes as are allowed, of which the last still ran."""
    body = steps(Node("more", "std.increment_variable", {"name": "n"}))
    config = {"condition": "true", "max_iterations": 7}
    with pytest.raises(StepFailed) as caught:
        await run(Node("loop", "std.while", config, {"body": body}), variables={"n": 0})
    assert cause(caught.value) == (
        "RuntimeError: the condition still holds after 7 passes; max_iterations allows no more"
    )


async def test_a_condition_is_true_or_false(run: Run) -> None:
    """A number of things is neither."""
    with pytest.raises(StepFailed) as caught:
        await run(Node("loop", "std.while", {"condition": "n"}, {"body": steps()}), variables={"n": 3})
    assert cause(caught.value) == "TypeError: expected true or false for the condition, got 3"


@pytest.mark.parametrize("key", ["concurrency", "batch_size"])
@pytest.mark.parametrize("number", [0, -1])
async def test_a_loop_needs_at_least_one_at_a_time(run: Run, key: str, number: int) -> None:
    """Zero would mean never."""
    with pytest.raises(StepFailed, match=f"expected 1 or more for {key}, got {number}"):
        await run(Node("loop", "std.for_each", {"items": [1], key: number}, {"body": steps()}))


async def test_a_loop_of_which_a_pass_says_so_runs_its_passes_at_once() -> None:
    """Up to the limits, with the results in the items' order; each pass sees its own item."""
    seen = Node("seen", "std.add", {"a": "{{ n }}", "b": 0}, after=("wait",))
    body = steps(Node("wait", "std.wait", {"seconds": 0.05}), seen, result="{{ seen.result }}")
    loop = Node("loop", "std.for_each", {"items": list(range(8)), "as": "n"}, {"body": body})
    async with Kernel(packs=[pack], plugins=[scheduled(AnyReady)]) as kernel:
        plan = kernel.compile(Workflow({"loop": loop})).revised(at_once=["loop"], why="its passes only wait")
        result = await kernel.run(plan)
    assert result.outputs["loop"]["results"] == list(range(8))
    assert result.seconds < 0.3  # one after the other they take 0.4
