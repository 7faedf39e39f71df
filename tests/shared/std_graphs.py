"""Bodies and nodes that the tests of the standard control structures are written with."""

from __future__ import annotations

from typing import Any

from stratagem import Graph, Node


def steps(*nodes: Node, result: Any = None) -> Graph:
    """A body of these nodes."""
    return Graph({node.id: node for node in nodes}, (), result)


def failing(message: str = "broken", when: str | None = None, id_: str = "fails") -> Node:
    """A node that fails."""
    return Node(id_, "std.fail", {"message": message}, when=when)


def cause(failure: BaseException) -> str:
    """The type and text of what made a step fail."""
    return f"{type(failure.__cause__).__name__}: {failure.__cause__}"
