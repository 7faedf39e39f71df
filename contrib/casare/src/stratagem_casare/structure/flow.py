"""Flow: the control lines as one graph, in which every output that leads into a body is a point of its own."""

from collections.abc import Iterable, Iterator, Mapping

from stratagem import Connection
from stratagem_casare.drawing import DrawnNode
from stratagem_casare.structure.kinds import FORK, KINDS

Port = tuple[str, str]
"""A control output that leads into a body, or a branch of a fork: node id and output."""

Point = str | Port
"""A point that control passes: a node, or such an output."""


def leads_inside(node: DrawnNode, output: str) -> bool:
    """Return whether the output leads into a body of the node."""
    return not node.disabled and node.type in KINDS and output in KINDS[node.type].bodies


class Flow:
    """Return what can be reached from ``entries``, in an order in which all lines but ``back`` ones lead forwards.

    ``above`` is each point's nearest dominator: the last point that every way to it passes.
    """

    def __init__(self, nodes: Mapping[str, DrawnNode], lines: Iterable[Connection], entries: Iterable[str]) -> None:
        self.nodes = nodes
        self.targets: dict[Point, list[tuple[Point, Connection | None]]] = {id_: [] for id_ in nodes}
        for line in lines:
            self._draw(line)
        self.entries = list(entries)
        self.back: list[Connection] = []
        self.order = self._walk()
        self.above: dict[Point, Point | None] = {}
        self._depth: dict[Point, int] = {}
        self._dominate()

    def climb(self, point: Point) -> Iterator[Point]:
        """The points that every way to ``point`` passes, the nearest first."""
        above = self.above.get(point)
        while above is not None:
            yield above
            above = self.above[above]

    def passes(self, point: Point, before: Point) -> bool:
        """Return whether every way to ``point`` passes ``before``."""
        if point not in self._depth or before not in self._depth:
            return False
        at: Point | None = point
        while at is not None and self._depth[at] > self._depth[before]:
            at = self.above[at]
        return at == before and point != before

    def inside(self, port: Port) -> set[Point]:
        """All points that are reached through ``port`` alone."""
        found: set[Point] = {port}
        for point in self.order:
            if self.above[point] in found:
                found.add(point)
        return found - {port}

    def circle(self, back: Connection) -> list[str]:
        """The nodes of a way round that ends with a back line, in turn."""
        came: dict[Point, Point | None] = {back.target_node: None}
        waiting: list[Point] = [back.target_node]
        for point in waiting:
            for target, _ in self.targets[point]:
                if target not in came:
                    came[target] = point
                    waiting.append(target)
        way: list[Point] = []
        at: Point | None = back.source_node
        while at is not None:
            way.append(at)
            at = came[at]
        return [point for point in reversed(way) if isinstance(point, str)]

    def _draw(self, line: Connection) -> None:
        source: Point = line.source_node
        node = self.nodes[line.source_node]
        if leads_inside(node, line.source_port) or (node.type == FORK and not node.disabled):
            port = (line.source_node, line.source_port)
            if port not in self.targets:
                self.targets[port] = []
                self.targets[source].append((port, None))
            source = port
        self.targets[source].append((line.target_node, line))

    def _walk(self) -> list[Point]:
        """Depth first, without recursion: gives the points in reverse postorder, and notes the back lines."""
        done: list[Point] = []
        seen: set[Point] = set()
        for entry in reversed(self.entries):
            if entry not in seen:
                self._walk_from(entry, seen, done)
        done.reverse()
        return done

    def _walk_from(self, entry: Point, seen: set[Point], done: list[Point]) -> None:
        path: dict[Point, Iterator[tuple[Point, Connection | None]]] = {entry: iter(self.targets[entry])}
        seen.add(entry)
        while path:
            point, targets = next(reversed(path.items()))
            for target, line in targets:
                if target in path and line is not None:
                    self.back.append(line)
                elif target not in seen:
                    seen.add(target)
                    path[target] = iter(self.targets[target])
                    break
            else:
                del path[point]
                done.append(point)

    def _dominate(self) -> None:
        """One pass in order: what is above a point is where the ways to all that lead to it meet."""
        back = {id(line) for line in self.back}
        entries = set(self.entries)
        met: dict[Point, Point | None] = dict.fromkeys(entries)
        for point in self.order:
            above = met[point]
            self.above[point] = above
            self._depth[point] = 0 if above is None else self._depth[above] + 1
            for target, line in self.targets[point]:
                if line is None or id(line) not in back:
                    met[target] = self._meet(met[target], point) if target in met else point

    def _meet(self, one: Point | None, other: Point | None) -> Point | None:
        while one != other:
            if one is None or other is None:
                return None
            if self._depth[one] < self._depth[other]:
                other = self.above[other]
            else:
                one = self.above[one]
        return one
