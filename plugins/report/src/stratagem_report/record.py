"""RunRecord: what is known of a run from its record."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from attrs import define, field

OUTCOMES = ("done", "failed", "skipped", "cancelled", "remembered", "running", "waiting")
"""The states of a node at the end: ``running`` and ``waiting`` only where the run was cut off."""


@define(eq=False)
class NodeInfo:
    """A node of the plan; ``owner`` is the number of the node whose ``body`` it stands in, ``needs`` are numbers too."""

    n: int
    id: str
    type: str
    cost: float = 0.0
    needs: tuple[int, ...] = ()
    by: str = ""
    at: tuple[float, float] | None = None
    composite: bool = False
    disabled: bool = False
    kinds: tuple[str, ...] = ()
    body: str = ""
    owner: int | None = None
    revised: tuple[str, ...] = ()
    """What passes have changed about it, and why."""


@define(eq=False)
class Execution:
    """One execution of a node, all its attempts together; times are seconds since the run began.

    ``parent`` is the execution around it, in whose ``number``-th call of a body it was, ``depth`` counts those around
    it. ``end`` is where the record ends for one that was never seen to end. ``row`` tells of that call, where it is one
    of several. ``waits`` are resource kinds and the seconds that were waited for each, ``paused`` the seconds between
    attempts.
    """

    node: NodeInfo
    begin: float
    end: float
    how: str = "running"
    parent: Execution | None = None
    number: int = 0
    depth: int = 0
    row: str | None = None
    attempts: int = 1
    error: str | None = None
    waits: list[tuple[str, float]] = field(factory=list)
    paused: float = 0.0
    artifacts: list[tuple[str, str]] = field(factory=list)
    notices: list[str] = field(factory=list)

    @property
    def seconds(self) -> float:
        """Return how long it took, pauses between attempts included."""
        return self.end - self.begin

    @property
    def waited(self) -> float:
        """Seconds of it in which it waited for resources."""
        return sum(seconds for _, seconds in self.waits)

    @property
    def worked(self) -> float:
        """Seconds of it in which it neither waited for a resource nor rested before another attempt."""
        return max(0.0, self.seconds - self.waited - self.paused)

    @property
    def way(self) -> str:
        """The way to it through the steps around it, such as ``each[3] / b / c``."""
        names, inside = [self.node.id], self
        while inside.parent is not None:
            numbered = inside.row is not None or inside.number
            names.append(f"{inside.parent.node.id}[{inside.number}]" if numbered else inside.parent.node.id)
            inside = inside.parent
        return " / ".join(reversed(names))

    @property
    def rows(self) -> str:
        """The passes that it is in, the outermost first, such as ``row 3 of 5: 'd'``."""
        found, inside = list[str](), self
        while inside.parent is not None:
            if inside.row is not None:
                found.append(inside.row)
            inside = inside.parent
        return ", ".join(reversed(found))

    @property
    def key(self) -> tuple[int, int, int]:
        """Return what attempts of the same execution have in common."""
        return self.node.n, id(self.parent), self.number


@define(eq=False)
class RunRecord:
    """A run: ``head`` is the record's first line, ``over`` its last, None where the run was cut off.

    ``skipped`` are executions of no length. ``torn`` counts lines that can't be read; the record is ``damaged`` where one
    of them is not the last, which a process that was killed leaves behind.
    """

    head: Mapping[str, Any]
    nodes: dict[int, NodeInfo]
    executions: list[Execution]
    skipped: list[Execution]
    seconds: float
    over: Mapping[str, Any] | None = None
    torn: int = 0
    damaged: bool = False

    @property
    def run(self) -> str:
        """The run's id."""
        return str(self.head.get("run", ""))

    @property
    def name(self) -> str:
        """Return what the run is called: its workflow's file, else the workflow."""
        return str(self.head.get("file") or self.head.get("workflow") or "workflow")

    @property
    def status(self) -> str:
        """``done``, ``failed``, ``cancelled``, or ``cut off`` where the record ends before the run does."""
        return str(self.over["status"]) if self.over is not None else "cut off"

    @property
    def places(self) -> int:
        """Return how many steps could run at once."""
        return max(1, int(self.head.get("places", 1)))

    @property
    def dropped(self) -> int:
        """Return how many lines there was no room for."""
        return int(self.over.get("dropped", 0)) if self.over is not None else 0

    @property
    def unseen(self) -> int:
        """Return how many steps were left out, so that recording took little of the time."""
        return int(self.over.get("unseen", 0)) if self.over is not None else 0

    @property
    def metrics(self) -> Mapping[str, Mapping[str, Any]]:
        """Return what was measured, by name."""
        found: Mapping[str, Mapping[str, Any]] = self.over.get("metrics", {}) if self.over is not None else {}
        return found

    @property
    def top(self) -> list[NodeInfo]:
        """The nodes of the workflow itself, in program order."""
        return [node for node in self.nodes.values() if node.owner is None]
