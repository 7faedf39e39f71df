"""Scanner: the tokens of an expression, found one at a time from left to right."""

import re
from collections.abc import Mapping
from math import isfinite
from types import MappingProxyType
from typing import Any, Final, Literal

from stratagem.templates.caps import INT_BITS
from stratagem.templates.source_text import SourceText

Kind = Literal["name", "number", "string", "sign", "end"]

# Every repetition stands alone, so each character is looked at a bounded number of times.
_TOKEN: Final = re.compile(
    r"\s*+(?:(\$?[^\W\d]\w*)"
    r"|([0-9]+(?:\.[0-9]+)?(?:[eE][+-]?[0-9]+)?)"
    r"|(['\"])"
    r"|(\*\*|==|!=|<=|>=|//|&&|\|\||[-+*/%<>()\[\]{}.,:|=!&?])"
    r"|(\Z))"
).match  # fmt: skip
_SPACE: Final = re.compile(r"\s*+").match
_PLAIN_RUN: Final = MappingProxyType({"'": re.compile(r"[^'\\]*+").match, '"': re.compile(r'[^"\\]*+').match})
_KINDS: Final[tuple[Kind, ...]] = ("end", "name", "number", "string", "sign", "end")
_ESCAPES: Final = MappingProxyType({"n": "\n", "t": "\t", "r": "\r", "\\": "\\", "'": "'", '"': '"', "/": "/"})
_HEX: Final = re.compile(r"[0-9a-fA-F]{4}").match
_DIGITS: Final = INT_BITS * 3 // 10

MISTAKEN: Final[Mapping[str, str]] = MappingProxyType(
    {
        "=": "Compare with `==`.",
        "&&": "Write `and`.",
        "||": "Write `or`.",
        "!": "Write `not`.",
        "?": "Write `value if condition else other`.",
        "&": "Write `and`.",
        "**": "There is no power operator.",
    }
)
"""Signs of other languages, and what is written here instead."""


class Scanner:
    """The current token of ``source.text``: its ``kind``, its ``value``, and its place from ``start`` to ``end``.

    The value of a name or sign is its text, of a number or string the value itself. Nothing is read ahead, so the text
    behind the ``}}`` that ends an expression is never taken for a token.
    """

    __slots__ = ("end", "kind", "source", "start", "text", "value")

    def __init__(self, source: SourceText, position: int = 0) -> None:
        self.source = source
        self.text = source.text
        self.start = self.end = position
        self.kind: Kind = "end"
        self.value: Any = None

    def advance(self) -> None:
        """Goes on to the next token.

        Raises:
            BadInput: the characters that follow are no token.
        """
        match = _TOKEN(self.text, self.end)
        if match is None:
            self._refuse_character()
            return
        group = match.lastindex or 0
        self.kind = _KINDS[group]
        self.start, self.end = match.span(group)
        self.value = match[group]
        if group == 2:
            self._read_number()
        elif group == 3:
            self._read_string(self.value)

    def at_end(self) -> bool:
        """Return whether the text has ended."""
        return self.kind == "end"

    def at_close(self) -> bool:
        """Return whether the current token begins the ``}}`` that ends an expression."""
        return self.value == "}" and self.kind == "sign" and self.text.startswith("}}", self.start)

    def is_sign(self, sign: str) -> bool:
        """Return whether the current token is this sign."""
        return self.kind == "sign" and self.value == sign

    def _refuse_character(self) -> None:
        space = _SPACE(self.text, self.end)
        position = space.end() if space else self.end
        raise self.source.problem(f"{self.text[position]!r} means nothing in an expression", position)

    def _read_number(self) -> None:
        digits = self.value
        if digits.isdigit():
            if len(digits) > _DIGITS:
                raise self.source.problem(f"a whole number of more than {_DIGITS} digits", self.start)
            self.value = int(digits)
            return
        self.value = float(digits)
        if not isfinite(self.value):
            raise self.source.problem("a number that is too large", self.start)

    def _read_string(self, quote: str) -> None:
        pieces = []
        run = _PLAIN_RUN[quote]
        while match := run(self.text, self.end):
            pieces.append(match[0])
            self.end = match.end() + 1
            if not self.text.startswith("\\", match.end()):
                break
            pieces.append(self._read_escape())
        if self.end > len(self.text):
            raise self.source.problem("a string that is not closed", self.start)
        self.value = "".join(pieces)

    def _read_escape(self) -> str:
        letter = self.text[self.end : self.end + 1]
        self.end += 1
        if letter in _ESCAPES:
            return _ESCAPES[letter]
        code = _HEX(self.text, self.end) if letter == "u" else None
        if code is None or "d800" <= code[0].lower() <= "dfff":
            hint = r"Known are \n \t \r \\ \' \" \/ and \uXXXX, where XXXX is one whole character."
            raise self.source.problem(f"an unknown escape '\\{letter}'", self.end - 2, hint)
        self.end += 4
        return chr(int(code[0], 16))
