"""Revised plans: what passes may change, what is refused, and what is told of it."""

from __future__ import annotations

from collections.abc import Callable, Generator
from itertools import pairwise

import pytest

from stratagem import BadRevision, Kernel, Node, Pack, Plan, Plugin, RunResult, Skipped, Workflow, hookimpl, planfacts
from stratagem_testing import AnyReady, graph_of, node, sample, scheduled, workflow_of

pytestmark = pytest.mark.anyio

pack = Pack("acts")


@pack.node(effect="read", reads=("file:a",))
async def look() -> int:
    """Reads a file."""
    return 1


@pack.node(effect="write", writes=("file:a",))
async def change() -> int:
    """Writes the file."""
    return 2


@pack.node(effect="write")
async def act() -> int:
    """Writes somewhere."""
    return 3


def compiled(workflow: Workflow, *plugins: Plugin) -> Plan:
    """The plan, as plugins have revised it."""
    return Kernel(plugins=plugins, packs=[sample, pack]).compile(workflow)


async def ran(plan: Plan, *plugins: Plugin) -> RunResult:
    """One run of the plan."""
    async with Kernel(plugins=plugins, packs=[sample, pack]) as kernel:
        return await kernel.run(plan)


def needs(plan: Plan) -> dict[str, list[str]]:
    """The ids of the nodes that each node waits for."""
    return {step.id: [plan.steps[need].id for need in step.needs] for step in plan.steps}


def values(*ids: str, **config: object) -> list[Node]:
    """Nodes that give a value."""
    return [node(each, "sample.value", {"value": 1, **config}) for each in ids]


async def test_a_dropped_step_is_not_run_and_hands_on_its_order() -> None:
    """What waited for it waits for what it waited for."""
    plan = compiled(workflow_of(*values("a", "b", "c"), lines=["a -> b -> c"], result="{{ c.result }}"))
    revised = plan.revised(drop=["b"], why="nobody reads it")
    assert needs(revised) == {"a": [], "b": [], "c": ["a"]}
    assert needs(plan)["c"] == ["b"]
    result = await ran(revised)
    assert (result.status, result.value, result.steps["done"], result.steps["not_run"]) == ("done", 1, 2, 0)
    assert result.outcomes["b"] == Skipped("dropped")
    assert "b" not in result.outputs


async def test_all_that_is_dropped_leaves_an_empty_run() -> None:
    """It ends at once."""
    plan = compiled(workflow_of(*values("a", "b"))).revised(drop=["a", "b"], why="nobody reads them")
    result = await ran(plan)
    assert (result.status, result.steps["done"], plan.count) == ("done", 0, 0)


async def test_a_dropped_step_hands_on_a_dead_way() -> None:
    """What it led to is skipped where it would have been."""
    nodes = [node("if", "sample.if", {"condition": False}), *values("a", "b")]
    plan = compiled(workflow_of(*nodes, lines=["if.true -> a -> b"]))
    result = await ran(plan.revised(drop=["a"], why="nobody reads it"))
    assert result.steps["skipped"] == 1
    assert result.outcomes["b"] == Skipped("skipped")


async def test_a_constant_stands_in_place_of_what_a_step_gives() -> None:
    """The node is not called, its readers get the constant, and what it read may be dropped."""
    nodes = [*values("a"), node("b", "sample.value", {"value": "{{ a.result + 1 }}"})]
    plan = compiled(workflow_of(*nodes, result="{{ b.result }}"))
    revised = plan.revised(constants={"b": {"result": 2}}, why="it is known").revised(drop=["a"], why="nobody reads it")
    result = await ran(revised)
    assert (result.value, result.steps["done"]) == (2, 1)


async def test_nobody_can_change_a_constant() -> None:
    """Each run gets its own."""
    nodes = [node("a", "sample.value", {"value": []})]
    plan = compiled(workflow_of(*nodes, result="{{ a.result }}")).revised(constants={"a": {"result": [1]}}, why="known")
    first = (await ran(plan)).value
    first.append(2)
    assert (await ran(plan)).value == [1]


async def test_steps_without_order_run_at_once() -> None:
    """Both wait for what the first of them waited for."""
    reads = [node(each, "acts.look") for each in ("b", "c")]
    plan = compiled(workflow_of(*values("a"), *reads, *values("d"), lines=["a -> b -> c -> d"]))
    revised = plan.revised(unorder=[("c", "b")], why="they only read")
    assert needs(revised) == {"a": [], "b": ["a"], "c": ["a"], "d": ["c"]}
    assert (await ran(revised, scheduled(AnyReady))).status == "done"


def test_a_whole_chain_may_lose_its_order() -> None:
    """However its pairs are given."""
    ids = ["a", "b", "c", "d"]
    plan = compiled(workflow_of(*values(*ids), lines=["a -> b -> c -> d"]))
    pairs = [(later, earlier) for earlier, later in pairwise(ids)]
    for given in (pairs, pairs[::-1]):
        assert set(map(tuple, needs(plan.revised(unorder=given, why="pure")).values())) == {()}


def test_what_conflicts_stays_in_order_though_others_between_lose_theirs() -> None:
    """The drawn order was all that kept them apart."""
    nodes = [node("look", "acts.look"), *values("b"), node("change", "acts.change")]
    plan = compiled(workflow_of(*nodes, lines=["look -> b -> change"]))
    assert needs(plan.revised(unorder=[("b", "look")], why="pure"))["change"] == ["look", "b"]


def test_steps_that_write_without_saying_where_stay_in_order() -> None:
    """Nobody knows that they touch different things."""
    nodes = [node("one", "acts.act"), *values("b"), node("two", "acts.act")]
    plan = compiled(workflow_of(*nodes, lines=["one -> b -> two"]))
    revised = plan.revised(unorder=[("b", "one"), ("two", "b")], why="pure")
    assert needs(revised) == {"one": [], "b": [], "two": ["one"]}


async def test_bodies_are_revised_through_the_plan_around_them() -> None:
    """By the ids of their nodes; what is not touched stays the same object."""
    body = graph_of(*values("x", "y"), result="{{ y.result }}")
    nodes = [node(each, "sample.each", {"items": [1, 2]}, bodies={"body": body}) for each in ("one",)]
    other = node("two", "sample.each", {"items": [1]}, bodies={"body": graph_of(*values("z"))})
    plan = compiled(workflow_of(*nodes, other))
    revised = plan.revised(drop=["x"], why="nobody reads it")
    assert revised.steps[0].bodies["body"].dropped == {0}
    assert revised.steps[1].bodies["body"] is plan.steps[1].bodies["body"]
    result = await ran(revised)
    assert result.steps["done"] == 5
    assert planfacts.revisions_in(revised)["x"][0].why == "nobody reads it"


async def test_a_loops_passes_may_run_at_once() -> None:
    """Where they write nothing that others see; order and results stay."""
    body = graph_of(node("x", "sample.wait", {"seconds": 0.01, "value": "{{ l.item }}"}), result="{{ x.result }}")
    plan = compiled(workflow_of(node("l", "sample.each", {"items": [1, 2, 3]}, bodies={"body": body})))
    revised = plan.revised(at_once=["l"], why="its passes only wait")
    assert revised.steps[0].at_once
    assert (await ran(revised, scheduled(AnyReady))).outputs["l"]["results"] == [1, 2, 3]


REFUSED: list[tuple[str, Callable[[Plan], Plan], str]] = [
    ("unknown", lambda plan: plan.revised(drop=["nobody"], why="x"), "no step of the plan has this name"),
    ("read", lambda plan: plan.revised(drop=["a"], why="x"), "b reads its value"),
    ("read by the result", lambda plan: plan.revised(drop=["b"], why="x"), "the result reads its value"),
    ("why", lambda plan: plan.revised(drop=["free"], why=" "), "a revision without a reason"),
    ("data", lambda plan: plan.revised(unorder=[("b", "a")], why="x"), "it reads a value of 'a'"),
    ("not before", lambda plan: plan.revised(unorder=[("a", "b")], why="x"), "'b' does not come before it"),
    ("elsewhere", lambda plan: plan.revised(unorder=[("b", "inner")], why="x"), "no step beside it is called 'inner'"),
    ("conflict", lambda plan: plan.revised(unorder=[("change", "look")], why="x"), "touch file:a, and one of them"),
    ("outputs", lambda plan: plan.revised(constants={"a": {"more": 1}}, why="x"), "expected constants for result, got"),
    ("writes", lambda plan: plan.revised(constants={"change": {"result": 1}}, why="x"), "for a node that writes"),
    ("no loop", lambda plan: plan.revised(at_once=["a"], why="x"), "it is no loop"),
    ("shared", lambda plan: plan.revised(at_once=["loop"], why="x"), "its passes can't run at once: they write var:v"),
    ("decides", lambda plan: plan.revised(drop=["if"], why="x"), "'if' decides whether it runs"),
]


def everything() -> Workflow:
    """A workflow with one of each."""
    inner = graph_of(node("inner", "sample.set", {"name": "v", "value": 1}))
    nodes = [
        *values("a", "free", "then"),
        node("b", "sample.value", {"value": "{{ a.result }}"}),
        node("look", "acts.look"),
        node("change", "acts.change"),
        node("loop", "sample.each", {"items": [1]}, bodies={"body": inner}),
        node("if", "sample.if", {"condition": True}),
    ]
    return workflow_of(*nodes, lines=["if.true -> then"], variables={"v": 0}, result="{{ b.result }}")


@pytest.mark.parametrize(("what", "revise", "told"), REFUSED, ids=[each[0] for each in REFUSED])
def test_what_would_change_the_meaning_is_refused(what: str, revise: Callable[[Plan], Plan], told: str) -> None:
    """Before anything runs, naming the node."""
    with pytest.raises(BadRevision, match=told):
        revise(compiled(everything()))


def test_all_that_is_wrong_is_told_together() -> None:
    """One error for one revision."""
    with pytest.raises(BadRevision) as found:
        compiled(everything()).revised(drop=["a", "nobody"], unorder=[("change", "look")], why="x")
    assert {problem.node for problem in found.value.problems} == {"a", "nobody", "change"}


class Dropping(Plugin):
    """Drops one node from every plan that has it."""

    def __init__(self, name: str) -> None:
        super().__init__()
        self.dropped = name
        self.plans = 0

    @hookimpl(wrapper=True)
    def compile(self) -> Generator[None, Plan, Plan]:
        """The plan without it."""
        plan = yield
        self.plans += 1
        known = {step.id for step in plan.steps}
        return plan.revised(drop=[self.dropped], why="a test drops it") if self.dropped in known else plan


def test_who_has_revised_a_plan_is_told() -> None:
    """The plugin's name and distribution stand with each change."""
    (revision,) = compiled(workflow_of(*values("a")), Dropping("a")).revisions
    assert "Dropping" in revision.by
    assert revision.text.startswith("dropped: a test drops it (")


def test_a_pass_that_is_refused_is_named() -> None:
    """Its user can't know who that was."""
    with pytest.raises(BadRevision) as found:
        compiled(everything(), Dropping("a"))
    assert "Dropping" in (found.value.problems[0].provider or "")


def test_the_hook_is_asked_for_each_subflow_once() -> None:
    """However many nodes call the file; a pass revises it there."""
    flow = workflow_of(*values("inner"), source="flow.yaml")
    calls = [node(each, "sample.start", {"flow": "flow.yaml"}) for each in ("one", "two")]
    plugin = Dropping("inner")
    kernel = Kernel(plugins=[plugin], packs=[sample])
    kernel.load = lambda path, format=None: flow  # type: ignore[method-assign]  # no file is needed
    plan = kernel.compile(workflow_of(*calls, source="main.yaml"))
    assert plugin.plans == 2
    (inner,) = {id(each): each for step in plan.steps for each in step.flows.values()}.values()
    assert inner.dropped == {0}
