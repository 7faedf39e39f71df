"""What the figures of resolving rest on: all sides resolve the same, and what is to be found or not is so."""

from __future__ import annotations

import pytest

from stratagem.engine.frame import Scope
from stratagem.engine.variables import VariableStore
from stratagem.reference import PlainResolver
from stratagem_bench import naive
from stratagem_bench.resolving import BASICS, CHEAP, COSTLY, steps_of, variables
from stratagem_compiled import CompiledResolver
from stratagem_variable_cache import VariableCache


@pytest.mark.parametrize("name", BASICS)
def test_the_code_by_hand_gives_what_the_resolvers_give(name: str) -> None:
    """So that no side is quick because it leaves something out."""
    text, _ = BASICS[name]
    output = {"key": ["zero"]}
    values = {**variables(0), "src": {"result": output}}
    (step,) = steps_of([{"value": text(7)}])
    scope = Scope([output, None], VariableStore(values), {}, None)
    by_hand = naive.resolved({"value": text(7)}, values)
    assert by_hand == PlainResolver().inputs(step, scope) == CompiledResolver().inputs(step, scope)
    assert "{{" not in str(by_hand)


def test_only_what_is_called_costly_is_kept() -> None:
    """Each costly template once; no cheap one, whether it could be or not."""
    cache = VariableCache(PlainResolver())
    prepared = [cache.prepare(step) for step in steps_of([{"value": text.format(1, 2)} for text in (*COSTLY, *CHEAP)])]
    scope = Scope([None] * 11, VariableStore(variables(0)), {}, None)
    for _ in range(9):
        for inputs in prepared:
            inputs(scope)
    assert len(cache._store) == len(COSTLY)


def test_new_values_are_never_found() -> None:
    """What is measured as a rate of zero is one."""
    cache = VariableCache(PlainResolver())
    prepared = [cache.prepare(step) for step in steps_of([{"value": text.format(1, 2)} for text in (*COSTLY, *CHEAP)])]
    for turn in range(9):
        scope = Scope([None] * 11, VariableStore(variables(turn)), {}, None)
        for inputs in prepared:
            inputs(scope)
    assert cache._store.hits == 0
