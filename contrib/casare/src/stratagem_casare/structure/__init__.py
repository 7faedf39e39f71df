"""Structure: from a flat drawing to graphs inside graphs.

1. `pairs`: which node ends which. 2. `lines`: control lines as they are meant. 3. `flow`: what every way to a node
passes. 4. `homes`: so, in which body each node is. 5. `parts`: the graphs, and the lines between their nodes.
6. `wires`: data lines that lead from one graph into another. 7. `sight`: what a node can know of another.

Whatever can't be structured so that it surely means what was drawn is refused.
"""

from attrs import define

from stratagem import Connection, Pack, Reader
from stratagem_casare.drawing import Drawing
from stratagem_casare.structure.flow import Flow
from stratagem_casare.structure.homes import Homes
from stratagem_casare.structure.kinds import FOR, WHILE
from stratagem_casare.structure.lines import Lines, hangings, note_disabled, without_leaving
from stratagem_casare.structure.notes import Notes
from stratagem_casare.structure.order import order_of
from stratagem_casare.structure.pairs import Pairs
from stratagem_casare.structure.parts import Part, Parts
from stratagem_casare.structure.sight import NOTHING, Sight, Sights
from stratagem_casare.structure.starts import EXEC_IN, leave_out, starts_of, triggers_as_starts
from stratagem_casare.structure.wire import Wire
from stratagem_casare.structure.wires import Wiring

__all__ = ["NOTHING", "Part", "Sight", "Sights", "Structure", "Wire", "order_of", "structure"]


@define(eq=False)
class Structure:
    """A drawing as graphs inside graphs; ``loops`` gives the loop that each break and continue leaves."""

    drawing: Drawing
    pairs: Pairs
    lines: Lines
    flow: Flow
    parts: Parts
    loops: dict[str, str]

    @property
    def root(self) -> Part:
        """The outermost graph."""
        return self.parts.root


def structure(drawing: Drawing, reader: Reader, pack: Pack) -> Structure | None:
    """Finds the structure of ``drawing``, which loses the nodes that nothing reaches; None if problems were noted."""
    notes = Notes(reader)
    before = notes.count
    triggers_as_starts(drawing)
    control = [line for line in drawing.lines if line.target_port == EXEC_IN]
    note_disabled(drawing.nodes, control, notes)
    pairs = Pairs(drawing.nodes, notes)
    pairs.read()
    if notes.count > before:
        return None
    pairs.find(_flow(drawing, [*without_leaving(drawing.nodes, control), *hangings(pairs)]))
    drawing.lines = [line for line in drawing.lines if line.target_port != EXEC_IN] + control
    _leave_out(drawing, control, pairs)
    pairs.check()
    if notes.count > before:
        return None
    return _structured(drawing, pairs, notes, before, pack)


def _structured(drawing: Drawing, pairs: Pairs, notes: Notes, before: int, pack: Pack) -> Structure | None:
    control = [line for line in drawing.lines if line.target_port == EXEC_IN]
    lines = Lines(drawing.nodes, pairs, notes)
    lines.sort(control)
    lines.bring_back(_flow(drawing, lines.kept).order)
    flow = _flow(drawing, lines.kept)
    lines.turn(flow)
    if notes.count > before:
        return None
    homes = Homes(drawing.nodes, flow)
    homes.find()
    homes.check_depth(notes)
    homes.settle_ends(pairs, notes)
    homes.settle_entering(lines, notes)
    homes.settle_turning(lines, notes)
    loops = homes.settle_leaving(lines, notes)
    if notes.count > before:
        return None
    parts = Parts(drawing.nodes, flow, homes, notes)
    parts.build(lines)
    data = [line for line in drawing.lines if line.target_port != EXEC_IN]
    Wiring(drawing.nodes, parts, pack, notes).place(data)
    parts.rank()
    return None if notes.count > before else Structure(drawing, pairs, lines, flow, parts, loops)


def _flow(drawing: Drawing, control: list[Connection]) -> Flow:
    """The flow from all its starts; a loop that only its own lines back lead to is one."""
    entries = starts_of(drawing, control)
    while True:
        flow = Flow(drawing.nodes, control, entries)
        left = [id_ for id_ in drawing.nodes if id_ not in flow.above]
        if not left or drawing.has_start:
            return flow
        loops = [id_ for id_ in left if drawing.nodes[id_].type in (FOR, WHILE)]
        entries = [*entries, (loops or left)[0]]


def _leave_out(drawing: Drawing, control: list[Connection], pairs: Pairs) -> None:
    if drawing.has_start:
        flow = Flow(drawing.nodes, [*control, *hangings(pairs)], starts_of(drawing, control))
        leave_out(drawing, [point for point in flow.order if isinstance(point, str)])
        kept = drawing.nodes
        pairs.nodes = kept
        pairs.begins = {end: begin for end, begin in pairs.begins.items() if end in kept and begin in kept}
        pairs.parts = {id_: parts for id_, parts in pairs.parts.items() if id_ in kept}
        pairs.try_of = {id_: owner for id_, owner in pairs.try_of.items() if owner in kept}
