"""Where each value of a config was written."""

import re
import tomllib
from collections.abc import Iterator, Mapping
from typing import Any

from attrs import field, frozen

Path = tuple[str, ...]

_PART = r"""(?:[A-Za-z0-9_-]+|"[^"]*"|'[^']*')"""
_KEY = rf"{_PART}(?:\s*\.\s*{_PART})*"
_HEADER = re.compile(rf"\s*\[\[?\s*({_KEY})\s*\]\]?\s*(?:#.*)?")
_ASSIGNMENT = re.compile(rf"\s*({_KEY})\s*=")
_BARE = re.compile(r"[A-Za-z0-9_-]+")


@frozen
class Place:
    """A file (or a word such as ``--set``) and the line in it, counted from 1."""

    file: str
    line: int | None = None

    def __str__(self) -> str:
        return self.file if self.line is None else f"{self.file}:{self.line}"


@frozen
class Places:
    """The places of the values that a config gives, by the path of their keys."""

    known: Mapping[Path, Place] = field(factory=dict)

    def exact(self, path: Path) -> Place | None:
        """Where this very value, or a list or table that holds it, is written; None if it is a default."""
        return self.known.get(path)

    def around(self, path: Path) -> Place | None:
        """Where the value, or else the nearest table around it, is written."""
        ends = range(len(path), -1, -1)
        return next((self.known[path[:end]] for end in ends if path[:end] in self.known), None)


def places_of(table: Mapping[str, Any], file: str, lines: Mapping[Path, int]) -> dict[Path, Place]:
    """The place of each value and table in ``table``, and of the whole under the empty path."""
    found: dict[Path, Place] = {(): Place(file)}
    for path in _paths(table, ()):
        near = next((lines[path[:end]] for end in range(len(path), 0, -1) if path[:end] in lines), None)
        found[path] = Place(file, near)
    return found


def _paths(table: Mapping[str, Any], prefix: Path) -> Iterator[Path]:
    for key, value in table.items():
        path = (*prefix, key)
        yield path
        if isinstance(value, Mapping):
            yield from _paths(value, path)


def lines_of(text: str) -> dict[Path, int]:
    """The line of each table header and assignment in TOML text that is known to be valid."""
    lines: dict[Path, int] = {}
    table: Path = ()
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


def key_path(text: str) -> Path:
    """The parts of a dotted TOML key; raises tomllib.TOMLDecodeError if it is none."""
    value: Any = tomllib.loads(f"{text} = 0")
    path: list[str] = []
    while isinstance(value, dict):
        ((key, value),) = value.items()
        path.append(key)
    return tuple(path)


def dotted(path: Path) -> str:
    """The path as TOML writes it, parts quoted where they must be."""
    return ".".join(part if _BARE.fullmatch(part) else f'"{part}"' for part in path)
