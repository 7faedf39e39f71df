"""Any value as one that JSON can hold."""

import math
from collections.abc import Mapping
from datetime import date, time, timedelta
from decimal import Decimal
from pathlib import PurePath
from typing import Any
from uuid import UUID

from stratagem.templates.secret import MASK, Secret, distinct

MAX_DEPTH = 100
"""How deep lists and mappings are followed; what is nested deeper, or in itself, is written as ``…``."""

_SAFE_BITS = 4096
"""Python refuses to write whole numbers of more than some 14,000 bits in decimal."""

_WRITTEN_AS_STR = (date, time, timedelta, Decimal, PurePath, UUID)


def jsonable(value: Any, depth: int = MAX_DEPTH) -> Any:
    """The value itself, copied down into lists and mappings; text for what JSON has no form for.

    Tuples and sets become lists, keys text. NaN and the infinities become ``"NaN"``, ``"Infinity"``, ``"-Infinity"``;
    dates, paths and decimals what `str` gives; anything else what `repr` gives. A `Secret` becomes ``***``.
    """
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
    return [jsonable(item, depth) for item in value]


def _table(value: Mapping[Any, Any], depth: int) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for key, item in value.items():
        name = _key(key)
        found[distinct(name, found) if name == MASK else name] = jsonable(item, depth)
    return found


def _key(key: Any) -> str:
    plain = jsonable(key, 1)
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
