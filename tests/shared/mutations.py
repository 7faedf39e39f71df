"""Mutations of valid documents: of their bytes, and of the data in them."""

from __future__ import annotations

import random
from collections.abc import Callable, Sequence
from typing import Any, Final

TOKENS: Final = (
    *(b"\x00", b"\xff", b"\xef\xbb\xbf", b"\xff\xfe", b"\xed\xa0\x80", b"\r", b"\xe2\x80\xa8", b"\x1b[2J"),
    *(
        b"{",
        b"}",
        b"[",
        b"]",
        b"'",
        b'"',
        b"\\",
        b":",
        b",",
        b"#",
        b"-",
        b"|",
        b"&a ",
        b"*a",
        b"!!int ",
        b"<<: ",
        b"---\n",
    ),
    *(
        b"{{",
        b"}}",
        b"{{ 1/0 }}",
        b"{{ a.b.c }}",
        b"{{ [1][9] }}",
        b"${x}",
        b"%x%",
        b"\\ud800",
        b"null",
        b"true",
        b"1e999",
        b"nan",
    ),
    *(
        b"0x" + b"f" * 6_000,
        b"9" * 400,
        b"9" * 5_000,
        b"-1",
        b"0",
        b"1e308",
        b"." * 300,
        b"a." * 300,
        b"[" * 300,
        b"{'a':" * 300,
    ),
)

NASTY: Final[tuple[Any, ...]] = (
    *(
        None,
        True,
        False,
        0,
        -1,
        1,
        2**63,
        10**400,
        -(10**400),
        1e308,
        -0.0,
        0.1,
        [],
        {},
        [[]],
        {"": {}},
        [None],
        ["a"],
        {"a": 1},
    ),
    *(
        "",
        " ",
        "a",
        "-",
        ".",
        "..",
        "/",
        "~nobody",
        "\x00",
        "\ud800",
        "\u2028",
        "é",
        "a\nb",
        "0",
        "1e999",
        "5s",
        "-5s",
        "true",
        "exec_in",
    ),
    *(
        "{{",
        "{{ 1/0 }}",
        "{{ nothing }}",
        "{{ a.result }}",
        "{{ [1][9] }}",
        "{{ " + "(" * 200,
        "{{ " + "-" * 3_000 + "1 }}",
        "%a%",
        "${a}",
    ),
    *(
        "x" * 100_000,
        "std.log@9",
        "std.log@" + "9" * 5_000,
        "std.subflow",
        "../flow.yaml",
        "/dev/zero",
        "*",
        "var:*",
        "in",
        "secrets",
    ),
)


class Mutator:
    """Draws mutations; equal seeds give equal ones."""

    def __init__(self, seed: int) -> None:
        self.random = random.Random(seed)

    def raw(self, raw: bytes) -> bytes:
        """The bytes after a few changes."""
        for _ in range(self.random.choice((1, 1, 2, 3, 8))):
            raw = self.random.choice(_OF_BYTES)(self, raw)
        return raw

    def value(self, value: Any) -> Any:
        """A copy of plain data after a few changes."""
        value = copied(value)
        for _ in range(self.random.choice((1, 1, 2, 3, 8))):
            value = self._changed(value)
        return value

    def cut(self, raw: bytes) -> tuple[bytes, bytes, bytes]:
        """The bytes in three parts, the one in the middle being short."""
        start = self.random.randint(0, len(raw))
        end = min(len(raw), start + self.random.choice((1, 4, 20, 200)))
        return raw[:start], raw[start:end], raw[end:]

    def _changed(self, value: Any) -> Any:
        """Goes down to some part of the data, and changes that."""
        inner = [key for key in _keys(value) if isinstance(value[key], (dict, list)) and value[key]]
        if inner and self.random.random() < 0.85:
            key = self.random.choice(inner)
            value[key] = self._changed(value[key])
            return value
        if not isinstance(value, (dict, list)) or not value:
            return self.nasty()
        self.random.choice(_OF_TABLES)(self, value)
        return value

    def nasty(self) -> Any:
        """A value that readers may stumble over."""
        value: Any = copied(self.random.choice(NASTY))
        if self.random.random() < 0.02:
            for _ in range(self.random.choice((5, 90, 200))):
                value = self.random.choice(([value], {"a": value}))
        return value

    def key(self, value: Any) -> Any:
        """A key of a table, or an index of a list."""
        return self.random.choice(_keys(value))


def copied(value: Any) -> Any:
    """A copy of plain data, down into lists and tables."""
    if isinstance(value, dict):
        return {key: copied(item) for key, item in value.items()}
    return [copied(item) for item in value] if isinstance(value, list) else value


def _keys(value: Any) -> list[Any]:
    return list(value) if isinstance(value, dict) else list(range(len(value))) if isinstance(value, list) else []


def _without(self: Mutator, raw: bytes) -> bytes:
    before, _, after = self.cut(raw)
    return before + after


def _with_token(self: Mutator, raw: bytes) -> bytes:
    before, middle, after = self.cut(raw)
    return before + self.random.choice(TOKENS) + self.random.choice((middle, b"")) + after


def _repeated(self: Mutator, raw: bytes) -> bytes:
    before, middle, after = self.cut(raw)
    return before + middle * self.random.choice((2, 3, 200)) + after


def _flipped(self: Mutator, raw: bytes) -> bytes:
    before, middle, after = self.cut(raw)
    return before + bytes(byte ^ 1 << self.random.randrange(8) for byte in middle[:1]) + middle[1:] + after


def _truncated(self: Mutator, raw: bytes) -> bytes:
    return raw[: self.random.randint(0, len(raw))]


def _replaced(self: Mutator, table: Any) -> None:
    table[self.key(table)] = self.nasty()


def _removed(self: Mutator, table: Any) -> None:
    del table[self.key(table)]


def _moved(self: Mutator, table: Any) -> None:
    """One value in the place of another."""
    table[self.key(table)] = copied(table[self.key(table)])


def _added(self: Mutator, table: Any) -> None:
    value = copied(table[self.key(table)]) if self.random.random() < 0.5 else self.nasty()
    if isinstance(table, list):
        table.insert(self.random.randint(0, len(table)), value)
    else:
        names = [name for name in NASTY if isinstance(name, str)] + [
            "id",
            "nodes",
            "config",
            "result",
            "after",
            "bodies",
        ]
        table[self.random.choice(names)] = value


def _many(self: Mutator, table: Any) -> None:
    if isinstance(table, list):
        table.extend(copied(table[self.key(table)]) for _ in range(50))


_OF_BYTES: Final[Sequence[Callable[[Mutator, bytes], bytes]]] = (
    _without,
    _with_token,
    _with_token,
    _repeated,
    _flipped,
    _truncated,
)
_OF_TABLES: Final[Sequence[Callable[[Mutator, Any], None]]] = (
    _replaced,
    _replaced,
    _replaced,
    _removed,
    _moved,
    _added,
    _many,
)
