"""Notes: the problems of a structure, each with the node that it is told of."""

from attrs import define

from stratagem import CycleError, Hint, Reader, UnknownNode, WorkflowError, suggestion
from stratagem_casare.drawing import DrawnNode


@define(eq=False)
class Notes:
    """Collects problems; ``count`` tells whether a stage has found any."""

    reader: Reader

    @property
    def count(self) -> int:
        """Return how many problems there are."""
        return len(self.reader.problems)

    def refuse(self, node: DrawnNode, what: str, hint: str, *, key: str | None = None) -> None:
        """A structure that can't be made out; ``what`` names the other nodes concerned."""
        self._add(WorkflowError, node, what, hint, key)

    def cycle(self, node: DrawnNode, ids: list[str]) -> None:
        """Lines that lead round in a circle through no loop."""
        text = " → ".join([*ids, ids[0]])
        hint = "Draw what is to be repeated as the body of a loop, up to its end node."
        self._add(CycleError, node, f"these nodes wait for each other: {text}", hint, None)

    def unknown(self, node: DrawnNode, what: str, name: str, known: list[str], key: str | None = None) -> None:
        """A name that nothing has; the nearest is told."""
        hint = suggestion(name, known, "There are: {}.")
        self._add(UnknownNode, node, what, hint, key)

    def _add(self, kind: type[WorkflowError], node: DrawnNode, what: str, hint: str | Hint, key: str | None) -> None:
        source = self.reader.source
        self.reader.problems.append(kind(what, file=source, line=node.line, node=node.id, key=key, hint=hint))


def named(node: DrawnNode) -> str:
    """A node in a message."""
    return f"{node.id!r} ({node.type})"
