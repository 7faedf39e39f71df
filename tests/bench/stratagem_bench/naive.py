"""What a few lines by hand do in place of templates: a regular expression over each text, whenever a node runs."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

REFERENCE = re.compile(r"\{\{\s*([\w.\[\]-]+)\s*\}\}")


def resolved(config: Mapping[str, Any], values: Mapping[str, Any]) -> dict[str, Any]:
    """The config with each ``{{ path }}`` replaced; a text that is one of them keeps the type of its value."""
    return {key: _value(text, values) if isinstance(text, str) else text for key, text in config.items()}


def _value(text: str, values: Mapping[str, Any]) -> Any:
    whole = REFERENCE.fullmatch(text)
    if whole:
        return _found(whole[1], values)
    return REFERENCE.sub(lambda match: str(_found(match[1], values)), text)


def _found(path: str, values: Any) -> Any:
    for key in path.replace("]", "").replace("[", ".").split("."):
        values = values[int(key)] if isinstance(values, list) else values[key]
    return values
