"""What the figures of resolving rest on: all sides resolve the same, and what is to be found or not is so."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from stratagem import PlainResolver, Scope, VariableStore
from stratagem_bench import naive
from stratagem_bench.resolving import BASICS, CHEAP, COSTLY, steps_of, variables
from stratagem_compiled import CompiledResolver
from stratagem_variable_cache import VariableCache, VariableCacheSettings


@pytest.mark.parametrize("name", BASICS)
def test_the_code_by_hand_gives_what_the_resolvers_give(name: str) -> None:
    """So that no side is quick because it leaves something out."""
    text, _ = BASICS[name]
    output = {"key": ["zero"]}
    values = {**variables(0), "src": {"result": output}}
    (step,) = steps_of([{"value": text(7)}])
    scope = Scope([output, None], VariableStore(values), {}, None)
    by_hand = naive.resolved({"value": text(7)}, values)
    assert by_hand == PlainResolver().inputs(step)(scope) == CompiledResolver().inputs(step)(scope)
    assert "{{" not in str(by_hand)


def cached() -> tuple[VariableCache, list[Callable[[Scope], dict[str, Any]]]]:
    """A cache that keeps whatever it can, however quickly it was made, and a step for each template."""
    cache = VariableCache(PlainResolver(), VariableCacheSettings(threshold=0.0))
    steps = steps_of([{"value": text.format(1, 2)} for text in (*COSTLY, *CHEAP)])
    return cache, [cache.inputs(step) for step in steps]


def scope_in(turn: int) -> Scope:
    return Scope([None], VariableStore(variables(turn)), {}, None)


def test_what_comes_again_is_found() -> None:
    """Each costly template, and of the cheap ones that with a filter."""
    cache, prepared = cached()
    scope = scope_in(0)
    for _ in range(9):
        for inputs in prepared:
            inputs(scope)
    assert len(cache._store) == len(COSTLY) + 1
    assert cache._store.hits >= 5 * len(COSTLY)


def test_new_values_are_never_found() -> None:
    """What is measured as a rate of zero is one."""
    cache, prepared = cached()
    for turn in range(9):
        scope = scope_in(turn)
        for inputs in prepared:
            inputs(scope)
    assert cache._store.misses > len(COSTLY)
    assert cache._store.hits == 0
