"""Filters for and to numbers and booleans."""

from collections.abc import Callable
from typing import Any, Final, TypeVar

from stratagem.templates.caps import INT_BITS
from stratagem.templates.kinds import OperandsRefused, is_number, kind_of
from stratagem.templates.operators import checked

_DIGITS: Final = INT_BITS * 3 // 10
_PLACES: Final = 300
_TRUE: Final = frozenset(("true", "yes", "on", "1"))
_FALSE: Final = frozenset(("false", "no", "off", "0", ""))

_Number = TypeVar("_Number", bound=float)


def want_number(value: Any) -> int | float:
    """The value itself, if it is a number."""
    if not is_number(value):
        raise OperandsRefused(f"a number is needed, not {kind_of(value)}")
    return value


def to_int(value: Any) -> int:
    """A whole number from text of digits, from a number (cut, not rounded), or from a bool."""
    if isinstance(value, str):
        return _parsed(value, int, "a whole number")
    if isinstance(value, bool):
        return int(value)
    return checked(int(checked(want_number(value))))


def to_float(value: Any) -> float:
    """A float from text, a number or a bool."""
    if isinstance(value, str):
        return _parsed(value, float, "a number")
    return checked(float(value if isinstance(value, bool) else want_number(value)))


def to_bool(value: Any) -> bool:
    """True from true, yes, on, 1; false from false, no, off, 0 and empty text; else whether it is not 0 or empty."""
    if not isinstance(value, str):
        return bool(value)
    word = value.strip().lower() if len(value) < _PLACES else value
    if word not in _TRUE | _FALSE:
        raise OperandsRefused("the text is neither true, yes, on, 1 nor false, no, off, 0")
    return word in _TRUE


def rounded(value: Any, places: Any = None) -> int | float:
    """Rounded to this many places behind the point, halves to the even neighbour; a whole number without them."""
    number = checked(want_number(value))
    if places is None:
        return checked(round(number))
    if type(places) is not int or abs(places) > _PLACES:
        raise OperandsRefused(f"a number of places between -{_PLACES} and {_PLACES} is needed")
    return checked(round(number, places))


def absolute(value: Any) -> int | float:
    """Without its sign."""
    return checked(abs(want_number(value)))


def _parsed(text: str, parse: Callable[[str], _Number], wanted: str) -> _Number:
    if len(text) > _DIGITS:
        raise OperandsRefused(f"the text is too long for a number: more than {_DIGITS} characters")
    try:
        return checked(parse(text))
    except ValueError:
        raise OperandsRefused(f"the text is not {wanted}") from None
