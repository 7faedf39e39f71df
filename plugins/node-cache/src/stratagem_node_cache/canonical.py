"""Values written down as bytes that are the same in every process.

They are written by type, so that ``1``, ``1.0`` and ``True`` are three values, as ``0.0`` and ``-0.0`` are two. The order
of a mapping counts, because a node may go by it; that of a set does not. Only values of a closed list of types can be
written: those whose whole meaning is in what is written.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Mapping
from datetime import date, datetime, time, timedelta, timezone
from decimal import Decimal
from enum import EnumMeta
from marshal import dumps
from pathlib import PosixPath, PurePosixPath, PureWindowsPath, WindowsPath
from types import MappingProxyType, NoneType
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

import attrs

from stratagem import NOTHING, Branch, Secret, TooLarge, require_walkable

MAX_DEPTH = 100
"""The depth to which values may be nested; what contains itself goes deeper."""

SCALARS = frozenset({NoneType, bool, int, float, complex, str, bytes})
PATHS = (PurePosixPath, PureWindowsPath, PosixPath, WindowsPath)

STABLE = 2
"""The version of marshal's format in which equal values of one type are equal bytes: later ones note shared objects."""


class Unfit(Exception):  # noqa: N818 - an answer, not an accident
    """The value can't be written down, and so nothing that depends on it can be remembered."""


def require_writable(value: Any) -> None:
    """Nothing, for a value that can be written down in bounded time; raises `Unfit`."""
    try:
        require_walkable(value, "written down")
    except TooLarge as error:
        raise Unfit(str(error)) from None


class Writer:
    """Writes values down; ``objects`` tells that some were of classes whose code is not part of what was written."""

    __slots__ = ("depth", "objects", "parts")

    def __init__(self) -> None:
        self.parts: list[bytes] = []
        self.depth = 0
        self.objects = False

    def write(self, value: Any) -> None:
        """Adds a value; raises `Unfit`."""
        kind = type(value)
        if kind in SCALARS:
            self.parts.append(dumps(value, STABLE))
            return
        self.depth += 1
        if self.depth > MAX_DEPTH:
            raise Unfit("it is nested too deep")
        (_WRITERS.get(kind) or _writer_for(value))(self, value)
        self.depth -= 1

    def tagged(self, tag: str, *parts: Any) -> None:
        """Adds a value of another type by the scalars that make it up."""
        self.parts.append(b"\1" + dumps((tag, *parts), STABLE))

    def members(self, tag: str, values: Any, count: int) -> None:
        """Adds a value by the values in it."""
        self.tagged(tag, count)
        for value in values:
            self.write(value)


def written(value: Any) -> bytes:
    """The value as bytes; raises `Unfit`."""
    require_writable(value)
    writer = Writer()
    writer.write(value)
    return b"".join(writer.parts)


def _list(writer: Writer, value: list[Any]) -> None:
    if SCALARS.issuperset(map(type, value)):
        writer.parts.append(dumps(value, STABLE))
    else:
        writer.members("list", value, len(value))


def _tuple(writer: Writer, value: tuple[Any, ...]) -> None:
    if SCALARS.issuperset(map(type, value)):
        writer.parts.append(dumps(value, STABLE))
    else:
        writer.members("tuple", value, len(value))


def _dict(writer: Writer, value: dict[Any, Any]) -> None:
    if SCALARS.issuperset(map(type, value)) and SCALARS.issuperset(map(type, value.values())):
        writer.parts.append(dumps(value, STABLE))
        return
    writer.tagged("dict", len(value))
    for key, item in value.items():
        writer.write(key)
        writer.write(item)


def _set(writer: Writer, value: set[Any] | frozenset[Any]) -> None:
    inner = Writer()
    inner.depth = writer.depth
    found = []
    for item in value:
        inner.parts = []
        inner.write(item)
        found.append(b"".join(inner.parts))
    writer.objects |= inner.objects
    writer.tagged(type(value).__name__, *sorted(found))


def _datetime(writer: Writer, value: datetime) -> None:
    writer.tagged("datetime", value.replace(tzinfo=None).isoformat(), value.fold, *_zone(value.tzinfo))


def _time(writer: Writer, value: time) -> None:
    writer.tagged("time", value.replace(tzinfo=None).isoformat(), value.fold, *_zone(value.tzinfo))


def _zone(zone: Any) -> tuple[str, ...]:
    if zone is None:
        return ()
    if type(zone) is timezone:
        return "offset", repr(zone)
    if type(zone) is ZoneInfo and zone.key is not None:
        return "zone", zone.key
    raise Unfit(f"its time zone is a {type(zone).__name__}")


def _branch(writer: Writer, value: Branch) -> None:
    writer.members("branch", (value.ports, value.value), 2)


def _secret(writer: Writer, value: Secret) -> None:
    raise Unfit("it is secret")


_WRITERS: Mapping[type, Callable[[Writer, Any], None]] = MappingProxyType(
    {
        list: _list,
        tuple: _tuple,
        dict: _dict,
        set: _set,
        frozenset: _set,
        bytearray: lambda writer, value: writer.tagged("bytearray", bytes(value)),
        date: lambda writer, value: writer.tagged("date", value.isoformat()),
        datetime: _datetime,
        time: _time,
        timedelta: lambda writer, value: writer.tagged("timedelta", value.days, value.seconds, value.microseconds),
        Decimal: lambda writer, value: writer.tagged("decimal", str(value)),
        UUID: lambda writer, value: writer.tagged("uuid", value.bytes),
        **dict.fromkeys(PATHS, lambda writer, value: writer.tagged(type(value).__name__, str(value))),
        type(NOTHING): lambda writer, value: writer.tagged("nothing"),
        Branch: _branch,
        Secret: _secret,
    }
)


def _writer_for(value: Any) -> Callable[[Writer, Any], None]:
    kind = type(value)
    if "<locals>" in kind.__qualname__:
        raise Unfit(f"its class {kind.__qualname__} has no name of its own")
    if isinstance(kind, EnumMeta):
        return _member
    if attrs.has(kind) or dataclasses.is_dataclass(kind):
        return _record
    raise Unfit(f"it is a {kind.__module__}.{kind.__qualname__}")


def _member(writer: Writer, value: Any) -> None:
    writer.objects = True
    if value.name is None:  # flags that are combined in a way that has no name
        raise Unfit("it is no single member")
    writer.tagged("enum", type(value).__module__, type(value).__qualname__, value.name)


def _record(writer: Writer, value: Any) -> None:
    """An attrs object or dataclass, by its fields: one that holds anything else is unfit."""
    writer.objects = True
    kind = type(value)
    if issubclass(kind, (dict, list, tuple, set, frozenset, str, bytes, int, float, BaseException)):
        raise Unfit(f"it is a {kind.__qualname__}, which is more than its fields")
    fields = attrs.fields(kind) if attrs.has(kind) else dataclasses.fields(kind)
    names = [each.name for each in fields]
    if not getattr(value, "__dict__", {}).keys() <= set(names):
        raise Unfit(f"this {kind.__qualname__} holds more than its fields")
    writer.tagged("object", kind.__module__, kind.__qualname__, *names)
    for name in names:
        try:
            field = getattr(value, name)
        except AttributeError:
            raise Unfit(f"this {kind.__qualname__} has no {name!r}") from None
        writer.write(field)
