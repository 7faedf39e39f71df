"""JSON values, strictly: nothing is dropped, guessed or silently widened."""

import json
from math import isfinite
from typing import Any, Final

from stratagem._support.numbers import whole

MARK: Final = "\ufeff"
"""The byte order mark, which some programs write at the start of a text."""


class KeyTwice(ValueError):  # noqa: N818 - named for what is wrong, as the errors of the kernel are
    """An object of the text has a key twice."""


def parse(text: str) -> Any:
    """The value that JSON text stands for, a byte order mark left out.

    Raises:
        KeyTwice: it is JSON, and has a key twice in one object.
        ValueError: it is no JSON, is nested too deeply, or has a number that JSON or a float does not have.
    """
    objects = _Objects()
    try:
        value = json.loads(
            text.removeprefix(MARK),
            object_pairs_hook=objects,
            parse_float=_finite,
            parse_int=whole,
            parse_constant=_no_constant,
        )
    except json.JSONDecodeError as error:
        raise ValueError(f"this is no JSON: {error.msg} at line {error.lineno}, column {error.colno}") from None
    except RecursionError:
        raise ValueError("the JSON is nested too deeply") from None
    if objects.twice is not None:
        raise KeyTwice(f"an object of the JSON has the key {objects.twice!r} twice")
    return value


class _Objects:
    """Makes the dict of each object, and keeps the first key that is there twice."""

    def __init__(self) -> None:
        self.twice: str | None = None

    def __call__(self, pairs: list[tuple[str, Any]]) -> dict[str, Any]:
        found = dict(pairs)
        if len(found) != len(pairs) and self.twice is None:
            self.twice = _first_twice(pairs)
        return found


def _first_twice(pairs: list[tuple[str, Any]]) -> str:
    seen: set[str] = set()
    return next(key for key, _ in pairs if key in seen or seen.add(key))  # type: ignore[func-returns-value]  # add gives None, which is false


def _finite(literal: str) -> float:
    number = float(literal)
    if not isfinite(number):
        raise ValueError(f"{_short(literal)} is larger than any number can be")
    return number


def _no_constant(name: str) -> Any:
    raise ValueError(f"expected a JSON value, got {name}")


def _short(literal: str) -> str:
    return literal if len(literal) <= 40 else f"{literal[:40]}…"
