"""Drawing: a flow as the canvas has it – flat nodes and lines, in either dialect of the files."""

from collections.abc import Iterator, Mapping
from types import MappingProxyType
from typing import Any

from attrs import define, field

from stratagem import Connection, Reader, TemplatePath, UnknownNode, fields, shown, suggestion

_ENDS = ("source_node", "source_port", "target_node", "target_port")
_TEMPLATE_ENDS = ("from_node", "from_port", "to_node", "to_port")
_TEMPLATE_PORTS: Mapping[str, str] = MappingProxyType({"out": "exec_out", "in": "exec_in", "loop": "body"})
_PORT_OF_OUTPUT = (("target_node_id", "target_port"), ("internal_node_id", "internal_port"), ("node_id", "port"))
_DECLARATION = frozenset(("name", "type", "data_type", "default_value", "value", "description", "required"))


@define(eq=False)
class DrawnNode:
    """A node on the canvas; ``type`` is CasareRPA's own name for it."""

    id: str
    type: str
    config: dict[str, Any] = field(factory=dict)
    disabled: bool = False
    position: tuple[float, float] | None = None
    line: int | None = None


@define(eq=False)
class Drawing:
    """A whole flow: nodes by id in the order of the file, lines, variables with their initial values, settings.

    ``outputs`` is what a flow that is called by others gives back, by name.
    """

    name: str = ""
    nodes: dict[str, DrawnNode] = field(factory=dict)
    lines: list[Connection] = field(factory=list)
    variables: dict[str, Any] = field(factory=dict)
    outputs: dict[str, TemplatePath] = field(factory=dict)
    stop_on_error: bool = True
    timeout: float | None = None
    metadata: dict[str, Any] = field(factory=dict)

    @property
    def has_start(self) -> bool:
        """Return whether a StartNode tells where it starts.

        Else it starts at every node that no control line leads to.
        """
        return any(node.type == "StartNode" for node in self.nodes.values())


def read_drawing(reader: Reader) -> Drawing:
    """The drawing in the reader's document; complains of what is wrong with it."""
    data = reader.document.data
    if not isinstance(data, dict):
        reader.complain("a flow is a table with 'nodes' and 'connections'")
        return Drawing()
    flow = data["base_workflow"] if isinstance(data.get("base_workflow"), dict) else data
    drawing = Drawing()
    drawing.nodes = {node.id: node for node in _nodes(reader, flow)}
    drawing.lines = [line for line in _lines(reader, flow, drawing.nodes) if line is not None]
    drawing.variables = _variables(reader, flow.get("variables") or data.get("default_variables") or {}, data)
    drawing.variables = {**_inputs(reader, flow), **drawing.variables}
    drawing.outputs = {name: _output(name, entry) for name, entry in _called_with(reader, flow, "outputs")}
    _read_settings(reader, drawing, flow.get("settings") or data.get("default_settings") or {}, data)
    metadata = flow.get("metadata")
    drawing.metadata = dict(metadata) if isinstance(metadata, dict) else {}
    drawing.metadata |= {key: data[key] for key in ("description", "author", "version") if key in data}
    drawing.name = str(drawing.metadata.get("name") or data.get("name") or "")
    return drawing


def _nodes(reader: Reader, flow: dict[str, Any]) -> Iterator[DrawnNode]:
    entries = flow.get("nodes", {})
    if not isinstance(entries, (dict, list)):
        reader.complain(f"expected a table or a list of nodes, got {shown(entries)}", part=flow, key="nodes")
        return
    listed = entries.items() if isinstance(entries, dict) else ((None, entry) for entry in entries)
    seen: set[str] = set()
    for key, entry in listed:
        node = _node(reader, key, entry, flow)
        if node is None:
            continue
        if node.id in seen:
            reader.complain("another node has this id", part=entry, node=node.id, key="node_id")
        seen.add(node.id)
        yield node


def _node(reader: Reader, key: str | None, entry: Any, flow: dict[str, Any]) -> DrawnNode | None:
    if not isinstance(entry, dict):
        reader.complain("a node is a table with 'node_id' and 'node_type'", part=flow, node=key)
        return None
    id_, type_ = entry.get("node_id", key), entry.get("node_type")
    if not isinstance(id_, str) or not id_ or (key is not None and id_ != key):
        reader.complain(
            f"the node's id is {id_!r}, which is not what it is listed as", part=entry, node=key, key="node_id"
        )
        return None
    if not isinstance(type_, str) or not type_:
        reader.complain("the node has no type", part=entry, node=id_, key="node_type")
        return None
    config = entry.get("config") or {}
    if not isinstance(config, dict):
        reader.complain(f"expected a table, got {shown(config)}", part=entry, node=id_, key="config")
        config = {}
    kept = {name: value for name, value in config.items() if name != "_disabled" and value is not None}
    return DrawnNode(
        id_, type_, kept, bool(config.get("_disabled")), _position(entry.get("position")), reader.document.line(entry)
    )


def _position(value: Any) -> tuple[float, float] | None:
    pair = [value.get("x"), value.get("y")] if isinstance(value, dict) else value
    try:
        return fields.position(pair)
    except ValueError:  # drawings are read all the same
        return None


def _lines(reader: Reader, flow: dict[str, Any], nodes: Mapping[str, DrawnNode]) -> Iterator[Connection | None]:
    entries = flow.get("connections", [])
    if not isinstance(entries, list):
        reader.complain("expected a list of connections", part=flow, key="connections")
        return
    for index, entry in enumerate(entries):
        yield _line(reader, entry, f"connections[{index}]", nodes)


def _line(reader: Reader, entry: Any, key: str, nodes: Mapping[str, DrawnNode]) -> Connection | None:
    template = isinstance(entry, dict) and "from_node" in entry
    names = _TEMPLATE_ENDS if template else _ENDS
    ends = [str(entry[name]) for name in names if entry.get(name)] if isinstance(entry, dict) else []
    if len(ends) < len(names):
        reader.complain(f"a connection has the texts {', '.join(names)}", part=entry, key=key)
        return None
    source, source_port, target, target_port = ends
    dangling = [(name, end) for name, end in ((names[0], source), (names[2], target)) if end not in nodes]
    for name, end in dangling:
        hint = suggestion(end, nodes)
        reader.complain(f"there is no node {end!r}", part=entry, key=f"{key}.{name}", hint=hint, kind=UnknownNode)
    if dangling:
        return None
    if template:
        source_port, target_port = _port(source_port), _port(target_port)
    return Connection(source, source_port, target, target_port)


def _port(name: str) -> str:
    return _TEMPLATE_PORTS.get(name, name)


def _variables(reader: Reader, entries: Any, part: object) -> dict[str, Any]:
    if isinstance(entries, dict):
        return {name: _initial(value) for name, value in entries.items()}
    found: dict[str, Any] = {}
    for index, entry in enumerate(entries if isinstance(entries, list) else [entries]):
        if isinstance(entry, dict) and isinstance(entry.get("name"), str):
            found[entry["name"]] = _initial(entry)
        else:
            reader.complain("a variable is a table with a 'name'", part=part, key=f"variables[{index}]")
    return found


def _inputs(reader: Reader, flow: dict[str, Any]) -> dict[str, Any]:
    """Return what a flow is called with: variables of these names."""
    entries = [*_called_with(reader, flow, "parameters"), *_called_with(reader, flow, "inputs")]
    return {name: entry.get("default_value") for name, entry in entries}


def _called_with(reader: Reader, flow: dict[str, Any], key: str) -> Iterator[tuple[str, dict[str, Any]]]:
    """The declared data ports of a flow, by name; ports for control have no values."""
    entries = flow.get(key) or []
    if not isinstance(entries, list):
        reader.complain("expected a list of tables with a 'name'", part=flow, key=key)
        return
    for index, entry in enumerate(entries):
        name = entry.get("name") if isinstance(entry, dict) else None
        if not isinstance(name, str) or not name:
            reader.complain("a port is a table with a 'name'", part=flow, key=f"{key}[{index}]")
        elif "exec" not in str(entry.get("data_type", "")).lower() and not name.startswith("exec_"):
            yield name, entry


def _output(name: str, entry: dict[str, Any]) -> TemplatePath:
    """Return what an output gives: the port of a node where it names one, else the variable of its name."""
    for node, port in _PORT_OF_OUTPUT:
        if entry.get(node) and entry.get(port):
            return TemplatePath(str(entry[node]), (str(entry[port]),), optional=True)
    return TemplatePath(name, (), optional=True)


def _initial(value: Any) -> Any:
    """The initial value of a variable that is given plainly, or declared with its type."""
    if not isinstance(value, dict) or not value.keys() <= _DECLARATION:
        return value
    if not value.keys() & {"type", "data_type", "default_value"}:
        return value
    return value.get("default_value", value.get("value"))


def _read_settings(reader: Reader, drawing: Drawing, settings: Any, part: object) -> None:
    if not isinstance(settings, dict):
        reader.complain(f"expected a table, got {shown(settings)}", part=part, key="settings")
        return
    stop = settings.get("stop_on_error", True)
    if not isinstance(stop, bool):
        reader.complain(f"expected true or false, got {shown(stop)}", part=settings, key="settings.stop_on_error")
    drawing.stop_on_error = stop is not False
    key = "timeout" if "timeout" in settings else "timeout_seconds"
    try:
        drawing.timeout = fields.number(settings.get(key) or 0) or None
    except ValueError as error:
        reader.complain(f"expected {error}, got {shown(settings[key])}", part=settings, key=f"settings.{key}")
