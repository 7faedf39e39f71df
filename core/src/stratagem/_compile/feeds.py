"""Feeds: the values of single inputs, read from templates and lines, and held to what their ports take."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from stratagem._support.shown import shown
from stratagem.errors import BadInput
from stratagem.inputs import NOT_GIVEN, Feed, Source
from stratagem.model import Node
from stratagem.nodes.spec import InputPort, NodeSpec
from stratagem.nodes.types import Check, name_of, shallow_checker
from stratagem.scope import Scope
from stratagem.templates.paths import Getter
from stratagem.templates.template import Template


def feed_of_template(
    key: str, template: Template, read: Getter, node: Node, spec: NodeSpec, sources: tuple[Source | None, ...]
) -> Feed:
    """The feed of a config value; ``read`` is the bound template, ``sources`` are what its paths begin with."""
    port = spec.inputs.get(key)
    if port is not None and port.deferred:
        return Feed(port.parameter, key, _deferred(read), template, _deferred, deferred=True, sources=sources)
    check = shallow_checker(port.annotation) if port else None
    hold = _checking(check, port, node, spec) if port and check else _unchecked
    if port is not None and port.read is not None:
        return _read_feed(port, node, spec, read, template, hold, sources)
    exact = exact_type(port) if check else None
    return Feed(parameter_of(key, spec), key, hold(read), template, hold, check, exact, sources=sources)


def feed_of_lines(key: str, sources: Sequence[Source], node: Node, spec: NodeSpec) -> Feed:
    """The feed of the lines that lead to an input; ``sources`` are the outputs where they begin."""
    port = spec.inputs.get(key)
    gathered = _gathered(port, [source.get for source in sources])
    get = gathered if port is None or port.read is None or port.variadic else _reading(gathered, port, node, spec)
    return Feed(parameter_of(key, spec), key, get, sources=tuple(sources))


def parameter_of(key: str, spec: NodeSpec) -> str:
    """The parameter that the input ``key`` is handed in."""
    port = spec.inputs.get(key)
    return port.parameter if port else key


def exact_type(port: InputPort | None) -> type | None:
    """The class whose own instances need no further check; None where the annotation is no class."""
    return port.annotation if port is not None and type(port.annotation) is type else None


def _gathered(port: InputPort | None, getters: Sequence[Getter]) -> Getter:
    if port is not None and port.variadic:
        return lambda scope: [value for getter in getters if (value := _or_not_given(getter, scope)) is not NOT_GIVEN]
    if port is not None and port.required:
        return getters[0]
    return lambda scope: _or_not_given(getters[0], scope)


def _or_not_given(getter: Getter, scope: Scope) -> Any:
    try:
        return getter(scope)
    except LookupError:
        return NOT_GIVEN


def _read_feed(
    port: InputPort,
    node: Node,
    spec: NodeSpec,
    get: Getter,
    template: Template,
    hold: Callable[[Getter], Getter],
    sources: tuple[Source | None, ...],
) -> Feed:
    """A feed whose values are read as the port says before they are checked."""

    def held(getter: Getter) -> Getter:
        return hold(_reading(getter, port, node, spec))

    return Feed(port.parameter, port.name, held(get), template, held, reads=True, sources=sources)


def _reading(getter: Getter, port: InputPort, node: Node, spec: NodeSpec) -> Getter:
    """The getter of a value as the port reads it."""
    read = port.read
    assert read is not None  # the caller looked

    def get(scope: Scope) -> Any:
        value = getter(scope)
        if value is None or value is NOT_GIVEN:
            return value
        try:
            return read(value)
        except ValueError as error:
            provider = spec.distribution or None
            raise BadInput(str(error), node=node.id, key=port.name, line=node.line, provider=provider) from error

    return get


def _deferred(getter: Getter) -> Getter:
    return lambda scope: lambda: getter(scope)


def _unchecked(getter: Getter) -> Getter:
    return getter


def _checking(check: Check, port: InputPort, node: Node, spec: NodeSpec) -> Callable[[Getter], Getter]:
    """Adds to a getter the check of the value's own type, where the annotation names one."""

    def checked(getter: Getter) -> Getter:
        def read(scope: Scope) -> Any:
            value = getter(scope)
            if not check(value):
                what, provider = f"expected {name_of(port.annotation)}, got {shown(value)}", spec.distribution or None
                raise BadInput(what, node=node.id, key=port.name, line=node.line, provider=provider)
            return value

        return read

    return checked
