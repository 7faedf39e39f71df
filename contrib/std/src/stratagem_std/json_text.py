"""JSON as text, strictly: no duplicate keys, no NaN or Infinity, nothing that JSON can't say."""

import json
from typing import Any

from stratagem import Secret, brief, require_walkable, strict_json
from stratagem_std.caps import MAX_CHARS, MAX_INDENT
from stratagem_std.secret_text import holds_secret


def parse(text: str) -> Any:
    """The value that JSON text stands for, a byte order mark left out.

    Raises:
        ValueError: it is no JSON, has a key twice in one object, or a number that JSON or a float does not have.
    """
    return strict_json.parse(text)


def dump(value: Any, indent: int | None = None, sort_keys: bool = False) -> str:
    """JSON text for a value, on one line without ``indent``.

    Raises:
        ValueError: it has numbers that JSON does not have, or contains itself.
        TypeError: it has parts that JSON can't express.
    """
    if indent is not None and indent > MAX_INDENT:
        raise ValueError(f"expected at most {MAX_INDENT} for indent, got {brief(indent)}")
    require_walkable(value, "written as JSON", most_chars=MAX_CHARS)
    try:
        text = json.dumps(value, ensure_ascii=False, allow_nan=False, indent=indent, sort_keys=sort_keys)
        return Secret(text) if holds_secret(value) else text
    except RecursionError:
        raise ValueError("the JSON is nested too deeply") from None
