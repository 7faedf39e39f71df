"""First values of variables: each run and each call of a subflow has its own."""

from __future__ import annotations

from collections import OrderedDict
from typing import Any

import pytest

from stratagem import Kernel, Pack, Subflow, Variables, Workflow
from stratagem.errors import BadInput
from stratagem.nodes.catalog import Environment
from stratagem.variables import first_values
from stratagem_testing import node, workflow_of

pytestmark = pytest.mark.anyio

pack = Pack("lists")


@pack.node(writes=("var:found",))
async def append(variables: Variables) -> int:
    """Changes what the variable holds in place, and counts."""
    variables["found"].append(1)
    return len(variables["found"])


@pack.node()
async def call(flow: Subflow) -> Any:
    """Calls a subflow twice."""
    await flow()
    return (await flow()).variables["found"]


def appending() -> Workflow:
    """One step that appends to a list."""
    return workflow_of(node("a", "lists.append"), variables={"found": []})


async def test_a_plan_starts_each_run_with_its_own_first_values() -> None:
    """What a node does in place is gone with the run, and the workflow is as it was written."""
    flow = appending()
    async with Kernel(packs=[pack]) as kernel:
        plan = kernel.compile(flow)
        runs = [(await kernel.run(plan)).outputs["a"]["result"] for _ in range(3)]
    assert runs == [1, 1, 1]
    assert flow.variables == {"found": []}


async def test_a_subflow_starts_each_call_with_its_own_first_values() -> None:
    """As a run does."""
    async with Kernel(packs=[pack]) as kernel:
        kernel.catalog.environment = Environment(load=lambda path, beside: appending())
        result = await kernel.run(workflow_of(node("a", "lists.call", {"flow": "x"})))
    assert result.outputs["a"] == {"result": [1]}


async def test_values_that_a_run_is_given_are_the_callers_own_objects() -> None:
    """Only what is written in the workflow belongs to all runs."""
    given: list[int] = []
    async with Kernel(packs=[pack]) as kernel:
        await kernel.run(appending(), {"found": given})
    assert given == [1]


def test_what_shares_an_entry_shares_that_of_the_copy() -> None:
    """Within one variable, between two of them, and around in a circle."""
    row: list[Any] = [1]
    table: dict[str, Any] = {"row": row, "pair": (row, 2)}
    table["self"] = table
    made = first_values({"table": table, "row": row})
    assert made["table"]["row"] is made["row"] is made["table"]["pair"][0]
    assert made["table"]["self"] is made["table"] is not table
    assert made["row"] == row
    assert made["row"] is not row


def test_a_value_that_shares_itself_many_times_is_copied_in_no_time() -> None:
    """Every list once."""
    shared: list[Any] = []
    for _ in range(200):
        shared = [shared, shared]
    made = first_values({"x": shared})["x"]
    assert made[0] is made[1] is not shared[0]


def test_what_can_not_change_and_what_is_no_container_is_itself() -> None:
    """Nothing is made anew for it."""
    thing, frozen = object(), ("a", ("b", 2))
    made = first_values({"thing": thing, "frozen": frozen, "text": "t"})
    assert made["thing"] is thing
    assert made["frozen"] is frozen


def test_copies_keep_their_classes() -> None:
    """A table of a class of its own stays one."""
    made = first_values({"x": OrderedDict(a=[1]), "y": {1, 2}, "z": bytearray(b"z")})
    assert made == {"x": OrderedDict(a=[1]), "y": {1, 2}, "z": bytearray(b"z")}
    assert [type(value) for value in made.values()] == [OrderedDict, set, bytearray]


def test_a_value_that_is_nested_too_deep_is_told() -> None:
    """The variable is named."""
    deep: list[Any] = []
    for _ in range(100_000):
        deep = [deep]
    with pytest.raises(BadInput) as caught:
        first_values({"x": deep})
    assert caught.value.key == "variables.x"
