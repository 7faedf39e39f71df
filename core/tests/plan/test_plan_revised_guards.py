"""Revisions keep what decides whether steps run, what conflicts, and what was written."""

from __future__ import annotations

from typing import Any

import anyio
import anyio.lowlevel
import pytest
from attrs import frozen

from stratagem import BadRevision, Body, Connection, Graph, Kernel, Node, Pack, Plan, Workflow

pytestmark = pytest.mark.anyio

pack = Pack("p")


@frozen
class Two:
    """Two outputs."""

    items: list[int]
    n: int


@pack.node(effect="pure")
async def num(n: int) -> int:
    """Gives a number."""
    return n


@pack.node(effect="pure")
async def two() -> Two:
    """Gives a list and a number."""
    return Two([1], 2)


@pack.node(effect="pure")
async def use(v: list[int]) -> int:
    """Changes what it is given."""
    v.append(1)
    return len(v)


@pack.node(effect="write", writes=("file:{path}",))
async def wfile(path: str) -> str:
    """Says where it writes."""
    return path


@pack.node(effect="write")
async def world() -> str:
    """Does not say where it writes."""
    await anyio.lowlevel.checkpoint()
    return ""


@pack.node(effect="write")
async def group(body: Body) -> str:
    """Runs a body."""
    await body()
    return ""


def nodes(*given: Node) -> dict[str, Node]:
    """The nodes by their ids."""
    return {node.id: node for node in given}


async def both_ways(workflow: Workflow, **change: Any) -> list[tuple[str, dict[str, Any], dict[str, Any], str]]:
    """How the workflow ends as it is, and with a change."""
    async with Kernel(packs=[pack]) as kernel:
        plan = kernel.compile(workflow)
        results = [await kernel.run(each) for each in (plan, plan.revised(why="x", **change))]
    return [(result.status, dict(result.steps), dict(result.outputs), str(result.error)) for result in results]


CONDITIONAL = Workflow(nodes(Node("a", "p.num", {"n": 1}), Node("c", "p.num", {"n": 7}, when="a.result > 5")))
REQUIRING = Workflow(
    nodes(Node("a", "p.num", {"n": 1}, when="1 == 1"), Node("c", "p.num")), (Connection("a", "result", "c", "n"),)
)


@pytest.mark.parametrize("workflow", [CONDITIONAL, REQUIRING])
@pytest.mark.parametrize("change", [{"drop": ["a"]}, {"unorder": [("c", "a")]}])
async def test_what_decides_whether_a_constant_is_given_stays_read(workflow: Workflow, change: dict[str, Any]) -> None:
    """A step that gives constants still waits for the values that tell whether it runs."""
    with pytest.raises(BadRevision):
        await both_ways(workflow, constants={"c": {"result": 7}}, **change)


@pytest.mark.parametrize("workflow", [CONDITIONAL, REQUIRING])
async def test_constants_are_given_only_where_the_step_would_run(workflow: Workflow) -> None:
    """A constant in place of a step is skipped and given as the step is."""
    before, after = await both_ways(workflow, constants={"c": {"result": 1 if workflow is REQUIRING else 7}})
    assert after == before


async def test_a_condition_that_fails_fails_with_a_constant_too() -> None:
    """The error of a condition is that of the run, whatever the step gives."""
    workflow = Workflow(
        nodes(Node("a", "p.num", {"n": 1}), Node("c", "p.num", {"n": 7}, when="[1][a.result + 1] == 3"))
    )
    before, after = await both_ways(workflow, constants={"c": {"result": 7}})
    assert before[0] == "failed"
    assert after == before


async def test_constants_for_several_outputs_are_new_in_each_run() -> None:
    """What a node does to a constant is not seen by the next run."""
    async with Kernel(packs=[pack]) as kernel:
        plan = kernel.compile(Workflow(nodes(Node("a", "p.two"), Node("b", "p.use", {"v": "{{ a.items }}"}))))
        plan = plan.revised(why="x", constants={"a": {"items": [1], "n": 2}})
        assert [(await kernel.run(plan)).outputs["b"]["result"] for _ in range(3)] == [2, 2, 2]


def compiled(*given: Node) -> Plan:
    """A plan of the nodes."""
    return Kernel(packs=[pack]).compile(Workflow(nodes(*given)))


def test_a_writer_that_says_nothing_meets_one_inside_a_body_that_names_places() -> None:
    """A place that one step of a body names does not hide another of the body that names none."""
    body = Graph(nodes(Node("i", "p.wfile", {"path": "f"}), Node("j", "p.world", after=("i",))))
    plan = compiled(Node("a", "p.group", bodies={"body": body}), Node("b", "p.world", after=("a",)))
    with pytest.raises(BadRevision, match="file:"):
        plan.revised(why="x", unorder=[("b", "a")])


def test_a_writer_that_says_nothing_meets_every_named_place() -> None:
    """Who does not say where it writes may write the very file."""
    plan = compiled(Node("a", "p.world"), Node("b", "p.wfile", {"path": "f"}, after=("a",)))
    with pytest.raises(BadRevision, match="file:"):
        plan.revised(why="x", unorder=[("b", "a")])


def test_order_of_different_named_places_may_be_dropped() -> None:
    """Two files are two places."""
    plan = compiled(Node("a", "p.wfile", {"path": "e"}), Node("b", "p.wfile", {"path": "f"}, after=("a",)))
    assert plan.revised(why="x", unorder=[("b", "a")]).steps[1].needs == ()


def test_dropping_a_loop_leaves_the_digest_of_what_was_written() -> None:
    """The digest is of what was drawn, whatever passes make of it."""
    body = Graph(nodes(Node("i", "p.num", {"n": 1})))
    plan = compiled(Node("w", "p.group", bodies={"body": body}), Node("z", "p.num", {"n": 1}))
    dropped = plan.revised(why="x", drop=["w"])
    assert dropped.digest == plan.digest
    assert dropped.height == 1


def test_revisions_of_one_step_compose_in_any_order() -> None:
    """What concerns a step that is gone, or the inside of one, changes nothing."""
    chain = compiled(
        *(Node(id_, "p.num", {"n": 1}, after=after) for id_, after in (("a", ()), ("b", ("a",)), ("c", ("b",))))
    )
    dropped = chain.revised(why="2", drop=["b"])
    assert dropped.revised(why="1", unorder=[("c", "b")]) is dropped
    body = Graph(nodes(Node("z", "p.num", {"n": 1})))
    loop = compiled(Node("w", "p.group", bodies={"body": body})).revised(why="outer", drop=["w"])
    assert loop.revised(why="inner", drop=["z"]) is loop


@pytest.mark.parametrize(
    "change",
    [
        {"constants": {"a": 5}},
        {"constants": {"a": None}},
        {"constants": [1]},
        {"unorder": [("a", "b", "c")]},
        {"unorder": ["ab"]},
        {"drop": [1]},
        {"drop": [["a"]]},
        {"drop": "ab"},
        {"at_once": 7},
        {"why": None},
        {"constants": {"a": {"result": "text"}}},
    ],
)
def test_wrong_arguments_of_a_revision_are_told(change: dict[str, Any]) -> None:
    """Whatever a pass gives, the error is a BadRevision that shows it."""
    plan = compiled(Node("a", "p.num", {"n": 1}), Node("b", "p.num", {"n": 1}))
    with pytest.raises(BadRevision):
        plan.revised(**{"why": "x", **change})
