"""Values of the native format's fields: each function converts a plain value, or says what it must be."""

from collections.abc import Callable
from math import isfinite
from typing import Any, Literal

from stratagem.config.duration import seconds
from stratagem.model import Cache, OnError, Retry

Convert = Callable[[Any], Any]
"""Gives the converted value; raises ValueError with what it must be, as in ``a text``."""


def anything(value: Any) -> Any:
    """Any value."""
    return value


def text(value: Any) -> str:
    """A text that is not empty."""
    if not isinstance(value, str) or not value:
        raise ValueError("a text that is not empty")
    return value


def any_text(value: Any) -> str:
    """A text, even an empty one."""
    if not isinstance(value, str):
        raise ValueError("a text")
    return value


def flag(value: Any) -> bool:
    """True or false."""
    if not isinstance(value, bool):
        raise ValueError("true or false")
    return value


def whole(value: Any) -> int:
    """A whole number."""
    if not isinstance(value, int) or isinstance(value, bool):
        raise ValueError("a whole number")
    return value


def count(value: Any) -> int:
    """A whole number from 1."""
    if not isinstance(value, int) or isinstance(value, bool) or value < 1:
        raise ValueError("a whole number from 1")
    return value


def number(value: Any) -> float:
    """A finite number from 0."""
    try:
        converted = any_number(value)
    except ValueError:
        converted = -1.0
    if converted < 0:
        raise ValueError("a number from 0")
    return converted


def any_number(value: Any) -> float:
    """A finite number."""
    if isinstance(value, (int, float)) and not isinstance(value, bool):
        try:
            converted = float(value)
        except OverflowError:
            converted = float("inf")
        if isfinite(converted):
            return converted
    raise ValueError("a number")


def duration(value: Any) -> float:
    """Seconds: a number, or a text such as ``5s``, ``1.5m``, ``250ms``."""
    try:
        return seconds(value)
    except (ValueError, OverflowError):
        raise ValueError("seconds as a number, or a text such as 250ms, 5s, 10m, 1h, 2d") from None


def time_limit(value: Any) -> float:
    """A duration longer than 0."""
    limit = duration(value)
    if limit == 0:
        raise ValueError("a duration longer than 0")
    return limit


def table(value: Any) -> dict[str, Any]:
    """A table."""
    if not isinstance(value, dict):
        raise ValueError("a table")
    return value


def names(value: Any) -> tuple[str, ...]:
    """A text or a list of texts."""
    listed = [value] if isinstance(value, str) else value
    if not isinstance(listed, list) or not all(isinstance(name, str) and name for name in listed):
        raise ValueError("a text or a list of texts")
    return tuple(listed)


def position(value: Any) -> tuple[float, float]:
    """Two numbers."""
    if not isinstance(value, list) or len(value) != 2 or not all(map(_is_number, value)):
        raise ValueError("a list of two numbers")
    return float(value[0]), float(value[1])


def on_error(value: Any) -> OnError:
    """``fail`` or ``continue``."""
    if value == "fail":
        return "fail"
    if value == "continue":
        return "continue"
    raise ValueError("'fail' or 'continue'")


def attempts(value: Any) -> Retry:
    """A number of attempts, in place of a table."""
    return Retry(attempts=count(value))


def cached(value: Any) -> Cache | Literal[False]:
    """True or false, in place of a table."""
    if value is True:
        return Cache()
    if value is False:
        return False
    raise ValueError("true, false or a table")


def _is_number(value: Any) -> bool:
    return isinstance(value, (int, float)) and not isinstance(value, bool) and abs(value) < 1e300
