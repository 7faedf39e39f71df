"""Compiled or not, inputs are the same, and so is every error."""

from __future__ import annotations

from typing import Any

from hypothesis import assume, example, given, settings
from hypothesis import strategies as st

from hypothesis_profiles import examples
from stratagem import PlainResolver, Scope, Step, WorkflowError
from stratagem_compiled import CompiledResolver
from template_probe import configs, expressions, outcome, scope_of, scopes, step_of

SOME = scope_of(
    {"x": 1, "y": "why", "rows": [3, 1, 2], "data": {"key": ["zero"], "a": {"b": 5}}},
    {"own": "mine"},
    ("first", ["left"], "right", False, {"key": [7]}),
    {"item": 4},
)


def compiled(config: dict[str, Any]) -> Step:
    """The probe with this config, if it can have that."""
    try:
        return step_of(config)
    except WorkflowError:
        assume(False)
        raise


@given(configs, scopes)
@settings(max_examples=examples(800))
@example({"text": "{{ x }}", "number": "{{ y }}"}, SOME)
@example({"one": {"k": ["{{ inner.result.key[0] }}", {"l": "{{ x }} and {{ y }}"}], "l": (1, "{{ own }}")}}, SOME)
@example({"one": "{{ secrets.token }}", "two": "- {{ secrets.token }} -"}, SOME)
def test_inputs_and_errors_are_those_of_the_plain_resolver(config: dict[str, Any], scope: Scope) -> None:
    """Values, their types, their order; and of errors the whole text."""
    step = compiled(config)
    assert outcome(CompiledResolver().inputs(step), scope) == outcome(PlainResolver().inputs(step), scope)


@given(expressions, scopes)
@settings(max_examples=examples(300))
def test_deferred_inputs_are_those_of_the_plain_resolver(expression: str, scope: Scope) -> None:
    """What a node resolves itself is resolved when it asks, each time anew."""
    step = compiled({"later": expression, "text": "{{ y }}"})
    assert outcome(CompiledResolver().inputs(step), scope) == outcome(PlainResolver().inputs(step), scope)


@given(st.lists(st.tuples(configs, scopes), min_size=2, max_size=4))
@settings(max_examples=examples(200))
def test_steps_that_share_a_shape_do_not_share_values(steps: list[tuple[dict[str, Any], Scope]]) -> None:
    """One resolver for all of them gives each its own inputs."""
    resolver = CompiledResolver()
    for config, scope in steps:
        step = compiled(config)
        assert outcome(resolver.inputs(step), scope) == outcome(PlainResolver().inputs(step), scope)
