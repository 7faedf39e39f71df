"""Last pass: names become look-ups in a scope, drafts become steps."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime
from operator import attrgetter
from typing import Any

from stratagem.compile.draft import Draft, GraphDraft
from stratagem.compile.names import Kind, Meaning, Names
from stratagem.engine.frame import Absent, Scope
from stratagem.nodes.catalog import Environment
from stratagem.nodes.values import NOTHING
from stratagem.templates import Path
from stratagem.templates.secret import Secret
from stratagem.templates.system import system_value

Getter = Callable[[Scope], Any]


class Binder:
    """Binds the templates of one graph; ``places`` of the graphs around it must be final."""

    def __init__(self, graph: GraphDraft, names: Names, environment: Environment) -> None:
        self._graph = graph
        self._names = names
        self._environment = environment

    def __call__(self, path: Path) -> tuple[Getter, int]:
        """The getter for the beginning of ``path`` and how many of its steps that covers; raises UndefinedName."""
        meaning = self._names.meaning(path, self._graph)
        return self._getter(meaning), meaning.uses

    def _getter(self, meaning: Meaning) -> Getter:
        match meaning.kind:
            case Kind.VARIABLE:
                return _variable(meaning.name)
            case Kind.SYSTEM:
                value = system_value(meaning.name, _now)
                assert value is not None  # Names knows the same system values
                return lambda scope: value()
            case Kind.SECRET:
                return _secret(meaning.name, self._environment.secrets or {})
            case Kind.PORT:
                return _port(meaning.name, meaning.up - 1)
            case Kind.STEP:
                return self._step(meaning)

    def _step(self, meaning: Meaning) -> Getter:
        graph = self._graph
        for _ in range(meaning.up):
            assert graph.owner is not None  # the meaning was found that far out
            graph = graph.owner.graph
        draft = graph.drafts[meaning.position]
        return outwards(output(graph.places[meaning.position], draft, meaning.name), meaning.up)


def output(index: int, draft: Draft, port: str) -> Getter:
    """Reads an output of the step at ``index``; raises LookupError in the run if there is none."""
    part = None if draft.spec.single else attrgetter(port)

    def read(scope: Scope) -> Any:
        value = scope.values[index]
        if type(value) is Absent:
            raise LookupError(value.why)
        return value if part is None else part(value)

    def read_if_given(scope: Scope) -> Any:
        value = scope.values[index]
        if type(value) is Absent:
            raise LookupError(value.why)
        if part is not None and value is not NOTHING:
            value = part(value)
        if value is NOTHING:
            raise LookupError("the node gave no such output")
        return value

    return read_if_given if draft.spec.outputs[port].optional else read


def outwards(getter: Getter, up: int) -> Getter:
    """The getter applied to the scope ``up`` scopes further out."""
    if up == 0:
        return getter

    def read(scope: Scope) -> Any:
        for _ in range(up):
            assert scope.parent is not None  # compiled for a body that deep
            scope = scope.parent
        return getter(scope)

    return read


def _variable(name: str) -> Getter:
    return lambda scope: scope.variables[name]


def _port(name: str, up: int) -> Getter:
    return outwards(lambda scope: scope.ports[name], up + 1)


def _secret(name: str, secrets: Mapping[str, str]) -> Getter:
    return lambda scope: Secret(secrets[name])


def _now() -> datetime:
    return datetime.now().astimezone()
