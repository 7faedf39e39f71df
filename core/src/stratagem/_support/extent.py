"""Extent: how much there is in a value, told before something walks through all of it.

A list that holds another one twice, forty levels deep, takes a few hundred bytes, and whoever compares or writes it goes
through 2^40 entries, in C code that nothing ends. Here every container is visited once, and what it holds counts at each
place where it stands, so that telling the extent costs what the value takes, not what walking it would.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import fields, is_dataclass
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from types import NoneType
from typing import Any, Final, NamedTuple
from uuid import UUID

from attrs import fields as attributes
from attrs import has

SCALARS: Final = frozenset(
    (str, int, float, bool, NoneType, bytes, complex, date, datetime, time, timedelta, Decimal, UUID)
)
"""Classes whose instances hold nothing that would have to be walked."""

ENTRIES: Final = 1_000_000
"""Entries that any value may have when it is walked through: those of all containers, each at every place where it stands."""

CHARS: Final = 100_000_000
"""Characters of texts and digits of whole numbers that any value may have, counted in the same way."""

OFTEN: Final = 8
"""A value may have more than that if it really takes the memory: its parts stand in it this many times on average at most."""

DEPTH: Final = 100
"""Containers within one another."""

_GROUPS: Final = (list, tuple, set, frozenset)
_SMALL: Final = 1 << 64


class TooLarge(ValueError):  # noqa: N818 - named for what it tells, as the errors of the kernel are
    """A value that is too large, or nested too deep, for what was to be done with it."""


class Extent(NamedTuple):
    """The numbers of entries, of characters in them, and of containers that are within one another."""

    entries: int
    chars: int
    depth: int


def require_walkable(value: Any, to_do: str = "walked through", *, most_chars: int | None = None) -> None:
    """Do nothing for a value that can be walked through in a time that fits the memory it takes.

    Args:
        to_do: what is to be done with it, for the message: «a value … can't be compared».
        most_chars: a limit of characters that holds however often parts stand in the value.

    Raises:
        TooLarge: parts stand in it so often that it has too many entries or characters, it is nested too deep, or it
            contains itself.
    """
    if type(value) in SCALARS:
        return
    survey = _Survey(to_do)
    extent = survey.of(value, 0)
    if extent.entries > max(ENTRIES, OFTEN * survey.entries):
        raise _too_large(f"{_count(extent.entries)} entries", to_do)
    if most_chars is not None and extent.chars > most_chars:
        raise TooLarge(f"a value of more than {most_chars:,} characters can't be {to_do}")
    if extent.chars > CHARS and extent.chars > OFTEN * survey.own_chars(value):
        raise _too_large(f"{_count(extent.chars)} characters", to_do)


def extent_of(value: Any) -> Extent:
    """Return the extent of a value; raises TooLarge where it is nested too deep or contains itself."""
    return _Survey("told").of(value, 0)


def is_walkable(value: Any) -> bool:
    """Return whether `require_walkable` accepts the value."""
    try:
        require_walkable(value)
    except TooLarge:
        return False
    return True


def _too_large(size: str, to_do: str) -> TooLarge:
    why = "parts of it stand in it again and again"
    return TooLarge(f"a value of {size} can't be {to_do}: {why}. Keep less in one value")


def _count(number: int) -> str:
    return f"{number:,}" if number < _SMALL else "countless"


class _Survey:
    """One look at a value; ``known`` are the extents of the containers that were visited, None of one that is not done.

    ``entries`` are those of each container counted once.
    """

    __slots__ = ("entries", "known", "to_do")

    def __init__(self, to_do: str) -> None:
        self.to_do = to_do
        self.entries = 0
        self.known: dict[int, Extent | None] = {}

    def of(self, value: Any, level: int) -> Extent:
        """Return the extent of what stands ``level`` containers deep."""
        parts = _parts(value)
        if parts is None:
            return Extent(0, len(value) if isinstance(value, str) else 0, 0)
        found = self.known.get(id(value), _NEW)
        if found is None:
            raise TooLarge(f"a value that contains itself can't be {self.to_do}")
        if level + max(found.depth, 0) > DEPTH:
            raise TooLarge(f"a value nested more than {DEPTH} deep can't be {self.to_do}")
        if found is _NEW:
            self.known[id(value)] = None
            found = self.known[id(value)] = self._sum(parts, level)
        return found

    def _sum(self, parts: tuple[Collection[Any], ...], level: int) -> Extent:
        entries = chars = depth = 0
        for items in parts:
            kinds = set(map(type, items))
            entries += len(items)
            self.entries += len(items)
            chars += _chars(items, kinds)
            if kinds <= SCALARS:
                continue
            for item in items:
                if type(item) not in SCALARS:
                    inner = self.of(item, level + 1)
                    entries += inner.entries
                    chars += inner.chars
                    depth = max(depth, inner.depth)
        return Extent(entries, chars, depth + 1)

    def own_chars(self, value: Any) -> int:
        """Return the characters of all texts in a value that was looked at, each text counted once."""
        texts: dict[int, int] = {}
        waiting, seen = [value], set[int]()
        while waiting:
            for items in _parts(waiting.pop()) or ():
                for item in items:
                    if isinstance(item, (str, bytes)):
                        texts[id(item)] = len(item)
                    elif type(item) not in SCALARS and id(item) not in seen:
                        seen.add(id(item))
                        waiting.append(item)
        return sum(texts.values())


_NEW: Final = Extent(-1, -1, -1)


def _parts(value: Any) -> tuple[Collection[Any], ...] | None:
    """Return what a value holds, as collections; None for one that holds nothing."""
    kind = type(value)
    if kind is dict:
        return value.keys(), value.values()
    if isinstance(value, _GROUPS):
        return (value,)
    if isinstance(value, Mapping):
        return value.keys(), value.values()
    if has(kind):
        return ([getattr(value, each.name, None) for each in attributes(kind)],)
    if is_dataclass(kind):
        return ([getattr(value, each.name, None) for each in fields(kind)],)
    return None


def _chars(items: Collection[Any], kinds: set[type]) -> int:
    chars = 0
    if str in kinds or bytes in kinds:
        chars = sum([len(item) for item in items if type(item) is str or type(item) is bytes])
    if int in kinds:
        chars += sum([item.bit_length() // 3 for item in items if type(item) is int and not -_SMALL < item < _SMALL])
    return chars
