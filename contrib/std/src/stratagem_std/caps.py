"""Bounds on values that one node may build from little: a typing mistake can't eat the machine."""

from typing import Final

MAX_CHARS: Final = 100_000_000
"""Characters of a text."""

MAX_ITEMS: Final = 10_000_000
"""Items of a list."""

MAX_DRAWN: Final = 1_000_000
"""Items or characters that are drawn at random: a second's work, on the event loop."""

MAX_DIGITS: Final = 10_000
"""Digits behind the point, or before it, that a number is rounded to."""

MAX_INDENT: Final = 100
"""Spaces for each level of what is written on several lines."""

MAX_BITS: Final = 1_000_000
"""Bits of a whole number."""
