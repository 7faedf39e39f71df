"""Conversions to what the dialect takes for a text, a number, a truth, a list: it converts where Stratagem's own nodes would refuse."""

import json
import math
import re
from typing import Any

from stratagem import Secret, brief, require_walkable
from stratagem_std.caps import MAX_CHARS, MAX_INDENT
from stratagem_std.look_up import look_up
from stratagem_std.secret_text import holds_secret, revealed

_NUMBERS = frozenset((int, float, bool))
_FALSE = frozenset(("", "false", "no", "off", "0", "none"))


def text(value: Any) -> str:
    """A text: empty for None, secret where something secret is in it."""
    if value is None:
        return ""
    if isinstance(value, str):
        return value
    if type(value) in _NUMBERS:
        return str(value)
    require_walkable(value, "made text", most_chars=MAX_CHARS)
    return Secret(str(revealed(value))) if holds_secret(value) else str(value)


def json_of(value: Any, indent: Any = None, *, sort_keys: bool = False, ensure_ascii: bool = True) -> str:
    """A value as JSON, in which everything that JSON does not have is text. Raises ValueError for what is too large."""
    spaces = optional_whole(indent)
    if spaces is not None and spaces > MAX_INDENT:
        raise ValueError(f"expected at most {MAX_INDENT} for indent, got {brief(spaces)}")
    require_walkable(value, "written as JSON", most_chars=MAX_CHARS)
    return json.dumps(
        value, indent=spaces, sort_keys=sort_keys, ensure_ascii=ensure_ascii, allow_nan=False, default=text
    )


def number(value: Any, otherwise: float = 0.0) -> float:
    """A number, also from a text; ``otherwise`` for None and empty texts. Raises ValueError for what is none."""
    try:
        found = float(value)
    except (TypeError, ValueError, OverflowError):
        if value is None or value == "":
            return otherwise
        raise ValueError(f"expected a number, got {brief(value)}") from None
    if not math.isfinite(found):
        raise ValueError(f"expected a finite number, got {brief(value)}")
    return found


def whole(value: Any, otherwise: int = 0) -> int:
    """A whole number, cut off; ``otherwise`` for None and empty texts. Raises ValueError for what is none."""
    found = number(value, otherwise)
    return value if type(value) is int else int(found)


def optional_whole(value: Any) -> int | None:
    """A whole number, or None for None and empty texts."""
    return None if value is None or value == "" else whole(value)


def truth(value: Any) -> bool:
    """True or false; texts that say no are false."""
    return value.strip().lower() not in _FALSE if isinstance(value, str) else bool(value)


def items(value: Any) -> list[Any]:
    """A list; what is none is an empty one."""
    return list(value) if isinstance(value, (list, tuple)) else []


def words(value: Any) -> list[str]:
    """Texts: those of a list, or the parts of one text with commas or line ends between them."""
    listed = re.split(r"[,\r\n]", value) if isinstance(value, str) else items(value)
    return [word for word in (text(each).strip() for each in listed) if word]


def table(value: Any) -> dict[str, Any]:
    """A dict, empty for None. Raises ValueError for what is none."""
    if value is None or value == "":
        return {}
    if not isinstance(value, dict):
        raise ValueError("Input is not a dictionary")
    return value


def at(value: Any, path: Any) -> Any:
    """Return what a dotted path leads to in dicts and lists.

    None where it leads nowhere, the value itself without a path.
    """
    return look_up(value, text(path), None)
