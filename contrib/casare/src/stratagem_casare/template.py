"""Lenient templates: config values in which whatever does not exist stays as it is written."""

from collections.abc import Callable, Iterator
from copy import deepcopy
from typing import Any

from stratagem import Binder, Secret, TemplatePath
from stratagem_casare import coerce
from stratagem_casare.references import MISSING, Read, Reference, split

Narrow = Callable[[Reference], "Reference | None"]
"""Gives the reference as it may be read, or None if it can't exist: then it stays text."""


class LenientTemplate:
    """A config value with references, in the form that the kernel takes in place of a template of its own.

    ``value`` is a text, or lists and dicts of such; the keys of dicts are never templates.
    """

    def __init__(self, value: Any, narrow: Narrow = lambda reference: reference) -> None:
        self._value = value
        self._narrow = narrow
        self.paths: tuple[TemplatePath, ...] = tuple(
            dict.fromkeys(path for each in self._references(value) for path in each.paths)
        )
        self.constant = not self.paths
        self.text = value if isinstance(value, str) else repr(value)

    def __repr__(self) -> str:
        return f"LenientTemplate({self._value!r})"

    def bind(self, binder: Binder) -> Read:
        """The function that gives the value in a scope; never raises."""
        return self._bound(self._value, binder)

    def value(self) -> Any:
        """The value of a constant one, a fresh copy."""
        return deepcopy(self._value)

    def _pieces(self, text: str) -> list[str | Reference]:
        return [self._narrow(piece) or piece.text if isinstance(piece, Reference) else piece for piece in split(text)]

    def _references(self, value: Any) -> Iterator[Reference]:
        if isinstance(value, str):
            yield from (piece for piece in self._pieces(value) if isinstance(piece, Reference))
        elif isinstance(value, (list, dict)):
            for item in value.values() if isinstance(value, dict) else value:
                yield from self._references(item)

    def _bound(self, value: Any, binder: Binder) -> Read:
        if isinstance(value, str):
            return _bound_text(value, self._pieces(value), binder)
        if isinstance(value, list):
            items = [self._bound(item, binder) for item in value]
            return lambda scope: [item(scope) for item in items]
        if isinstance(value, dict):
            pairs = [(key, self._bound(item, binder)) for key, item in value.items()]
            return lambda scope: {key: item(scope) for key, item in pairs}
        return lambda scope: value


class WireTemplate:
    """The value of one reference, as a line hands it on: None where it does not exist."""

    constant = False

    def __init__(self, reference: Reference) -> None:
        self._reference = reference
        self.paths: tuple[TemplatePath, ...] = reference.paths
        self.text = reference.text

    def __repr__(self) -> str:
        return f"WireTemplate({self.text!r})"

    def bind(self, binder: Binder) -> Read:
        """The function that gives the value in a scope."""
        read = self._reference.bind(binder)

        def wired(scope: Any) -> Any:
            value = read(scope)
            return None if value is MISSING else value

        return wired


def has_references(value: Any) -> bool:
    """Return whether a config value can't be left as it is: it has references, or braces that the kernel would read."""
    if isinstance(value, str):
        return _has_references(value)
    if not isinstance(value, (list, dict)):
        return False
    waiting, seen = [value], set[int]()
    while waiting:
        part = waiting.pop()
        if isinstance(part, str):
            if _has_references(part):
                return True
        elif isinstance(part, (list, dict)) and id(part) not in seen:
            seen.add(id(part))
            waiting += part.values() if isinstance(part, dict) else part
    return False


def _has_references(text: str) -> bool:
    if "{" not in text and "%" not in text:
        return False
    return "{{" in text or any(isinstance(piece, Reference) for piece in split(text))


def join(texts: list[str]) -> str:
    """The texts as one, secret if one of them is."""
    if Secret in map(type, texts):
        return Secret("".join(text.reveal() if isinstance(text, Secret) else text for text in texts))
    return "".join(texts)


def _bound_text(text: str, pieces: list[str | Reference], binder: Binder) -> Read:
    if len(pieces) == 1 and isinstance(pieces[0], Reference):
        read = pieces[0].bind(binder)

        def whole(scope: Any) -> Any:
            value = read(scope)
            return text if value is MISSING else value

        return whole
    reads = [_bound_piece(piece, binder) for piece in pieces if isinstance(piece, Reference)]
    if not reads:
        return lambda scope: text
    blank = ["" if isinstance(piece, Reference) else piece for piece in pieces]
    places = [place for place, piece in enumerate(pieces) if isinstance(piece, Reference)]
    filled = list(zip(places, reads, strict=True))

    def together(scope: Any) -> str:
        texts = blank.copy()
        for place, read in filled:
            texts[place] = read(scope)
        return join(texts)

    return together


def _bound_piece(piece: Reference, binder: Binder) -> Read:
    read, written = piece.bind(binder), piece.text

    def part(scope: Any) -> str:
        value = read(scope)
        if type(value) is str:
            return value
        return written if value is MISSING else coerce.text(value)

    return part
