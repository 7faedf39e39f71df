"""The functions that are written for steps: which way they go, what they share, how long they live."""

from __future__ import annotations

import gc
from collections.abc import Callable
from typing import Any

import pytest

from stratagem import Config, Duration, Inputs, Kernel, Pack, Strategy, UndefinedName
from stratagem_compiled import CompiledPlugin, CompiledResolver
from stratagem_compiled.compiler import MOST, Compiler
from stratagem_compiled.resolver import Functions
from stratagem_testing import graph_of, node, run_once, sample, workflow_of
from template_probe import chain_of, scope_of, step_of

SCOPE = scope_of(
    {"x": 1, "y": "why", "rows": [3, 1, 2], "data": {"key": ["zero"], "a": {"b": 5}}},
    {"own": "mine"},
    ("first", ["left"], "right", False, {"key": [7]}),
    {"item": 4},
)

WELL = {
    "a variable": "{{ x }}",
    "a variable of the body": "{{ own }}",
    "an output": "{{ inner.result }}",
    "an output around": "{{ first.result }}",
    "an attribute": "{{ two.right }}",
    "a port": "{{ loop.item }}",
    "a path": "{{ data.key[0] }}",
    "a path in an output": "{{ inner.result.key[-1] }}",
    "a text": "{{ y }}, {{ x }}, {{ data }} and {{ own }}",
    "an expression": "{{ rows | sort | join(',') }}",
    "containers": {"k": ["{{ x }}", ("{{ y }}",)], "l": [1, [2]]},
    "a constant": [1, {"k": []}],
}


@pytest.fixture
def unaided(monkeypatch: pytest.MonkeyPatch) -> Callable[[], None]:
    """Takes the plain way away, as functions are made."""

    def refuse(self: Inputs, scope: object) -> None:
        raise AssertionError("the plain way was taken")

    return lambda: monkeypatch.setattr(Inputs, "__call__", refuse)


@pytest.mark.parametrize("config", WELL.values(), ids=WELL.keys())
def test_what_goes_well_goes_the_quick_way(config: Any, unaided: Callable[[], None]) -> None:
    """The plain getters are for what fails."""
    step = step_of({"one": config, "text": "{{ y }}", "number": 5})
    expected = step.inputs(SCOPE)
    unaided()
    assert CompiledResolver().inputs(step)(SCOPE) == expected


def test_each_call_makes_containers_anew() -> None:
    """What a node does to its inputs is not seen by the next one."""
    prepared = CompiledResolver().inputs(step_of({"one": [1, ["{{ x }}"]], "two": {"k": []}, "text": "{{ y }}"}))
    first, second = prepared(SCOPE), prepared(SCOPE)
    first["one"][1].append(2)
    first["two"]["k"].append(3)
    first["more"] = 4
    assert second == {"one": [1, [1]], "two": {"k": []}, "text": "why"} == prepared(SCOPE)


def test_an_error_is_the_plain_one() -> None:
    """The quick way leaves no trace in it."""
    with pytest.raises(UndefinedName) as caught:
        CompiledResolver().inputs(step_of({"one": "{{ data.kex[0] }}"}))(SCOPE)
    assert str(caught.value) == "'data.kex' does not exist. Did you mean 'key'?"
    assert chain_of(caught.value) == []


def test_steps_of_one_shape_are_compiled_once() -> None:
    """Other names and constants, even other kinds of text, are no other shape."""
    functions = Functions()
    for name, text in (("x", "a"), ("y", "b'"), ("rows", '"""')):
        functions.of(step_of({"one": f"{{{{ {name} }}}}", "two": f"{text} {{{{ data }}}}", "a b": text}))
    assert functions.compiler.shapes == 1
    functions.of(step_of({"one": "{{ x }}"}))
    assert functions.compiler.shapes == 2


def test_steps_that_read_each_other_are_of_one_shape() -> None:
    """Which step it is that one reads is no part of the shape."""
    nodes = [node(f"n{i}", "sample.value", {"value": f"{{{{ n{i - 1}.result }}}}"}) for i in range(1, 10)]
    plan = Kernel(packs=[sample]).compile(workflow_of(node("n0", "sample.value"), *nodes))
    functions = Functions()
    for step in plan.steps:
        functions.of(step)
    assert functions.compiler.shapes == 1


def test_nothing_that_was_written_becomes_code() -> None:
    """Names, keys and texts that look like code are values."""
    nasty = '\'); raise SystemExit #\n"""{x}\\'
    step = step_of({nasty: f"{{{{ x }}}}{nasty}", "one": {nasty: "{{ x }}"}})
    assert CompiledResolver().inputs(step)(SCOPE) == {nasty: f"1{nasty}", "one": {nasty: 1}}


def test_a_config_of_thousands_of_templates_is_left_to_the_plain_resolver() -> None:
    """Compiling it would cost more than it saves."""
    step = step_of({"one": [f"{{{{ x }}}} {number}" for number in range(MOST)]})
    assert Compiler().function(step.inputs) is step.inputs


def test_functions_live_as_long_as_their_plans() -> None:
    """A kernel that runs ever new workflows does not grow by them."""
    functions = Functions()
    steps = [step_of({"one": "{{ x }}"}) for _ in range(3)]
    made = [functions.of(step) for step in steps]
    assert functions.of(steps[0]) is made[0]
    assert len(functions._known) == 3
    del steps[1:]
    gc.collect()
    assert len(functions._known) == 1


def test_steps_without_templates_are_left_alone() -> None:
    """They run as with the plain resolver."""
    plan = Kernel(packs=[sample]).compile(
        workflow_of(node("a", "sample.value", {"value": 1}), node("b", "sample.value", {"value": "{{ a.result }}"}))
    )
    resolver = CompiledResolver()
    assert [resolver.concerns(step) for step in plan.steps] == [False, True]
    assert resolver.direct


@pytest.mark.anyio
async def test_a_config_chooses_it() -> None:
    """By the name ``compiled``; loops, lines that may have no value, and failures go as ever."""
    body = graph_of(
        node("odd", "sample.value", {"value": "{{ loop.item }}"}, when="loop.item % 2 == 1"),
        node("sum", "sample.add", {"right": "{{ loop.item * 10 }}", "left": "{{ odd.result | default(0) }}"}),
        node("maybe", "sample.join"),
        lines=["odd.result -> maybe.parts", "sum.result -> maybe.parts"],
        result="{{ maybe.result }}",
    )
    loop = node("loop", "sample.each", {"items": [1, 2, 3]}, bodies={"body": body})
    config = Config(strategy=Strategy(resolve="compiled"))
    result = await run_once(workflow_of(loop), config=config, packs=[sample])
    assert result.outputs["loop"]["results"] == [[1, 11], [20], [3, 33]]


@pytest.mark.anyio
async def test_functions_are_kept_from_run_to_run() -> None:
    """A plan that is run again is not compiled again."""
    plugin = CompiledPlugin()
    async with Kernel(packs=[sample], plugins=[plugin]) as kernel:
        plan = kernel.compile(workflow_of(node("a", "sample.value", {"value": "{{ x }}"}), variables={"x": 1}))
        assert [(await kernel.run(plan, {"x": x})).outputs["a"]["result"] for x in (1, 2)] == [1, 2]
        assert len(plugin._functions._known) == 1


@pytest.mark.anyio
async def test_inputs_that_are_read_are_read_in_written_functions_too() -> None:
    """What a port makes of a value is not left out because the rest is written."""
    pack = Pack("read")

    @pack.node()
    async def source(value: str) -> str:
        return value

    @pack.node()
    async def wait(seconds: Duration, text: str = "") -> list[Any]:
        return [seconds, text]

    first = node("s", "read.source", {"value": "5s"})
    second = node("n", "read.wait", {"seconds": "{{ s.result }}", "text": "{{ s.result }}"})
    async with Kernel(packs=[pack], plugins=[CompiledPlugin()]) as kernel:
        result = await kernel.run(workflow_of(first, second))
    assert result.raise_for_error().outputs["n"]["result"] == [5.0, "5s"]
