"""Whole numbers as files write them, up to a size at which everything that handles them is quick."""

from __future__ import annotations

from typing import Final

from stratagem._support.shown import shown

INT_BITS: Final = 10_000
"""Size of a whole number that a file holds or an expression gives (about 3,000 digits)."""

_LONGEST: Final = INT_BITS + 2
"""Characters of the longest literal: one in base 2, with its prefix."""


def whole(literal: str, base: int = 10) -> int:
    """Return the number that is written.

    Raises:
        ValueError: it is none, or takes more than `INT_BITS` bits (some 3,000 digits).
    """
    try:
        if len(literal) <= _LONGEST and is_small(number := int(literal, base)):
            return number
    except ValueError:  # more digits than Python converts
        pass
    raise ValueError(f"expected a whole number of up to {INT_BITS:,} bits, got {shown(literal)}")


def is_small(number: int) -> bool:
    """Return whether a whole number is one that files may hold."""
    return number.bit_length() <= INT_BITS
