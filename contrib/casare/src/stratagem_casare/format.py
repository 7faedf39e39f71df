"""The format ``casare``: CasareRPA's workflow files and project templates into Workflows."""

from typing import Any

from stratagem.formats import Document, Format, Reader
from stratagem.model import Node, Settings, Workflow
from stratagem_casare.configs import Configs
from stratagem_casare.drawing import Drawing, read_drawing
from stratagem_casare.nodes import pack
from stratagem_casare.structure import structure


class CasareFormat(Format):
    """Reads both dialects: flows as they are saved, and templates with a ``base_workflow``."""

    name = "casare"
    suffixes = (".json",)

    def recognises(self, head: Document) -> bool:
        """Nodes by id that have a ``node_type``, or a ``base_workflow``."""
        data = head.data
        if not isinstance(data, dict):
            return False
        if isinstance(data.get("base_workflow"), dict):
            return True
        nodes = data.get("nodes")
        if not isinstance(nodes, dict):
            return False
        return any(isinstance(node, dict) and "node_type" in node for node in nodes.values())

    def read(self, document: Document, source: str) -> Workflow:
        """The workflow; everything that is wrong with the drawing is raised together.

        Raises:
            WorkflowError: parts are missing or of the wrong type, connections dangle, or there are loops, error
                handling or subflows, which aren't supported yet.
        """
        reader = Reader(document, source)
        drawing = structure(read_drawing(reader), reader)
        reader.refuse()
        return _workflow(drawing, source)


def _workflow(drawing: Drawing, source: str) -> Workflow:
    configs = Configs.of(drawing, pack)
    nodes = {
        node.id: Node(
            node.id,
            f"{pack.name}.{node.type}",
            configs.prepared(node),
            disabled=node.disabled,
            position=node.position,
            line=node.line,
        )
        for node in drawing.nodes.values()
    }
    metadata: dict[str, Any] = dict(drawing.metadata)
    if configs.ignored:
        metadata["ignored"] = configs.ignored
    return Workflow(
        nodes=nodes,
        connections=tuple(drawing.lines),
        name=drawing.name,
        variables=drawing.variables,
        settings=Settings(on_error="fail" if drawing.stop_on_error else "continue", timeout=drawing.timeout),
        source=source,
        metadata=metadata,
    )


casare_format = CasareFormat()
