"""Results as text for a file: JSON, in which every value keeps its type. Reading it runs no code.

What JSON has no form for is a table with one key that begins with ``$``: ``{"$tuple": [1, 2]}``.
"""

from __future__ import annotations

import base64
import json
from collections.abc import Callable, Mapping
from datetime import date, datetime, time, timedelta, timezone
from decimal import Decimal
from types import MappingProxyType
from typing import Any
from uuid import UUID

import attrs

from stratagem import NOTHING, Branch
from stratagem_node_cache.canonical import PATHS, Unfit

PLAIN = (type(None), bool, int, float, str)


def to_text(value: Any, record: type | None = None) -> str:
    """The value as text; ``record`` is the attrs class of a node's own whose objects may be in it, raises `Unfit`."""
    try:
        text = json.dumps(_told(value, record), separators=(",", ":"), ensure_ascii=False, check_circular=False)
        text.encode()
    except ValueError as error:  # whole numbers of more digits than Python writes, halves of characters
        raise Unfit(str(error)) from None
    return text


def from_text(text: str, record: type | None = None) -> Any:
    """The value that `to_text` was given; raises ValueError for any other text."""

    def read(table: dict[str, Any]) -> Any:
        name = next(iter(table), "")
        if not name.startswith("$") or len(table) != 1:
            return table
        if name == "$object" and record is not None:
            return record(**table[name])
        if name not in _READERS:
            raise ValueError(f"there is no {name!r}")
        return _READERS[name](table[name])

    try:
        return json.loads(text, object_hook=read)
    except ValueError:
        raise
    except Exception as error:  # of the types that values are made by, a node's own class among them
        raise ValueError(f"this is no result: {error}") from error


def _told(value: Any, record: type | None) -> Any:
    kind = type(value)
    if kind in PLAIN:
        return value
    if kind is list:
        return [_told(item, record) for item in value]
    if kind is dict:
        if all(type(key) is str and not key.startswith("$") for key in value):
            return {key: _told(item, record) for key, item in value.items()}
        return {"$dict": [[_told(key, record), _told(item, record)] for key, item in value.items()]}
    if kind in (tuple, set, frozenset):
        return {f"${kind.__name__}": [_told(item, record) for item in value]}
    if kind is Branch:
        return {"$branch": [list(value.ports), _told(value.value, record)]}
    if kind is record:
        return {"$object": {name: _told(getattr(value, name), record) for name in _fields(kind)}}
    if kind in _TELLERS:
        return {f"${kind.__name__}": _TELLERS[kind](value)}
    raise Unfit(f"a file can't hold a {kind.__qualname__}")


def _fields(kind: Any) -> list[str]:
    """The names of an attrs class's fields, if giving them to the class makes an equal object."""
    fields = attrs.fields(kind)
    if not all(each.init and each.alias == each.name and each.converter is None for each in fields):
        raise Unfit(f"a {kind.__qualname__} is not made of its fields alone")
    return [each.name for each in fields]


def _at(value: datetime | time) -> str:
    zone = value.tzinfo
    nameless = zone is None or (type(zone) is timezone and repr(zone) == repr(timezone(zone.utcoffset(None))))
    if value.fold or not nameless:
        raise Unfit("it says more than its text")
    return value.isoformat()


def _complex(value: complex) -> list[float]:
    return [value.real, value.imag]


def _encoded(value: bytes | bytearray) -> str:
    return base64.b64encode(value).decode("ascii")


def _decoded(text: str) -> bytes:
    return base64.b64decode(text, validate=True)


_TELLERS: Mapping[type, Callable[[Any], Any]] = MappingProxyType(
    {
        bytes: _encoded,
        bytearray: _encoded,
        complex: _complex,
        date: date.isoformat,
        datetime: _at,
        time: _at,
        timedelta: lambda value: [value.days, value.seconds, value.microseconds],
        Decimal: str,
        UUID: str,
        **dict.fromkeys(PATHS, str),
        type(NOTHING): lambda value: None,
    }
)
_READERS: Mapping[str, Callable[[Any], Any]] = MappingProxyType(
    {
        "$dict": dict,
        "$tuple": tuple,
        "$set": set,
        "$frozenset": frozenset,
        "$branch": lambda parts: Branch(*parts[0], value=parts[1]),
        "$bytes": _decoded,
        "$bytearray": lambda text: bytearray(_decoded(text)),
        "$complex": lambda parts: complex(*parts),
        "$date": date.fromisoformat,
        "$datetime": datetime.fromisoformat,
        "$time": time.fromisoformat,
        "$timedelta": lambda parts: timedelta(*parts),
        "$Decimal": Decimal,
        "$UUID": UUID,
        **{f"${kind.__name__}": kind for kind in PATHS},
        "$Nothing": lambda none: NOTHING,
    }
)
