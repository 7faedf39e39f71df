"""Large values in flows of the dialect: its nodes give nothing, or fail, at once."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any

import anyio
import pytest

from stratagem import Kernel, Node, RunResult, StepTimeout, Workflow
from stratagem_casare import coerce, pack
from stratagem_casare.template import LenientTemplate, has_references


def doubled(again: Callable[[Any], Any]) -> Any:
    value: Any = 1
    for _ in range(40):
        value = again(value)
    return value


def run(type_: str, config: dict[str, Any], *, timeout: float | None = None, **variables: Any) -> RunResult:
    """A flow of one node, whose config may name ``variables``."""

    async def main() -> RunResult:
        async with Kernel(packs=[pack]) as kernel:
            workflow = Workflow({"a": Node("a", f"casare.{type_}", config, timeout=timeout)}, variables=variables)
            return await kernel.run(workflow)

    return anyio.run(main)


LISTS = doubled(lambda value: [value, value])
DICTS = doubled(lambda value: {"a": value, "b": value})


@pytest.mark.parametrize(
    ("type_", "config"),
    [
        ("ComparisonNode", {"a": "{{ x }}", "b": "{{ y }}"}),
        ("LogNode", {"message": "{{ x }}"}),
        ("LogNode", {"message": "a", "data": "{{ x }}"}),
        ("ListContainsNode", {"list": ["{{ x }}"], "item": "{{ y }}"}),
        ("ListUniqueNode", {"list": ["{{ x }}", "{{ y }}"]}),
        ("ListSortNode", {"list": ["{{ x }}", "{{ y }}"]}),
        ("ListJoinNode", {"list": ["{{ x }}"]}),
        ("ListFlattenNode", {"list": "{{ x }}", "depth": 60}),
        ("ConcatenateNode", {"string_1": "{{ x }}", "string_2": "b"}),
        ("DictToJsonNode", {"dict": "{{ d }}"}),
        ("DictToJsonNode", {"dict": {"a": 1}, "indent": 10**9}),
        ("TextPadNode", {"text": "a", "length": 10**12}),
        ("TextReplaceNode", {"text": "a" * 100_000, "old_value": "a", "new_value": "b" * 10_000}),
        ("RandomStringNode", {"length": 10**9}),
        ("RandomChoiceNode", {"items": [1], "count": 10**9, "allow_duplicates": True}),
        ("MathOperationNode", {"a": 1e300, "operation": "floor", "round_digits": -(10**12)}),
    ],
)
def test_a_node_that_would_take_forever_gives_nothing(type_: str, config: dict[str, Any]) -> None:
    """Within a second or so, whatever the dialect does with errors otherwise."""
    equal = doubled(lambda value: [value, value])
    begun = time.perf_counter()
    result = run(type_, config, x=LISTS, y=equal, d=DICTS)
    assert result.status == "failed" or not result.outputs.get("a")
    assert time.perf_counter() - begun < 5


def test_a_variable_may_hold_what_nobody_could_walk() -> None:
    """To set it is no work."""
    assert run("SetVariableNode", {"variable_name": "v", "value": "{{ x }}"}, x=LISTS).status == "done"
    assert not has_references(LISTS)


def test_a_template_refuses_to_write_what_is_too_large() -> None:
    """As a template of the kernel does."""
    with pytest.raises(ValueError, match="can't be made text"):
        coerce.text(DICTS)
    assert LenientTemplate("a {{ x }}").paths


@pytest.mark.parametrize("type_", ["RegexMatchNode", "TextExtractNode", "RegexReplaceNode"])
def test_a_time_limit_ends_a_pattern(type_: str) -> None:
    """Although it would take years."""
    config = {"text": "a" * 50 + "!", "pattern": "^(a|a)+$"}
    result = run(type_, config, timeout=0.2)
    assert isinstance(result.error, StepTimeout)
