"""Compares what a command prints with what a page says that it prints."""

from __future__ import annotations

import re
from collections.abc import Sequence

ANYTHING = "…"
"""A line of it on a page stands for any number of lines."""

_CHANGING = (
    (re.compile(r"(stratagem[\w-]*) \d+\.\d+\.\d+"), r"\1 VERSION"),
    (re.compile(r"\d+(\.\d+)?(e-\d+)? (?:s|ms|µs)(?!\w)"), "TIME s"),
    (re.compile(r"\b[0-9a-f]{12}\b"), "RUN"),
    (re.compile(r'("seconds"): [\d.e-]+'), r"\1: TIME"),
    (re.compile(r'"metrics": {.*}, "error"'), '"metrics": MEASURES, "error"'),
    (re.compile(r"digest [0-9a-f]{12}"), "digest DIGEST"),
    (re.compile(r"\bkey [0-9a-f]{8}\b"), "key KEY"),
    (re.compile(r"(?<=\S)  +"), "  "),
)


def normalised(line: str) -> str:
    """The line without times, measures, versions, digests, keys and the widths of columns."""
    for pattern, replacement in _CHANGING:
        line = pattern.sub(replacement, line)
    return line.rstrip()


def matches(printed: Sequence[str], told: Sequence[str]) -> bool:
    """Return whether the lines printed are those told of, `ANYTHING` being any lines."""
    if not told:
        return not printed
    if told[0].strip() == ANYTHING:
        return any(matches(printed[start:], told[1:]) for start in range(len(printed) + 1))
    return bool(printed) and normalised(printed[0]) == normalised(told[0]) and matches(printed[1:], told[1:])
