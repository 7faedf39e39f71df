"""Ways: how a step is named that stands in bodies, with the passes of the loops around it."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hypothesis_profiles import examples
from stratagem import Body, Graph, Kernel, Node, Pack, RunResult, Subflow
from stratagem.errors import StepFailed
from stratagem.excerpts import ITEM_CHARS, excerpt
from stratagem.templates.secret import Secret
from stratagem.ways import Pass
from stratagem_testing import AnyReady, graph_of, node, run_once, sample, scheduled, workflow_of

pack = Pack("waytest")


@pack.node(handles=("loop",), body_ports={"body": ("item",)})
async def silent(items: list[Any], body: Body) -> None:
    """A loop that does not say what its passes are about."""
    for item in items:
        await body({"item": item})


@pack.node()
async def tells(body: Body, item: Any = None, of: int | None = None, number: int | None = None) -> None:
    """Calls its body once, and says of that what it is told to say."""
    await body(item=item, of=of, number=number)


@pack.node()
async def opened(body: Body) -> Any:
    """Has its body run once, as a node does that holds a resource for it."""
    return await body()


FAIL = node("c", "sample.fail")
FAILS_AT_D = Graph(
    {"c": Node("c", "sample.value", {"value": "{{ 1 / (0 if each.item == 'd' else 1) }}"})}
)  # what a template computes fails as the node does


def each(items: list[Any], body: Graph, id_: str = "each", **config: Any) -> Node:
    """A loop of the test pack."""
    return node(id_, "sample.each", {"items": items, **config}, bodies={"body": body})


async def run(*nodes: Node, plugins: Any = ()) -> RunResult:
    """A run of these nodes."""
    return await run_once(workflow_of(*nodes), packs=[sample, pack], plugins=plugins)


async def failure_of(*nodes: Node, plugins: Any = ()) -> StepFailed:
    """What ended a run of these nodes."""
    error = (await run(*nodes, plugins=plugins)).error
    assert isinstance(error, StepFailed)
    return error


@pytest.mark.anyio
async def test_a_failure_names_the_way_and_the_row() -> None:
    """Through every body, with the number of the pass, of how many, and the item."""
    inner = graph_of(node("b", "waytest.opened", bodies={"body": FAILS_AT_D}))
    error = await failure_of(each(list("abcde"), inner))
    assert error.way is not None
    assert (error.way.text, error.way.passes) == ("each[3] / b / c", (Pass("each", 3, 5, "'d'"),))
    assert str(error).startswith("node 'each[3] / b / c' (row 3 of 5: 'd'): ")


@pytest.mark.anyio
async def test_a_step_outside_of_bodies_is_named_by_its_id() -> None:
    """There is no way to tell of."""
    assert str(await failure_of(FAIL)) == "node 'c': Broken: broken"


@pytest.mark.anyio
async def test_passes_of_all_loops_are_told_from_the_outside_in() -> None:
    """Also of those that say nothing of their passes; the first is told too."""
    body = graph_of(node("in", "waytest.silent", {"items": [1]}, bodies={"body": graph_of(FAIL)}))
    error = await failure_of(each([{"name": "x"}], body, "out"))
    assert error.way is not None
    assert error.way.text == "out[0] / in[0] / c"
    assert error.way.rows == "row 0 of 1: {'name': 'x'}, pass 0"


@pytest.mark.anyio
async def test_numbers_follow_the_items_and_not_the_time() -> None:
    """Passes that run at once are named as those in turn are."""
    error = await failure_of(each(list("abcde"), FAILS_AT_D, concurrency=5), plugins=[scheduled(lambda: AnyReady(5))])
    assert error.way is not None
    assert str(error.way) == "each[3] / c (row 3 of 5: 'd')"


@pytest.mark.anyio
@pytest.mark.parametrize(
    ("said", "told"),
    [
        ({"of": 3, "number": 1, "item": "x"}, "t[1] / c (row 1 of 3: 'x')"),
        ({"number": 2}, "t[2] / c (row 2: None)"),
    ],
)
async def test_an_owner_says_what_a_call_is_about(said: Mapping[str, Any], told: str) -> None:
    """By arguments of the call, which change nothing else."""
    error = await failure_of(node("t", "waytest.tells", said, bodies={"body": graph_of(FAIL)}))
    assert str(error.way) == told


@pytest.mark.anyio
async def test_failures_that_are_gone_on_after_name_their_row() -> None:
    """Each its own; an owner that passes a failure on is none of them."""
    body = graph_of(node("t", "sample.try", bodies={"body": graph_of(FAIL)}))
    result = await run(each(["x", "y"], body))
    assert result.status == "done"
    assert [str(failure.way) for failure in result.failures] == [
        "each[0] / t / c (row 0 of 2: 'x')",
        "each[1] / t / c (row 1 of 2: 'y')",
    ]


@pytest.mark.anyio
async def test_a_step_of_a_subflow_with_the_id_of_its_caller_is_one_failure(tmp_path: Path) -> None:
    """It is told apart by its way; the file is the subflow's."""
    flows = Pack("waycalls")

    @flows.node()
    async def call(flow: Subflow) -> Any:
        """Calls it."""
        return await flow()

    (tmp_path / "sub.json").write_text('{"stratagem": 1, "nodes": [{"id": "a", "type": "sample.fail"}]}', "utf-8")
    caller = workflow_of(node("a", "waycalls.call", {"flow": "sub.json"}), source=str(tmp_path / "flow.json"))
    async with Kernel(packs=[sample, flows]) as kernel:
        result: RunResult = await kernel.run(caller)
    (failure,) = result.failures
    assert str(failure.way) == "a / a"
    assert str(failure).count("sub.json") == 1


def same(text: str) -> str:
    """Masks nothing."""
    return text


class Loud:
    """An object that must not be written out."""

    def __repr__(self) -> str:
        raise AssertionError("it was written out")


@pytest.mark.parametrize(
    ("item", "text"),
    [
        ("d", "'d'"),
        (None, "None"),
        (date(2026, 1, 2), "2026-01-02"),
        ([1, [2, [3, [4]]]], "[1, [2, [3, …]]]"),
        ({"a": 1, "b": "x"}, "{'a': 1, 'b': 'x'}"),
        (list(range(1000)), "[0, 1, 2, 3, 4, 5, …]"),
        pytest.param(10**5000, "<a number of 16610 bits>", id="huge"),
        (Loud(), "<Loud>"),
        ([Secret("hunter2")], "[***]"),
        ({Secret("hunter2"): Secret("x")}, "{***: ***}"),
    ],
)
def test_an_item_is_told_in_a_few_words(item: Any, text: str) -> None:
    """Whatever it is; what is large is not walked, and what is secret is not told."""
    assert excerpt(item, same) == text


@given(st.text(max_size=200), st.text("abc", min_size=3, max_size=30))
@settings(max_examples=examples(60))
def test_no_part_of_a_secret_is_left_where_an_item_is_cut(before: str, rest: str) -> None:
    """It is taken out before anything is cut."""
    secret = f"<{rest}>"
    told = excerpt(before + secret, lambda text: text.replace(secret, "***"))
    assert len(told) <= ITEM_CHARS
    assert f"<{rest[:2]}" not in told.replace(repr(before)[1:-1], "")


def test_a_value_within_itself_is_told() -> None:
    """As deep as others are."""
    ring: list[Any] = []
    ring.append(ring)
    assert excerpt(ring, same) == "[[[…]]]"
