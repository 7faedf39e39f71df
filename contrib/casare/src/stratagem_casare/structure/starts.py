"""The starts of a flow, and the nodes that no start leads to."""

from collections.abc import Container, Iterable, Sequence

from stratagem import Connection
from stratagem_casare.drawing import Drawing
from stratagem_casare.structure.kinds import START, TRIGGER

EXEC_IN = "exec_in"


def triggers_as_starts(drawing: Drawing) -> None:
    """Triggers do nothing when a flow is run by hand: whatever they lead to starts at once, and they give no values."""
    triggers = {id_ for id_, node in drawing.nodes.items() if node.type.endswith(TRIGGER)}
    for id_ in triggers:
        drawing.nodes[id_].type = TRIGGER
        drawing.nodes[id_].config = {}
    drawing.lines = [line for line in drawing.lines if line.target_node not in triggers and not _gives(line, triggers)]


def _gives(line: Connection, triggers: Container[str]) -> bool:
    """Return whether the line would hand on what came with an event."""
    return line.source_node in triggers and line.target_port != EXEC_IN


def starts_of(drawing: Drawing, control: Sequence[Connection]) -> list[str]:
    """The nodes that control starts at: StartNodes and triggers, or else all that no control line leads to."""
    nodes = drawing.nodes
    if drawing.has_start:
        return [id_ for id_, node in nodes.items() if node.type in (START, TRIGGER)]
    targeted = {line.target_node for line in control}
    return [id_ for id_ in nodes if id_ not in targeted]


def leave_out(drawing: Drawing, reached: Iterable[str]) -> None:
    """Drops what is not reached, except nodes without control lines whose values something that is reached takes."""
    control = {
        id_ for line in drawing.lines if line.target_port == EXEC_IN for id_ in (line.source_node, line.target_node)
    }
    wanted = list(dict.fromkeys(reached))
    seen = set(wanted)
    feeding: dict[str, list[str]] = {}
    for line in drawing.lines:
        if line.target_port != EXEC_IN and line.source_node not in control:
            feeding.setdefault(line.target_node, []).append(line.source_node)
    for id_ in wanted:
        fresh = [source for source in dict.fromkeys(feeding.get(id_, ())) if source not in seen]
        seen.update(fresh)
        wanted.extend(fresh)
    left_out = [id_ for id_ in drawing.nodes if id_ not in seen]
    if left_out:
        drawing.metadata["not_reached"] = left_out
        drawing.nodes = {id_: node for id_, node in drawing.nodes.items() if id_ in seen}
        drawing.lines = [line for line in drawing.lines if {line.source_node, line.target_node} <= seen]
