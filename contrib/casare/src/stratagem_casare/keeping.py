"""Keeping: node types that also put their outputs into a variable, where references reach that the kernel's do not.

CasareRPA keeps the last outputs of every node under its id. Here a node does so only if another reads it from outside
of its body, or from a later pass of a loop: then it is of version 0 of its type.
"""

from collections.abc import Callable
from functools import wraps
from typing import Any

from attrs import evolve

from stratagem import NOTHING, Branch, InputPort, NodeSpec, Pack, Variables

KEPT_AS = "kept_as"
"""The input that names the variable; the control structures have it in every version."""

_VERSION = 0
_VARIABLES = "kept_in"


def add_keeping(pack: Pack) -> None:
    """Adds to each node type that has outputs, and can't keep them, the version that can."""
    for name in pack.names():
        spec = pack.spec(name, pack.versions(name)[-1])
        if spec.outputs and KEPT_AS not in spec.inputs:
            pack.add(_keeping(spec))


def keeping_type(type_: str, name: str, pack: Pack) -> str:
    """The type, with its version where that is another for a node that keeps its outputs."""
    return f"{type_}@{_VERSION}" if _VERSION in pack.versions(name) else type_


def _keeping(spec: NodeSpec) -> NodeSpec:
    blind = "variables" in spec.injected.values() and not spec.reads and not spec.writes
    return evolve(
        spec,
        version=_VERSION,
        handler=(_keeping_async if spec.is_async else _keeping_plain)(spec),
        inputs={**spec.inputs, KEPT_AS: InputPort(KEPT_AS, KEPT_AS, str)},
        injected={**spec.injected, _VARIABLES: "variables"},
        reads=("var:*",) if blind else spec.reads,
        writes=("var:*",) if blind else (*spec.writes, f"var:{{{KEPT_AS}}}"),
        effect="write",
        retries=None,
        examples=(),
    )


def _keeping_plain(spec: NodeSpec) -> Callable[..., Any]:
    handler = spec.handler

    @wraps(handler)
    def keep(*args: Any, kept_as: str, kept_in: Variables, **inputs: Any) -> Any:
        value = handler(*args, **inputs)
        kept_in[kept_as] = _outputs(spec, value, kept_in, kept_as)
        return value

    return keep


def _keeping_async(spec: NodeSpec) -> Callable[..., Any]:
    handler = spec.handler

    @wraps(handler)
    async def keep(*args: Any, kept_as: str, kept_in: Variables, **inputs: Any) -> Any:
        value = await handler(*args, **inputs)
        kept_in[kept_as] = _outputs(spec, value, kept_in, kept_as)
        return value

    return keep


def _outputs(spec: NodeSpec, value: Any, kept_in: Variables, kept_as: str) -> dict[str, Any]:
    """The outputs by port; those that are missing this time stay as they were."""
    given = value.value if isinstance(value, Branch) else value
    before = kept_in[kept_as] if kept_as in kept_in else None  # noqa: SIM401 - they have no get
    found = dict(before) if isinstance(before, dict) else {}
    if given is not NOTHING:
        parts = (
            dict.fromkeys(spec.outputs, given) if spec.single else {name: getattr(given, name) for name in spec.outputs}
        )
        found |= {name: part for name, part in parts.items() if part is not NOTHING}
    return found
