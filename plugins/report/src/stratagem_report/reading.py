"""Reads records, whole ones and those of runs that were cut off."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from stratagem.errors import BadFile
from stratagem_report.record import Execution, NodeInfo, RunRecord
from stratagem_report.recorder import VERSION

Line = Mapping[str, Any]


def read_record(path: Path) -> RunRecord:
    """The run that a record is of.

    Lines that can't be read, such as one that was being written when the process ended, are counted and passed over.

    Raises:
        BadFile: the file can't be read, or is no record of a run.
    """
    try:
        text = path.read_text("utf-8-sig", "replace")
    except OSError as error:
        raise BadFile(f"the record can't be read: {error.strerror or error}", file=str(path)) from error
    reader = _Reader()
    for line in text.split("\n"):  # and at nothing else that text may hold and str.splitlines takes for an end
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
        self._remembered: set[int] = set()
        self._torn = 0
        self._last = 0.0

    def take(self, text: str) -> None:
        """Takes a line in."""
        takers: dict[Any, Callable[[Line], None]] = {
            "run": self._run,
            "node": self._node,
            "begin": self._begin,
            "end": self._end,
            "skip": self._skip,
            "event": self._event,
            "over": self._end_of_run,
        }
        try:
            line = json.loads(text)
            takers[line["k"]](line)
        except (ValueError, KeyError, TypeError):
            self._torn += 1
            return
        self._last = max(self._last, float(line.get("t", 0.0)))

    def record(self, head: Line) -> RunRecord:
        """The run, now that all lines were taken in."""
        executions = list(self._by_key.values())
        for each in executions:
            if each.how == "running":
                each.end = self._last
        seconds = float(self._over["t"]) if self._over is not None else self._last
        return RunRecord(head, self._nodes, executions, self._skipped, seconds, self._over, self._torn)

    def _run(self, line: Line) -> None:
        self.head = line

    def _end_of_run(self, line: Line) -> None:
        self._over = line

    def _node(self, line: Line) -> None:
        given = {key: value for key, value in line.items() if key != "k"}
        for key in ("needs", "kinds", "at"):
            if key in given:
                given[key] = tuple(given[key])
        self._nodes[line["n"]] = NodeInfo(**given)

    def _begin(self, line: Line) -> None:
        begun = self._execution(line)
        known = self._by_key.get(begun.key)
        if known is None:
            self._by_key[begun.key] = known = begun
        else:
            known.attempts = line.get("try", known.attempts + 1)
            known.how, known.error = "running", None
        self._attempts[line["x"]] = known

    def _end(self, line: Line) -> None:
        ended = self._attempts[line["x"]]
        ended.end = line["t"]
        how = line.get("how", "done")
        ended.how = "remembered" if how == "done" and line["x"] in self._remembered else how
        ended.error = line.get("error")

    def _skip(self, line: Line) -> None:
        skipped = self._execution(line)
        skipped.how = "skipped"
        self._skipped.append(skipped)

    def _event(self, line: Line) -> None:
        found, told = self._attempts.get(line["x"]), line["with"]
        if found is None:
            return
        if line["what"] == "lease":
            found.waits.append((str(told["kind"]), float(told["waited"])))
        elif line["what"] == "remembered":
            self._remembered.add(line["x"])
        elif line["what"] == "artifact":
            found.artifacts.append((str(told["path"]), str(told.get("kind", "file"))))
        elif line["what"] == "notice":
            found.notices.append(str(told["text"]))

    def _execution(self, line: Line) -> Execution:
        parent = self._attempts.get(line.get("of", 0))
        return Execution(self._nodes[line["n"]], line["t"], line["t"], parent=parent, number=line.get("pass", 0))
