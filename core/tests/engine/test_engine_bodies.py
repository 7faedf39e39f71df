"""Bodies: what they see, what they write, how they are left."""

from __future__ import annotations

from typing import Any

import pytest

from stratagem import Body, Branch, Graph, Node, Pack, Plugin, Variables
from stratagem.errors import StepFailed
from stratagem_testing import AnyReady, graph_of, node, run_once, sample, scheduled, workflow_of

pytestmark = pytest.mark.anyio


@pytest.fixture(params=["sequential", "at once"])
def plugins(request: pytest.FixtureRequest) -> list[Plugin]:
    """The reference schedule, and one that runs steps at once."""
    return [scheduled(AnyReady)] if request.param == "at once" else []


def each(id_: str, body: Graph, items: list[Any] | str, **config: Any) -> Node:
    """A loop over ``items``."""
    return node(id_, "sample.each", {"items": items, **config}, bodies={"body": body})


def put(id_: str, name: str, value: Any, **traits: Any) -> Node:
    """A node that sets a variable."""
    return node(id_, "sample.set", {"name": name, "value": value}, **traits)


async def test_a_body_sees_what_is_around_it(plugins: list[Plugin]) -> None:
    """Values of steps, variables, the ports that its owner hands in, at any depth."""
    inner = graph_of(
        node("sum", "sample.add", {"left": "{{ a.result + x }}", "right": "{{ outer.item * 10 + inner.item }}"}),
        result="{{ sum.result }}",
    )
    outer = graph_of(each("inner", inner, [1, 2]), result="{{ inner.results }}")
    workflow = workflow_of(
        node("a", "sample.value", {"value": 1000}), each("outer", outer, [1, 2]), variables={"x": 500}
    )
    result = await run_once(workflow, packs=[sample], plugins=plugins)
    assert result.outputs["outer"] == {"results": [[1511, 1512], [1521, 1522]], "count": 2}


async def test_passes_in_turn_write_through(plugins: list[Plugin]) -> None:
    """Each sees what those before it have written, and so do the steps after the loop."""
    body = graph_of(put("add", "x", "{{ x + loop.item }}"), result="{{ x }}")
    workflow = workflow_of(
        each("loop", body, [1, 2, 3]), node("after", "sample.value", {"value": "{{ x }}"}), variables={"x": 0}
    )
    result = await run_once(workflow, packs=[sample], plugins=plugins)
    assert result.outputs["loop"]["results"] == [1, 3, 6]
    assert result.outputs["after"] == {"result": 6}
    assert result.variables == {"x": 6}


async def test_passes_at_once_have_variables_of_their_own(plugins: list[Plugin]) -> None:
    """They see what was before the loop, and leave nothing behind but their results."""
    body = graph_of(
        put("first", "x", "{{ x + loop.item }}"),
        node("wait", "sample.wait", {"seconds": 0.005}, after=("first",)),
        put("second", "x", "{{ x + 100 }}", after=("wait",)),
        result="{{ x }}",
    )
    workflow = workflow_of(each("loop", body, [1, 2, 3], concurrency=3), variables={"x": 1000})
    result = await run_once(workflow, packs=[sample], plugins=plugins)
    assert result.outputs["loop"]["results"] == [1101, 1102, 1103]
    assert result.variables == {"x": 1000}


async def test_a_loops_own_variable_hides_an_outer_one_and_is_gone_after(plugins: list[Plugin]) -> None:
    """Writing to it inside changes the inner one."""
    body = graph_of(put("write", "n", "{{ n * 2 }}"), result="{{ n }}")
    workflow = workflow_of(
        node("before", "sample.value", {"value": "{{ n }}"}),
        each("loop", body, [1, 2], **{"as": "n"}),
        node("after", "sample.value", {"value": "{{ n }}"}, after=("loop",)),
        variables={"n": "outer"},
    )
    result = await run_once(workflow, packs=[sample], plugins=plugins)
    assert result.outputs["loop"]["results"] == [2, 4]
    assert result.outputs["before"] == result.outputs["after"] == {"result": "outer"}


async def test_a_loop_is_left_and_a_pass_is_ended_early(plugins: list[Plugin]) -> None:
    """What follows break and continue in the body is not run; the run is done."""
    body = graph_of(
        node("continue", "sample.continue", when="loop.item == 2"),
        node("break", "sample.break", when="loop.item == 4"),
        put("seen", "seen", "{{ seen * 10 + loop.item }}"),
    )
    workflow = workflow_of(each("loop", body, [1, 2, 3, 4, 5]), variables={"seen": 0})
    result = await run_once(workflow, packs=[sample], plugins=plugins)
    assert result.status == "done"
    assert result.variables == {"seen": 13}
    assert result.steps["failed"] == 0


async def test_a_loop_is_left_from_a_body_within_its_body(plugins: list[Plugin]) -> None:
    """Break goes outwards through nodes that are no loops, and the steps behind them are not run."""
    choice = node(
        "choose",
        "sample.choose",
        {"condition": "{{ loop.item == 2 }}"},
        bodies={"then": graph_of(node("break", "sample.break"))},
    )
    body = graph_of(choice, put("seen", "seen", "{{ seen + 1 }}"))
    workflow = workflow_of(each("loop", body, [1, 2, 3]), variables={"seen": 0})
    result = await run_once(workflow, packs=[sample], plugins=plugins)
    assert result.status == "done"
    assert result.variables == {"seen": 1}


async def test_a_failure_in_a_body_is_told_by_its_own_node(plugins: list[Plugin]) -> None:
    """The owner fails with it, and it is counted and told once."""
    workflow = workflow_of(each("loop", graph_of(node("culprit", "sample.fail")), [1, 2]))
    result = await run_once(workflow, packs=[sample], plugins=plugins)
    assert isinstance(result.error, StepFailed)
    assert result.error.node == "culprit"
    assert [failure.node for failure in result.failures] == ["culprit"]
    assert result.status == "failed"


async def test_the_failure_of_one_pass_ends_those_beside_it() -> None:
    """Passes at once are cancelled together."""
    body = graph_of(
        node("wait", "sample.wait", {"seconds": "{{ loop.item }}"}), node("bad", "sample.fail", after=("wait",))
    )
    workflow = workflow_of(each("loop", body, [60, 0.01, 60], concurrency=3))
    result = await run_once(workflow, packs=[sample], plugins=[scheduled(AnyReady)])
    assert isinstance(result.error, StepFailed)
    assert result.error.node == "bad"
    assert result.seconds < 30


async def test_a_deferred_input_is_told_anew_at_each_pass(plugins: list[Plugin]) -> None:
    """The condition of a loop sees what the passes have written."""
    body = graph_of(put("one_more", "n", "{{ n + 1 }}"))
    loop = node("loop", "sample.while", {"condition": "n < 4", "most": 100}, bodies={"body": body})
    result = await run_once(workflow_of(loop, variables={"n": 0}), packs=[sample], plugins=plugins)
    assert result.outputs["loop"] == {"result": 4}
    assert result.variables == {"n": 4}


async def test_a_body_that_is_not_given_is_none(plugins: list[Plugin]) -> None:
    """A node can tell whether an optional body is there."""
    result = await run_once(
        workflow_of(
            node("c", "sample.choose", {"condition": False}, bodies={"then": graph_of()}),
            node("yes", "sample.value"),
            node("no", "sample.value", {"value": 1}),
            lines=["c.then -> yes", "c.else -> no"],
        ),
        packs=[sample],
        plugins=plugins,
    )
    assert result.outputs["c"] == {"result": None}
    assert "yes" not in result.outputs
    assert result.outputs["no"] == {"result": 1}


async def test_two_branches_write_variables_in_program_order(plugins: list[Plugin]) -> None:
    """Steps drawn apart that touch one variable keep their order: the last writer is the same on every schedule."""
    body = graph_of(node("wait", "sample.wait", {"seconds": 0.02}), put("late", "x", "from the loop", after=("wait",)))
    workflow = workflow_of(each("loop", body, [1]), put("write", "x", "from the end"), variables={"x": 0})
    assert (await run_once(workflow, packs=[sample], plugins=plugins)).variables == {"x": "from the end"}


async def test_any_pack_may_bring_control_structures(plugins: list[Plugin]) -> None:
    """A node that calls its bodies in an order of its own is an ordinary node."""
    own = Pack("own")

    @own.node(controls=("even", "odd"), outputs=("result",))
    async def twice(variables: Variables, first: Body, second: Body | None = None) -> Branch:
        values = [await first({}), await first({}), await second({}) if second else None]
        return Branch("even" if len(values) % 2 == 0 else "odd", value=values)

    bodies = {
        "first": graph_of(put("s", "x", "{{ x + 1 }}"), result="{{ x }}"),
        "second": graph_of(result="{{ x * 2 }}"),
    }
    workflow = workflow_of(node("t", "own.twice", bodies=bodies), variables={"x": 1})
    result = await run_once(workflow, packs=[own, sample], plugins=plugins)
    assert result.outputs["t"] == {"result": [2, 3, 6]}
