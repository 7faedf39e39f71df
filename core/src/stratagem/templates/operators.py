"""Operators: what ``+``, ``<``, ``in`` and the others do, with exactly the kinds of values they are for."""

import operator
from collections.abc import Callable, Mapping, Sequence
from math import isfinite
from types import MappingProxyType
from typing import Any, Final, NoReturn, TypeVar

from stratagem._support.extent import SCALARS, TooLarge, require_walkable
from stratagem.templates.caps import INT_BITS, RESULT_ITEMS
from stratagem.templates.kinds import OperandsRefused, is_number, kind_of
from stratagem.templates.show import within_bounds

_Number = TypeVar("_Number", bound=float)

_LONG: Final = 1_000
"""Characters of a text from which on it matters how many others it is compared with."""


def add(left: Any, right: Any) -> Any:
    """Two numbers, two texts, or two lists."""
    if is_number(left) and is_number(right):
        return checked(left + right)
    if isinstance(left, str) and isinstance(right, str):
        within_bounds(len(left) + len(right))
        return left + right
    if isinstance(left, (list, tuple)) and isinstance(right, (list, tuple)):
        if len(left) + len(right) > RESULT_ITEMS:
            raise OperandsRefused(f"the list has more than {RESULT_ITEMS} entries")
        return [*left, *right]
    _refuse("+", left, right)


def multiply(left: Any, right: Any) -> Any:
    """Two numbers."""
    _want_numbers("*", left, right)
    if isinstance(left, int) and isinstance(right, int) and left.bit_length() + right.bit_length() > INT_BITS + 1:
        raise OperandsRefused(f"the number has more than {INT_BITS} bits")
    return checked(left * right)


def negate(value: Any) -> Any:
    """A number."""
    if not is_number(value):
        raise OperandsRefused(f"'-' needs a number, not {kind_of(value)}")
    return checked(-value)


def contains(item: Any, container: Any) -> bool:
    """Return whether a list has the item, a dict the key, or a text the text."""
    if isinstance(container, str):
        if not isinstance(item, str):
            raise OperandsRefused(f"only text can be in text, not {kind_of(item)}")
        return item in container
    if not isinstance(container, (list, tuple, Mapping)):
        raise OperandsRefused(f"nothing can be in {kind_of(container)}; a list, dict or string is needed")
    require_findable(item, container)
    return item in container


def require_findable(item: Any, container: Sequence[Any] | Mapping[Any, Any]) -> None:
    """Do nothing, for an item and a container in which it can be looked for in bounded time; else raise TooLarge."""
    if type(item) in SCALARS and not _is_long(item):
        return
    if isinstance(container, Mapping):
        require_walkable(item, "compared")  # a key is looked for by its hash, which is made of all that is in it
        return
    require_comparable(container, [item] * len(container))


def equal(left: Any, right: Any) -> bool:
    """Return whether both are equal."""
    if not (type(left) in SCALARS or type(right) in SCALARS):
        require_comparable(left, right)
    return bool(left == right)


def require_comparable(left: Any, right: Any) -> None:
    """Raises TooLarge if both are so large that it may take forever to compare them: as soon as one is not, it doesn't."""
    try:
        require_walkable(left, "compared")
    except TooLarge:
        require_walkable(right, "compared")


def _is_long(item: Any) -> bool:
    return isinstance(item, (str, bytes)) and len(item) > _LONG


def checked(number: _Number) -> _Number:
    """The number, if it is finite and no larger than `INT_BITS`."""
    if isinstance(number, int):
        if number.bit_length() > INT_BITS:
            raise OperandsRefused(f"the number has more than {INT_BITS} bits")
    elif not isfinite(number):
        raise OperandsRefused("the number is not finite")
    return number


def _arithmetic(sign: str, operate: Callable[[Any, Any], Any], *, divides: bool = False) -> Callable[[Any, Any], Any]:
    def apply(left: Any, right: Any) -> Any:
        _want_numbers(sign, left, right)
        if divides and right == 0:
            raise OperandsRefused("division by zero")
        return checked(operate(left, right))

    return apply


def _ordering(sign: str, operate: Callable[[Any, Any], bool]) -> Callable[[Any, Any], bool]:
    def apply(left: Any, right: Any) -> bool:
        if (is_number(left) and is_number(right)) or (isinstance(left, str) and isinstance(right, str)):
            return operate(left, right)
        _refuse(sign, left, right)

    return apply


def _want_numbers(sign: str, left: Any, right: Any) -> None:
    if not (is_number(left) and is_number(right)):
        _refuse(sign, left, right)


def _refuse(sign: str, left: Any, right: Any) -> NoReturn:
    raise OperandsRefused(f"'{sign}' can't be used between {kind_of(left)} and {kind_of(right)}")


ARITHMETIC: Final[Mapping[str, Callable[[Any, Any], Any]]] = MappingProxyType(
    {
        "+": add,
        "-": _arithmetic("-", operator.sub),
        "*": multiply,
        "/": _arithmetic("/", operator.truediv, divides=True),
        "//": _arithmetic("//", operator.floordiv, divides=True),
        "%": _arithmetic("%", operator.mod, divides=True),
    }
)

COMPARISONS: Final[Mapping[str, Callable[[Any, Any], Any]]] = MappingProxyType(
    {
        "==": equal,
        "!=": lambda left, right: not equal(left, right),
        "<": _ordering("<", operator.lt),
        "<=": _ordering("<=", operator.le),
        ">": _ordering(">", operator.gt),
        ">=": _ordering(">=", operator.ge),
        "in": contains,
        "not in": lambda item, container: not contains(item, container),
    }
)
"""The functions of the comparing operators, by operator."""
