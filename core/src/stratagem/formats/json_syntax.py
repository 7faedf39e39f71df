"""Strict JSON: every object with its line; nothing is dropped, guessed or silently widened."""

import json
import re
from math import isfinite
from typing import Any, NoReturn

from stratagem._support.numbers import whole
from stratagem._support.shown import cut
from stratagem.errors import MOST_FOUND, BadFile
from stratagem.formats.document import MAX_DEPTH, Document, decode, too_deep

# Strings are matched whole so that brackets in them don't count; possessive repeats keep the scan linear.
_TEXT = r'"[^"\\]*+(?:\\.[^"\\]*+)*+"?'
_TOKENS = re.compile(_TEXT + r"|[{}\[\]]", re.DOTALL)
_SURROGATE = re.compile(r"\\u[dD][89a-fA-F]")


def read_json(raw: bytes, source: str) -> Document:
    """Parses a JSON file; ``source`` is its name in errors.

    Raises:
        BadFile: it is no JSON of UTF-8 text, too large or too deep, or has duplicate keys, NaN, infinities, numbers
            that no float holds, or halves of surrogate pairs. Duplicate keys are reported together.
    """
    text = decode(raw, source)
    objects = _Objects(_object_lines(text, source))
    try:
        data = json.loads(
            text, object_pairs_hook=objects, parse_float=_finite, parse_constant=_refuse, parse_int=_whole
        )
    except json.JSONDecodeError as error:
        what = f"this is not JSON: {error.msg} (column {error.colno})"
        raise BadFile(what, file=source, line=error.lineno) from None
    except _BadNumberError as error:
        raise BadFile(
            f"expected a finite number, got {error}", file=source, line=_line_of(error.literal, text)
        ) from None
    if objects.duplicates:
        raise BadFile.together([error.at(source) for error in objects.duplicates], f"{source} can't be read")
    if _SURROGATE.search(text):
        _require_whole_characters(data, source)
    return Document(data, objects.lines)


class _BadNumberError(ValueError):
    def __init__(self, literal: str) -> None:
        super().__init__(cut(literal, 41))
        self.literal = literal


class _Duplicate:
    def __init__(self, keys: list[str], line: int) -> None:
        self._keys, self._line = keys, line

    def at(self, source: str) -> BadFile:
        seen: set[str] = set()
        twice = next(key for key in self._keys if key in seen or seen.add(key))  # type: ignore[func-returns-value]  # it is None, and so false
        return BadFile("the object that begins here has this key twice", file=source, line=self._line, key=twice)


class _Objects:
    """Makes the dict of each object; the decoder calls it in the order in which the objects end."""

    def __init__(self, lines: list[int]) -> None:
        self._lines = iter(lines)
        self.lines: dict[int, int] = {}
        self.duplicates: list[_Duplicate] = []

    def __call__(self, pairs: list[tuple[str, Any]]) -> dict[str, Any]:
        line, table = next(self._lines), dict(pairs)
        if len(table) != len(pairs) and len(self.duplicates) < MOST_FOUND:
            self.duplicates.append(_Duplicate([key for key, _ in pairs], line))
        self.lines[id(table)] = line
        return table


def _object_lines(text: str, source: str) -> list[int]:
    """The line on which each object begins, in the order in which they end; refuses what is nested too deep."""
    ended: list[int] = []
    begun: list[int] = []
    line, seen = 1, 0
    for token in _TOKENS.finditer(text):
        start = token.start()
        if text[start] in "{[":
            line, seen = line + text.count("\n", seen, start), start
            begun.append(line)
            if len(begun) > MAX_DEPTH:
                raise too_deep(source, line)
        elif text[start] in "}]" and begun:
            first = begun.pop()
            if text[start] == "}":
                ended.append(first)
    return ended


def _finite(literal: str) -> float:
    number = float(literal)
    if not isfinite(number):
        raise _BadNumberError(literal)
    return number


def _whole(literal: str) -> int:
    try:
        return whole(literal)
    except ValueError:
        raise _BadNumberError(literal) from None


def _refuse(literal: str) -> NoReturn:
    raise _BadNumberError(literal)


def _line_of(literal: str, text: str) -> int | None:
    for token in re.finditer(f"{_TEXT}|{re.escape(literal)}", text, re.DOTALL):
        if text[token.start()] != '"':
            return text.count("\n", 0, token.start()) + 1
    return None


def _require_whole_characters(data: Any, source: str) -> None:
    try:
        json.dumps(data, ensure_ascii=False).encode()
    except UnicodeEncodeError as error:
        bad = error.object[error.start].encode("ascii", "backslashreplace").decode()
        raise BadFile(f"a text has {bad}, one half of a surrogate pair", file=source) from None
