"""Graphs as plain data, and back: the part of a plan's image that says what was written."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from stratagem.errors import NotStorable
from stratagem.model import Cache, Connection, Graph, Limits, Node, ResourceRequest, Retry, Settings, Workflow

SMALL = 2**63
"""Whole numbers from here on have no place in an image."""

PLAIN_NODE = 4
"""The length of the row of a node that has a type, a config and a line, and nothing else."""


def graph_data(graph: Graph) -> dict[str, Any]:
    """The graph as dicts, lists and plain values; raises NotStorable."""
    data: dict[str, Any] = {
        "nodes": [_node_row(node) for node in graph.nodes.values()],
        "lines": [
            (each.source_node, each.source_port, each.target_node, each.target_port) for each in graph.connections
        ],
        "result": plain(graph.result, "the result"),
    }
    return {**data, **_workflow_data(graph)} if isinstance(graph, Workflow) else data


def graph_of(data: Mapping[str, Any]) -> Graph:
    """The graph that `graph_data` has written."""
    nodes = {row[0]: _node_of(row) for row in data["nodes"]}
    lines = tuple([Connection(*line) for line in data["lines"]])
    if "variables" not in data:
        return Graph(nodes, lines, data["result"])
    settings = _settings(data["settings"])
    return Workflow(
        nodes,
        lines,
        data["result"],
        name=data["name"],
        variables=dict(data["variables"]),
        settings=settings,
        source=data["source"],
        metadata=dict(data["metadata"]),
        temporary=tuple(data["temporary"]),
        format=data["format"],
    )


def _settings(data: Mapping[str, Any]) -> Settings:
    """The settings; raises TypeError, ValueError for what none can be."""
    for name in ("timeout", "step_timeout", "concurrency"):
        limit = data[name]
        if limit is not None and not (isinstance(limit, (int, float)) and limit > 0):
            raise ValueError(name)
    limits = Limits(*[dict(table) for table in data["limits"]])
    return Settings(**{**data, "limits": limits})


def plain(value: Any, where: str) -> Any:
    """The value itself; raises NotStorable unless it is made of texts, numbers, booleans, None, lists and dicts alone."""
    waiting = [value]
    while waiting:
        each = waiting.pop()
        kind = type(each)
        if kind is dict and all(type(key) is str for key in each):
            waiting += each.values()
        elif kind is list:
            waiting += each
        elif kind is int:
            if not -SMALL <= each < SMALL:
                raise NotStorable(f"{where} has a whole number of more than 64 bits")
        elif kind not in (str, float, bool, type(None)):
            raise NotStorable(f"{where} holds a {kind.__qualname__}, which only the process that made it knows")
    return value


def _workflow_data(flow: Workflow) -> dict[str, Any]:
    own, limits = flow.settings, flow.settings.limits
    return {
        "name": flow.name,
        "variables": plain(dict(flow.variables), "a variable"),
        "settings": {
            "on_error": own.on_error,
            "timeout": own.timeout,
            "step_timeout": own.step_timeout,
            "concurrency": own.concurrency,
            "limits": [dict(limits.types), dict(limits.kinds), dict(limits.groups)],
            "seed": plain(own.seed, "the seed"),
        },
        "source": flow.source,
        "metadata": plain(dict(flow.metadata), "the metadata"),
        "temporary": list(flow.temporary),
        "format": flow.format,
    }


def _node_row(node: Node) -> list[Any]:
    row = [node.id, node.type, plain(dict(node.config), f"the config of {node.id!r}"), node.line]
    more = {
        "bodies": {name: graph_data(body) for name, body in node.bodies.items()},
        "after": list(node.after),
        "when": plain(node.when, f"the condition of {node.id!r}"),
        "disabled": node.disabled,
        "timeout": node.timeout,
        "retry": node.retry and [node.retry.attempts, node.retry.delay, node.retry.backoff, node.retry.max_delay],
        "on_error": node.on_error,
        "group": node.group,
        "resources": {key: request_row(each, node.id) for key, each in node.resources.items()},
        "cache": [node.cache.ttl] if isinstance(node.cache, Cache) else node.cache,
        "position": node.position and list(node.position),
    }
    told = {key: value for key, value in more.items() if value or (key in ("cache", "timeout") and value is not None)}
    return [*row, told] if told else row


def _node_of(row: list[Any]) -> Node:
    if len(row) == PLAIN_NODE:
        id_, type_, config, line = row
        return Node(id_, type_, config, line=line)
    id_, type_, config, line, more = row
    made: dict[str, Any] = dict(more)
    made["bodies"] = {name: graph_of(body) for name, body in more.get("bodies", {}).items()}
    made["after"] = tuple(more.get("after", ()))
    made["resources"] = {key: request_of(each) for key, each in more.get("resources", {}).items()}
    if "retry" in more:
        made["retry"] = Retry(*more["retry"])
    if isinstance(more.get("cache"), list):
        made["cache"] = Cache(*more["cache"])
    if "position" in more:
        x, y = more["position"]
        made["position"] = (x, y)
    return Node(id_, type_, config, line=line, **made)


def request_row(request: ResourceRequest, node: str) -> list[Any]:
    """A resource request as a list; raises NotStorable."""
    labels = plain(dict(request.labels), f"the labels of {node!r}")
    return [request.kind, labels, request.session, request.shared, request.priority, request.name]


def request_of(row: list[Any]) -> ResourceRequest:
    """The request that `request_row` has written."""
    return ResourceRequest(*row)
