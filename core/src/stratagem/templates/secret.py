"""Secrets: text that can be used but not seen."""

from collections.abc import Callable, Collection, Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any, Final, Self, final

MASK: Final = "***"
"""The text that is printed in place of a secret."""

_NOTING: Final[ContextVar[Callable[[str], None] | None]] = ContextVar("noting", default=None)


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
        made = str.__new__(cls, str.__str__(text))
        note = _NOTING.get()
        if note is not None:
            note(str.__str__(made))
        return made

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


def distinct(shown: Any, taken: Collection[Any]) -> Any:
    """A masked key as it is shown beside those that are ``taken``: two secret keys are two entries still."""
    return f"{shown} ({len(taken) + 1})" if shown in taken else shown


@contextmanager
def noting(note: Callable[[str], None]) -> Iterator[None]:
    """While it lasts, ``note`` is told the text of every secret that is made, here and in tasks and threads begun here."""
    token = _NOTING.set(note)
    try:
        yield
    finally:
        _NOTING.reset(token)


MOST_LOOKED_AT: Final = 2_000
"""In how many values secrets are looked for."""


def secrets_in(value: Any) -> Iterator[str]:
    """The texts of secrets among values in values, such as settings and variables."""
    waiting: list[Any] = [value]
    for _ in range(MOST_LOOKED_AT):
        if not waiting:
            return
        value = waiting.pop()
        if isinstance(value, Secret):
            yield value.reveal()
        elif isinstance(value, Mapping):
            waiting += value
            waiting += value.values()
        elif isinstance(value, (list, tuple)):
            waiting += value
