"""with_resource: one lease for the steps of a body."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from stratagem import Graph, Kernel, Node, ResourceRequest, Workflow, WorkflowError
from stratagem_pools import PoolSettings
from stratagem_std import pack
from stratagem_testing import Grip, ThingPlugin, Things, sample

pytestmark = pytest.mark.anyio


@pytest.fixture(params=["in-order", "at-once"])
def schedule(request: pytest.FixtureRequest) -> str:
    """Every promise holds whatever the schedule is."""
    return str(request.param)


def used(id_: str) -> Node:
    """A step that gives the thing it has."""
    return Node(id_, "sample.use")


async def test_all_steps_of_the_body_have_the_same_resource(plugins: tuple[Any, ...]) -> None:
    """One that is as the node's request says; loops in it use it too, and it is given back at the end."""
    things = Things()
    loop = Node("loop", "std.for_each", {"items": [1, 2, 3]}, {"body": Graph({"deep": used("deep")})})
    body = Graph({"a": used("a"), "b": used("b"), "loop": loop}, result="{{ [a.result, b.result] }}")
    asked = {"thing": ResourceRequest(labels={"colour": "{{ tone }}"})}
    holder = Node("held", "std.with_resource", {"kind": "thing"}, {"body": body}, resources=asked)
    workflow = Workflow({"held": holder}, variables={"tone": "red"})
    pools = [ThingPlugin(PoolSettings(size=1), things), *plugins[1:]]
    async with Kernel(packs=[pack, sample], plugins=pools) as kernel:
        result = (await kernel.run(workflow)).raise_for_error()
    first, second = result.outputs["held"]["result"]
    assert isinstance(first, Grip)
    assert first is second is result.outputs["deep"]["result"]
    assert first.loose
    assert [thing.labels for thing in things.made] == [{"colour": "red"}]


async def test_it_is_given_back_when_the_body_fails(plugins: tuple[Any, ...]) -> None:
    """The failure goes on outwards."""
    things = Things()
    body = Graph({"fails": Node("fails", "std.fail", {"message": "broken"})})
    workflow = Workflow({"held": Node("held", "std.with_resource", {"kind": "thing"}, {"body": body})})
    async with Kernel(packs=[pack], plugins=[ThingPlugin(None, things), *plugins[1:]]) as kernel:
        result = await kernel.run(workflow)
        assert things.grips == []
    assert "broken" in str(result.error)


async def test_a_kind_that_nothing_provides_is_refused_before_the_run(run: Callable[..., Any]) -> None:
    """With the kind that is lacking."""
    with pytest.raises(WorkflowError, match=r"std\.with_resource needs a 'page', and nothing provides that"):
        await run(Node("held", "std.with_resource", {"kind": "page"}, {"body": Graph()}))
