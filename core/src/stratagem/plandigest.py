"""The digest of a plan: equal for equal graphs of equal node types."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from attrs import asdict

from stratagem.brief import brief
from stratagem.extent import is_walkable
from stratagem.model import Graph
from stratagem.nodes.spec import NodeSpec


def digest_of(graph: Graph, specs: Sequence[NodeSpec]) -> str:
    """SHA-256 over a canonical text of ``graph`` and the ids of the node types it runs with."""
    digest = hashlib.sha256()
    _feed(digest.update, graph)
    for spec in specs:
        digest.update(f"{spec.id} {spec.distribution}\n".encode())
    return digest.hexdigest()


def _feed(update: Callable[[bytes], None], graph: Graph) -> None:
    for node in graph.nodes.values():
        traits = (node.id, node.type, node.after, node.when, node.disabled, node.timeout, node.retry, node.on_error)
        cache = () if node.cache is None else (node.cache,)
        update(repr((*traits, *cache, node.group, _canonical(node.config))).encode())
        if node.resources:
            update(repr(_canonical({key: asdict(each) for key, each in node.resources.items()})).encode())
        for name, body in node.bodies.items():
            update(f"body {name!r}".encode())
            _feed(update, body)
    for line in graph.connections:
        update(repr(line).encode())
    update(_text(graph.result).encode())
    for extra in ("variables", "settings", *(("temporary",) if getattr(graph, "temporary", ()) else ())):
        if hasattr(graph, extra):
            update(_text(getattr(graph, extra)).encode())


def _text(value: Any) -> str:
    return repr(_canonical(value)) if is_walkable(value) else brief(value)


def _canonical(value: Any) -> Any:
    if isinstance(value, Mapping):
        return sorted(((repr(key), _canonical(item)) for key, item in value.items()))
    if isinstance(value, (list, tuple)):
        return [_canonical(item) for item in value]
    return value
