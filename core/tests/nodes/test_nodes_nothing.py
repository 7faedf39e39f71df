"""NOTHING: outputs that a node does not give."""

from __future__ import annotations

import copy
import pickle
from typing import Any

import pytest
from attrs import frozen

from stratagem import Connection, Kernel, Node, Pack, Settings, Workflow
from stratagem._engine.running.handle import RunResult
from stratagem.errors import StepFailed
from stratagem.nodes import NOTHING, Nothing

pytestmark = pytest.mark.anyio

pack = Pack("maybe")


@frozen
class Two:
    """One that is always there, and one that may not be."""

    always: int
    sometimes: int | Nothing = NOTHING


@pack.node(effect="pure")
def one(give: bool) -> int | Nothing:
    """Gives 1 or nothing."""
    return 1 if give else NOTHING


@pack.node(effect="pure")
async def two(give: bool) -> Two:
    """Gives one or two outputs."""
    return Two(1, 2) if give else Two(1)


@pack.node(effect="pure")
async def all_or_none(give: bool) -> Two | Nothing:
    """Gives two outputs or none."""
    return Two(1, 2) if give else NOTHING


@pack.node(effect="pure")
def never_nothing() -> int:
    """Gives what its annotation does not allow."""
    return NOTHING  # type: ignore[return-value]  # that is the point


@pack.node(effect="pure")
async def take(value: Any = "default") -> Any:
    """Hands on what it is given."""
    return value


@pack.node(effect="pure")
async def need(value: Any) -> Any:
    """Can't do without."""
    return value


async def run(*nodes: Node, lines: tuple[Connection, ...] = (), **settings: Any) -> RunResult:
    workflow = Workflow({node.id: node for node in nodes}, lines, settings=Settings(**settings))
    async with Kernel(packs=[pack]) as kernel:
        return await kernel.run(workflow)


def test_there_is_one_nothing() -> None:
    """Also after it was copied or pickled; it is false, and prints as its name."""
    assert copy.deepcopy([NOTHING])[0] is NOTHING
    assert pickle.loads(pickle.dumps(NOTHING)) is NOTHING
    assert (bool(NOTHING), repr(NOTHING)) == (False, "NOTHING")


def test_an_annotation_tells_which_outputs_may_be_missing() -> None:
    """It is no part of their type."""
    outputs = {name: pack.spec(name, 1).outputs for name in pack.names()}
    assert (outputs["one"]["result"].annotation, outputs["one"]["result"].optional) == (int, True)
    assert [port.optional for port in outputs["two"].values()] == [False, True]
    assert [port.optional for port in outputs["all_or_none"].values()] == [True, True]
    assert not outputs["take"]["result"].optional


@pytest.mark.parametrize(("type_", "left"), [("one", {}), ("two", {"always": 1}), ("all_or_none", {})])
async def test_outputs_that_are_not_given_are_no_outputs(type_: str, left: dict[str, int]) -> None:
    """The node is done all the same, and control goes on from it."""
    result = await run(
        Node("a", f"maybe.{type_}", {"give": False}),
        Node("b", "maybe.take"),
        lines=(Connection("a", "exec_out", "b", "exec_in"),),
    )
    assert (result.status, result.steps["done"]) == ("done", 2)
    assert (result.outputs["a"], result.outputs["b"]) == (left, {"result": "default"})


@pytest.mark.parametrize(
    ("type_", "port"),
    [("one", "result"), ("two", "sometimes"), ("all_or_none", "always"), ("all_or_none", "sometimes")],
)
@pytest.mark.parametrize("give", [True, False])
async def test_a_line_hands_on_what_is_given(type_: str, port: str, give: bool) -> None:
    """And nothing else: its end takes its default."""
    result = await run(
        Node("a", f"maybe.{type_}", {"give": give}),
        Node("b", "maybe.take"),
        lines=(Connection("a", port, "b", "value"),),
    )
    assert result.outputs["b"]["result"] == (result.outputs["a"][port] if give else "default")


async def test_what_needs_a_missing_output_fails() -> None:
    """By a line, or by a template that has no default."""
    lined = await run(
        Node("a", "maybe.one", {"give": False}),
        Node("b", "maybe.need"),
        lines=(Connection("a", "result", "b", "value"),),
    )
    named = await run(Node("a", "maybe.two", {"give": False}), Node("b", "maybe.take", {"value": "{{ a.sometimes }}"}))
    for result in (lined, named):
        assert (result.status, [failure.node for failure in result.failures]) == ("failed", ["b"])
    spared = await run(
        Node("a", "maybe.two", {"give": False}), Node("b", "maybe.take", {"value": "{{ a.sometimes | default(7) }}"})
    )
    assert spared.outputs["b"]["result"] == 7


async def test_nothing_is_refused_where_the_annotation_does_not_allow_it() -> None:
    """A mistake in the node type."""
    result = await run(Node("a", "maybe.never_nothing"))
    assert isinstance(result.error, StepFailed)
    assert "the node returned NOTHING, and its annotation says int" in str(result.error)


async def test_a_disabled_node_hands_on_only_what_it_is_given() -> None:
    """An input that was not given leaves no output."""
    result = await run(
        Node("a", "maybe.one", {"give": False}),
        Node("off", "maybe.take", disabled=True),
        Node("b", "maybe.take"),
        lines=(Connection("a", "result", "off", "value"), Connection("off", "value", "b", "value")),
    )
    assert (result.status, result.outputs["b"]["result"]) == ("done", "default")
