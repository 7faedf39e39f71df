"""Views: a text as it reads once its escapes, line breaks and backslashes are undone, with the way back to what was written.

A secret may be written in many ways at once: within JSON within a URL, wrapped at the end of a line, quoted by `repr`.
Rather than to know each of these, a text is read back: `views` gives it as written, and again after each round in
which one level of escapes is decoded. A text that is found in a view is found in the original at `View.span`.
"""

from __future__ import annotations

import html
import re
from collections.abc import Callable, Iterator
from functools import cached_property
from typing import Final

from attrs import define

ROUNDS: Final = 6
"""The number of levels of escapes that are undone."""

_ESCAPE: Final = re.compile(
    r"""
      (?P<url> (?:%[89A-Fa-f][0-9A-Fa-f])+ | %[0-7][0-9A-Fa-f] )
    | (?P<mark> &(?:\#[0-9]{1,7}|\#[xX][0-9A-Fa-f]{1,6}|[A-Za-z][A-Za-z0-9]{1,31}); )
    | (?P<soft> =\r?\n )
    | (?P<slash> \\\\ )
    | (?P<wide> \\u[dD][89abAB][0-9A-Fa-f]{2}\\u[dD][c-fC-F][0-9A-Fa-f]{2} )
    | (?P<point> \\u[0-9A-Fa-f]{4} | \\U[0-9A-Fa-f]{8} | \\u\{[0-9A-Fa-f]{1,6}\} )
    | (?P<bytes> (?:\\x[89A-Fa-f][0-9A-Fa-f])+ | \\x[0-7][0-9A-Fa-f] )
    | (?P<octal> (?:\\[23][0-7]{2})+ | \\[01][0-7]{2} )
    | (?P<control> \\[abfnrtv] )
    """,
    re.VERBOSE,
)
_MARKS: Final = ("%", "\\", "&", "=\n", "=\r")
_PLACED: Final = re.compile(r"\\+|[^\S ]\s*| \s+")
_BREAK: Final = re.compile("\n")
_SPACE: Final = re.compile("[\n ]")
_HEX: Final = re.compile("[0-9A-Fa-f]{2,}")

_CONTROLS: Final = dict(zip("abfnrtv", "\a\b\f\n\n\t\v", strict=True))

Rewrite = Callable[[re.Match[str]], str]


@define(eq=False)
class View:
    """A text that was made of the text of another view by ``rewrite`` of what ``pattern`` finds; the first of none."""

    text: str
    under: View | None = None
    pattern: re.Pattern[str] = _BREAK
    rewrite: Rewrite = str

    def rewritten(self, pattern: re.Pattern[str], rewrite: Rewrite) -> View:
        """The view in which the matches are rewritten; this one if there are none."""
        text, count = pattern.subn(rewrite, self.text)
        return View(text, self, pattern, rewrite) if count and text != self.text else self

    def span(self, begin: int, end: int) -> tuple[int, int]:
        """Return where in the original text stands what the view has from ``begin`` to ``end``."""
        if self.under is None:
            return begin, end
        starts, ends = self._origin
        return self.under.span(starts[begin], ends[end - 1])

    @cached_property
    def _origin(self) -> tuple[list[int], list[int]]:
        """Return where in the view below each character begins and ends."""
        assert self.under is not None  # only then it is asked for
        starts: list[int] = []
        ends: list[int] = []
        done = 0
        for found in self.pattern.finditer(self.under.text):
            starts += range(done, found.start())
            ends += range(done + 1, found.start() + 1)
            size = len(self.rewrite(found))
            starts += [found.start()] * size
            ends += [found.end()] * size
            done = found.end()
        starts += range(done, len(self.under.text))
        ends += range(done + 1, len(self.under.text) + 1)
        return starts, ends


def views(text: str) -> Iterator[View]:
    """The text as written, then with one, two … levels of escapes undone, for as long as that changes it.

    Bytes as ``\\x`` tells them are read as UTF-8 and, where that makes a difference, as characters too.
    """
    apart = False
    for view in _undone(text, _decoded):
        apart = apart or "\\x" in view.text
        yield view
    if apart:
        yield from _undone(text, _decoded_apart)


def _undone(text: str, rewrite: Rewrite) -> Iterator[View]:
    view = View(text)
    for _ in range(ROUNDS):
        yield view
        if not any(mark in view.text for mark in _MARKS):
            return
        last, view = view, view.rewritten(_ESCAPE, rewrite)
        if view is last:
            return
    yield view


def settled(view: View) -> View:
    """The view without backslashes, and with each run of white space as one line feed or one space."""
    return view.rewritten(_PLACED, _placed)


def joined(view: View) -> View:
    """A `settled` view with its lines joined."""
    return view.rewritten(_BREAK, _nothing) if "\n" in view.text else view


def closed(view: View) -> View:
    """A `settled` view without any space."""
    return view.rewritten(_SPACE, _nothing)


def lowered(text: str) -> str:
    """The text in small letters, of the same length."""
    low = text.lower()
    return low if len(low) == len(text) else "".join(low if len(low := char.lower()) == 1 else char for char in text)


def _nothing(found: re.Match[str]) -> str:
    return ""


def _placed(found: re.Match[str]) -> str:
    text = found[0]
    if text[0] == "\\":
        return ""
    return "\n" if "\n" in text or "\r" in text else " "


def _decoded(found: re.Match[str]) -> str:
    kind, text = found.lastgroup, found[0]
    if kind == "mark":
        return html.unescape(text)
    if kind == "control":
        return _CONTROLS[text[-1]]
    if kind in ("soft", "slash"):
        return text[:1].strip("=")
    if kind == "octal":
        return _text_of(bytes(int(part, 8) & 255 for part in text.split("\\") if part))
    digits = _HEX.findall(text)
    if kind in ("url", "bytes"):
        return _text_of(bytes.fromhex("".join(digits)))
    return _characters([int(part, 16) for part in digits])


def _decoded_apart(found: re.Match[str]) -> str:
    if found.lastgroup != "bytes":
        return _decoded(found)
    return bytes.fromhex("".join(_HEX.findall(found[0]))).decode("latin-1")


def _text_of(coded: bytes) -> str:
    try:
        return coded.decode()
    except UnicodeDecodeError:
        return coded.decode("latin-1")


def _characters(points: list[int]) -> str:
    if len(points) == 2:
        return chr(0x10000 + ((points[0] & 0x3FF) << 10) + (points[1] & 0x3FF))
    return chr(points[0]) if points[0] <= 0x10FFFF else ""
