"""Parts: the graphs that a flat drawing consists of, one inside the other."""

from collections.abc import Iterator, Mapping
from itertools import chain

from attrs import define, field

from stratagem import Connection
from stratagem_casare.drawing import DrawnNode
from stratagem_casare.structure.exits import uncertain
from stratagem_casare.structure.flow import Flow, Port, leads_inside
from stratagem_casare.structure.homes import Homes
from stratagem_casare.structure.kinds import FORK, KINDS, TRIED, TRY
from stratagem_casare.structure.lines import Lines
from stratagem_casare.structure.notes import Notes, named
from stratagem_casare.structure.order import order_of
from stratagem_casare.structure.wire import Wire


@define(eq=False)
class Part:
    """A graph: the whole flow, or the body ``name`` of ``owner``.

    ``lines`` are control and data lines between its nodes, with the ports of structured nodes. ``after`` names what a
    node waits for without being led to by it. ``bodies`` are those of its nodes, by node and name.
    """

    owner: str | None = None
    name: str = ""
    around: "Part | None" = None
    nodes: dict[str, DrawnNode] = field(factory=dict)
    lines: list[Connection] = field(factory=list)
    after: dict[str, dict[str, None]] = field(factory=dict)
    bodies: dict[str, dict[str, "Part"]] = field(factory=dict)
    ranks: dict[str, int] = field(factory=dict)

    def outwards(self) -> "Iterator[Part]":
        """The part itself and those around it."""
        part: Part | None = self
        while part is not None:
            yield part
            part = part.around

    def inwards(self) -> "Iterator[Part]":
        """The part itself and those inside it."""
        yield self
        for body in chain.from_iterable(bodies.values() for bodies in self.bodies.values()):
            yield from body.inwards()

    def wait(self, node: str, other: str) -> None:
        """Makes ``node`` wait for ``other``, both of this part."""
        self.after.setdefault(node, {})[other] = None


@define(eq=False)
class Parts:
    """Builds the parts of a flow; ``of`` gives the part of each node."""

    nodes: Mapping[str, DrawnNode]
    flow: Flow
    homes: Homes
    notes: Notes
    root: Part = field(factory=Part)
    of: dict[str, Part] = field(factory=dict)
    _by_port: dict[Port, Part] = field(factory=dict)
    _exits: dict[Port, list[tuple[Connection, str]]] = field(factory=dict)

    def build(self, lines: Lines) -> None:
        """Places every node and every control line."""
        for point in self.flow.order:
            if isinstance(point, tuple) and leads_inside(self.nodes[point[0]], point[1]):
                self._part(point)
        for id_, node in self.nodes.items():
            home = self.homes.of.get(id_)
            part = self.root if home is None else self._part(home)
            part.nodes[id_] = node
            self.of[id_] = part
        begun = self._begun(lines)
        for line in lines.kept:
            self._place(line, begun)
        for port, exits in self._exits.items():
            self._check_exits(port, exits)

    def rank(self) -> None:
        """Gives the nodes of each part their place in an order that its lines, and wires between what is in them, keep."""
        wired: dict[int, dict[str, list[str]]] = {}
        for reader, node in self.nodes.items():
            for value in node.config.values():
                if isinstance(value, Wire):
                    ends = (reader, self.of[reader]), (value.source, self.of[value.source])
                    part, mine, its = meeting(*ends)
                    if mine != its and not self.flow.passes(value.source, reader):
                        wired.setdefault(id(part), {}).setdefault(mine, []).append(its)
        for part in self.root.inwards():
            after = {id_: [*part.after.get(id_, ()), *wired.get(id(part), {}).get(id_, ())] for id_ in part.nodes}
            part.ranks = order_of(part.nodes, part.lines, after)

    def _part(self, port: Port) -> Part:
        if port not in self._by_port:
            owner, output = port
            home = self.homes.of[owner]
            around = self.root if home is None else self._part(home)
            part = Part(owner, KINDS[self.nodes[owner].type].bodies[output], around)
            around.bodies.setdefault(owner, {})[part.name] = part
            self._by_port[port] = part
        return self._by_port[port]

    def _begun(self, lines: Lines) -> frozenset[str]:
        """The nodes that a body begins with."""
        return frozenset(
            line.target_node
            for line in lines.kept
            if leads_inside(self.nodes[line.source_node], line.source_port)
            and self.homes.of.get(line.target_node) == (line.source_node, line.source_port)
        )

    def _place(self, line: Connection, begun: frozenset[str]) -> None:
        source, target = self.nodes[line.source_node], line.target_node
        if source.id not in self.homes.of:
            return
        inside = leads_inside(source, line.source_port)
        at = (source.id, line.source_port) if inside else self.homes.of[source.id]
        output = self._output(source, line.source_port)
        for port in self.homes.around(at):
            if port == self.homes.of[target]:
                break
            owner = self.nodes[port[0]]
            if owner.type != TRY:
                self._refuse_jump(line, owner)
                return
            output = TRIED[KINDS[TRY].bodies[port[1]]]
            self._exits.setdefault(port, []).append((line, target))
            source, inside = owner, False
        if inside:
            return
        if target in begun:
            self.of[target].wait(target, source.id)
        else:
            self.of[target].lines.append(Connection(source.id, output, target, line.target_port))

    def _output(self, source: DrawnNode, output: str) -> str:
        if source.disabled:
            return output
        if source.type in KINDS:
            return KINDS[source.type].outputs.get(output, output)
        branch = source.type == FORK and output.startswith("branch_")
        return "exec_out" if branch or output in ("catch_body", "finally_body") else output

    def _refuse_jump(self, line: Connection, owner: DrawnNode) -> None:
        node, target = self.nodes[line.source_node], self.nodes[line.target_node]
        others = [id_ for id_ in self._leading_to(target.id) if id_ != node.id]
        elsewhere = (
            f", to which {', '.join(map(repr, others))} lead{'' if others[1:] else 's'} as well" if others else ""
        )
        what = f"{named(node)} leads out of the body of {named(owner)} to {named(target)}{elsewhere}"
        hint = "End the body with its end node, leave a loop with a BreakNode, and let no line jump into a body."
        self.notes.refuse(node, what, hint)

    def _leading_to(self, id_: str) -> list[str]:
        found: dict[str, None] = {}
        for point, targets in self.flow.targets.items():
            if any(target == id_ for target, _ in targets):
                found[point[0] if isinstance(point, tuple) else point] = None
        return list(found)

    def _check_exits(self, port: Port, exits: list[tuple[Connection, str]]) -> None:
        """Complain unless all ways lead out of a part of a try: what follows runs whenever the part has come to its end."""
        targets = dict.fromkeys(target for _, target in exits)
        why = uncertain(self._by_port[port], [line for line, _ in exits], list(targets), self.nodes)
        if why is not None:
            owner = self.nodes[port[0]]
            what = f"{named(owner)} goes on at {', '.join(map(repr, targets))} from {port[1]!r} only sometimes: {why}"
            self.notes.refuse(owner, what, "Bring the ways together with a MergeNode before they leave it.")


def meeting(one: tuple[str, Part], other: tuple[str, Part]) -> tuple[Part, str, str]:
    """The innermost graph around two nodes (each with its part), and the nodes there that they are or are inside of."""
    around = {id(part) for part in other[1].outwards()}
    common = next(part for part in one[1].outwards() if id(part) in around)
    return common, _inside(common, *one), _inside(common, *other)


def _inside(common: Part, node: str, part: Part) -> str:
    while part is not common:
        assert part.owner is not None  # common is further out
        assert part.around is not None
        node, part = part.owner, part.around
    return node
