"""First pass: looks up every node's type, migrates its config, and parses its templates, down into the bodies."""

from __future__ import annotations

from collections.abc import Mapping
from copy import copy
from typing import Any

from stratagem._compile.disabled import passed_over, stand_in
from stratagem._compile.draft import MAX_NESTING, Draft, GraphDraft, Problems, as_workflow_error, too_nested
from stratagem._support.shown import shown
from stratagem._support.suggesting import suggestion
from stratagem.errors import BadInput, StratagemError, UnknownNode, WorkflowError
from stratagem.model import Graph, Node
from stratagem.nodes.catalog import Catalog
from stratagem.nodes.spec import MISSING, BodyPort, InputPort, NodeSpec
from stratagem.nodes.types import fits, name_of
from stratagem.templates.parsing import parse_config, parse_expression
from stratagem.templates.template import Template

IMMUTABLE = (str, int, float, bool, type(None))


class Collector:
    """Turns graphs into drafts, noting what is wrong with single nodes."""

    def __init__(self, catalog: Catalog, problems: Problems) -> None:
        self._catalog = catalog
        self._problems = problems
        self._known: dict[str, NodeSpec | WorkflowError] = {}
        self._ids: set[str] = set()
        self._texts: dict[str, Template] = {}

    def collect(self, draft: GraphDraft) -> GraphDraft:
        """Fills ``draft`` with the drafts of its graph's nodes."""
        graph = draft.graph
        self._note_duplicates(graph)
        for node in graph.nodes.values():
            spec = passed_over(node, graph) if node.disabled else self._spec(node) or stand_in(node)
            config = self._config(node) if "@" in node.type and spec.pack and not node.disabled else node.config
            position = len(draft.drafts)
            draft.index[node.id] = position
            own = Draft(node, spec, config, position, draft)
            draft.drafts.append(own)
            self._fill(own)
        if graph.result is not None:
            draft.result = self._parsed(graph.result, None, "result")
        return draft

    def _fill(self, draft: Draft) -> None:
        node = draft.node
        if draft.config:
            self._read_config(draft)
        if node.when is not None:
            try:
                draft.when = self._computable(parse_expression(node.when))
            except WorkflowError as error:
                self._problems.add(error, node, "when")
        if (node.bodies or draft.spec.bodies) and not node.disabled:
            self._read_bodies(draft)

    def _note_duplicates(self, graph: Graph) -> None:
        if self._ids.isdisjoint(graph.nodes):
            self._ids.update(graph.nodes)
            return
        for node in graph.nodes.values():
            if node.id in self._ids:
                hint = "Ids are unique over the whole workflow, bodies included."
                self._problems.add(BadInput(f"the id {node.id!r} is used twice", hint=hint), node)
            self._ids.add(node.id)

    def _spec(self, node: Node) -> NodeSpec | None:
        if node.type not in self._known:
            try:
                self._known[node.type] = self._catalog.spec(node.type)
            except StratagemError as error:
                self._known[node.type] = as_workflow_error(error)
        known = self._known[node.type]
        if not isinstance(known, WorkflowError):
            return known
        self._problems.add(copy(known), node)  # the same at each node, so that all are one problem
        return None

    def _config(self, node: Node) -> Mapping[str, Any]:
        try:
            return self._catalog.config(node.type, node.config)
        except UnknownNode as error:
            self._problems.add(error, node)
            return node.config

    def _read_config(self, draft: Draft) -> None:
        spec = draft.spec
        for key, value in draft.config.items():
            port = spec.inputs.get(key)
            if port is None and spec.extra_inputs is MISSING:
                hint = suggestion(key, [*spec.inputs, *spec.bodies], "It takes: {}.", of=spec.inputs)
                error = BadInput(f"{spec.type} has no input {key!r}", provider=spec.distribution or None, hint=hint)
                self._problems.add(error, draft.node, key)
            elif port is not None and port.subflow:
                self._constant(draft, key, value, str)
            elif (
                type(value) in IMMUTABLE and not (type(value) is str and "{{" in value) and not (port and port.deferred)
            ):
                self._constant(draft, key, value, _annotation(port, spec))
            else:
                self._template(draft, key, value, _annotation(port, spec))

    def _constant(self, draft: Draft, key: str, value: Any, annotation: Any) -> None:
        value = self._checked(draft, key, value, annotation)
        if draft.constants is None:
            draft.constants = {}
        draft.constants[key] = value

    def _template(self, draft: Draft, key: str, value: Any, annotation: Any) -> None:
        port = draft.spec.inputs.get(key)
        deferred = port is not None and port.deferred
        template = self._parsed(value, draft.node, key, expression=deferred and isinstance(value, str))
        if template is None:
            return
        if template.constant and not deferred:
            self._checked(draft, key, template.value(), annotation)
        if draft.templates is None:
            draft.templates = {}
        draft.templates[key] = template

    def _checked(self, draft: Draft, key: str, value: Any, annotation: Any) -> Any:
        """The value as the node is to get it; what is wrong with it is noted."""
        port, provider = draft.spec.inputs.get(key), draft.spec.distribution or None
        if port is not None and port.read is not None and value is not None and not port.variadic:
            try:
                value = port.read(value)
            except ValueError as error:
                self._problems.add(BadInput(str(error), provider=provider), draft.node, key)
                return value
        if not fits(value, annotation):
            self._problems.add(
                BadInput(f"expected {name_of(annotation)}, got {shown(value)}", provider=provider), draft.node, key
            )
        return value

    def _computable(self, template: Template) -> Template:
        """The template itself; raises BadInput, UndefinedName for one that reads nothing and fails."""
        if template.constant:
            template.value()
        return template

    def _parsed(self, value: Any, node: Node | None, key: str, *, expression: bool = False) -> Template | None:
        if hasattr(value, "bind") and hasattr(value, "paths"):
            return value  # type: ignore[no-any-return]  # a format's own template, see templates.Template
        known = self._texts.get(value) if type(value) is str and not expression else None
        if known is not None:
            return known
        try:
            template = self._computable(parse_expression(value) if expression else parse_config(value))
        except WorkflowError as error:
            for problem in error.problems:
                problem.key = _within(key, problem.key)
            self._problems.add(error, node, key)
            return None
        if type(value) is str and not expression:
            self._texts[value] = template
        return template

    def _read_bodies(self, draft: Draft) -> None:
        spec, node = draft.spec, draft.node
        many = "bodies" in spec.injected.values()
        draft.bodies = {}
        if node.bodies and draft.graph.depth >= MAX_NESTING:
            self._problems.add(too_nested(), node)
            return
        for name, graph in node.bodies.items():
            port = spec.bodies.get(name) or (BodyPort(name, name) if many else None)
            if port is None:
                known = suggestion(name, spec.bodies, "It takes: {}.")
                self._problems.add(BadInput(f"{spec.type} has no body {name!r}", hint=known), node, name)
                continue
            local = [self._local_name(draft, variable) for variable in port.variables]
            draft.bodies[name] = self.collect(GraphDraft(graph, draft, name, port.ports, filter(None, local)))
        for port in spec.bodies.values():
            if port.required and port.name not in node.bodies:
                hint = "Give it under 'bodies'."
                self._problems.add(BadInput(f"{spec.type} needs the body {port.name!r}", hint=hint), node)

    def _local_name(self, draft: Draft, variable: str) -> str | None:
        if not variable.startswith("{"):
            return variable
        key = variable[1:-1]
        value = (draft.constants or {}).get(key, draft.spec.inputs[key].default)
        if key in (draft.templates or {}):
            self._problems.add(BadInput("a name must be written out, not computed"), draft.node, key)
            return None
        return str(value) if value else None


def _within(key: str, place: str | None) -> str:
    """The place in the value of a key as the whole path: ``items[0].name``."""
    return key + (place if place.startswith("[") else f".{place}") if place else key


def _annotation(port: InputPort | None, spec: NodeSpec) -> Any:
    """Return what a config value for the port must fit: for a variadic one a list of what its annotation says."""
    if port is None:
        return spec.extra_inputs
    return list[port.annotation] if port.variadic else port.annotation  # type: ignore[name-defined]  # made at run time
