"""The resource kinds of a workflow, known from its node types before it is compiled."""

from __future__ import annotations

from collections.abc import Container, Iterator, Mapping

from attrs import define, field, frozen

from stratagem.errors import StratagemError
from stratagem.model import Graph, Node, Workflow
from stratagem.nodes.catalog import Catalog
from stratagem.nodes.spec import NodeSpec


@frozen
class Kinds:
    """Resource kinds, each with the type of the first node that asks for it; ``optional`` are those that none needs."""

    needed: Mapping[str, str]
    """The kinds that some node can't do without."""
    optional: Mapping[str, str]

    def without(self, kinds: Container[str]) -> Kinds:
        """All but these kinds."""
        parts = ({kind: by for kind, by in part.items() if kind not in kinds} for part in (self.needed, self.optional))
        return Kinds(*parts)


def kinds_of(workflow: Workflow, catalog: Catalog) -> Kinds:
    """Return the kinds that the nodes of a workflow ask for, in bodies and subflows too.

    What can't be looked up or read is passed over: compiling tells of it.
    """
    walk = _Walk(catalog)
    walk.through(workflow, workflow.source)
    return Kinds(walk.needed, {kind: by for kind, by in walk.optional.items() if kind not in walk.needed})


@define
class _Walk:
    catalog: Catalog
    needed: dict[str, str] = field(factory=dict)
    optional: dict[str, str] = field(factory=dict)
    _specs: dict[str, NodeSpec | None] = field(factory=dict)
    _files: set[tuple[str, str | None]] = field(factory=set)

    def through(self, graph: Graph, source: str | None) -> None:
        """Note the kinds of all nodes of ``graph``, which stands in the file ``source``."""
        waiting: list[tuple[Graph, str | None]] = [(graph, source)]
        while waiting:
            graph, source = waiting.pop()
            for node in graph.nodes.values():
                if node.disabled:
                    continue
                spec = self._spec(node.type)
                if spec is not None and (spec.resources or spec.holds or spec.opens):
                    self._note(spec, node)
                waiting += [(body, source) for body in node.bodies.values()]
                waiting += [(flow, flow.source) for flow in self._subflows(spec, node, source)] if spec else []

    def _spec(self, type_: str) -> NodeSpec | None:
        if type_ not in self._specs:
            try:
                self._specs[type_] = self.catalog.spec(type_)
            except StratagemError:
                self._specs[type_] = None
        return self._specs[type_]

    def _note(self, spec: NodeSpec, node: Node) -> None:
        for parameter, kind in spec.resources.items():
            (self.optional if parameter in spec.optional else self.needed).setdefault(kind, spec.type)
        for text in (*spec.holds, *spec.opens):
            kind = _written(text.partition(":")[0], spec, node)
            if kind:
                self.needed.setdefault(kind, spec.type)

    def _subflows(self, spec: NodeSpec, node: Node, source: str | None) -> Iterator[Workflow]:
        load = self.catalog.environment.load
        for name, port in spec.inputs.items():
            path = node.config.get(name) if port.subflow else None
            if load is None or not isinstance(path, str) or (path, source) in self._files:
                continue
            self._files.add((path, source))
            try:
                yield load(path, source)
            except StratagemError:
                continue


def _written(text: str, spec: NodeSpec, node: Node) -> str:
    """Return the kind; of one that an input tells, the constant in the node's config; none where that is computed."""
    if not text.startswith("{"):
        return text
    port = spec.inputs.get(text.strip("{}"))
    value = node.config.get(text.strip("{}"), port.default if port else "")
    return value if isinstance(value, str) and "{{" not in value else ""
