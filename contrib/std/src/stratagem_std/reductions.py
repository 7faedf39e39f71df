"""The ways in which list_reduce makes one value of many."""

from collections.abc import Callable, Mapping, Sequence
from math import fsum
from types import MappingProxyType
from typing import Any, Final, Literal, TypeVar

from stratagem import brief, require_walkable
from stratagem_std.as_text import as_text
from stratagem_std.caps import MAX_BITS, MAX_CHARS
from stratagem_std.look_up import NO_DEFAULT
from stratagem_std.secret_text import kept

Operation = Literal["sum", "product", "min", "max", "average", "count", "join", "first", "last"]

V = TypeVar("V")

_FALLBACK_ONLY: Final = frozenset(("average", "first", "last"))

_WALKING: Final = frozenset(("min", "max", "join"))
"""Operations that look into what the values hold."""


def reduced(operation: str, values: Sequence[Any], initial: Any = NO_DEFAULT) -> Any:
    """One value made of ``values``, ``initial`` first.

    Raises:
        ValueError: the operation needs a value and there is none, or there is no such operation.
        TypeError: the values are of the wrong type.
    """
    reduce = _OPERATIONS.get(operation)
    if reduce is None:
        raise ValueError(f"{operation!r} is no operation; there are {', '.join(_OPERATIONS)}")
    if initial is not NO_DEFAULT and (operation not in _FALLBACK_ONLY or not values):
        values = [initial, *values]
    if operation in _WALKING:
        require_walkable(values, "made one", most_chars=MAX_CHARS)
    return reduce(values)


def total(values: Sequence[float]) -> float:
    """The sum: exact for whole numbers, correctly rounded once for others; raises TypeError for what is no number."""
    if all(isinstance(value, int) for value in numbers(values)):
        return sum(values)
    try:
        return fsum(values)
    except OverflowError:
        raise ValueError("the sum is too large") from None


def product(values: Sequence[float]) -> float:
    """The product; raises TypeError for what is no number."""
    result: float = 1
    for value in numbers(values):
        result *= value
        if isinstance(result, int) and result.bit_length() > MAX_BITS:
            raise ValueError("the product is too large")
    return result


def average(values: Sequence[float]) -> float:
    """The sum divided by the count; raises ValueError for no values."""
    _want_some(values, "average")
    try:
        return total(values) / len(values)
    except OverflowError:
        raise ValueError("the average is too large") from None


def least(values: Sequence[V]) -> V:
    """The smallest value; raises ValueError for no values, TypeError for what can't be compared."""
    _want_some(values, "min")
    return min(values)  # type: ignore[type-var]  # what can't be compared raises TypeError, as promised


def greatest(values: Sequence[V]) -> V:
    """The largest value; raises ValueError for no values, TypeError for what can't be compared."""
    _want_some(values, "max")
    return max(values)  # type: ignore[type-var]  # likewise


def _at(index: int, name: str) -> Callable[[Sequence[Any]], Any]:
    def take(values: Sequence[Any]) -> Any:
        _want_some(values, name)
        return values[index]

    return take


def _joined(values: Sequence[Any]) -> str:
    texts = [as_text(value) for value in values]
    return kept("".join(texts), *texts)


def _want_some(values: Sequence[Any], operation: str) -> None:
    if not values:
        raise ValueError(f"{operation} needs at least one value")


def numbers(values: Sequence[Any]) -> Sequence[float]:
    """The values themselves; raises TypeError if one is no number."""
    for value in values:
        if isinstance(value, bool) or not isinstance(value, (int, float)):
            raise TypeError(f"expected a number, got {brief(value)}")
    return values


_OPERATIONS: Final[Mapping[str, Callable[[Sequence[Any]], Any]]] = MappingProxyType(
    {
        "sum": total,
        "product": product,
        "min": least,
        "max": greatest,
        "average": average,
        "count": len,
        "join": _joined,
        "first": _at(0, "first"),
        "last": _at(-1, "last"),
    }
)
