"""Last pass: names become look-ups in a scope, drafts become steps."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime
from operator import attrgetter
from types import MappingProxyType
from typing import Any

from stratagem._compile.draft import GraphDraft, Kind, Meaning
from stratagem._compile.names import Names
from stratagem.errors import UndefinedName
from stratagem.inputs import Source, SourceKind
from stratagem.nodes.catalog import Environment
from stratagem.nodes.spec import NodeSpec
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
        secrets = self._environment.secrets or {}
        if meaning.kind is not Kind.STEP:
            return source_of(meaning.kind.value, meaning.name, meaning.up, uses=meaning.uses, secrets=secrets)
        graph = self._graph
        for _ in range(meaning.up):
            assert graph.owner is not None  # the meaning was found that far out
            graph = graph.owner.graph
        spec, index = graph.drafts[meaning.position].spec, graph.indexes[meaning.position]
        return step_source(index, spec, meaning.name, meaning.up, meaning.uses)


def step_source(index: int, spec: NodeSpec, port: str, up: int = 0, uses: int = 1) -> Source:
    """An output of the step at ``index``, whose node is of the type ``spec``."""
    return source_of("step", port, up, index, uses, part=not spec.single, optional=spec.outputs[port].optional)


def source_of(
    kind: SourceKind,
    name: str,
    up: int = 0,
    index: int = -1,
    uses: int = 0,
    *,
    part: bool = False,
    optional: bool = False,
    secrets: Mapping[str, str] = MappingProxyType({}),
) -> Source:
    """What a name stands for, with the function that reads it; arguments as the fields of `Source`."""
    match kind:
        case "variable":
            get = _variable(name)
        case "system":
            value = system_value(name, _now)
            assert value is not None  # Names knows the same system values

            def get(scope: Scope) -> Any:
                return value()

        case "secret":
            get = _secret(name, secrets)
        case "port":
            get = outwards(_port(name), up)
        case "step":
            get = outwards(_output(index, name, part=part, optional=optional), up)
    return Source(kind, name, get, up, index, uses, part, optional)


def whole_value(index: int) -> Getter:
    """Reads the value of the step at ``index``; raises LookupError in the run if there is none."""

    def read(scope: Scope) -> Any:
        value = scope.values[index]
        if type(value) is Absent:
            raise LookupError(value.why)
        return value

    return read


def _output(index: int, port: str, *, part: bool, optional: bool) -> Getter:
    """Reads an output of the step at ``index``; raises LookupError in the run if there is none."""
    if not part and not optional:
        return whole_value(index)
    pick = attrgetter(port) if part else None

    def read(scope: Scope) -> Any:
        value = scope.values[index]
        if type(value) is Absent:
            raise LookupError(value.why)
        return value if pick is None else pick(value)

    def read_if_given(scope: Scope) -> Any:
        value = scope.values[index]
        if type(value) is Absent:
            raise LookupError(value.why)
        if pick is not None and value is not NOTHING:
            value = pick(value)
        if value is NOTHING:
            raise LookupError("the node gave no such output")
        return value

    return read_if_given if optional else read


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
