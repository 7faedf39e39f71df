"""Finding: where secrets are in a text, whole in any form, or cut short."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from itertools import islice
from typing import Final

from stratagem.templates.needles import Needle
from stratagem.templates.views import View, closed, joined, lowered, settled, views

_LEAST_CUT, _LEAST_END, _LEAST_CODED = 4, 6, 5
"""Characters of a secret's beginning that are masked before an ellipsis, at the end of a text, and in base64."""

_CODED: Final = frozenset("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/")
_STANDARD: Final = str.maketrans("-_", "+/")
_ESCAPE: Final = 6
"""Characters of half an escape that an ellipsis may have left behind it."""

_DOTS: Final = re.compile(r"…+|\.{3,}")
_HALF: Final = re.compile(r"(?:%[0-9a-f]?|&#?\w{0,6}|ud[89ab][0-9a-f]{2}u?[0-9a-f]{0,3}|[ux][0-9a-f]{0,3})\Z", re.I)
_QUOTES: Final = "'\"])}>"

_MOST_TRIED: Final = 100
"""The number of places that a cut secret may begin at: only one that repeats itself may at more."""

Span = tuple[int, int]


def found(text: str, needles: Sequence[Needle]) -> Iterator[Span]:
    """Yield where one of the needles is in the text, in whatever form it has there; in no order, and perhaps twice."""
    spaced = any(needle.closed for needle in needles)
    for view in views(text):
        placed = settled(view)
        lines = joined(placed)
        yield from _plain(placed, [needle for needle in needles if not (needle.coded or needle.closed)])
        if lines is not placed:
            yield from _plain(lines, [needle for needle in needles if needle.long and not needle.coded])
        if spaced:
            yield from _plain(closed(lines), [needle for needle in needles if needle.closed])
        yield from _coded(lines, [needle for needle in needles if needle.coded])


def _plain(view: View, needles: list[Needle]) -> Iterator[Span]:
    text = lowered(view.text)
    cuts = list(_cuts(text))
    for needle in needles:
        for begin in _places(text, needle.text):
            end = begin + len(needle.text)
            if not needle.number or not (text[begin - 1 : begin].isdigit() or text[end : end + 1].isdigit()):
                yield view.span(begin, end)
        for before, behind in cuts:
            least = _LEAST_CUT if behind > before else _LEAST_END
            yield from (view.span(*span) for span in _rests(text, needle.text, before, behind, least))


def _coded(view: View, needles: list[Needle]) -> Iterator[Span]:
    text = view.text.translate(_STANDARD)
    cuts = list(_cuts(text))
    for needle in needles:
        for begin in _places(text, needle.text):
            end = begin + len(needle.text)
            begin -= text[begin - 1 : begin] in _CODED  # its neighbours' character, of which it has a part
            end += text[end : end + 1] in _CODED
            yield view.span(begin, end)
        for before, behind in cuts:
            yield from (view.span(*span) for span in _rests(text, needle.text, before, behind, _LEAST_CODED))


def _cuts(text: str) -> Iterator[Span]:
    """Yield where text may have been cut.

    Before an ellipsis, and at the end; also before quotes and half an escape there.
    """
    for dots in _DOTS.finditer(text):
        yield from ((before, dots.end()) for before in _ends(text, dots.start()))
    yield from ((before, before) for before in _ends(text, len(text)))


def _ends(text: str, cut: int) -> Iterable[int]:
    """Return where what was cut there may end: there, or before the quotes or half an escape that stand there."""
    end = cut
    while end and text[end - 1] in _QUOTES:
        end -= 1
    return dict.fromkeys((cut, end, _half(text, end)))


def _half(text: str, end: int) -> int:
    """Return where half an escape begins that ends there; ``end`` if there is none."""
    found = _HALF.search(text, max(0, end - 9), end)
    return found.start() if found else end


def _places(text: str, part: str, step: int = 0) -> Iterator[int]:
    """Yield where the part is in the text; places that overlap only where ``step`` says how far to go on."""
    at = text.find(part)
    while at >= 0:
        yield at
        at = text.find(part, at + (step or len(part)))


def _rests(text: str, whole: str, before: int, behind: int, least: int) -> Iterator[Span]:
    """Yield what a cut from ``before`` to ``behind`` has left of ``whole``.

    Its beginning before it, its end behind it.
    """
    first = max(0, before - len(whole) + 1)
    for at in islice(_places(text[first:before], whole[:least], 1), _MOST_TRIED):
        if whole.startswith(text[first + at : before]):
            yield first + at, before
            break
    if behind > before:
        rest = text[behind : behind + _ESCAPE + len(whole) - 1]
        turned = _places(rest[::-1], whole[: -least - 1 : -1], 1)
        for end in islice((len(rest) - at for at in turned), _MOST_TRIED):
            if any(whole.endswith(rest[begin:end]) for begin in range(min(_ESCAPE, end - least) + 1)):
                yield behind, behind + end
                break


def merged(spans: Iterable[Span]) -> Iterator[Span]:
    """The spans in order, those that overlap as one."""
    done: Span | None = None
    for begin, end in spans:
        if done is not None and begin < done[1]:
            done = done[0], max(done[1], end)
            continue
        if done is not None:
            yield done
        done = begin, end
    if done is not None:
        yield done
