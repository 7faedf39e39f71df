"""The lines of a record, each held to what the recorder writes: a file that was edited or spoilt is met with errors."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any, Final

Line = Mapping[str, Any]

MOST_SECONDS: Final = 1e10
MOST_WHOLE: Final = 10**12
MOST_NUMBER: Final = 1e300
MOST_PLACES: Final = 1_000_000
OUTCOMES: Final = ("done", "failed", "cancelled", "skipped", "remembered")


TOLD: Final = ("run", "workflow", "file", "digest", "started", "scheduler", "resolver", "python", "platform")
"""The texts of the first line, where there is something to tell."""


def read_line(text: str) -> Line:
    """Return the object of a line; raises ValueError for anything else."""
    try:
        line = json.loads(text, parse_constant=_refuse)
    except RecursionError:
        raise ValueError("it is nested too deep") from None
    return table(line)


def head_of(line: Line) -> Line:
    """Return the first line of a record, held to what it must be; raises ValueError where it is none."""
    if line.get("k") != "run":
        raise ValueError("it does not tell of a run")
    for key in TOLD:
        text(line.get(key) or "")
    whole(line.get("places", 1), most=MOST_PLACES)
    return {**dict.fromkeys(TOLD, ""), **line}


def over_of(line: Line) -> Line:
    """Return the last line of a record, complete; raises ValueError, KeyError, TypeError where something is odd."""
    seconds(line["t"])
    text(line["status"])
    whole(line.get("dropped", 0))
    whole(line.get("unseen", 0))
    for measure in table(line.get("metrics", {})).values():
        text(measure["unit"])
        whole(measure["count"])
        for key in ("total", "least", "greatest", "last"):
            number(measure[key])
    for digest in table(line["variables"]).values():
        text(digest)
    text(line["result"])
    return line


def node_of(line: Line, count: int) -> dict[str, Any]:
    """Return the facts of a node, of which ``count`` came before it."""
    given = {key: value for key, value in line.items() if key != "k"}
    for key in ("id", "type", "by", "body"):
        text(given.get(key, ""))
    number(given.get("cost", 0.0))
    for key in ("composite", "disabled"):
        if not isinstance(given.get(key, False), bool):
            raise ValueError(f"expected true or false for {key}")
    n = whole(given["n"])
    if n != count:
        raise ValueError("nodes are numbered one after the other")
    given["needs"] = tuple(whole(need, most=n - 1) for need in given.get("needs", ()))
    for key in ("kinds", "revised"):
        given[key] = tuple(text(each) for each in given.get(key, ()))
    if given.get("owner") is not None:
        whole(given["owner"], most=n - 1)
    if given.get("at") is not None:
        x, y = given["at"]
        given["at"] = number(x), number(y)
    return given


def table(value: Any) -> Line:
    """Return a table."""
    if not isinstance(value, dict):
        raise ValueError("expected a table")
    return value


def text(value: Any) -> str:
    """Return a text."""
    if not isinstance(value, str):
        raise ValueError("expected a text")
    return value


def whole(value: Any, *, most: int = MOST_WHOLE) -> int:
    """Return a whole number from 0 to ``most``."""
    if type(value) is not int or not 0 <= value <= most:
        raise ValueError("expected a whole number from 0")
    return value


def number(value: Any) -> float:
    """Return a finite number."""
    if type(value) not in (int, float) or not abs(value) <= MOST_NUMBER:
        raise ValueError("expected a number")
    return float(value)


def seconds(value: Any) -> float:
    """Return a number of seconds from 0."""
    found = number(value)
    if not 0 <= found <= MOST_SECONDS:
        raise ValueError("expected seconds from 0")
    return found


def _refuse(literal: str) -> float:
    raise ValueError(f"expected a JSON value, got {literal}")
