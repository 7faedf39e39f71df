"""The origin of each value of a config."""

import re
from collections.abc import Iterator, Mapping
from typing import Any

from attrs import field, frozen

Keys = tuple[str, ...]
"""The keys that lead to a value of a config, from the outermost."""

_BARE = re.compile(r"[A-Za-z0-9_-]+")


@frozen
class Origin:
    """A file (or a word such as ``--set``) and the line in it, counted from 1."""

    file: str
    """The file, or the word."""
    line: int | None = None
    """The line in the file, where it is known."""

    def __str__(self) -> str:
        return self.file if self.line is None else f"{self.file}:{self.line}"


@frozen
class Origins:
    """The origins of the values that a config gives, by the path of their keys."""

    known: Mapping[Keys, Origin] = field(factory=dict)
    """The origins by path; that of the whole under the empty one."""

    def exact(self, path: Keys) -> Origin | None:
        """Return where this very value, or a list or table that holds it, is written; None if it is a default."""
        return self.known.get(path)

    def around(self, path: Keys) -> Origin | None:
        """Return where the value, or else the nearest table around it, is written."""
        ends = range(len(path), -1, -1)
        return next((self.known[path[:end]] for end in ends if path[:end] in self.known), None)


def origins_of(table: Mapping[str, Any], file: str, lines: Mapping[Keys, int]) -> dict[Keys, Origin]:
    """The origin of each value and table in ``table``, and of the whole under the empty path."""
    found: dict[Keys, Origin] = {(): Origin(file)}
    for path in _paths(table, ()):
        near = next((lines[path[:end]] for end in range(len(path), 0, -1) if path[:end] in lines), None)
        found[path] = Origin(file, near)
    return found


def _paths(table: Mapping[str, Any], prefix: Keys) -> Iterator[Keys]:
    for key, value in table.items():
        path = (*prefix, key)
        yield path
        if isinstance(value, Mapping):
            yield from _paths(value, path)


def dotted(path: Keys) -> str:
    """The path as TOML writes it, parts quoted where they must be."""
    return ".".join(part if _BARE.fullmatch(part) else f'"{part}"' for part in path)
