"""A Workflow into the native format, as plain data that JSON and YAML can hold."""

from collections.abc import Mapping
from typing import Any

import attrs

from stratagem._support.extent import TooLarge, require_walkable
from stratagem.errors import BadInput
from stratagem.formats.native import VERSION
from stratagem.model import Graph, Limits, Node, ResourceRequest, Settings, Workflow

_PLAIN = (str, int, float, bool, type(None))


def dump_workflow(workflow: Workflow) -> dict[str, Any]:
    """The workflow in the native format; reading it gives an equal workflow, but for ``source`` and lines.

    Raises:
        BadInput: a config, variable or result holds what a file can't, such as an object of Python.
    """
    top: dict[str, Any] = {"stratagem": VERSION}
    if workflow.name:
        top["name"] = workflow.name
    if workflow.variables:
        top["variables"] = _plain(workflow.variables, None, "variables")
    if workflow.temporary:
        top["temporary"] = list(workflow.temporary)
    top |= _group("settings", _settings(workflow.settings))
    top |= _graph(workflow, None, "")
    if workflow.metadata:
        top["metadata"] = _plain(workflow.metadata, None, "metadata")
    return top


def _settings(settings: Settings) -> dict[str, Any]:
    found = _changed(settings, Settings())
    return found | _group("limits", _limits(found.pop("limits", Limits())))


def _limits(limits: Limits) -> dict[str, Any]:
    return {kind: dict(bounds) for kind, bounds in attrs.asdict(limits).items() if bounds}


def _graph(graph: Graph, node: str | None, key: str) -> dict[str, Any]:
    found: dict[str, Any] = {"nodes": [_node(each) for each in graph.nodes.values()]}
    if graph.connections:
        found["connections"] = [attrs.asdict(connection) for connection in graph.connections]
    if graph.result is not None:
        found["result"] = _plain(graph.result, node, f"{key}result")
    return found


def _node(node: Node) -> dict[str, Any]:
    found = _changed(node, Node(node.id, node.type))
    found.pop("line", None)
    if node.config:
        found["config"] = _plain(node.config, node.id, "config")
    if node.bodies:
        found["bodies"] = {name: _graph(body, node.id, f"bodies.{name}.") for name, body in node.bodies.items()}
    if node.retry:
        found["retry"] = attrs.asdict(node.retry)
    if node.resources:
        found["resources"] = {
            key: {**_changed(request, ResourceRequest()), **_group("labels", _labels(request, node.id, key))}
            for key, request in node.resources.items()
        }
    if node.cache:
        found["cache"] = True if node.cache.ttl is None else attrs.asdict(node.cache)
    for name in ("after", "position"):
        if name in found:
            found[name] = list(found[name])
    return {"id": node.id, "type": node.type, **found}


def _labels(request: ResourceRequest, node: str, key: str) -> dict[str, Any]:
    labels: dict[str, Any] = _plain(request.labels, node, f"resources.{key}.labels")
    return labels


def _changed(value: Any, default: Any) -> dict[str, Any]:
    """The attributes in which a value differs from the default."""
    names = [attribute.name for attribute in attrs.fields(type(value))]
    return {name: getattr(value, name) for name in names if getattr(value, name) != getattr(default, name)}


def _group(name: str, table: dict[str, Any]) -> dict[str, Any]:
    return {name: table} if table else {}


def _plain(value: Any, node: str | None, key: str) -> Any:
    try:
        require_walkable(value, "written")
    except TooLarge as error:
        raise BadInput(str(error), node=node, key=key) from None
    return _copied(value, node, key)


def _copied(value: Any, node: str | None, key: str) -> Any:
    if isinstance(value, Mapping):
        return {_key(name, node, key): _copied(content, node, f"{key}.{name}") for name, content in value.items()}
    if isinstance(value, (list, tuple)):
        return [_copied(content, node, f"{key}[{index}]") for index, content in enumerate(value)]
    if type(value) not in _PLAIN or value in (float("inf"), float("-inf")) or value != value:
        raise BadInput(f"a file can't hold a value of type {type(value).__name__}", node=node, key=key)
    return value


def _key(name: Any, node: str | None, key: str) -> str:
    if type(name) is not str:
        raise BadInput(f"a file can't hold the key {name!r}", node=node, key=key, hint="Keys are texts.")
    return name
