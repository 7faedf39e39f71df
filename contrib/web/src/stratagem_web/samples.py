"""Examples of nodes on a page: each opens the page that it works on, and closes it."""

from collections.abc import Iterator, Mapping
from itertools import pairwise
from typing import Any, Final

from attrs import evolve

from stratagem import Example, Graph, Node

SITE: Final[Mapping[str, str]] = {"site": "http://localhost:8000"}

Steps = tuple[tuple[str, Mapping[str, Any]], ...]


def on_page(
    name: str,
    config: Mapping[str, Any],
    gives: Mapping[str, Any] | None = None,
    *,
    start: str = "index.html",
    then: tuple[str, ...] = (),
    more: Steps = (),
) -> Example:
    """``web.<name>`` with ``config`` after the pages ``start`` and ``then`` were opened, and the steps ``more`` done."""
    before: Steps = (*(("web.open", {"url": f"{{{{ site }}}}/{page}"}) for page in (start, *then) if page), *more)
    nodes = [
        Node("browser", "web.open_browser"),
        *(Node(f"before_{number}", type_, given) for number, (type_, given) in enumerate(before, 1)),
        Node("example", f"web.{name}", config),
        Node("close", "web.close_browser"),
    ]
    return Example(gives=gives or {}, variables=SITE, workflow=Graph({node.id: node for node in _chained(nodes)}))


def _chained(nodes: list[Node]) -> Iterator[Node]:
    yield nodes[0]
    yield from (evolve(node, after=(before.id,)) for before, node in pairwise(nodes))
