"""Wires: values that a line takes from one graph into another, where the kernel's own lines do not lead."""

from collections.abc import Mapping

from attrs import define

from stratagem import MISSING, Connection, NodeSpec, Pack
from stratagem_casare.drawing import DrawnNode
from stratagem_casare.structure.kinds import SUBFLOW
from stratagem_casare.structure.notes import Notes, named
from stratagem_casare.structure.parts import Parts
from stratagem_casare.structure.wire import Wire


@define(eq=False)
class Wiring:
    """Puts the data lines of a drawing where they belong: into graphs, or into configs as wires."""

    nodes: Mapping[str, DrawnNode]
    parts: Parts
    pack: Pack
    notes: Notes

    def place(self, lines: list[Connection]) -> None:
        """A connected input counts for more than what the config says."""
        for line in lines:
            if self._is_plain(line):
                self.parts.of[line.target_node].lines.append(line)
                self.nodes[line.target_node].config.pop(line.target_port, None)
            else:
                self._wire(line)

    def _is_plain(self, line: Connection) -> bool:
        source, target = self.nodes[line.source_node], self.nodes[line.target_node]
        if self.parts.of[source.id] is not self.parts.of[target.id] or source.type == SUBFLOW:
            return source.disabled and self.parts.of[source.id] is self.parts.of[target.id]
        spec = self._spec(target)
        port = spec.inputs.get(line.target_port) if spec else None
        return port is None or not port.deferred

    def _wire(self, line: Connection) -> None:
        source, target, port = self.nodes[line.source_node], self.nodes[line.target_node], line.target_port
        gives, takes = self._spec(source), self._spec(target)
        if gives and source.type != SUBFLOW and line.source_port not in gives.outputs:
            what = f"{named(source)} has no output {line.source_port!r}"
            self.notes.unknown(source, what, line.source_port, list(gives.outputs), line.source_port)
        elif takes and port not in takes.inputs and takes.extra_inputs is MISSING:
            self.notes.unknown(target, f"{named(target)} has no input {port!r}", port, list(takes.inputs), port)
        elif isinstance(target.config.get(port), Wire):
            self.notes.refuse(target, f"the input {port!r} is connected twice", "Keep one of the lines.", key=port)
        else:
            target.config[port] = Wire(source.id, line.source_port)

    def _spec(self, node: DrawnNode) -> NodeSpec | None:
        versions = self.pack.versions(node.type)
        return self.pack.spec(node.type, versions[-1]) if versions and not node.disabled else None
