"""Snapshots: whether a value is still just what it was, whoever may have changed it in place.

A snapshot holds the entries of every list and dict in a value. The value is unchanged as long as each has the very same
objects at the same places; so no node, thread or library has to tell what it does.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from itertools import chain
from operator import is_
from sys import getsizeof
from typing import Any, Final

from stratagem import VALUE_DEPTH, estimated_size

IMMUTABLE: Final = frozenset(
    (str, int, float, bool, type(None), bytes, complex, date, datetime, time, timedelta, Decimal)
)
"""Classes whose own instances nobody can change. Secrets are not among them: they are never kept."""


class CantTell(Exception):  # noqa: N818 - control flow within this package
    """The value has something in it of which nobody can tell whether it was changed."""


class Snapshot:
    """The make-up of a value when this was taken; ``size`` estimates what both take, in bytes.

    Raises:
        CantTell: there is something other in it than lists, tuples and dicts of `IMMUTABLE` values, or it is too deep.
    """

    __slots__ = ("_rows", "size")

    def __init__(self, value: Any) -> None:
        self._rows: list[tuple[Any, tuple[Any, ...]]] = []
        self.size = estimated_size(value)
        if type(value) not in IMMUTABLE:
            self._take(value, VALUE_DEPTH, set())

    def holds(self) -> bool:
        """Return whether the value is unchanged."""
        for value, row in self._rows:
            entries: Iterable[Any]
            if type(value) is list:
                size, entries = len(value), value
            else:
                size, entries = 2 * len(value), chain(value, value.values())
            if size != len(row) or not all(map(is_, entries, row)):
                return False
        return True

    def _take(self, value: Any, depth: int, taken: set[int]) -> None:
        if id(value) in taken:
            return
        taken.add(id(value))
        kind = type(value)
        if depth == 0 or kind not in (list, tuple, dict):
            raise CantTell
        row = (*value, *value.values()) if kind is dict else tuple(value)
        if kind is not tuple:
            self._rows.append((value, row))
            self.size += getsizeof(row)
        if not IMMUTABLE.issuperset(map(type, row)):
            for item in row:
                if type(item) not in IMMUTABLE:
                    self._take(item, depth - 1, taken)
