"""Aliases of what a value consists of: a copy must not stand for what is shared."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from types import NoneType
from typing import Any
from uuid import UUID

import attrs

from stratagem import NOTHING, Branch
from stratagem_node_cache.canonical import PATHS, SCALARS

UNCHANGING = SCALARS | {date, datetime, time, timedelta, Decimal, UUID, type(NOTHING), NoneType, *PATHS}


def is_unchanging(value: Any) -> bool:
    """Return whether nothing in the value can be changed in place, so that it may be handed out as it is."""
    if type(value) in UNCHANGING:
        return True
    return type(value) in (tuple, frozenset) and all(map(is_unchanging, value))


def shares_with(value: Any, inputs: Any) -> bool:
    """Return whether something that can be changed in place is part of both.

    A change of the one would be seen in the other.
    """
    own = {id(part) for part in _changeable(value)}
    return bool(own) and any(id(part) in own for part in _changeable(inputs))


def repeats(value: Any) -> bool:
    """Return whether something that can be changed in place stands in the value twice."""
    seen: set[int] = set()
    for part in _changeable(value):
        if id(part) in seen:
            return True
        seen.add(id(part))
    return False


def _changeable(value: Any) -> Iterator[Any]:
    """The parts of a value that has a key which can be changed in place, itself included."""
    kind = type(value)
    if kind in UNCHANGING:
        return
    if kind not in (tuple, frozenset):
        yield value
    for part in _parts(value, kind):
        yield from _changeable(part)


def _parts(value: Any, kind: type) -> Any:
    if kind is dict:
        return (*value, *value.values())
    if kind in (list, tuple, set, frozenset):
        return value
    if kind is Branch:
        return (value.value,)
    if attrs.has(kind):
        return [getattr(value, each.name) for each in attrs.fields(kind)]
    if dataclasses.is_dataclass(kind):
        return [getattr(value, each.name) for each in dataclasses.fields(value)]
    return ()
