"""The nodes and connections of the native format, at the top and in bodies, into Graphs."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any, Literal

from attrs import define, field

from stratagem._support.shown import shown
from stratagem._support.suggesting import suggestion
from stratagem.errors import UnknownNode
from stratagem.formats import fields
from stratagem.formats.fields import Convert
from stratagem.formats.reader import Reader
from stratagem.model import Cache, Connection, Graph, Node, ResourceRequest, Retry

NODE: Mapping[str, Convert] = MappingProxyType(
    {
        "id": fields.text,
        "type": fields.text,
        "config": fields.table,
        "after": fields.names,
        "when": fields.text,
        "bodies": fields.table,
        "disabled": fields.flag,
        "timeout": fields.time_limit,
        "retry": fields.anything,
        "on_error": fields.on_error,
        "group": fields.text,
        "resources": fields.table,
        "cache": fields.anything,
        "position": fields.position,
    }
)
RETRY: Mapping[str, Convert] = MappingProxyType(
    {
        "attempts": fields.count,
        "delay": fields.duration,
        "backoff": fields.number,
        "max_delay": fields.duration,
    }
)
RESOURCE: Mapping[str, Convert] = MappingProxyType(
    {
        "labels": fields.table,
        "session": fields.text,
        "shared": fields.flag,
        "priority": fields.any_number,
        "name": fields.text,
    }
)
CACHE: Mapping[str, Convert] = MappingProxyType({"ttl": fields.time_limit})
GRAPH: Mapping[str, Convert] = MappingProxyType(
    {"nodes": fields.anything, "connections": fields.anything, "result": fields.anything}
)
ENDS: Mapping[str, Convert] = MappingProxyType({"from": fields.text, "to": fields.text})
LONG_ENDS: Mapping[str, Convert] = MappingProxyType(
    dict.fromkeys(("source_node", "source_port", "target_node", "target_port"), fields.text)
)
_NONE: Mapping[str, Any] = {}
_USUAL: Mapping[str, Any] = {"type": "", "config": _NONE, "bodies": _NONE, "resources": _NONE}
"""The fields of nodes that say no more; the tables are shared, as each of their own would take a third of the node."""

_DEFAULT_PORTS = {"from": "exec_out", "to": "exec_in"}


@define(eq=False)
class GraphReader:
    """Reads graphs of one document; ids are unique over all of them."""

    reader: Reader
    _ids: dict[str, int | None] = field(factory=dict)

    def graph(self, table: Mapping[str, Any], *, key: str = "", node: str | None = None, part: object = None) -> Graph:
        """The graph of a table's fields ``nodes``, ``connections`` and ``result``; ``key`` and ``node`` tell where."""
        prefix = f"{key}." if key else ""
        entries = self._list(table.get("nodes", []), f"{prefix}nodes", node, part)
        nodes: dict[str, Node] = {}
        for index, entry in enumerate(entries):
            read = self._node(entry, f"{prefix}nodes[{index}]", node, part)
            if read is not None:
                nodes[read.id] = read
        known = {own for entry in entries if isinstance(entry, dict) and isinstance(own := entry.get("id"), str)}
        connections = [
            self._connection(entry, known, f"{prefix}connections[{index}]", node, part)
            for index, entry in enumerate(self._list(table.get("connections", []), f"{prefix}connections", node, part))
        ]
        return Graph(nodes, tuple(line for line in connections if line is not None), table.get("result"))

    def _list(self, value: Any, key: str, node: str | None, part: object) -> list[Any]:
        if isinstance(value, list):
            return value
        self.reader.complain(f"expected a list, got {shown(value)}", part=part, node=node, key=key)
        return []

    def _node(self, entry: Any, key: str, owner: str | None, part: object) -> Node | None:
        own = entry.get("id") if isinstance(entry, dict) else None
        named = isinstance(own, str) and own != ""
        found = self.reader.fields(
            entry, NODE, key="" if named else key, node=own if named else owner, inside=part, required=("id", "type")
        )
        if not named:
            return None
        assert isinstance(own, str)
        self._claim(own, entry)
        if "bodies" in found:
            found["bodies"] = {
                name: self._body(body, f"bodies.{name}", own, entry) for name, body in found["bodies"].items()
            }
        if "retry" in found:
            found["retry"] = self._retry(found["retry"], own, entry)
        if "resources" in found:
            found["resources"] = self._resources(found["resources"], own, entry)
        if "cache" in found:
            found["cache"] = self._cache(found["cache"], own, entry)
        return Node(**{**_USUAL, **found}, line=self.reader.document.line(entry))

    def _claim(self, id_: str, entry: object) -> None:
        line = self.reader.document.line(entry)
        if id_ in self._ids:
            first = f"; the first is on line {self._ids[id_]}" if self._ids[id_] else ""
            hint = f"Ids are unique over the whole file, bodies included{first}."
            self.reader.complain("another node has this id", part=entry, node=id_, key="id", hint=hint)
        else:
            self._ids[id_] = line

    def _body(self, body: Any, key: str, node: str, part: object) -> Graph:
        if isinstance(body, list):
            return self.graph({"nodes": body}, key=key, node=node, part=part)
        found = self.reader.fields(body, GRAPH, key=key, node=node, inside=part)
        return self.graph(found, key=key, node=node, part=body if isinstance(body, dict) else part)

    def _retry(self, value: Any, node: str, part: object) -> Retry | None:
        if isinstance(value, dict):
            return Retry(**self.reader.fields(value, RETRY, key="retry", node=node, inside=part))
        found = self.reader.fields({"retry": value}, {"retry": fields.attempts}, node=node, inside=part)
        return found.get("retry")

    def _resources(self, table: Mapping[str, Any], node: str, part: object) -> dict[str, ResourceRequest]:
        read = {
            key: self.reader.fields(value, RESOURCE, key=f"resources.{key}", node=node, inside=part)
            for key, value in table.items()
        }
        return {key: ResourceRequest(**found) for key, found in read.items()}

    def _cache(self, value: Any, node: str, part: object) -> Cache | Literal[False] | None:
        if isinstance(value, dict):
            return Cache(**self.reader.fields(value, CACHE, key="cache", node=node, inside=part))
        found = self.reader.fields({"cache": value}, {"cache": fields.cached}, node=node, inside=part)
        return found.get("cache")

    def _connection(self, entry: Any, known: set[str], key: str, owner: str | None, part: object) -> Connection | None:
        short = isinstance(entry, dict) and ("from" in entry or "to" in entry)
        ends = ENDS if short else LONG_ENDS
        found = self.reader.fields(entry, ends, key=key, node=owner, inside=part, required=tuple(ends))
        if len(found) < len(ends):
            return None
        where = entry if self.reader.document.line(entry) is not None else part
        if short:
            source, target = self._end(found["from"], "from", known), self._end(found["to"], "to", known)
        else:
            source = (found["source_node"], found["source_port"])
            target = (found["target_node"], found["target_port"])
        names = ("from", "to") if short else ("source_node", "target_node")
        dangling = [(name, end[0]) for name, end in zip(names, (source, target), strict=True) if end[0] not in known]
        for name, missing in dangling:
            self._dangling(missing, known, f"{key}.{name}", owner, where)
        return None if dangling else Connection(*source, *target)

    def _end(self, text: str, side: str, known: set[str]) -> tuple[str, str]:
        """Node and port of ``node`` or ``node.port``; ids may have dots, so the longest that exists is meant."""
        node, dot, port = text.rpartition(".")
        if text in known or not dot or (node not in known and not port):
            return text, _DEFAULT_PORTS[side]
        return node, port

    def _dangling(self, missing: str, known: set[str], key: str, owner: str | None, part: object) -> None:
        hint = suggestion(missing, known)
        what = f"there is no node {missing!r} here"
        self.reader.complain(what, part=part, node=owner, key=key, hint=hint, kind=UnknownNode)
