"""Inputs that are read: a function of the pack makes of each value what the node is given, constants before anything runs."""

from __future__ import annotations

from typing import Annotated, Any

import pytest

from stratagem import Kernel, Pack, RunResult, Workflow
from stratagem.config.duration import Duration
from stratagem.errors import WorkflowError
from stratagem.nodes import Reads
from stratagem_testing import node, workflow_of

pytestmark = pytest.mark.anyio

pack = Pack("read")
ASKED: list[Any] = []


def small(value: Any) -> Any:
    """What the tests read inputs by."""
    ASKED.append(value)
    if value == "BAD":
        raise ValueError("'BAD' is too large. Write it small.")
    return value.lower() if isinstance(value, str) else value


Small = Annotated[str, Reads(small)]


@pack.node(effect="pure")
async def one(text: Small) -> str:
    """Gives what it was given."""
    return text


@pack.node()
async def many(texts: Annotated[list[str], Reads(lambda found: [each.lower() for each in found])]) -> list[str]:
    """Gives what it was given."""
    return texts


@pack.node()
async def maybe(text: Small | None = None, wait: Duration | None = None, pause: Duration = 1.0) -> list[Any]:
    """Gives what it was given."""
    return [text, wait, pause]


@pack.node()
async def source(value: Any) -> Any:
    """Gives what others are to read."""
    return value


async def ran(workflow: Workflow) -> RunResult:
    async with Kernel(packs=[pack]) as kernel:
        return await kernel.run(workflow)


async def given(config: dict[str, Any], type_: str = "maybe") -> Any:
    """What a node is given for its config."""
    result = await ran(workflow_of(node("n", f"read.{type_}", config)))
    return result.raise_for_error().outputs["n"]["result"]


async def test_a_constant_is_read_when_the_workflow_is_compiled() -> None:
    """Once, however often the step runs."""
    kernel = Kernel(packs=[pack])
    ASKED.clear()
    plan = kernel.compile(workflow_of(node("n", "read.one", {"text": "ADA"})))
    assert ASKED == ["ADA"]
    async with kernel:
        for _ in range(2):
            assert (await kernel.run(plan)).outputs["n"]["result"] == "ada"
    assert ASKED == ["ADA"]


def test_constants_that_are_of_no_use_are_told_together() -> None:
    """With node and key, as everything else that is wrong."""
    bad = [node(f"n{i}", "read.one", {"text": "BAD"}) for i in range(2)]
    with pytest.raises(WorkflowError) as caught:
        Kernel(packs=[pack]).compile(workflow_of(*bad, node("m", "read.maybe", {"wait": "5 sec", "pause": -1})))
    told = sorted(str(each) for each in caught.value.problems)
    assert [each.partition(": '")[0] for each in told[2:]] == ["node 'n0': key 'text'"]
    assert told[2].endswith("(and 1 more: node 'n1': key 'text')")
    assert told[0].startswith(
        "node 'm': key 'pause': expected a number of seconds or a text such as '500ms', '5s' or '2m', got -1"
    )
    assert told[1].startswith(
        "node 'm': key 'wait': expected a number of seconds or a text such as '500ms', '5s' or '2m', got '5 sec'"
    )


async def test_a_computed_value_is_read_when_it_is_known() -> None:
    """From templates and from lines; what can't be used then is told with its key."""
    template = workflow_of(
        node("s", "read.source", {"value": "ADA"}), node("n", "read.one", {"text": "{{ s.result }}"})
    )
    line = workflow_of(node("s", "read.source", {"value": "ADA"}), node("n", "read.one"), lines=["s.result -> n.text"])
    for workflow in (template, line):
        assert (await ran(workflow)).outputs["n"]["result"] == "ada"
    for value in ("BAD",):
        bad = workflow_of(node("s", "read.source", {"value": value}), node("n", "read.one", {"text": "{{ s.result }}"}))
        assert "node 'n': key 'text': 'BAD' is too large. Write it small" in str((await ran(bad)).error)


async def test_durations_are_seconds_for_the_node() -> None:
    """However they are written; what is left out is the default, unread."""
    assert await given({"wait": "250ms", "pause": "2m"}) == [None, 0.25, 120.0]
    assert await given({"wait": 3}) == [None, 3.0, 1.0]
    assert await given({"text": None, "wait": None}) == [None, None, 1.0]


async def test_containers_are_read_as_a_whole() -> None:
    """Written out or computed."""
    assert await given({"texts": ["A", "B"]}, "many") == ["a", "b"]
    assert await given({"texts": ["{{ 'A' }}"]}, "many") == ["a"]
