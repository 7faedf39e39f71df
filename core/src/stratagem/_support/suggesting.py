"""Suggestions for misspelt names, in bounded time."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from difflib import get_close_matches
from heapq import nsmallest
from itertools import islice
from typing import Final

Hint = Callable[[], str | None]
"""A hint that is made when somebody reads it: of ten thousand misspelt names a hundred are told."""

LONGEST: Final = 100
"""Names of more characters are compared with none: nobody has typed them."""

MOST: Final = 100_000
"""So many names are looked at, and those that are `ALIKE` compared letter by letter."""

ALIKE: Final = 200


def nearest(name: str, names: Iterable[object]) -> str | None:
    """A hint that names what ``name`` was probably meant to be, or None."""
    if len(name) > LONGEST:
        return None
    known = [text for text in islice(names, MOST) if isinstance(text, str) and _is_as_long(text, name)]
    if len(known) > ALIKE:
        known = nsmallest(ALIKE, known, key=lambda text: _unlikeness(text, name))
    close = get_close_matches(name, known, n=1, cutoff=0.6)
    return f"Did you mean {close[0]!r}?" if close else None


def _unlikeness(text: str, name: str) -> tuple[bool, int, bool, str]:
    """Return what is told of two names at a glance; the text itself comes last, so that chance has no say."""
    return text[:1] != name[:1], abs(len(text) - len(name)), text[-1:] != name[-1:], text


def _is_as_long(one: str, other: str) -> bool:
    return 3 * abs(len(one) - len(other)) <= len(one) + len(other)


def suggestion(name: str, names: Iterable[object], otherwise: str = "", *, of: Iterable[object] | None = None) -> Hint:
    """The hint of `nearest`, else ``otherwise``, made when it is read; ``{}`` there stands for the names, or for ``of``.

    The names are not copied: they must be there, and the same, until then.
    """
    return lambda: nearest(name, names) or otherwise.replace("{}", listed(names if of is None else of)) or None


def listed(names: Iterable[object], most: int = 20) -> str:
    """The names in a row, those that are too many counted; ``none`` where there are none."""
    every = [str(name) for name in names]
    more = len(every) - most
    return ", ".join(every[:most]) + (f" and {more} more" if more > 0 else "") if every else "none"
