"""Masker: puts ``***`` in place of known secrets, in whatever form a text has them."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from typing import TYPE_CHECKING, Any, Final

from stratagem.templates.caps import VALUE_DEPTH
from stratagem.templates.secret import MASK, Secret, distinct

if TYPE_CHECKING:
    from stratagem.templates.needles import Needle
    from stratagem.templates.views import View

MOST_DERIVED: Final = 500
"""How many texts that were made from secrets are remembered: the latest."""

_LEAST_CUT, _LEAST_END, _LEAST_CODED = 4, 6, 8
"""Characters of a secret's beginning that are masked before an ellipsis, at the end of a text, and in base64."""

_CODED: Final = frozenset("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/")
_STANDARD: Final = str.maketrans("-_", "+/")
_DOTS: Final = ("…", "...")
_HALF: Final = re.compile(r"(?:%[0-9a-f]?|&#?\w{0,6}|ud[89ab][0-9a-f]{2}u?[0-9a-f]{0,3}|[ux][0-9a-f]{0,3})\Z", re.I)
_QUOTES: Final = "'\"])}>"

Span = tuple[int, int]


class Masker:
    """Knows secrets, and masks them wherever a text has them: escaped, quoted, coded, wrapped, or cut short.

    Those that are ``secrets`` from the start are looked for if they have at least ``least`` characters. Nothing is
    imported or looked at before the first is known.
    """

    def __init__(self, secrets: Iterable[str] = (), least: int | None = None) -> None:
        self._least = least
        self._whole: dict[str, tuple[Needle, ...]] = {}
        self._derived: dict[str, tuple[Needle, ...]] = {}
        self._needles: tuple[Needle, ...] = ()
        for secret in secrets:
            self.add(secret)

    def __bool__(self) -> bool:
        return bool(self._whole or self._derived)

    def add(self, secret: str) -> None:
        """From now on the secret is masked, and what it is made of."""
        text = str.__str__(secret)
        if text in self._whole:
            return
        from stratagem.templates.needles import LEAST, needles, parts

        self._whole[text] = needles(text, LEAST if self._least is None else self._least)
        for part, least in parts(text):
            self._whole.setdefault(part, needles(part, least))
        self._gather()

    def derive(self, text: str) -> None:
        """From now on a text that was made from a secret is masked, unless there is a whole secret in it anyway."""
        if text in self._derived or text in self._whole or any(text.find(whole) >= 0 for whole in self._whole if whole):
            return
        from stratagem.templates.needles import LEAST_PART, needles

        if found := needles(text, LEAST_PART):
            if len(self._derived) >= MOST_DERIVED:
                del self._derived[next(iter(self._derived))]
            self._derived[text] = found
            self._gather()

    def finds(self, text: str) -> bool:
        """Whether a secret is in the text, in whatever form."""
        return bool(self._needles) and next(self._spans(text), None) is not None

    def masked(self, text: str) -> str:
        """The text with ``***`` for each secret."""
        spans = sorted(self._spans(text)) if self._needles else ()
        if not spans:
            return text
        kept, done = [], 0
        for begin, end in _merged(spans):
            kept += [text[done:begin], MASK]
            done = end
        return "".join([*kept, text[done:]])

    def redact(self, value: Any, depth: int = VALUE_DEPTH) -> Any:
        """A copy of ``value`` with ``***`` for every `Secret`, and for secrets in its texts, as `redact` makes it."""
        if isinstance(value, Secret):
            return MASK
        if isinstance(value, str):
            return self.masked(value)
        if not isinstance(value, (Mapping, list, tuple, set, frozenset)):
            return value
        if depth == 0:
            return MASK
        if isinstance(value, Mapping):
            return self._table(value, depth - 1)
        items = [self.redact(item, depth - 1) for item in value]
        plain = next(kind for kind in (list, tuple, set, frozenset) if isinstance(value, kind))
        return plain(items)

    def _table(self, table: Mapping[Any, Any], depth: int) -> dict[Any, Any]:
        found: dict[Any, Any] = {}
        for key, item in table.items():
            found[distinct(self.redact(key, depth), found)] = self.redact(item, depth)
        return found

    def _gather(self) -> None:
        groups = (*self._whole.values(), *self._derived.values())
        self._needles = tuple({needle: None for group in groups for needle in group})

    def _spans(self, text: str) -> Iterator[Span]:
        from stratagem.templates.views import closed, joined, settled, views

        needles, spaced = self._needles, any(needle.closed for needle in self._needles)
        for view in views(text):
            placed = settled(view)
            lines = joined(placed)
            yield from self._plain(placed, [needle for needle in needles if not (needle.coded or needle.closed)])
            if lines is not placed:
                yield from self._plain(lines, [needle for needle in needles if needle.long and not needle.coded])
            if spaced:
                yield from self._plain(closed(lines), [needle for needle in needles if needle.closed])
            yield from self._coded(lines, [needle for needle in needles if needle.coded])

    def _plain(self, view: View, needles: list[Needle]) -> Iterator[Span]:
        from stratagem.templates.views import lowered

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

    def _coded(self, view: View, needles: list[Needle]) -> Iterator[Span]:
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
    """Where text may have been cut: before an ellipsis, and at the end; also before quotes and half an escape there."""
    for dots in _DOTS:
        for at in _places(text, dots):
            begin = len(text[:at].rstrip(_QUOTES)) if text[at - 1 : at] in _QUOTES else at
            yield from ((before, at + len(dots)) for before in dict.fromkeys((at, begin, _half(text, begin))))
    end = len(text.rstrip(_QUOTES))
    yield from ((before, before) for before in dict.fromkeys((len(text), end, _half(text, end))))


def _half(text: str, end: int) -> int:
    """Where half an escape begins that ends there; ``end`` if there is none."""
    found = _HALF.search(text, max(0, end - 9), end)
    return found.start() if found else end


def _places(text: str, part: str) -> Iterator[int]:
    at = text.find(part)
    while at >= 0:
        yield at
        at = text.find(part, at + len(part))


def _rests(text: str, whole: str, before: int, behind: int, least: int) -> Iterator[Span]:
    """What a cut from ``before`` to ``behind`` has left of ``whole``: its beginning before it, its end behind it."""
    first = max(0, before - len(whole) + 1)
    at = text.find(whole[:least], first, before)
    while at >= 0 and before - at >= least:
        if whole.startswith(text[at:before]):
            yield at, before
            break
        at = text.find(whole[:least], at + 1, before)
    if behind > before:
        last = text.find(whole[-least:], behind, behind + len(whole) - 1)
        if last >= 0 and whole.endswith(text[behind : last + least]):
            yield behind, last + least


def _merged(spans: Iterable[Span]) -> Iterator[Span]:
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
