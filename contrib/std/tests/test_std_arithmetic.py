"""Number nodes and comparisons."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from stratagem_std.arithmetic import (
    add,
    average,
    divide,
    floor_divide,
    largest,
    modulo,
    multiply,
    power,
    rounded,
    smallest,
    subtract,
    sum_of,
)
from stratagem_std.compare import compare

INTS = st.integers(-(10**12), 10**12)
NUMBERS = INTS | st.floats(-1e12, 1e12)


@given(INTS, INTS)
def test_whole_numbers_stay_whole(a: int, b: int) -> None:
    """Where the operation allows it, and subtraction undoes addition."""
    assert subtract(add(a, b), b) == a
    assert all(isinstance(result, int) for result in (add(a, b), subtract(a, b), multiply(a, b)))


@given(INTS, INTS)
def test_what_floor_division_leaves_over_is_the_modulo(a: int, b: int) -> None:
    """Quotient times divisor plus rest is the number again."""
    assume(b != 0)
    assert floor_divide(a, b) * b + modulo(a, b) == a


@given(st.lists(NUMBERS, min_size=1))
def test_the_average_lies_between_the_extremes(values: list[float]) -> None:
    """But for the last digit."""
    slack = 1e-9 * max(1.0, *(abs(value) for value in values))
    assert smallest(values) - slack <= average(values) <= largest(values) + slack


@given(st.lists(st.integers()))
def test_whole_numbers_are_summed_exactly(values: list[float]) -> None:
    """However large they are."""
    assert sum_of(values) == sum(values)


def test_a_sum_is_rounded_once() -> None:
    """Ten tenths are one."""
    assert sum_of([0.1] * 10) == 1.0


@pytest.mark.parametrize("operate", [divide, floor_divide, modulo])
def test_division_by_zero_says_what_was_divided(operate: Callable[[float, float], float]) -> None:
    """The same for all three."""
    with pytest.raises(ZeroDivisionError) as caught:
        operate(5, 0)
    assert str(caught.value) == "5 can't be divided by 0"


@pytest.mark.parametrize(("base", "exponent"), [(10, 10**9), (10.0, 1000.0), (-8, 0.5), (-2, 10**8), (10**400, 0.5)])
def test_a_power_that_is_huge_or_not_real_is_refused(base: float, exponent: float) -> None:
    """At once, not after an hour."""
    with pytest.raises(ValueError, match=r"is too large|is no real number"):
        power(base, exponent)


@pytest.mark.parametrize(("base", "exponent", "result"), [(2, -1, 0.5), (1, 10**12, 1), (-1, 3, -1), (0, 10**9, 0)])
def test_powers_that_are_small_are_given(base: float, exponent: float, result: float) -> None:
    """Whatever the size of the exponent."""
    assert power(base, exponent) == result


def test_a_result_that_is_not_finite_is_refused() -> None:
    """It would spoil what is computed with it."""
    with pytest.raises(ValueError) as caught:
        multiply(1e308, 10.0)
    assert str(caught.value) == "the result is inf, which is no finite number"


@given(st.floats(-1e9, 1e9), st.integers(0, 6))
def test_a_rounded_number_is_near(number: float, digits: int) -> None:
    """Within half of its last digit, as near as floats can say; without digits it is whole."""
    assert abs(rounded(number, digits) - number) <= 0.5000001 * 10**-digits + math.ulp(number)
    assert isinstance(rounded(number), int)


@pytest.mark.parametrize(
    ("left", "operator", "right", "result"),
    [
        (1, "==", 1.0, True),
        ("a", "!=", "b", True),
        ("b", "<", "a", False),
        (2, "<=", 2, True),
        (3, ">", 2, True),
        (1, ">=", 2, False),
        ("a", "in", {"a": 1}, True),
        ("a", "not in", "bc", True),
        ([1, 2], "contains", 2, True),
        ("abc", "starts_with", "ab", True),
        ("abc", "ends_with", "ab", False),
        (None, "is_none", None, True),
        (0, "is_not_none", None, True),
        ([], "is_empty", None, True),
        (0, "is_not_empty", None, True),
        (1, "is_true", None, False),
        (False, "is_false", None, True),
    ],
)
def test_each_operator_compares_as_it_is_called(left: Any, operator: Any, right: Any, result: bool) -> None:
    """Zero is not empty, one is not true."""
    assert compare(left, right, operator) is result


@pytest.mark.parametrize(
    ("left", "operator", "right", "message"),
    [
        (1, "<", "a", "'<' can't be used between int and string"),
        (1, "in", 2, "nothing can be in int; a list, dict or string is needed"),
        (1, "starts_with", "a", "starts_with compares texts, not int with str"),
    ],
)
def test_values_that_can_not_be_compared_are_an_error(left: Any, operator: Any, right: Any, message: str) -> None:
    """Which says why."""
    with pytest.raises(TypeError) as caught:
        compare(left, right, operator)
    assert str(caught.value) == message
