"""Sight: what one node can know of another's outputs when it runs."""

from attrs import define, frozen

from stratagem_casare.structure.flow import Flow
from stratagem_casare.structure.kinds import OWN_PORTS, REPEATING, WHILE
from stratagem_casare.structure.parts import Part, Parts, meeting


@frozen
class Sight:
    """The ways in which a node may read another: the value of the same pass (``step``), the last one that was kept (``kept``).

    ``wait`` names two nodes of one graph, of which the first must wait for the second, for the value to be there.
    """

    step: bool = False
    kept: bool = False
    wait: tuple[str, str] | None = None


NOTHING = Sight()


@define(eq=False)
class Sights:
    """Tells for each reader and source how the one sees the other."""

    parts: Parts
    flow: Flow

    def of(self, reader: str, source: str, port: str) -> Sight:
        """Return how ``reader`` sees a port of ``source``; `NOTHING` if that can't have a value by then."""
        own, other = self.parts.of[reader], self.parts.of[source]
        if any(part.owner == source for part in own.outwards()) and port in OWN_PORTS[self.parts.nodes[source].type]:
            return Sight(step=True)
        if reader == source or any(part.owner == source for part in own.outwards()):
            return Sight(kept=self.parts.nodes[source].type == WHILE or any(map(self._repeats, other.outwards())))
        repeated = self._repeated_together(reader, own, other)
        wait = self._wait(reader, source, own, other)
        if wait is None:
            return Sight(kept=True) if repeated else NOTHING
        if other not in own.outwards():
            return Sight(kept=True, wait=wait)
        again = any(self._repeats(part) for part in other.outwards())
        return Sight(step=True, kept=again and not self.flow.passes(reader, source), wait=wait)

    def _repeats(self, part: Part) -> bool:
        return part.owner is not None and part.name == "body" and self.parts.nodes[part.owner].type in REPEATING

    def _repeated_together(self, reader: str, own: Part, other: Part) -> bool:
        """Return whether the source may have run in an earlier pass of a loop that the reader is in, or begins."""
        around = [part for part in other.outwards() if self._repeats(part)]
        mine = {id(part) for part in own.outwards()}
        return any(id(part) in mine or part.owner == reader for part in around)

    def _wait(self, reader: str, source: str, own: Part, other: Part) -> tuple[str, str] | None:
        """The nodes of the innermost graph around both that stand for them, if the source's comes first there."""
        common, mine, its = meeting((reader, own), (source, other))
        if mine == its:
            return (mine, its) if self._bodies_in_turn(common, mine, own, other) else None
        return (mine, its) if common.ranks[its] < common.ranks[mine] else None

    def _bodies_in_turn(self, common: Part, owner: str, own: Part, other: Part) -> bool:
        names = list(common.bodies.get(owner, {}))
        one, two = _body_of(own, owner, common), _body_of(other, owner, common)
        order = [name for name in ("body", "catch", "finally") if name in names]
        return one in order and two in order and order.index(two) < order.index(one)


def _body_of(part: Part, owner: str, common: Part) -> str:
    for each in part.outwards():
        if each.owner == owner and each.around is common:
            return each.name
    return ""
