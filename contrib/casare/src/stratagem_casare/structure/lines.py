"""Control lines as they are meant: ends stand for their starts, catch and finally hang on their try, nothing goes back."""

from collections.abc import Iterable, Mapping, Sequence
from itertools import chain

from attrs import define, field

from stratagem import Connection
from stratagem_casare.drawing import DrawnNode
from stratagem_casare.structure.flow import Flow, Point
from stratagem_casare.structure.kinds import ENDS, FOR, KINDS, LEAVING, TRY, WHILE
from stratagem_casare.structure.notes import Notes, named
from stratagem_casare.structure.pairs import Pairs
from stratagem_casare.structure.starts import EXEC_IN


@define(eq=False)
class Lines:
    """``kept`` are the lines that remain; ``entering`` led to catch and finally nodes, ``leaving`` came from break and
    continue, ``turning`` led back to the start of their loop: each only shows what happens anyway."""

    nodes: Mapping[str, DrawnNode]
    pairs: Pairs
    notes: Notes
    kept: list[Connection] = field(factory=list)
    entering: list[Connection] = field(factory=list)
    leaving: list[Connection] = field(factory=list)
    turning: list[Connection] = field(factory=list)
    _with_body: frozenset[str] = field(default=frozenset(), init=False)

    def sort(self, control: Sequence[Connection]) -> None:
        """Takes the drawn control lines apart."""
        self._with_body = frozenset(line.source_node for line in control if line.source_port == "try_body")
        ends: dict[tuple[str, str], list[Connection]] = {}
        tries = self.pairs.try_of
        for line in map(self._as_drawn_body, control):
            source = self.nodes[line.source_node]
            if (begin := self.pairs.begins.get(source.id)) is not None:
                ends.setdefault((begin, ENDS[source.type].output), []).append(line)
            elif line.target_node in tries:
                self.entering.append(line)
            elif source.type in LEAVING and not source.disabled:
                self.leaving.append(line)
            else:
                self.kept.append(line)
        self._stand_in(ends)
        self.kept += hangings(self.pairs)

    def bring_back(self, reached: Iterable[Point]) -> None:
        """Keeps those lines from break and continue that alone lead to their target: what never runs has a place too."""
        seen = set(reached)
        self.kept += [line for line in self.leaving if line.target_node not in seen]
        self.leaving = [line for line in self.leaving if line.target_node in seen]

    def turn(self, flow: Flow) -> None:
        """Takes out lines that lead back to the start of a loop from inside; others that lead back are circles."""
        for line in flow.back:
            target = self.nodes[line.target_node]
            inside = (target.id, "body")
            if target.type in (FOR, WHILE) and not target.disabled and flow.passes(line.source_node, inside):
                self.turning.append(line)
            else:
                self.notes.cycle(target, flow.circle(line))
        turned = {id(line) for line in self.turning}
        self.kept = [line for line in self.kept if id(line) not in turned]

    def _as_drawn_body(self, line: Connection) -> Connection:
        """A try that has no line from ``try_body`` has its body at ``exec_out``."""
        source = self.nodes[line.source_node]
        if source.type != TRY or line.source_port != "exec_out" or source.disabled or source.id not in self.pairs.parts:
            return line
        return line if source.id in self._with_body else Connection(source.id, "try_body", line.target_node, EXEC_IN)

    def _stand_in(self, ends: Mapping[tuple[str, str], list[Connection]]) -> None:
        drawn = goes_on(self.kept)
        for (begin, output), lines in ends.items():
            own = drawn.get((begin, output), ())
            fresh = dict.fromkeys(line.target_node for line in lines if line.target_node != begin)
            if not own:
                self.kept += [Connection(begin, output, target, EXEC_IN) for target in fresh]
            for target in fresh if own else ():
                if target not in own:
                    end, start = self.nodes[lines[0].source_node], self.nodes[begin]
                    what = f"{named(end)} leads to {target!r}, but {output!r} of {named(start)} leads elsewhere"
                    self.notes.refuse(end, what, f"Keep one of them: what follows goes on from {output!r}.")


def goes_on(lines: Iterable[Connection]) -> dict[tuple[str, str], dict[str, None]]:
    """Return where each output leads, by node and output."""
    found: dict[tuple[str, str], dict[str, None]] = {}
    for line in lines:
        found.setdefault((line.source_node, line.source_port), {})[line.target_node] = None
    return found


def hangings(pairs: Pairs) -> list[Connection]:
    """Lines that no canvas shows: from each try to its catch and its finally."""
    parts = chain.from_iterable(((owner, part, id_) for part, id_ in own.items()) for owner, own in pairs.parts.items())
    return [Connection(owner, part, id_, EXEC_IN) for owner, part, id_ in parts]


def without_leaving(nodes: Mapping[str, DrawnNode], control: Iterable[Connection]) -> list[Connection]:
    """The lines without those from break and continue, which no way leads along."""
    return [line for line in control if nodes[line.source_node].type not in LEAVING or nodes[line.source_node].disabled]


def note_disabled(nodes: Mapping[str, DrawnNode], control: Iterable[Connection], notes: Notes) -> None:
    """A disabled node goes on at ``exec_out``: refuses those that would have had to choose where to go on."""
    told: set[str] = set()
    for line in control:
        node = nodes[line.source_node]
        plain = line.source_port == "exec_out" and node.type not in KINDS
        if node.disabled and not plain and node.id not in told:
            told.add(node.id)
            what = f"{named(node)} is disabled, and what is disabled goes on at 'exec_out', not at {line.source_port!r}"
            notes.refuse(node, what, "Take the node out, or enable it.")
