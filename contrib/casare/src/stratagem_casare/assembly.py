"""Assembly: from a structured drawing to a Workflow."""

from collections.abc import Mapping
from typing import Any

from stratagem import BadInput, Graph, Node, OnError, Pack, Settings, Workflow
from stratagem_casare.configs import Configs
from stratagem_casare.drawing import DrawnNode
from stratagem_casare.handed import Handed
from stratagem_casare.keeping import KEPT_AS, keeping_type
from stratagem_casare.structure import Part, Structure
from stratagem_casare.structure.kinds import RETRY


class Assembly:
    """Makes nodes, graphs and the workflow; each node's config is prepared before the first of them is made."""

    def __init__(self, structure: Structure, pack: Pack) -> None:
        self._drawing = structure.drawing
        self._structure = structure
        self._pack = pack
        self._configs = Configs.of(structure, pack)
        self._prepared = {node.id: self._configs.prepared(node) for node in structure.drawing.nodes.values()}
        self._handed = Handed(structure, self._configs)

    def workflow(self, source: str) -> Workflow:
        """The whole workflow."""
        drawing = self._drawing
        metadata: dict[str, Any] = dict(drawing.metadata)
        if warnings := [*_left_out(metadata.get("not_reached")), *self._configs.doubts]:
            metadata["warnings"] = [_warning(each, source) for each in warnings]
        root = self._structure.root
        return Workflow(
            nodes=self._nodes(root),
            connections=tuple(root.lines),
            result=self._handed.result_of_flow(),
            name=drawing.name,
            variables=drawing.variables,
            settings=Settings(on_error="fail" if drawing.stop_on_error else "continue", timeout=drawing.timeout),
            source=source,
            metadata=metadata,
        )

    def _nodes(self, part: Part) -> dict[str, Node]:
        return {id_: self._node(node, part) for id_, node in part.nodes.items()}

    def _graph(self, part: Part) -> Graph:
        return Graph(self._nodes(part), tuple(part.lines), self._handed.result_of(part))

    def _node(self, drawn: DrawnNode, part: Part) -> Node:
        config = {**self._prepared[drawn.id], **self._handed.to(drawn, part)}
        type_ = f"{self._pack.name}.{drawn.type}"
        if not drawn.disabled and (name := self._configs.kept.get(drawn.id)) is not None:
            type_ = keeping_type(type_, drawn.type, self._pack)
            config[KEPT_AS] = name
        return Node(
            drawn.id,
            type_,
            config,
            bodies=self._bodies(drawn, part),
            after=tuple(part.after.get(drawn.id, ())),
            disabled=drawn.disabled,
            timeout=self._handed.timeout(drawn, part),
            on_error=self._on_error(part),
            position=drawn.position,
            line=drawn.line,
        )

    def _bodies(self, drawn: DrawnNode, part: Part) -> Mapping[str, Graph]:
        bodies = {name: self._graph(body) for name, body in part.bodies.get(drawn.id, {}).items()}
        spec = self._configs.spec(drawn)
        missing = [port.name for port in spec.bodies.values() if port.required] if spec else []
        return {**{name: Graph(result=drawn.type == RETRY or None) for name in missing}, **bodies}

    def _on_error(self, part: Part) -> OnError | None:
        """Return what handles a failure is no place for another: there the flow's own setting holds."""
        innermost = next(
            (each for each in part.outwards() if each.name in ("catch", "finally") or self._tries(each)), None
        )
        handles = innermost is not None and innermost.name in ("catch", "finally")
        return "continue" if handles and not self._drawing.stop_on_error else None

    def _tries(self, part: Part) -> bool:
        spec = self._configs.spec(self._drawing.nodes[part.owner]) if part.owner else None
        return spec is not None and "failures" in spec.handles


def _left_out(ids: list[str] | None) -> list[BadInput]:
    """The doubt about nodes that a StartNode does not lead to."""
    if not ids:
        return []
    what = f"no way leads here from a StartNode, so these are not run: {', '.join(map(repr, ids))}"
    return [BadInput(what, hint="Draw a line to them, or take them out.")]


def _warning(doubt: BadInput, source: str) -> str:
    """Return what is to be told of something that is written in vain, with its place."""
    doubt.file = source
    return str(doubt)
