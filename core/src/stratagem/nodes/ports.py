"""Ports from annotations: what a function's signature says about a node type."""

import inspect
import types
import typing
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any, TypedDict, Union, get_args, get_origin

import attrs

from stratagem._support.suggesting import nearest
from stratagem.errors import HookMisuse
from stratagem.nodes.leases import Leases
from stratagem.nodes.spec import MISSING, BodyPort, Injected, InputPort, OutputPort
from stratagem.nodes.types import reader_of, unmarked
from stratagem.nodes.values import Bodies, Body, Branch, Context, Deferred, Nothing, Subflow, Variables

INJECTED: Mapping[Any, Injected] = {Context: "context", Variables: "variables", Leases: "leases"}


class Signature(TypedDict):
    """The result of `read_signature`: the fields of a NodeSpec that the annotations decide."""

    inputs: dict[str, InputPort]
    outputs: dict[str, OutputPort]
    bodies: dict[str, BodyPort]
    injected: dict[str, Injected]
    extra_inputs: Any
    single: bool
    stateful: bool
    optional: frozenset[str]
    is_async: bool
    doc: str


def read_signature(
    function: Callable[..., Any],
    node: str,
    *,
    resources: Mapping[str, str],
    outputs: tuple[str, ...] | None,
    body_ports: Mapping[str, tuple[str, ...]],
    body_variables: Mapping[str, tuple[str, ...]],
) -> Signature:
    """Reads inputs, outputs, bodies and injected values from a function's (or class's ``run``) annotations.

    A parameter annotated `Body` (or ``Body | None``) is a body, `Bodies` takes all bodies not named otherwise,
    `Deferred` an input that the node resolves itself, `Subflow` the path of another workflow, `Context`, `Variables`
    and `Leases` are injected; one that ``resources`` names is leased, and optional if it has a default; every other is a data input, ``*args`` a variadic
    one, ``**kwargs`` stands for inputs of any name. A trailing underscore is no part of a port's name. A returned
    attrs class gives a port for each field, ``None`` none, anything else the one port ``result``. An output whose
    annotation has `Nothing` in it may be missing.

    Raises:
        HookMisuse: an annotation is missing or can't be resolved.
    """
    stateful = inspect.isclass(function)
    call = _run_method(function, node) if stateful else function
    hints = _hints(call, node)
    found = Signature(
        inputs={}, outputs={}, bodies={}, injected={}, extra_inputs=MISSING, single=True,
        optional=frozenset(), stateful=stateful, is_async=inspect.iscoroutinefunction(call), doc=inspect.getdoc(function) or "",
    )  # fmt: skip
    parameters = list(inspect.signature(call).parameters.values())[1 if stateful else 0 :]
    _require_known(
        f"the node {node} leases a resource for", resources, [each.name for each in parameters], "parameters"
    )
    for parameter in parameters:
        if parameter.name in resources:
            if parameter.default is not parameter.empty:
                found["optional"] |= {parameter.name}
            continue
        if parameter.name not in hints:
            raise HookMisuse(f"parameter {parameter.name!r} of the node {node} has no annotation")
        _place(found, parameter, hints[parameter.name], body_ports, body_variables, node)
    if "bodies" not in found["injected"].values():  # which takes bodies of any name
        for given in (body_ports, body_variables):
            _require_known(f"the node {node} hands names to", given, [*found["bodies"]], "bodies")
    found["outputs"], found["single"] = _outputs(hints.get("return"), outputs)
    return found


def _require_known(what: str, given: Iterable[str], known: Sequence[str], kind: str) -> None:
    for name in given:
        if name not in known:
            hint = nearest(name, known) or f"Its {kind} are: {', '.join(known) or 'none'}."
            raise HookMisuse(f"{what} {name!r}, which is none of its {kind}", hint=hint)


def _run_method(cls: Any, node: str) -> Callable[..., Any]:
    if not callable(getattr(cls, "run", None)):
        raise HookMisuse(f"the class of the node {node} has no method 'run'")
    return typing.cast(Callable[..., Any], cls.run)


def _hints(call: Callable[..., Any], node: str) -> dict[str, Any]:
    try:
        return typing.get_type_hints(call, include_extras=True)
    except NameError as error:
        raise HookMisuse(f"an annotation of the node {node} can't be resolved: {error}") from error


def _place(
    found: Signature,
    parameter: inspect.Parameter,
    hint: Any,
    body_ports: Mapping[str, tuple[str, ...]],
    body_variables: Mapping[str, tuple[str, ...]],
    node: str,
) -> None:
    name = parameter.name.rstrip("_")
    core, optional = _without_none(hint)
    if core in INJECTED:
        found["injected"][parameter.name] = INJECTED[core]
    elif core is Bodies or core == Bodies:
        found["injected"][parameter.name] = "bodies"
    elif core is Body:
        found["bodies"][name] = BodyPort(
            name, parameter.name, not optional, body_ports.get(name, ()), body_variables.get(name, ())
        )
    elif parameter.kind is parameter.VAR_POSITIONAL and found["inputs"]:
        raise HookMisuse(f"the node {node} has parameters before *{parameter.name}", hint="Put them after it.")
    elif parameter.kind is parameter.VAR_KEYWORD:
        found["extra_inputs"] = unmarked(hint)
    else:
        found["inputs"][name] = _input(name, parameter, hint)


def _input(name: str, parameter: inspect.Parameter, marked: Any) -> InputPort:
    hint = unmarked(marked)
    core, _ = _without_none(hint)
    deferred = core is Deferred or get_origin(core) is Deferred
    annotation = (get_args(core) or (Any,))[0] if deferred else hint
    default = MISSING if parameter.default is parameter.empty else parameter.default
    return InputPort(
        name,
        parameter.name,
        annotation=str if core is Subflow else annotation,
        default=default,
        variadic=parameter.kind is parameter.VAR_POSITIONAL,
        deferred=deferred,
        subflow=core is Subflow,
        read=reader_of(marked),
    )


def _without_none(hint: Any) -> tuple[Any, bool]:
    core, optional = _without(hint, type(None))
    return hint if _is_union(core) else core, optional


def _without(hint: Any, kind: type) -> tuple[Any, bool]:
    """The annotation without ``kind``, and whether it was in it."""
    if not _is_union(hint):
        return hint, False
    rest = tuple(part for part in get_args(hint) if part is not kind)
    return Union[rest], len(rest) < len(get_args(hint))  # noqa: UP007 - the parts are only known here


def _is_union(hint: Any) -> bool:
    return get_origin(hint) in (Union, types.UnionType)


def _outputs(hint: Any, names: tuple[str, ...] | None) -> tuple[dict[str, OutputPort], bool]:
    if hint is None or hint is type(None):
        return {}, True
    if hint is Branch:
        return {name: OutputPort(name) for name in names or ()}, len(names or ()) == 1
    core, optional = _without(unmarked(hint), Nothing)
    if isinstance(core, type) and attrs.has(core):
        hints = typing.get_type_hints(core)
        return {a.name: _output(a.name, hints.get(a.name, Any), optional) for a in attrs.fields(core)}, False
    name = names[0] if names else "result"
    return {name: OutputPort(name, core, optional)}, True


def _output(name: str, hint: Any, optional: bool) -> OutputPort:
    core, may_be_nothing = _without(hint, Nothing)
    return OutputPort(name, core, optional or may_be_nothing)
