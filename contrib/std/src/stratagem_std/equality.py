"""Telling equal values apart from new ones quickly, also where they can't be hashed."""

from collections.abc import Hashable, Mapping
from typing import Any


class Seen:
    """The values seen so far; equal as by ``==``, but true is not 1."""

    def __init__(self) -> None:
        self._hashed: set[Hashable] = set()
        self._others: list[Any] = []

    def is_new(self, value: Any) -> bool:
        """Return whether no equal value was seen before; it is seen from now on."""
        try:
            key = _key(value)
            new = key not in self._hashed
            self._hashed.add(key)
        except TypeError:
            new = value not in self._others
            if new:
                self._others.append(value)
        return new


def _key(value: Any) -> Hashable:
    """A hashable stand-in that is equal for equal values; raises TypeError if there is none."""
    if isinstance(value, bool):
        return (bool, value)
    if isinstance(value, (list, tuple)):
        return (type(value).__name__, tuple(map(_key, value)))
    if isinstance(value, Mapping):
        return (dict, frozenset((_key(key), _key(item)) for key, item in value.items()))
    hash(value)
    return (object, value)
