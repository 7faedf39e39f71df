"""Ports from annotations: what a signature says about a node type."""

from __future__ import annotations

from typing import Any

import pytest
from attrs import frozen

from stratagem import Bodies, Body, Branch, Context, Deferred, NodeSpec, Pack, Subflow, Variables
from stratagem.errors import HookMisuse
from stratagem.model import Retry
from stratagem.nodes.spec import MISSING


@frozen
class Found:
    """A result with two parts."""

    text: str
    count: int


def spec_of(function: Any, **traits: Any) -> NodeSpec:
    """The node type that a pack makes of a function."""
    pack = Pack("own")
    pack.node(**traits)(function)
    (name,) = pack.names()
    (version,) = pack.versions(name)
    return pack.spec(name, version)


def test_parameters_are_inputs() -> None:
    """With their annotations and defaults; a trailing underscore is no part of the name."""

    async def find(document: str, from_: int = 3, *, exact: bool | None = None) -> list[str]:
        return []

    spec = spec_of(find)
    assert list(spec.inputs) == ["document", "from", "exact"]
    assert spec.inputs["document"].required
    assert spec.inputs["document"].default is MISSING
    assert (spec.inputs["from"].parameter, spec.inputs["from"].default) == ("from_", 3)
    assert not spec.inputs["exact"].required
    assert spec.inputs["exact"].annotation == bool | None
    assert (spec.id, spec.type, spec.is_async, spec.stateful) == ("own.find@1", "own.find", True, False)


def test_the_return_annotation_is_the_outputs() -> None:
    """None is none, an attrs class one for each field, anything else the one called result."""

    async def nothing() -> None: ...
    async def one() -> int:
        return 1

    async def two() -> Found:
        return Found("a", 1)

    async def choice() -> Branch:
        return Branch("exec_out")

    assert spec_of(nothing).outputs == {}
    assert {name: port.annotation for name, port in spec_of(one).outputs.items()} == {"result": int}
    assert list(spec_of(one, outputs=("sum",)).outputs) == ["sum"]
    assert {name: port.annotation for name, port in spec_of(two).outputs.items()} == {"text": str, "count": int}
    assert not spec_of(two).single
    assert spec_of(choice).outputs == {}
    assert list(spec_of(choice, outputs=("value",)).outputs) == ["value"]


def test_some_annotations_are_no_inputs() -> None:
    """Bodies, the context, variables, resources."""

    async def loop(
        items: list[Any],
        body: Body,
        context: Context,
        variables: Variables,
        others: Bodies,
        page: Any,
        else_: Body | None = None,
    ) -> None: ...

    spec = spec_of(loop, resources={"page": "browser"}, body_ports={"body": ("item",)})
    assert list(spec.inputs) == ["items"]
    assert {name: (port.parameter, port.required) for name, port in spec.bodies.items()} == {
        "body": ("body", True),
        "else": ("else_", False),
    }
    assert spec.bodies["body"].ports == ("item",)
    assert spec.injected == {"context": "context", "variables": "variables", "others": "bodies"}
    assert spec.resources == {"page": "browser"}


def test_inputs_may_be_many_or_deferred_or_files_of_subflows() -> None:
    """Each by its own annotation or star."""

    async def many(*parts: int, when: Deferred[bool], flow: Subflow, **rest: str) -> None: ...

    spec = spec_of(many)
    assert (spec.inputs["parts"].variadic, spec.inputs["parts"].required) == (True, False)
    assert (spec.inputs["when"].deferred, spec.inputs["when"].annotation) == (True, bool)
    assert (spec.inputs["flow"].subflow, spec.inputs["flow"].annotation) == (True, str)
    assert spec.extra_inputs is str


def test_a_class_with_a_run_method_is_a_node_with_state() -> None:
    """Its ports are those of ``run``."""

    class Counter:
        """Counts."""

        async def run(self, by: int = 1) -> int:
            return by

    spec = spec_of(Counter)
    assert (spec.stateful, spec.is_async, spec.name, spec.doc) == (True, True, "Counter", "Counts.")
    assert list(spec.inputs) == ["by"]
    assert list(spec.outputs) == ["result"]


@pytest.mark.parametrize(
    ("code", "what"),
    [
        ("async def f(x) -> None: ...", "parameter 'x' of the node own.f has no annotation"),
        ("async def f(x: 'Nowhere') -> None: ...", "an annotation of the node own.f can't be resolved"),
        ("async def f(x: int, *y: int) -> None: ...", "the node own.f has parameters before *y"),
        ("class f: pass", "the class of the node own.f has no method 'run'"),
    ],
)
def test_a_signature_that_says_too_little_is_refused(code: str, what: str) -> None:
    """When the pack is imported, with the node's name."""
    names: dict[str, Any] = {}
    exec(code, names)
    with pytest.raises(HookMisuse) as caught:
        spec_of(names["f"])
    assert caught.value.what.startswith(what)


def test_a_node_registered_twice_is_refused() -> None:
    """Two versions are two; the same one twice is a mistake."""
    pack = Pack("own")

    @pack.node(version=1)
    async def it() -> None: ...

    @pack.node(name="it", version=2)
    async def it_2() -> None: ...

    assert pack.versions("it") == [1, 2]
    with pytest.raises(HookMisuse, match=r"own\.it@2 is registered twice"):
        pack.node(name="it", version=2)(it)


def test_only_what_can_be_repeated_may_ask_for_retries() -> None:
    """A write that is not idempotent is tried again only where a workflow says so."""

    async def it() -> None: ...

    with pytest.raises(HookMisuse, match="asks for retries, writes, and is not idempotent"):
        spec_of(it, retries=Retry())
    assert spec_of(it, retries=Retry(), idempotent=True).retries == Retry()
    assert spec_of(it, retries=Retry(), effect="read").retries == Retry()


def test_the_decorator_gives_the_function_back() -> None:
    """Node functions can be called and tested as what they are."""

    def plain(x: int) -> int:
        return x + 1

    assert Pack("own").node()(plain) is plain
