"""CSS as Playwright reads it: what is wrong with a selector, found without a browser.

Only what no browser would take is told of: names of pseudo-classes and attributes are nobody's business here.
"""

from __future__ import annotations

import re
from typing import Final

from attrs import define

_NAME = r"(?:[\w\-]|[^\x00-\x7f]|\\[^\n])"
_IDENT = rf"(?:--|-?(?:[A-Za-z_]|[^\x00-\x7f]|\\[^\n])){_NAME}*"
_TOKENS: Final = re.compile(
    rf"""(?P<space>(?:\s|/\*.*?\*/)+)
    |(?P<text>"(?:[^"\\\n]|\\.)*(?:"|\Z)|'(?:[^'\\\n]|\\.)*(?:'|\Z))
    |(?P<function>{_IDENT}\()
    |(?P<number>[+-]?(?:\d+\.?\d*|\.\d+)(?:{_NAME}+|%)?)
    |(?P<ident>{_IDENT})
    |(?P<hash>\#{_NAME}+)
    |(?P<sign>.)""",
    re.S | re.X,
)
_ATTRIBUTE: Final = re.compile(
    rf"""\s*(?:{_IDENT}|\*)?\|?{_IDENT}\s*
    (?:[~|^$*]?=\s*(?P<value>"(?:[^"\\]|\\.)*"|'(?:[^'\\]|\\.)*'|[^\s"'\]]+)\s*(?:[is]\s*)?)?""",
    re.I | re.S | re.X,
)
_OWN: Final = frozenset((
    "not", "is", "where", "has", "scope", "light", "visible", "text", "text-matches", "text-is", "has-text",
    "above", "below", "right-of", "left-of", "near", "nth-match",
))  # fmt: skip
"""Pseudo-classes whose arguments Playwright reads itself."""

SHOWN: Final = 60
"""The number of signs that are told of a part that can't be read."""

_COMBINATORS: Final = frozenset(">+~")


class Unreadable(ValueError):  # noqa: N818 - named for what is wrong, as the errors of the pack are
    """The selector can't be read."""


def read_css(selector: str) -> None:
    """Raises Unreadable for what is no list of CSS selectors."""
    tokens = [(str(match.lastgroup), match[0]) for match in _TOKENS.finditer(selector)]
    reader = _Reader([*tokens, ("end", "")])
    reader.arguments(values=False)
    if reader.kind != "end":
        raise reader.odd()


@define
class _Reader:
    tokens: list[tuple[str, str]]
    at: int = 0

    @property
    def kind(self) -> str:
        return self.tokens[self.at][0]

    @property
    def text(self) -> str:
        return self.tokens[self.at][1]

    def odd(self) -> Unreadable:
        """The error for the token at hand."""
        return Unreadable("it ends too early" if self.kind == "end" else f"{self.text[:SHOWN]!r} can't stand there")

    def skip(self) -> None:
        while self.kind == "space":
            self.at += 1

    def arguments(self, *, values: bool = True) -> None:
        """A list with commas: of selectors, and where ``values`` are allowed, of texts and numbers."""
        while True:
            self.skip()
            if values and self.kind in ("text", "number"):
                self.at += 1
            else:
                self.complex()
            self.skip()
            if self.text != ",":
                return
            self.at += 1

    def complex(self) -> None:
        """Simple selectors with combinators between them; a combinator may begin it."""
        if self.text not in _COMBINATORS:
            self.compound()
        while True:
            self.skip()
            if self.text in _COMBINATORS:
                self.at += 1
                self.skip()
            elif self._ends():
                return
            self.compound()

    def compound(self) -> None:
        """Return what is said of one element."""
        begun = self.at
        while not self._ends() and self.kind != "space" and self.text not in _COMBINATORS:
            self._part(first=self.at == begun)
        if self.at == begun:
            raise self.odd()

    def _ends(self) -> bool:
        return self.kind == "end" or self.text in (",", ")")

    def _part(self, *, first: bool) -> None:
        kind, text = self.tokens[self.at]
        if kind == "ident" or text == "*":
            if not first:
                raise self.odd()
        elif kind == "hash":
            if not re.fullmatch(_IDENT, text[1:]):
                raise Unreadable(f"an id that begins with a digit is written [id={text[1:SHOWN]!r}]")
        elif text == ".":
            self.at += 1
            if self.kind != "ident":
                raise self.odd()
        elif text == ":":
            self._pseudo()
        elif text == "[":
            self._attribute()
        else:
            raise self.odd()
        self.at += 1

    def _pseudo(self) -> None:
        self.at += 1
        if self.text == ":":  # a pseudo-element: no element matches it, but it can be read
            raise Unreadable("a pseudo-element, such as ::before, is no element")
        if self.kind == "ident":
            return
        if self.kind != "function":
            raise self.odd()
        name = self.text[:-1].lower()
        self.at += 1
        if name in _OWN:
            self.arguments()
        else:
            self._to_the_bracket()
        self.skip()
        if self.kind == "end":
            raise Unreadable("a bracket '(' is not closed; '>>' can't stand in one")
        if self.text != ")":
            raise self.odd()

    def _to_the_bracket(self) -> None:
        depth = 1
        while self.kind != "end":
            depth += (self.kind == "function" or self.text == "(") - (self.text == ")")
            if not depth:
                return
            self.at += 1

    def _attribute(self) -> None:
        begun = self.at + 1
        while self.text != "]":
            if self.kind == "end":
                raise Unreadable("a bracket '[' is not closed")
            self.at += 1
        inside = "".join(text for _, text in self.tokens[begun : self.at])
        match = _ATTRIBUTE.fullmatch(inside)
        if match is None:
            raise Unreadable(f"'[{inside[:SHOWN]}]' can't be read")
        value = match["value"]
        if value is not None and value[0] not in "\"'" and not re.fullmatch(_IDENT, value):
            raise Unreadable(f"the value in '[{inside[:SHOWN]}]' must be in quotes")
