"""The format ``casare``: CasareRPA's workflow files and project templates into Workflows."""

from stratagem import Document, Format, Reader, Workflow
from stratagem_casare.assembly import Assembly
from stratagem_casare.drawing import read_drawing
from stratagem_casare.nodes import pack
from stratagem_casare.references import is_path
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

    def can_say(self, name: str) -> bool:
        """Names with dots too; every word is one."""
        return is_path(name)

    def read(self, document: Document, source: str) -> Workflow:
        """The workflow; everything that is wrong with the drawing is raised together.

        Raises:
            WorkflowError: parts are missing or of the wrong type, connections dangle, or what is drawn can't be
                structured.
        """
        reader = Reader(document, source)
        drawing = read_drawing(reader)
        structured = structure(drawing, reader, pack)
        reader.refuse()
        assert structured is not None  # it notes a problem where it finds no structure
        return Assembly(structured, pack).workflow(source)


casare_format = CasareFormat()
