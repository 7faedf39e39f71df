"""The lines of TOML text on which its keys and tables are written."""

import re
from typing import Any

from stratagem._support.shown import shown
from stratagem.config.origins import Keys
from stratagem.config.toml_syntax import TomlError, read_toml

_PART = r"""(?:[A-Za-z0-9_-]+|"[^"]*"|'[^']*')"""
_KEY = rf"{_PART}(?:\s*\.\s*{_PART})*"
_HEADER = re.compile(rf"\s*\[\[?\s*({_KEY})\s*\]\]?\s*(?:#.*)?")
_ASSIGNMENT = re.compile(rf"\s*({_KEY})\s*=")


def lines_of(text: str) -> dict[Keys, int]:
    """The line of each table header and assignment in TOML text that is known to be valid."""
    lines: dict[Keys, int] = {}
    table: Keys = ()
    fence = ""
    for number, line in enumerate(text.split("\n"), 1):
        if not fence:
            if header := _HEADER.fullmatch(line):
                table = key_path(header[1])
                lines.setdefault(table, number)
            elif key := _ASSIGNMENT.match(line):
                lines.setdefault((*table, *key_path(key[1])), number)
        fence = _open_fence(line, fence)
    return lines


def _open_fence(line: str, fence: str) -> str:
    """The quotes of the multi-line text that is still open after ``line``."""
    for quotes in ('"""', "'''"):
        if quotes in line and fence in ("", quotes) and line.count(quotes) % 2:
            return "" if fence else quotes
    return fence


def key_path(text: str) -> Keys:
    """The parts of a dotted TOML key; raises TomlError if it is none."""
    value: Any = read_toml(f"{text} = 0")
    path: list[str] = []
    while isinstance(value, dict):
        if len(value) != 1 or "\n" in text:
            raise TomlError(f"expected a key, got {shown(text)}")
        ((key, value),) = value.items()
        path.append(key)
    return tuple(path)
