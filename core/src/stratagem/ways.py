"""Ways: how to a step leads through the bodies and subflows around it, as people are told of it."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, time, timedelta
from decimal import Decimal
from itertools import islice
from pathlib import PurePath
from typing import Any
from uuid import UUID

from attrs import frozen

from stratagem.templates.secret import MASK, Secret

ITEM_CHARS = 60
"""Characters of an item's text that are shown."""

ENTRIES = 6
"""Entries of a list or dict that are shown."""

LOOKED_AT = 10_000
"""Characters of a text in which secrets are looked for before it is cut, so that no part of one is left."""

_DEPTH = 3
_MAX_BITS = 200
_AS_STR = (date, time, timedelta, Decimal, PurePath, UUID)


@frozen
class Pass:
    """One call of a body among several: the ``number``-th by ``node``, counted from 0 as the index of an item is.

    ``of`` is how many calls there are in all, ``item`` the text of what the call is about, without secrets; both are
    None where the node does not say.
    """

    node: str
    number: int
    of: int | None = None
    item: str | None = None

    def __str__(self) -> str:
        text = f"{'pass' if self.item is None else 'row'} {self.number}"
        if self.of is not None:
            text += f" of {self.of}"
        return text if self.item is None else f"{text}: {self.item}"


@frozen
class Way:
    """The way to a step: ``text`` is such as ``each[3] / b / c``, ``passes`` are those on it, the outermost first."""

    text: str
    passes: tuple[Pass, ...] = ()
    nested: bool = False

    @property
    def rows(self) -> str:
        """The passes as text, such as ``row 3 of 5: 'd'``; empty if there are none."""
        return ", ".join(map(str, self.passes))

    def __str__(self) -> str:
        return f"{self.text} ({self.rows})" if self.passes else self.text


def excerpt(value: Any, mask: Callable[[str], str]) -> str:
    """The text of a value in at most `ITEM_CHARS` characters, secrets masked; what is large is not walked.

    Args:
        mask: what takes the secrets that are known out of a text.
    """
    text = mask(_text(value, mask, _DEPTH))
    return text if len(text) <= ITEM_CHARS else f"{text[: ITEM_CHARS - 1]}…"


def _text(value: Any, mask: Callable[[str], str], depth: int) -> str:
    if isinstance(value, str):
        return MASK if isinstance(value, Secret) else repr(mask(str.__str__(value)[:LOOKED_AT])[:ITEM_CHARS])
    if isinstance(value, (dict, list, tuple, set, frozenset)):
        return _entries(value, mask, depth) if depth else "…"
    if isinstance(value, int) and value.bit_length() > _MAX_BITS:
        return f"<a number of {value.bit_length()} bits>"
    if value is None or isinstance(value, (bool, int, float)):
        return repr(value)
    return str(value) if type(value) in _AS_STR else f"<{type(value).__name__}>"


def _entries(value: Any, mask: Callable[[str], str], depth: int) -> str:
    if isinstance(value, dict):
        shown = [
            f"{_text(key, mask, 0)}: {_text(each, mask, depth - 1)}" for key, each in islice(value.items(), ENTRIES)
        ]
    else:
        shown = [_text(each, mask, depth - 1) for each in islice(value, ENTRIES)]
    text = ", ".join([*shown, "…"] if len(value) > ENTRIES else shown)
    return f"[{text}]" if isinstance(value, (list, tuple)) else f"{{{text}}}"
