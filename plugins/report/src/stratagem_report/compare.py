"""Compares two runs: whether they gave the same, how their nodes ended, and which of them took longer."""

from __future__ import annotations

from typing import Any

from attrs import asdict, frozen

from stratagem import columns
from stratagem_report import words
from stratagem_report.digests import changed
from stratagem_report.record import RunRecord

SHOWN = 20

NOTEWORTHY = 0.001
"""Seconds by which a node must differ to be listed."""


@frozen
class Difference:
    """A node in both runs: its ``outcomes``, and ``seconds`` of all its executions together; None where it is missing."""

    node: str
    type: str
    outcomes: tuple[str | None, str | None]
    seconds: tuple[float | None, float | None]

    @property
    def slower(self) -> float:
        """Seconds that it took longer in the second run."""
        before, after = self.seconds
        return (after or 0.0) - (before or 0.0)

    @property
    def same_outcome(self) -> bool:
        """Return whether it ended alike; a remembered value is as good as a new one."""
        before, after = ("done" if each == "remembered" else each for each in self.outcomes)
        return before == after


@frozen
class Comparison:
    """The differences of two runs; ``results`` are the names whose values do, None where a run has not told of its values."""

    runs: tuple[str, str]
    statuses: tuple[str, str]
    seconds: tuple[float, float]
    results: tuple[str, ...] | None
    nodes: tuple[Difference, ...]

    @property
    def same(self) -> bool:
        """Return whether both gave the same: status, values, and how every node ended."""
        return self.statuses[0] == self.statuses[1] and self.results == () and not self.otherwise

    @property
    def otherwise(self) -> list[Difference]:
        """The nodes that ended otherwise, or that only one of both has."""
        return [each for each in self.nodes if not each.same_outcome]

    @property
    def slower(self) -> list[Difference]:
        """The nodes whose times differ, those first that got slowest."""
        differ = [each for each in self.nodes if abs(each.slower) >= NOTEWORTHY]
        return sorted(differ, key=lambda each: each.slower, reverse=True)

    def as_data(self) -> dict[str, Any]:
        """Plain values."""
        return {"same": self.same, **asdict(self)}

    def as_text(self) -> str:
        """A few lines and a table."""
        (before, after), (begun, ended) = self.statuses, self.seconds
        ratio = f", {ended / begun:.2f} times as long" if begun else ""
        lines = [
            f"before  {self.runs[0]}  {before} in {words.seconds(begun)}",
            f"after   {self.runs[1]}  {after} in {words.seconds(ended)}{ratio}",
            "",
            self._results(),
        ]
        lines += [f"ended otherwise: {each.node} ({each.type}): {_ends(each)}" for each in self.otherwise[:SHOWN]]
        slower = self.slower
        ends = slower if len(slower) <= SHOWN else [*slower[: SHOWN // 2], *slower[-SHOWN // 2 :]]
        if ends:
            lines += ["", columns([("NODE", "TYPE", "BEFORE", "AFTER", "DIFFERENCE"), *map(_row, ends)])]
        if len(ends) < len(slower):
            lines.append(f"and {len(slower) - len(ends)} in between")
        return "\n".join(lines)

    def _results(self) -> str:
        if self.results is None:
            return "results: not known of both runs"
        return f"results: they differ in {', '.join(self.results)}" if self.results else "results: the same"


def comparison(before: RunRecord, after: RunRecord) -> Comparison:
    """Compares two runs, node by node in the order of the first one's program."""
    found = _nodes(before), _nodes(after)
    ids = dict.fromkeys((*found[0], *found[1]))
    empty = (None, None, None)
    nodes = []
    for id_ in ids:
        one, other = (each.get(id_, empty) for each in found)
        nodes.append(Difference(id_, one[0] or other[0] or "", (one[1], other[1]), (one[2], other[2])))
    return Comparison(
        (before.run, after.run),
        (before.status, after.status),
        (before.seconds, after.seconds),
        _results(before, after),
        tuple(nodes),
    )


def _nodes(record: RunRecord) -> dict[str, tuple[str | None, str | None, float | None]]:
    """Node id → type, outcome, seconds without those of waiting for resources."""
    found: dict[str, tuple[str | None, str | None, float | None]] = {}
    for each in (*record.skipped, *record.executions):
        _, how, seconds = found.get(each.node.id, (None, None, None))
        worst = how if how in ("failed", "cancelled") else each.how
        found[each.node.id] = each.node.type, worst, (seconds or 0.0) + each.worked
    return found


def _results(before: RunRecord, after: RunRecord) -> tuple[str, ...] | None:
    if before.over is None or after.over is None:
        return None
    names = changed(before.over["variables"], after.over["variables"])
    own = ["result"] if before.over["result"] != after.over["result"] else []
    return tuple(own + [f"the variable {name!r}" for name in names])


def _ends(each: Difference) -> str:
    return " → ".join(outcome or "not there" for outcome in each.outcomes)


def _row(each: Difference) -> tuple[str, ...]:
    before, after = (words.seconds(seconds) for seconds in each.seconds)
    sign = "+" if each.slower > 0 else "−"
    return each.node, each.type, before, after, f"{sign}{words.seconds(abs(each.slower))}"
