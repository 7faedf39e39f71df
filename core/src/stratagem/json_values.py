"""Any value as one that JSON can hold."""

import math
from collections.abc import Mapping
from datetime import date, time, timedelta
from decimal import Decimal
from pathlib import PurePath
from typing import Any
from uuid import UUID

from attrs import define

from stratagem._support.extent import CHARS, ENTRIES, TooLarge, extent_of, is_walkable
from stratagem.templates.secret import MASK, Secret, distinct

MAX_DEPTH = 100
"""The depth to which lists and mappings are followed; what is nested deeper, or in itself, is written as ``…``."""

_SAFE_BITS = 4096
"""Python refuses to write whole numbers of more than some 14,000 bits in decimal."""

_WRITTEN_AS_STR = (date, time, timedelta, Decimal, PurePath, UUID)


OUTLINE = 4
"""The depth to which a value is followed whose parts stand in it so often that nobody could write all of it."""

OUTLINED = 10_000
"""Entries on these levels that are looked at; those behind them are written as ``…``."""


@define
class _Room:
    """The room that is left for entries and characters of such a value."""

    entries: int = ENTRIES
    chars: int = CHARS
    looks: int = OUTLINED

    def takes(self, value: Any) -> bool:
        """Return whether all of the value may be written, and count it if so."""
        self.looks -= 1
        if self.looks < 0:
            return False
        try:
            size = extent_of(value)
        except TooLarge:
            return False
        fits = size.entries < self.entries and size.chars <= self.chars
        if fits:
            self.entries -= size.entries + 1
            self.chars -= size.chars
        return fits


def jsonable(value: Any) -> Any:
    """The value itself, copied down into lists and mappings; text for what JSON has no form for.

    Tuples and sets become lists, keys text. NaN and the infinities become ``"NaN"``, ``"Infinity"``, ``"-Infinity"``;
    dates, paths and decimals what `str` gives; anything else what `repr` gives. A `Secret` becomes ``***``. Where parts
    stand in the value again and again, so that all of it would be too large to be written, they become ``…``.
    """
    return _plain(value, MAX_DEPTH) if is_walkable(value) else _outline(value, OUTLINE, _Room())


def _outline(value: Any, level: int, room: _Room) -> Any:
    """A value that is too large, without those of its parts that are, save for the first levels."""
    if room.takes(value):
        return _plain(value, MAX_DEPTH)
    if level == 0 or room.looks < 0:
        return "…"
    if isinstance(value, Mapping):
        return {_key(key): _outline(item, level - 1, room) for key, item in value.items()}
    if isinstance(value, (list, tuple, set, frozenset)):
        return [_outline(item, level - 1, room) for item in value]
    return "…"


def _plain(value: Any, depth: int) -> Any:
    if value is None or isinstance(value, bool):
        return value
    if isinstance(value, str):
        return MASK if isinstance(value, Secret) else str.__str__(value)
    if isinstance(value, int):
        return int(value) if value.bit_length() <= _SAFE_BITS else hex(value)
    if isinstance(value, float):
        return _number(float(value))
    if isinstance(value, (Mapping, list, tuple, set, frozenset)):
        return "…" if depth == 0 else _collection(value, depth - 1)
    return _text(value)


def _collection(value: Any, depth: int) -> Any:
    if isinstance(value, Mapping):
        return _table(value, depth)
    return [_plain(item, depth) for item in value]


def _table(value: Mapping[Any, Any], depth: int) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for key, item in value.items():
        name = _key(key)
        found[distinct(name, found) if name == MASK else name] = _plain(item, depth)
    return found


def _key(key: Any) -> str:
    plain = _plain(key, 1) if is_walkable(key) else "…"
    return plain if isinstance(plain, str) else _text(key)


def _number(value: float) -> float | str:
    if math.isnan(value):
        return "NaN"
    if math.isinf(value):
        return "Infinity" if value > 0 else "-Infinity"
    return value


def _text(value: Any) -> str:
    try:
        return str(value) if isinstance(value, _WRITTEN_AS_STR) else repr(value)
    except Exception as error:
        return f"<{type(value).__name__} whose repr raises {type(error).__name__}>"
