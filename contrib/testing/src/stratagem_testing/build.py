"""Workflows in few words."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from itertools import pairwise
from typing import Any

from stratagem import Connection, Graph, Node, Settings, Workflow


def node(id_: str, type_: str, config: Mapping[str, Any] | None = None, /, **traits: Any) -> Node:
    """A node; ``traits`` are the other fields of `Node`, such as ``after`` or ``bodies``."""
    return Node(id_, type_, config or {}, **traits)


def graph_of(*nodes: Node, lines: Iterable[str] = (), result: Any = None) -> Graph:
    """A graph of these nodes, for bodies; ``lines`` as for `workflow_of`."""
    return Graph(_by_id(nodes), tuple(connections(lines)), result)


def workflow_of(
    *nodes: Node,
    lines: Iterable[str] = (),
    result: Any = None,
    variables: Mapping[str, Any] | None = None,
    name: str = "",
    source: str | None = None,
    **settings: Any,
) -> Workflow:
    """A workflow of these nodes; ``settings`` are fields of `Settings`.

    Each of ``lines`` is a chain of ends with arrows between them: ``"a -> b -> c"`` are two control lines,
    ``"a.true -> b"`` one from another control output, ``"a.result -> b.text"`` a data line.
    """
    return Workflow(
        _by_id(nodes),
        tuple(connections(lines)),
        result,
        name=name,
        variables=variables or {},
        settings=Settings(**settings),
        source=source,
    )


def connections(lines: Iterable[str]) -> Iterator[Connection]:
    """The connections that chains such as ``"a.true -> b -> c"`` stand for."""
    for line in lines:
        ends = [end.strip() for end in line.split("->")]
        for source, target in pairwise(ends):
            source_node, _, source_port = source.partition(".")
            target_node, _, target_port = target.partition(".")
            yield Connection(source_node, source_port or "exec_out", target_node, target_port or "exec_in")


def _by_id(nodes: Iterable[Node]) -> dict[str, Node]:
    found: dict[str, Node] = {}
    for each in nodes:
        if each.id in found:
            raise ValueError(f"two nodes are called {each.id!r}")
        found[each.id] = each
    return found
