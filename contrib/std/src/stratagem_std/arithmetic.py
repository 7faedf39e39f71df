"""Numbers. Whole numbers stay whole where the operation allows it; results that are not finite are errors."""

import operator
from collections.abc import Callable
from math import isfinite
from typing import TypeVar

from stratagem import Example, brief
from stratagem_std.caps import MAX_BITS, MAX_DIGITS
from stratagem_std.reductions import average as average_of
from stratagem_std.reductions import greatest, least, numbers, total
from stratagem_std.registry import pack

N = TypeVar("N", bound=float)


@pack.node(effect="pure", examples=(Example({"a": 2, "b": 3}, {"result": 5}),))
def add(a: float, b: float) -> float:
    """Adds two numbers."""
    return _computed(operator.add, a, b)


@pack.node(effect="pure", examples=(Example({"a": 2, "b": 3.5}, {"result": -1.5}),))
def subtract(a: float, b: float) -> float:
    """Takes ``b`` from ``a``."""
    return _computed(operator.sub, a, b)


@pack.node(effect="pure", examples=(Example({"a": 4, "b": 2.5}, {"result": 10.0}),))
def multiply(a: float, b: float) -> float:
    """Multiplies two numbers."""
    return _computed(operator.mul, a, b)


@pack.node(effect="pure", examples=(Example({"a": 7, "b": 2}, {"result": 3.5}),))
def divide(a: float, b: float) -> float:
    """Divides ``a`` by ``b``; raises ZeroDivisionError if ``b`` is 0."""
    _want_divisor(a, b)
    return _computed(operator.truediv, a, b)


@pack.node(effect="pure", examples=(Example({"a": -7, "b": 2}, {"result": -4}),))
def floor_divide(a: float, b: float) -> float:
    """Divides ``a`` by ``b`` and rounds down to a whole number; raises ZeroDivisionError if ``b`` is 0."""
    _want_divisor(a, b)
    return _computed(operator.floordiv, a, b)


@pack.node(
    effect="pure", examples=(Example({"a": 7, "b": 3}, {"result": 1}), Example({"a": -7, "b": 3}, {"result": 2}))
)
def modulo(a: float, b: float) -> float:
    """Gives what floor_divide leaves over; it has the sign of ``b``. Raises ZeroDivisionError if ``b`` is 0."""
    _want_divisor(a, b)
    return _computed(operator.mod, a, b)


@pack.node(effect="pure", examples=(Example({"base": 2, "exponent": 10}, {"result": 1024}),))
def power(base: float, exponent: float) -> float:
    """Raises ``base`` to a power; raises ValueError where that is no real number or a huge one."""
    try:
        result: float | complex = _power(base, exponent)
    except OverflowError:
        raise ValueError(f"{brief(base)} to the power of {brief(exponent)} is too large") from None
    if isinstance(result, complex):
        raise ValueError(f"{brief(base)} to the power of {brief(exponent)} is no real number")
    return bounded(result)


@pack.node(name="abs", effect="pure", examples=(Example({"number": -3}, {"result": 3}),))
def absolute(number: float) -> float:
    """Gives a number without its sign."""
    return abs(number)


@pack.node(
    name="round",
    effect="pure",
    examples=(
        Example({"number": 2.675, "digits": 1}, {"result": 2.7}),
        Example({"number": 2.5}, {"result": 2}),
        Example({"number": 1250, "digits": -2}, {"result": 1200}),
    ),
)
def rounded(number: float, digits: int = 0) -> float:
    """Rounds to a number of digits behind the point, 0 to a whole number; what lies halfway goes to the even digit."""
    if abs(digits) > MAX_DIGITS:
        raise ValueError(f"expected from -{MAX_DIGITS} to {MAX_DIGITS} for digits, got {brief(digits)}")
    return round(number, digits) if digits else round(number)


@pack.node(name="min", effect="pure", examples=(Example({"values": [3, 1, 2]}, {"result": 1}),))
def smallest(values: list[float]) -> float:
    """Gives the smallest number of a list; raises ValueError for an empty one."""
    return least(numbers(values))


@pack.node(name="max", effect="pure", examples=(Example({"values": [3, 1, 2]}, {"result": 3}),))
def largest(values: list[float]) -> float:
    """Gives the largest number of a list; raises ValueError for an empty one."""
    return greatest(numbers(values))


@pack.node(
    name="sum",
    effect="pure",
    examples=(Example({"values": [1, 2, 3]}, {"result": 6}), Example({"values": [0.1, 0.2, 0.3]}, {"result": 0.6})),
)
def sum_of(values: list[float]) -> float:
    """Adds up the numbers of a list; nothing adds up to 0."""
    return bounded(total(values))


@pack.node(effect="pure", examples=(Example({"values": [1, 2, 6]}, {"result": 3.0}),))
def average(values: list[float]) -> float:
    """Gives the mean of the numbers of a list; raises ValueError for an empty one."""
    return average_of(values)


def bounded(number: N) -> N:
    """The number itself; raises ValueError if it is not finite, or too large to be worked with."""
    if isinstance(number, int):
        if number.bit_length() > MAX_BITS:
            raise ValueError(f"the number has more than {MAX_BITS} bits")
    elif not isfinite(number):
        raise ValueError(f"the result is {number}, which is no finite number")
    return number


def _power(base: float, exponent: float) -> float | complex:
    if isinstance(base, int) and isinstance(exponent, int) and exponent * (abs(base).bit_length() - 1) > MAX_BITS:
        raise OverflowError
    found: float | complex = base**exponent
    return found


def _computed(compute: Callable[[float, float], float], a: float, b: float) -> float:
    try:
        return bounded(compute(a, b))
    except OverflowError:  # a whole number that no float can be
        raise ValueError(f"{brief(a)} and {brief(b)} are too large to be computed with") from None


def _want_divisor(a: float, b: float) -> None:
    if b == 0:
        raise ZeroDivisionError(f"{brief(a)} can't be divided by 0")
