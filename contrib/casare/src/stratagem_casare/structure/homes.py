"""Homes: the innermost body that each node is in."""

from collections.abc import Container, Iterator, Mapping

from attrs import define, field

from stratagem import Connection
from stratagem_casare.drawing import DrawnNode
from stratagem_casare.structure.flow import Flow, Point, Port
from stratagem_casare.structure.kinds import BREAK, KINDS, LEAVING, LOOPS, PARALLEL, TRY
from stratagem_casare.structure.lines import Lines, goes_on
from stratagem_casare.structure.notes import Notes, named
from stratagem_casare.structure.pairs import Pairs

MAX_DEPTH = 50
"""The depth to which bodies may be nested."""


@define(eq=False)
class Homes:
    """``of`` gives the output that leads into the body of a node, None for a node that is in none."""

    nodes: Mapping[str, DrawnNode]
    flow: Flow
    of: dict[Point, Port | None] = field(factory=dict)

    def find(self) -> None:
        """A node is in a body if every way to it passes the output that leads there."""
        for point in self.flow.order:
            above = self.flow.above[point]
            inside = isinstance(above, tuple) and self.nodes[above[0]].type in KINDS
            self.of[point] = above if inside else self.of[above] if above is not None else None  # type: ignore[assignment]  # inside tells that it is a port

    def check_depth(self, notes: Notes) -> None:
        """Refuses bodies that are nested deeper than files may be."""
        depth: dict[Port | None, int] = {None: 0}
        for point in self.flow.order:
            if isinstance(point, tuple) and self.nodes[point[0]].type in KINDS:
                depth[point] = depth[self.of[point]] + 1
                if depth[point] == MAX_DEPTH + 1:
                    what = f"{named(self.nodes[point[0]])} is inside of more than {MAX_DEPTH} bodies"
                    notes.refuse(self.nodes[point[0]], what, "Draw what is inside as a subflow.")

    def around(self, home: Port | None) -> Iterator[Port]:
        """The body and those around it, from the inside out."""
        while home is not None:
            yield home
            home = self.of[home[0]]

    def settle_ends(self, pairs: Pairs, notes: Notes) -> None:
        """End nodes are in the body that they end, even where only a body inside that one leads to them."""
        for end, begin in pairs.begins.items():
            if end not in self.of:
                notes.refuse(self.nodes[end], f"nothing leads to {named(self.nodes[end])}", "Draw a line to it.")
                continue
            own = next((port for port in self.around(self.of[end]) if port[0] == begin), None)
            if own is None:
                what = f"{named(self.nodes[end])} is not inside the body of {named(self.nodes[begin])} alone"
                hint = "Every way to it must lead through that body; no line may jump in from outside."
                notes.refuse(self.nodes[end], what, hint)
            else:
                self.of[end] = own

    def settle_leaving(self, lines: Lines, notes: Notes) -> dict[str, str]:
        """The loop that each break and continue leaves."""
        found: dict[str, str] = {}
        for node in self.nodes.values():
            if node.type in LEAVING and not node.disabled and node.id in self.of:
                leaves = self._loop_of(node, notes)
                if leaves:
                    found[node.id] = leaves
        ways = goes_on(lines.kept)
        for line in lines.leaving:
            if (loop := found.get(line.source_node)) is not None:
                self._check_leaving(line, loop, ways.get((loop, "completed"), {}), notes)
        return found

    def _loop_of(self, node: DrawnNode, notes: Notes) -> str:
        bodies = [port for port in self.around(self.of[node.id]) if self.nodes[port[0]].type in LOOPS]
        loops = [port[0] for port in bodies]
        wanted = node.config.get("paired_loop_start_id") or (loops[0] if loops else "")
        if not loops:
            notes.refuse(
                node, f"{named(node)} is in the body of no loop", "Draw it between a loop's start and its end."
            )
        elif wanted not in loops:
            what = f"{named(node)} names {wanted!r}, which is no loop around it"
            notes.unknown(node, what, str(wanted), loops, "paired_loop_start_id")
        else:
            crossed = loops[: loops.index(wanted) + (node.type == BREAK)]
            parallel = next((id_ for id_ in crossed if self.nodes[id_].type == PARALLEL), None)
            if parallel is None:
                return str(wanted)
            what = f"{named(node)} can't leave {named(self.nodes[parallel])}: its items run at once"
            notes.refuse(node, what, "Continue such a loop, or draw a ForLoopStartNode.")
        return ""

    def _check_leaving(self, line: Connection, loop: str, follows: Container[str], notes: Notes) -> None:
        target = line.target_node
        inside = any(port[0] == loop for port in self.around(self.of[target]))
        if not inside and target != loop and target not in follows:
            node = self.nodes[line.source_node]
            what = f"{named(node)} leads to {target!r}, but the loop {loop!r} goes on elsewhere"
            notes.refuse(node, what, f"What follows the loop goes on from 'completed' of {loop!r}.")

    def settle_entering(self, lines: Lines, notes: Notes) -> None:
        """Only the try itself, and what is inside it, may lead to its catch and its finally."""
        tries = lines.pairs.try_of
        for line in lines.entering:
            owner = tries[line.target_node]
            if line.source_node != owner and all(
                port[0] != owner for port in self.around(self.of.get(line.source_node))
            ):
                node = self.nodes[line.target_node]
                what = f"{line.source_node!r} leads to {named(node)} from outside of {named(self.nodes[owner])}"
                notes.refuse(node, what, "Only what is inside the try leads to its catch and finally.")

    def settle_turning(self, lines: Lines, notes: Notes) -> None:
        """A line back to the start of a loop ends a pass, unless another body that must come to its end is between."""
        for line in lines.turning:
            for owner, _output in self.around(self.of[line.source_node]):
                if owner == line.target_node:
                    break
                if self.nodes[owner].type != TRY:
                    node = self.nodes[line.source_node]
                    what = f"{named(node)} leads back to {line.target_node!r} out of the body of {named(self.nodes[owner])}"
                    notes.refuse(node, what, "Bring that body to its end first, or draw a ContinueNode.")
