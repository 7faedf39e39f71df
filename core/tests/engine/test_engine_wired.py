"""Wired steps, which are given whole values of others: what they get, and what is said of values that don't fit."""

from __future__ import annotations

import pytest

from stratagem import Kernel, Node, Pack, RunResult, Workflow
from stratagem_testing import node, workflow_of

pytestmark = pytest.mark.anyio

pack = Pack("wired")


@pack.node(effect="pure")
def give(value: object) -> object:
    """Gives a value, of whatever type."""
    return value


@pack.node(effect="pure")
def text(value: str, more: str = "nothing") -> str:
    """Takes texts only."""
    return f"{value} and {more}"


@pack.node(effect="pure")
async def number(value: float) -> float:
    """Takes numbers only."""
    return value * 2


@pack.node(effect="write")
def broken() -> str:
    """Fails."""
    raise ValueError("no value today")


async def ran(*nodes: Node, **more: object) -> RunResult:
    """One run of a workflow of these nodes."""
    async with Kernel(packs=[pack]) as kernel:
        return await kernel.run(workflow_of(*nodes, **more))  # type: ignore[arg-type]  # whatever workflow_of takes


async def test_a_whole_reference_makes_a_step_wired() -> None:
    """No getter is made for it; who asks for the inputs gets them all the same, templates included."""
    async with Kernel(packs=[pack]) as kernel:
        nodes = [node("a", "wired.give", {"value": "x"}), node("b", "wired.text", {"value": "{{ a.result }}"})]
        step = kernel.compile(workflow_of(*nodes)).steps[1]
    assert step.wiring is not None
    assert step.templated
    (feed,) = step.inputs.feeds
    assert feed.template is not None
    assert (feed.key, feed.template.text, feed.exact) == ("value", "{{ a.result }}", str)
    assert [source and (source.kind, source.name, source.index) for source in feed.sources] == [("step", "result", 0)]


@pytest.mark.parametrize(
    "config",
    [
        {"value": "{{ a.result }}!"},
        {"value": "{{ a.result | upper }}"},
        {"value": "{{ v }}"},
        {"value": "{{ $timestamp }}"},
    ],
)
async def test_other_templates_are_read_by_getters(config: dict[str, str]) -> None:
    """A piece of text, a filter, a variable, a system value."""
    async with Kernel(packs=[pack]) as kernel:
        nodes = [node("a", "wired.give", {"value": "x"}), node("b", "wired.text", config)]
        plan: Workflow = workflow_of(*nodes, variables={"v": "y"})
        assert kernel.compile(plan).steps[1].wiring is None


async def test_a_value_of_another_type_is_refused_as_by_getters() -> None:
    """With node, key, and what was expected."""
    nodes = [node("a", "wired.give", {"value": 7}), node("b", "wired.text", {"value": "{{ a.result }}"})]
    (failure,) = (await ran(*nodes)).failures
    assert (failure.node, failure.key) == ("b", "value")
    assert "expected str, got 7" in str(failure)


async def test_a_whole_number_serves_as_a_float() -> None:
    """As in all inputs."""
    result = await ran(
        node("a", "wired.give", {"value": 7}),
        node("b", "wired.number", {"value": "{{ a.result }}"}),
        result="{{ b.result }}",
    )
    assert result.value == 14


async def test_an_absent_value_is_refused_as_by_getters() -> None:
    """The source has failed, and the workflow goes on."""
    nodes = [node("a", "wired.broken", on_error="continue"), node("b", "wired.text", {"value": "{{ a.result }}"})]
    result = await ran(*nodes)
    assert [failure.node for failure in result.failures] == ["a", "b"]
    assert "'a.result' does not exist in this run" in str(result.failures[1])


async def test_an_optional_input_does_without_an_absent_value() -> None:
    """The line brings nothing, so the default stands."""
    result = await ran(
        node("a", "wired.broken", on_error="continue"),
        node("b", "wired.text", {"value": "x"}),
        lines=["a.result -> b.more"],
        result="{{ b.result }}",
    )
    assert result.value == "x and nothing"
