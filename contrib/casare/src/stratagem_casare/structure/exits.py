"""A check that every way through a body leads on to the same place."""

from collections.abc import Collection, Iterator, Mapping, Sequence
from itertools import chain
from typing import TYPE_CHECKING

from stratagem import Connection
from stratagem_casare import coerce
from stratagem_casare.drawing import DrawnNode
from stratagem_casare.structure.kinds import CHOOSING, ENDS, NEVER_GO_ON, SUCCESS, SWITCH, TRIED, TRY

if TYPE_CHECKING:
    from stratagem_casare.structure.parts import Part


def uncertain(
    part: "Part", exits: Sequence[Connection], targets: Sequence[str], nodes: Mapping[str, DrawnNode]
) -> str | None:
    """Return where some way through ``part`` does not lead where the others lead; None if all do.

    ``exits`` are the lines that leave it. To the end node of a loop all ways lead anyway: it is where the pass ends.
    """
    if all(nodes[target].type in ENDS and nodes[target].type != SUCCESS for target in targets):
        return None
    choosers = [node for node in part.nodes.values() if node.type in CHOOSING and not node.disabled]
    if len(targets) > 1 and choosers:
        return f"{choosers[0].id!r} chooses where"
    leading: dict[str, set[str]] = {}
    for line in (*part.lines, *exits):
        leading.setdefault(line.source_node, set()).add(line.source_port)
    for other in chain.from_iterable(part.after.values()):
        leading.setdefault(other, set()).add("exec_out")
    for node in part.nodes.values():
        if node.type in NEVER_GO_ON and not node.disabled:
            continue
        own = leading.get(node.id, set())
        missing = next((ways for ways in _ways(node, part, exits, own) if own.isdisjoint(ways)), None)
        if missing is not None:
            return f"from {node.id!r} nothing leads on at {' or '.join(map(repr, missing))}"
    return None


def _ways(
    node: DrawnNode, part: "Part", exits: Sequence[Connection], own: Collection[str]
) -> Iterator[tuple[str, ...]]:
    """The outputs at which a node goes on; of those told together, one has to be drawn."""
    match "" if node.disabled else node.type:
        case "IfNode":
            yield from (("true",), ("false",))
        case _ if node.type == SWITCH and not node.disabled:
            yield ("default",)
            cases = enumerate(coerce.words(node.config.get("cases")))
            yield from ((f"case_{case}", f"case_{index}") for index, case in cases)
        case "RetryNode":
            yield from (("success",), ("failed",))
        case "ForLoopStartNode" | "WhileLoopStartNode" | "ParallelForEachNode":
            yield ("completed", "exec_out")
        case "CatchNode" | "FinallyNode" | "ForkNode":
            if not own:
                yield ("exec_out",)
        case _ if node.type == TRY and _goes_on(part.bodies.get(node.id, {}), exits, own):
            return
        case _:
            yield ("exec_out",)


def _goes_on(bodies: "Mapping[str, Part]", exits: Sequence[Connection], own: Collection[str]) -> bool:
    """Return whether a try goes on through lines from inside its bodies however it ends.

    Further on in the part, or out of it.
    """
    sources = {line.source_node for line in exits}
    leading = {
        name
        for name, body in bodies.items()
        if TRIED[name] in own or any(not sources.isdisjoint(each.nodes) for each in body.inwards())
    }
    return "finally" in leading or bodies.keys() - {"finally"} <= leading
