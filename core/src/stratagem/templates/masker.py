"""Masker: puts ``***`` in place of known secrets, in whatever form a text has them."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from typing import TYPE_CHECKING, Any, Final

from stratagem.templates.caps import VALUE_DEPTH
from stratagem.templates.secret import MASK, Secret, distinct

if TYPE_CHECKING:
    from stratagem.templates.needles import Needle

MOST_DERIVED: Final = 500
"""The number of texts made from secrets that are remembered: the latest."""

LEAST_DERIVED: Final = 6
LONGEST_DERIVED: Final = 2_000
"""Characters of the shortest and of the longest that is."""


class Masker:
    """Knows secrets, and masks them wherever a text has them: escaped, quoted, coded, wrapped, or cut short.

    Those that are ``secrets`` from the start are looked for if they have at least ``least`` characters. Nothing is
    imported or looked at before the first is known.
    """

    def __init__(self, secrets: Iterable[str] = (), least: int | None = None) -> None:
        self._least = least
        self._whole: dict[str, tuple[Needle, ...]] = {}
        self._parts: dict[str, tuple[Needle, ...]] = {}
        self._derived: dict[str, tuple[Needle, ...] | None] = {}  # None until it is looked for the first time
        self._sought: tuple[str, ...] = ()
        self._needles: tuple[Needle, ...] | None = ()
        for secret in secrets:
            self.add(secret)

    def __bool__(self) -> bool:
        return bool(self._sought or self._parts or self._derived)

    def add(self, secret: str) -> None:
        """From now on the secret is masked, and what it is made of."""
        text = str.__str__(secret)
        if text in self._whole:
            return
        from stratagem.templates.needles import LEAST, needles, parts

        self._whole[text] = needles(text, LEAST if self._least is None else self._least)
        for part, least in parts(text):
            self._parts[part] = self._parts.get(part) or needles(part, least)
        self._sought = tuple(whole for whole, found in self._whole.items() if found)
        self._needles = None

    def derive(self, text: str) -> None:
        """From now on a text that was made from a secret is masked, unless there is a whole secret in it anyway."""
        if not LEAST_DERIVED <= len(text) <= LONGEST_DERIVED or text in self._derived or text in self._whole:
            return
        if any(whole in text for whole in self._sought):
            return
        if len(self._derived) >= MOST_DERIVED:
            self._derived.pop(list(self._derived)[0], None)  # noqa: RUF015 - at once: threads derive too
        self._derived[text] = None
        self._needles = None

    def finds(self, text: str) -> bool:
        """Return whether a secret is in the text, in whatever form."""
        if not (needles := self._gathered()):
            return False
        from stratagem.templates.finding import found

        return next(found(text, needles), None) is not None

    def masked(self, text: str) -> str:
        """The text with ``***`` for each secret."""
        if not (needles := self._gathered()):
            return text
        from stratagem.templates.finding import found, merged

        kept, done = [], 0
        for begin, end in merged(sorted(found(text, needles))):
            kept += [text[done:begin], MASK]
            done = end
        return "".join([*kept, text[done:]]) if done else text

    def redact(self, value: Any) -> Any:
        """A copy of ``value`` with ``***`` for every `Secret`, and for secrets in its texts, as `redact` makes it."""
        return self._redacted(value, VALUE_DEPTH, {})

    def _redacted(self, value: Any, depth: int, copies: dict[int, tuple[Any, Any]]) -> Any:
        """The copy; what stands in the value several times is copied once, and its copy stands there as often.

        ``copies`` are those that were made by identity, each with what it was made of, so that this lives as long.
        """
        if isinstance(value, Secret):
            return MASK
        if isinstance(value, str):
            return self.masked(value)
        if not isinstance(value, (Mapping, list, tuple, set, frozenset)):
            return value
        if depth == 0:
            return MASK
        if id(value) not in copies:
            copies[id(value)] = value, self._copied(value, depth - 1, copies)
        return copies[id(value)][1]

    def _copied(self, value: Any, depth: int, copies: dict[int, tuple[Any, Any]]) -> Any:
        if isinstance(value, Mapping):
            found: dict[Any, Any] = {}
            for key, item in value.items():
                found[distinct(self._redacted(key, depth, copies), found)] = self._redacted(item, depth, copies)
            return found
        items = [self._redacted(item, depth, copies) for item in value]
        plain = next(kind for kind in (list, tuple, set, frozenset) if isinstance(value, kind))
        return plain(items)

    def _gathered(self) -> tuple[Needle, ...]:
        """All that is to be looked for; made when the first text is looked at after something has become known."""
        if self._needles is None:
            from stratagem.templates.needles import needles

            known = list(self._derived.items())
            self._derived.update({text: needles(text, LEAST_DERIVED) for text, found in known if found is None})
            groups = (
                *self._whole.values(),
                *self._parts.values(),
                *(self._derived.get(text) or () for text, _ in known),
            )
            self._needles = tuple({needle: None for group in groups for needle in group})
        return self._needles


def redact(value: Any, secrets: Collection[str] = ()) -> Any:
    """A copy of ``value`` with ``***`` for every `Secret` and for every occurrence of one of ``secrets``.

    They are found in whatever form they have, see `Masker`. Looks into strings, into lists, tuples,
    sets and mappings, and into the keys of mappings. What is nested deeper than `VALUE_DEPTH` becomes ``***`` whole.
    Other objects are handed back as they are.
    """
    return Masker(secrets, least=1).redact(value)
