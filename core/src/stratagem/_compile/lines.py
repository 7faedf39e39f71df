"""Second pass: sorts the drawn connections into control and data lines, and checks the ports at their ends."""

from __future__ import annotations

from stratagem._compile.draft import Draft, GraphDraft, Problems
from stratagem._support.suggesting import suggestion
from stratagem.errors import BadInput, UnknownNode
from stratagem.model import Connection
from stratagem.nodes.controls import is_control
from stratagem.nodes.spec import MISSING

PLAIN = ("exec_out",)


def draw(graph: GraphDraft, problems: Problems) -> None:
    """Gives each draft of ``graph`` its lines, and what its ``after`` names, as positions it needs."""
    index, drafts = graph.index, graph.drafts
    for line in graph.graph.connections:
        source, target = index.get(line.source_node), index.get(line.target_node)
        if source is None or target is None:
            _note_dangling(line, graph, problems)
            continue
        source_draft, target_draft = drafts[source], drafts[target]
        port = line.source_port
        if not (source_draft.spec.pack and target_draft.spec.pack):
            _loose_line(line, source, target_draft)
        elif port in source_draft.spec.outputs:
            _data_line(line, source, source_draft, target_draft, problems)
        elif (port == "exec_out" and source_draft.spec.controls == PLAIN) or is_control(
            port, source_draft.spec.controls
        ):
            _control_line(line, source, target_draft, problems)
        else:
            _note_port(line, source_draft, problems)
            continue
        target_draft.needs.append(source)
    for draft in drafts:
        if draft.node.after:
            _after(draft, index, problems)


def _data_line(line: Connection, source: int, from_: Draft, to: Draft, problems: Problems) -> None:
    port = line.target_port
    known = to.spec.inputs.get(port)
    if known is None and to.spec.extra_inputs is MISSING:
        hint = suggestion(port, to.spec.inputs, "It takes: {}.")
        problems.add(BadInput(f"{to.spec.type} has no input {port!r}", hint=hint), to.node, port)
        return
    if to.lines is None:
        to.lines = {}
    fed = to.lines.setdefault(port, [])
    if fed and not (known and known.variadic):
        twice = "An input takes one connection, unless it is variadic."
        problems.add(BadInput(f"the input {port!r} is connected twice", hint=twice), to.node, port)
    fed.append((source, line.source_port))


def _loose_line(line: Connection, source: int, to: Draft) -> None:
    """A line from or to a node of unknown type: what it is for can't be told, so nothing about it is wrong."""
    if line.target_port != "exec_in":
        to.lines = to.lines or {}
        to.lines.setdefault(line.target_port, []).append((source, line.source_port))


def _control_line(line: Connection, source: int, to: Draft, problems: Problems) -> None:
    if line.target_port != "exec_in":
        what = f"the control output {line.source_node}.{line.source_port} leads to {line.target_port!r}"
        problems.add(BadInput(what, hint="Control lines end at 'exec_in'."), to.node, line.target_port)
    if to.controls is None:
        to.controls = []
    to.controls.append((source, line.source_port))


def _note_port(line: Connection, source: Draft, problems: Problems) -> None:
    ports = [*source.spec.outputs, *source.spec.controls]
    hint = suggestion(line.source_port, ports, "It has: {}.")
    error = UnknownNode(f"{source.spec.type} has no output {line.source_port!r}", hint=hint)
    problems.add(error, source.node, line.source_port)


def _note_dangling(line: Connection, graph: GraphDraft, problems: Problems) -> None:
    for end in (line.source_node, line.target_node):
        if end not in graph.graph.nodes:
            what = f"a connection names the node {end!r}, which is not in this graph"
            problems.add(UnknownNode(what, hint=suggestion(end, graph.graph.nodes)))


def _after(draft: Draft, index: dict[str, int], problems: Problems) -> None:
    for name in draft.node.after:
        if name in index:
            draft.needs.append(index[name])
        elif name not in draft.graph.graph.nodes:
            what = f"'after' names the node {name!r}, which is not in this graph"
            problems.add(UnknownNode(what, hint=suggestion(name, index)), draft.node, "after")
