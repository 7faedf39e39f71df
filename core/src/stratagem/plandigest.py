"""The digest of a plan: equal for equal graphs of equal node types, in the order in which they are written."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable, Mapping
from typing import Any, Protocol

from attrs import asdict

from stratagem._support.numbers import is_small
from stratagem.model import Graph
from stratagem.nodes.spec import NodeSpec

Update = Callable[[bytes], None]


class Step(Protocol):
    """The part of a step that is in the digest."""

    @property
    def spec(self) -> NodeSpec: ...

    @property
    def bodies(self) -> Mapping[str, Plan]: ...

    @property
    def flows(self) -> Mapping[str, Plan]: ...


class Plan(Protocol):
    """The part of a plan that is in the digest."""

    @property
    def graph(self) -> Graph: ...

    @property
    def steps(self) -> Iterable[Step]: ...


def digest_of(graph: Graph, steps: Iterable[Step]) -> str:
    """SHA-256 over a canonical text of ``graph``, and over the node types of its steps, those inside others included."""
    return _digest(graph, steps, {})


def _digest(graph: Graph, steps: Iterable[Step], known: dict[int, str]) -> str:
    """The digest; ``known`` are those of subflows by the id of their plan, as one file may be called from many places."""
    digest = hashlib.sha256()
    _feed_graph(digest.update, graph)
    _feed_steps(digest.update, steps, known)
    return digest.hexdigest()


def _feed_steps(update: Update, steps: Iterable[Step], known: dict[int, str]) -> None:
    for step in steps:
        update(f"{step.spec.id} {step.spec.distribution.rpartition(' ')[0]}\n".encode())  # patches mean the same
        for name, body in step.bodies.items():
            update(f"body {name!r}\n".encode())
            _feed_steps(update, body.steps, known)
        for name, flow in step.flows.items():
            if id(flow) not in known:
                known[id(flow)] = _digest(flow.graph, flow.steps, known)
            update(f"flow {name!r} {known[id(flow)]}\n".encode())


def _feed_graph(update: Update, graph: Graph) -> None:
    for node in graph.nodes.values():
        traits = (node.id, node.type, node.after, node.when, node.disabled, node.timeout, node.retry, node.on_error)
        cache = () if node.cache is None else (node.cache,)
        update(repr((*traits, *cache, node.group)).encode())
        _feed_values(update, ((key, node.config[key]) for key in sorted(node.config)))  # ports have no order
        if node.resources:
            _feed_values(update, ((key, asdict(each)) for key, each in node.resources.items()))
        for name, body in node.bodies.items():
            update(f"body {name!r}".encode())
            _feed_graph(update, body)
    for line in graph.connections:
        update(repr(line).encode())
    _feed_values(update, [("result", graph.result)])
    for extra in ("variables", "settings", *(("temporary",) if getattr(graph, "temporary", ()) else ())):
        if hasattr(graph, extra):
            _feed_values(update, [(extra, getattr(graph, extra))])


def _feed_values(update: Update, values: Iterable[tuple[str, Any]]) -> None:
    """Takes in values in the order of their tables; a list or table that comes again, by where it came first."""
    seen: dict[int, int] = {}
    rest: list[Any] = [item for pair in values for item in pair][::-1]
    while rest:  # no recursion: values may be nested as deep as memory lasts
        value = rest.pop()
        if not isinstance(value, (Mapping, list, tuple)):
            update(f"{_text(value)};".encode("utf-8", "surrogatepass"))
            continue
        if value and id(value) in seen:
            update(f"@{seen[id(value)]};".encode())
            continue
        seen[id(value)] = len(seen)
        if isinstance(value, Mapping):
            update(f"table {len(value)};".encode())
            rest += [item for pair in value.items() for item in pair][::-1]
        else:
            update(f"list {len(value)};".encode())
            rest += value[::-1]


def _text(value: Any) -> str:
    return hex(value) if isinstance(value, int) and not is_small(value) else repr(value)  # refused in decimal
