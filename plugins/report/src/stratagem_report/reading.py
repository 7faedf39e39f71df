"""Reads records, whole ones and those of runs that were cut off."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from types import MappingProxyType

from stratagem import WAITS, BadFile, read_regular, reason_of
from stratagem_report.lines import OUTCOMES, Line, head_of, node_of, over_of, read_line, seconds, table, text, whole
from stratagem_report.record import Execution, NodeInfo, RunRecord
from stratagem_report.recorder import VERSION

MOST_BYTES = 1_000_000_000
"""The largest record that is read."""

MOST_DEPTH = 200
"""Executions within one another; runs nest them less deep."""


def read_record(path: Path) -> RunRecord:
    """The run that a record is of.

    Lines that can't be read, such as one that was being written when the process ended, are counted and passed over.

    Raises:
        BadFile: the file can't be read, or is no record of a run.
    """
    try:
        whole_text = read_regular(path, MOST_BYTES).decode("utf-8-sig", "replace")
    except OSError as error:
        raise BadFile(f"the record can't be read: {reason_of(error)}", file=str(path)) from error
    reader = _Reader()
    for line in whole_text.split("\n"):  # and at nothing else that text may hold and str.splitlines takes for an end
        if line:
            reader.take(line)
    head = reader.head
    if head is None:
        raise BadFile("this is no record of a run", file=str(path), hint="Its first line should tell of the run.")
    if head.get("record") != VERSION:
        raise BadFile(f"the record is of version {head.get('record')!r}, and {VERSION} is known", file=str(path))
    return reader.record(head)


class _Reader:
    def __init__(self) -> None:
        self.head: Line | None = None
        self._over: Line | None = None
        self._nodes: dict[int, NodeInfo] = {}
        self._attempts: dict[int, Execution] = {}
        self._by_key: dict[tuple[int, int, int], Execution] = {}
        self._skipped: list[Execution] = []
        self._rows: dict[tuple[int, int], str] = {}
        self._remembered: set[int] = set()
        self._torn = 0
        self._damaged = False
        self._last = 0.0

    def take(self, written: str) -> None:
        """Takes a line in."""
        self._damaged = self._torn > 0  # one at the end is what a killed process leaves
        try:
            line = read_line(written)
            _TAKERS[line["k"]](self, line)
            self._last = max(self._last, seconds(line.get("t", 0.0)))
        except (ValueError, KeyError, TypeError):
            self._torn += 1

    def record(self, head: Line) -> RunRecord:
        """The run, now that all lines were taken in."""
        executions = list(self._by_key.values())
        for each in executions:
            if each.how == "running":
                each.end = max(each.begin, self._last)
        total = seconds(self._over["t"]) if self._over is not None else self._last
        damaged = self._damaged or (self._torn > 0 and self._over is not None)
        return RunRecord(head, self._nodes, executions, self._skipped, total, self._over, self._torn, damaged)

    def run(self, line: Line) -> None:
        """The run begins."""
        if self.head is not None:
            raise ValueError("a record is of one run")
        self.head = head_of(line)

    def end_of_run(self, line: Line) -> None:
        """The run has ended."""
        self._over = over_of(line)

    def node(self, line: Line) -> None:
        """A node of the plan."""
        self._nodes[line["n"]] = NodeInfo(**node_of(line, len(self._nodes)))

    def begin(self, line: Line) -> None:
        """An attempt begins."""
        begun, number = self._execution(line), whole(line["x"])
        known = self._by_key.get(begun.key)
        if known is None:
            self._by_key[begun.key] = known = begun
        else:
            known.attempts = whole(line.get("try", known.attempts + 1))
            known.paused += max(0.0, begun.begin - known.end)
            known.how, known.error = "running", None
        self._attempts[number] = known

    def end(self, line: Line) -> None:
        """An attempt has ended."""
        ended, how = self._attempts[line["x"]], line.get("how", "done")
        error = None if line.get("error") is None else text(line["error"])
        if how not in OUTCOMES or seconds(line["t"]) < ended.begin:
            raise ValueError("a step can't end so")
        ended.end, ended.error = seconds(line["t"]), error
        ended.how = "remembered" if how == "done" and line["x"] in self._remembered else how

    def skip(self, line: Line) -> None:
        """A step was skipped."""
        skipped = self._execution(line)
        skipped.how = "skipped"
        self._skipped.append(skipped)

    def event(self, line: Line) -> None:
        """Something happened in an attempt."""
        found, told = self._attempts.get(line["x"]), table(line["with"])
        if found is None:
            return
        if line["what"] in WAITS:
            found.waits.append((text(told["kind"]), seconds(told["waited"])))
        elif line["what"] == "remembered":
            self._remembered.add(line["x"])
        elif line["what"] == "artifact":
            found.artifacts.append((text(told["path"]), text(told.get("kind", "file"))))
        elif line["what"] == "notice":
            found.notices.append(text(told["text"]))

    def _execution(self, line: Line) -> Execution:
        parent = self._attempts.get(whole(line.get("of", 0)))
        depth = parent.depth + 1 if parent is not None else 0
        if depth > MOST_DEPTH:
            raise ValueError("steps are nested less deep")
        begin = seconds(line["t"])
        number = whole(line.get("pass", 0))
        place = whole(line.get("of", 0)), number
        if "row" in line:
            self._rows[place] = text(line["row"])
        row = self._rows.get(place)
        return Execution(self._nodes[line["n"]], begin, begin, parent=parent, number=number, depth=depth, row=row)


_TAKERS: Mapping[str, Callable[[_Reader, Line], None]] = MappingProxyType(
    {
        "run": _Reader.run,
        "node": _Reader.node,
        "begin": _Reader.begin,
        "end": _Reader.end,
        "skip": _Reader.skip,
        "event": _Reader.event,
        "over": _Reader.end_of_run,
    }
)
