"""Secrets: text that can be used but not seen."""

from collections.abc import Collection, Mapping
from typing import Any, Final, Self, final

from stratagem.templates.caps import VALUE_DEPTH

MASK: Final = "***"
"""What is printed in place of a secret."""


@final
class Secret(str):
    """A text whose `str`, `repr` and `format` are ``***``.

    It is a real str: it compares, hashes, encodes and is sent as its own text, and copies and pickles stay secret.
    Text that templates make from it is secret too, and so is what ``+``, ``%`` and slicing give. Other str methods
    (``upper``, ``split`` …) give plain text outside of templates.
    """

    __slots__ = ()

    def __new__(cls, text: str) -> Self:
        # The built-in one would take what `str` prints of a secret: the mask.
        return str.__new__(cls, str.__str__(text))

    def reveal(self) -> str:
        """The real text, as a plain str."""
        return str.__str__(self)

    def __str__(self) -> str:
        return MASK

    def __repr__(self) -> str:
        return MASK

    def __format__(self, spec: str) -> str:
        return MASK

    def __add__(self, other: str) -> Self:
        return self._kept(str.__add__(self, other))

    def __radd__(self, other: str) -> Self:
        return self._kept(str.__add__(other, self))

    def __mod__(self, values: Any) -> Self:
        return self._kept(str.__mod__(self, values))

    def __getitem__(self, index: Any) -> Self:
        return self._kept(str.__getitem__(self, index))

    def _kept(self, text: str) -> Self:
        return type(self)(text)


def redact(value: Any, secrets: Collection[str] = ()) -> Any:
    """A copy of ``value`` with ``***`` for every `Secret` and for every occurrence of one of ``secrets``.

    Looks into strings, into lists, tuples, sets and mappings, and into the keys of mappings. What is nested deeper
    than `VALUE_DEPTH` becomes ``***`` whole. Other objects are handed back as they are.
    """
    longest_first = sorted((secret for secret in secrets if secret), key=len, reverse=True)
    return _Redaction(longest_first).of(value, VALUE_DEPTH)


class _Redaction:
    """One copy that is made; what stands in the value several times is copied once, and its copy stands there as often."""

    __slots__ = ("_copies", "_secrets")

    def __init__(self, secrets: list[str]) -> None:
        self._secrets = secrets
        self._copies: dict[int, Any] = {}

    def of(self, value: Any, depth: int) -> Any:
        if isinstance(value, Secret):
            return MASK
        if isinstance(value, str):
            return self._without(value)
        if not isinstance(value, (Mapping, list, tuple, set, frozenset)):
            return value
        if depth == 0:
            return MASK
        copy = self._copies.get(id(value))
        if copy is None:
            copy = self._copies[id(value)] = self._copied(value, depth - 1)
        return copy

    def _copied(self, value: Any, depth: int) -> Any:
        if isinstance(value, Mapping):
            return {self.of(key, depth): self.of(item, depth) for key, item in value.items()}
        items = [self.of(item, depth) for item in value]
        plain = next(kind for kind in (list, tuple, set, frozenset) if isinstance(value, kind))
        return plain(items)

    def _without(self, text: str) -> str:
        for secret in self._secrets:
            text = text.replace(secret, MASK)
        return text
