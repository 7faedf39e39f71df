"""Values and names in messages: short, and never an error of their own."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

VALUE_CHARS: Final = 60
"""Characters that a message shows of a value."""

NAME_CHARS: Final = 200
"""Characters that a message shows of a name: an id, a key."""

FILE_CHARS: Final = 4_096
"""Characters that a message shows of a path: no system takes longer ones."""

TEXT_CHARS: Final = 10_000
"""Characters that are printed of one sentence."""


def shown(value: Any, most: int = VALUE_CHARS) -> str:
    """Return the value as messages have it: collections by their kind alone, numbers and texts cut."""
    if value is None:
        return "empty"
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, Mapping):
        return "a table"
    if isinstance(value, (list, tuple)):
        return "a list"
    if isinstance(value, int):
        return _whole(value, most)
    if isinstance(value, (str, bytes)):
        value = value[: most + 1]  # a secret's slice is one too; the rest need not be escaped only to be cut off
    return cut(_repr(value), most)


def cut(text: str, most: int) -> str:
    """Return the text, its end replaced by ``…`` where it has more than ``most`` characters."""
    return text if len(text) <= most else f"{text[: most - 1]}…"


def _whole(value: int, most: int) -> str:
    if value.bit_length() > 4 * most:  # not written in decimal: Python may refuse to, and it takes its time
        return f"a whole number of {value.bit_length()} bits"
    return cut(repr(int(value)), most)


def _repr(value: Any) -> str:
    try:
        return repr(value)
    except Exception as error:
        return f"<{type(value).__name__} whose repr raises {type(error).__name__}>"
