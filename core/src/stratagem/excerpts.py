"""Excerpts: the beginning of a value as text, as people are told of the items of loops."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, time, timedelta
from decimal import Decimal
from itertools import islice
from pathlib import PurePath
from typing import Any
from uuid import UUID

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
