"""Examples of nodes on a page: each opens the page that it works on first."""

from collections.abc import Mapping
from typing import Any

from stratagem.model import Graph, Node
from stratagem.nodes import Example

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
    pages: Steps = tuple(("web.open", {"url": f"{{{{ site }}}}/{page}"}) for page in (start, *then) if page)
    before = {f"before_{number}": step for number, step in enumerate((*pages, *more), 1)}
    nodes = {id_: Node(id_, type_, given, after=_previous(id_)) for id_, (type_, given) in before.items()}
    nodes["example"] = Node("example", f"web.{name}", config, after=tuple(before)[-1:])
    return Example(gives=gives or {}, variables={"site": "http://localhost:8000"}, workflow=Graph(nodes))


def _previous(id_: str) -> tuple[str, ...]:
    number = int(id_.removeprefix("before_"))
    return (f"before_{number - 1}",) if number > 1 else ()
