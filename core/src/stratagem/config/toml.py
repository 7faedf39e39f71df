"""TOML text from plain values."""

import json
from collections.abc import Mapping
from datetime import date, datetime, time
from typing import Any

from stratagem.config.environment import is_secret
from stratagem.config.origins import dotted

MASK = "***"


def toml_value(value: Any) -> str:
    """The value as TOML writes it inline, secrets masked; what TOML has no form for is written as text."""
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, (int, float)):
        return repr(value)
    if isinstance(value, (date, time)):
        return _moment(value)
    if isinstance(value, (list, tuple)):
        return f"[{', '.join(map(toml_value, value))}]"
    if isinstance(value, Mapping):
        return _inline(value)
    return _quoted(MASK if is_secret(value) else str(value))


def _inline(table: Mapping[str, Any]) -> str:
    pairs = (f"{dotted_key(key)} = {toml_value(item)}" for key, item in table.items() if item is not None)
    return f"{{ {', '.join(pairs)} }}" if table else "{}"


def dotted_key(key: str) -> str:
    """One key, quoted where it must be."""
    bare = dotted((key,))
    return bare if not bare.startswith('"') else _quoted(key)


def _moment(value: date | time) -> str:
    return value.isoformat(sep=" ") if isinstance(value, datetime) else value.isoformat()


def _quoted(text: str) -> str:
    return json.dumps(text, ensure_ascii=False).replace("\x7f", "\\u007f")
