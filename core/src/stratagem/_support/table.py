"""Rows of text in columns."""

from collections.abc import Iterable, Sequence


def columns(rows: Iterable[Sequence[str]], indent: str = "") -> str:
    """The rows, each column as wide as its widest cell, two blanks between them."""
    listed = [list(row) for row in rows]
    width = max(map(len, listed), default=0)
    widths = [max((len(row[at]) for row in listed if at < len(row)), default=0) for at in range(width)]
    lines = ("  ".join(cell.ljust(widths[at]) for at, cell in enumerate(row)) for row in listed)
    return "\n".join((indent + line).rstrip() for line in lines)


def plural(count: int, noun: str) -> str:
    """``1 step``, ``2 steps``."""
    return f"{count} {noun}" if count == 1 else f"{count} {noun}s"
