"""From the flat drawing to what runs: where it starts, what is never reached, what stands for what."""

from collections.abc import Iterable
from typing import Any

from stratagem.errors import WorkflowError
from stratagem.formats import Reader
from stratagem.model import Connection
from stratagem_casare.drawing import Drawing

START = "StartNode"
TRIGGER = "TriggerNode"
"""What every trigger becomes: a start that does nothing."""

NOT_YET: frozenset[str] = frozenset(
    (
        "ForLoopStartNode", "ForLoopEndNode", "WhileLoopStartNode", "WhileLoopEndNode", "BreakNode", "ContinueNode",
        "TryNode", "CatchNode", "FinallyNode", "RetryNode", "RetrySuccessNode", "ForkNode", "JoinNode",
        "ParallelForEachNode", "SubflowNode",
    )
)  # fmt: skip
"""The types that begin or end a region, or call another flow."""


def structure(drawing: Drawing, reader: Reader) -> Drawing:
    """The drawing with triggers as starts and without what can't be reached; complains of regions."""
    _refuse_regions(drawing, reader)
    triggered = _triggers_as_starts(drawing)
    return _reached(triggered)


def order_of(nodes: Iterable[str], lines: Iterable[Connection]) -> dict[str, int]:
    """The place of each node in an order in which every line leads forwards; nodes on a cycle come last."""
    waits = dict.fromkeys(nodes, 0)
    targets: dict[str, list[str]] = {id_: [] for id_ in waits}
    for line in lines:
        targets[line.source_node].append(line.target_node)
        waits[line.target_node] += 1
    ready = [id_ for id_, count in waits.items() if not count]
    for id_ in ready:
        for target in targets[id_]:
            waits[target] -= 1
            if not waits[target]:
                ready.append(target)
    found = {id_: place for place, id_ in enumerate(ready)}
    return {id_: found.get(id_, len(ready)) for id_ in waits}


def _refuse_regions(drawing: Drawing, reader: Reader) -> None:
    for node in drawing.nodes.values():
        if node.type in NOT_YET and not node.disabled:
            problem = WorkflowError(
                f"loops, error handling and subflows of drawn flows aren't supported yet, and {node.type} is part of one",
                file=reader.source,
                line=node.line,
                node=node.id,
                hint="Write the flow in the native format, with bodies.",
            )
            reader.problems.append(problem)


def _triggers_as_starts(drawing: Drawing) -> Drawing:
    """Triggers do nothing when a flow is run by hand: whatever they lead to starts at once."""
    triggers = {id_ for id_, node in drawing.nodes.items() if node.type.endswith(TRIGGER)}
    for id_ in triggers:
        drawing.nodes[id_].type = TRIGGER
        drawing.nodes[id_].config = {}
    drawing.lines = [line for line in drawing.lines if line.target_node not in triggers]
    return drawing


def _reached(drawing: Drawing) -> Drawing:
    """Without the nodes that no start leads to, where the drawing has a StartNode; else every first node is a start."""
    nodes = drawing.nodes
    if not any(node.type == START for node in nodes.values()):
        return drawing
    targets: dict[str, list[str]] = {id_: [] for id_ in nodes}
    for line in drawing.lines:
        if line.target_port == "exec_in":
            targets[line.source_node].append(line.target_node)
    reached = [id_ for id_, node in nodes.items() if node.type in (START, TRIGGER)]
    seen = set(reached)
    for id_ in reached:
        fresh = [target for target in dict.fromkeys(targets[id_]) if target not in seen]
        seen.update(fresh)
        reached.extend(fresh)
    left_out: list[Any] = [id_ for id_ in nodes if id_ not in seen]
    if left_out:
        drawing.metadata["not_reached"] = left_out
        drawing.nodes = {id_: node for id_, node in nodes.items() if id_ in seen}
        drawing.lines = [line for line in drawing.lines if {line.source_node, line.target_node} <= seen]
    return drawing
