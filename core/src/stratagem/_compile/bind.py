"""Last pass: names become look-ups in a scope, drafts become steps."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime
from operator import attrgetter
from typing import Any

from stratagem._compile.draft import Draft, GraphDraft, Kind, Meaning
from stratagem._compile.names import Names
from stratagem.errors import UndefinedName
from stratagem.inputs import Source
from stratagem.nodes.catalog import Environment
from stratagem.nodes.values import NOTHING
from stratagem.scope import Absent, Scope
from stratagem.templates.paths import Getter, TemplatePath
from stratagem.templates.secret import Secret
from stratagem.templates.system import system_value


class GraphBinder:
    """Binds the templates of one graph; ``indexes`` of the graphs around it must be final."""

    def __init__(self, graph: GraphDraft, names: Names, environment: Environment) -> None:
        self._graph = graph
        self._names = names
        self._environment = environment
        self._known: dict[Meaning, Source] = {}  # equal ones are one object

    def __call__(self, path: TemplatePath) -> tuple[Getter, int]:
        """The getter for the beginning of ``path`` and how many of its steps that covers; raises UndefinedName."""
        source = self._source(path)
        return source.get, source.uses

    def sources(self, paths: Iterable[TemplatePath]) -> tuple[Source | None, ...]:
        """Return what each path begins with; None for an unknown name."""
        return tuple([self._if_known(path) for path in paths])

    def _if_known(self, path: TemplatePath) -> Source | None:
        try:
            return self._source(path)
        except UndefinedName:
            return None

    def _source(self, path: TemplatePath) -> Source:
        meaning = self._graph.meanings.get(path) or self._names.meaning(path, self._graph)
        source = self._known.get(meaning)
        if source is None:
            source = self._known[meaning] = self._made(meaning)
        return source

    def _made(self, meaning: Meaning) -> Source:
        name, up, uses = meaning.name, meaning.up, meaning.uses
        match meaning.kind:
            case Kind.VARIABLE:
                return Source("variable", name, _variable(name))
            case Kind.SYSTEM:
                value = system_value(name, _now)
                assert value is not None  # Names knows the same system values
                return Source("system", name, lambda scope: value())
            case Kind.SECRET:
                return Source("secret", name, _secret(name, self._environment.secrets or {}), uses=uses)
            case Kind.PORT:
                return Source("port", name, outwards(_port(name), up), up, uses=uses)
            case Kind.STEP:
                return self._step(meaning)

    def _step(self, meaning: Meaning) -> Source:
        graph = self._graph
        for _ in range(meaning.up):
            assert graph.owner is not None  # the meaning was found that far out
            graph = graph.owner.graph
        draft, index = graph.drafts[meaning.position], graph.indexes[meaning.position]
        get = outwards(output(index, draft, meaning.name), meaning.up)
        part, optional = not draft.spec.single, draft.spec.outputs[meaning.name].optional
        return Source("step", meaning.name, get, meaning.up, index, meaning.uses, part, optional)


def whole_value(index: int) -> Getter:
    """Reads the value of the step at ``index``; raises LookupError in the run if there is none."""

    def read(scope: Scope) -> Any:
        value = scope.values[index]
        if type(value) is Absent:
            raise LookupError(value.why)
        return value

    return read


def output(index: int, draft: Draft, port: str) -> Getter:
    """Reads an output of the step at ``index``; raises LookupError in the run if there is none."""
    spec = draft.spec
    if spec.single and not spec.outputs[port].optional:
        return whole_value(index)
    part = None if spec.single else attrgetter(port)

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

    return read_if_given if spec.outputs[port].optional else read


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


def _port(name: str) -> Getter:
    return lambda scope: scope.ports[name]


def _secret(name: str, secrets: Mapping[str, str]) -> Getter:
    return lambda scope: Secret(secrets[name])


def _now() -> datetime:
    return datetime.now().astimezone()
