"""Values and names in messages: short, whatever they are; hints: quick, however many names there are."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cpu_limit import cpu_limit
from stratagem import Kernel, Workflow
from stratagem._support.files import expand_home
from stratagem._support.shown import cut, shown
from stratagem._support.suggesting import nearest, suggestion
from stratagem.errors import BadInput, StratagemError, WorkflowError
from stratagem.model import Retry
from stratagem.nodes.types import fits


class Odd:
    def __repr__(self) -> str:
        raise RuntimeError("no")


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (None, "empty"),
        (True, "true"),
        ({"a": 1}, "a table"),
        ([1], "a list"),
        ("a'b", '"a\'b"'),
        (12, "12"),
        (-(10**400), "a whole number of 1329 bits"),
        (1e999, "inf"),
        ("\ud800", "'\\ud800'"),
        (Odd(), "<Odd whose repr raises RuntimeError>"),
    ],
)
def test_a_value_is_shown_in_short(value: Any, text: str) -> None:
    """Never with an error of its own."""
    assert shown(value) == text


@given(
    st.recursive(
        st.integers() | st.text() | st.floats() | st.binary(),
        lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
    )
)
def test_whatever_is_shown_is_short(value: Any) -> None:
    """At most as long as asked for."""
    assert len(shown(value, 20)) <= 60


def test_huge_values_are_shown_at_once() -> None:
    """Without a look at all of them."""
    with cpu_limit(1):
        assert len(shown("x" * 10**7)) == 60
        assert shown(1 << 10**7) == "a whole number of 10000001 bits"


def test_an_error_tells_of_long_names_and_texts_in_short() -> None:
    """Its attributes keep all of them."""
    error = BadInput("x" * 10**6, node="n" * 10**6, key="k" * 10**6, file="f" * 10**6, hint="h" * 10**6)
    assert len(str(error)) < 30_000
    assert len(error.node or "") == 10**6


def test_problems_that_are_told_together_are_bounded() -> None:
    """Those of other kinds are told besides."""
    problems = [
        *(BadInput(f"{number}" + "x" * 5_000, hint="y" * 5_000) for number in range(1_000)),
        WorkflowError("last"),
    ]
    text = str(WorkflowError.together(problems, "all"))
    assert len(text) < 60_000
    assert text.splitlines()[-2:] == ["  - last", "  - and 950 more problems: 950 BadInput"]


def test_a_hint_is_made_when_it_is_read() -> None:
    """And once."""
    asked: list[str] = []

    def hint() -> str:
        asked.append("x")
        return "Try it."

    error = StratagemError("wrong", hint=hint)
    assert asked == []
    assert (error.hint, str(error)) == ("Try it.", "wrong. Try it.")
    assert asked == ["x"]


def test_the_nearest_of_very_many_names_is_found_in_a_moment() -> None:
    """Long names are compared with none."""
    names = {f"name{number}": 1 for number in range(50_000)}
    with cpu_limit(1):
        assert nearest("nmae77", names) == "Did you mean 'name77'?"
        assert nearest("x" * 10_000, ["x" * 9_999]) is None


def test_a_suggestion_falls_back_to_the_names_that_there_are() -> None:
    """The first of them, where there are many."""
    assert suggestion("abd", ["abc"], "There are: {}.")() == "Did you mean 'abc'?"
    assert suggestion("x", ["abc", "abd"], "There are: {}.")() == "There are: abc, abd."
    assert (
        suggestion("x", [f"a{number}" for number in range(100)], "{}")()
        == ", ".join(f"a{n}" for n in range(20)) + " and 80 more"
    )
    assert suggestion("x", [])() is None


@pytest.mark.parametrize("value", [10**400, -(10**400)])
def test_a_whole_number_that_no_float_holds_fits_no_float(value: int) -> None:
    """But it is an int."""
    assert (fits(value, float), fits(value, int), fits([value], list[float])) == (False, True, False)


def test_pauses_that_no_float_holds_are_the_longest_ones() -> None:
    """However often it was tried."""
    assert Retry(delay=1.0, backoff=1e300).pause(5) == 60.0
    assert Retry(delay=0.0, backoff=1e300).pause(5) == 0.0


def test_an_unknown_home_is_an_os_error() -> None:
    """With its name."""
    with pytest.raises(OSError, match="'~nobody-of-this-name'"):
        expand_home("~nobody-of-this-name/x")


def test_a_text_is_cut_where_it_is_too_long() -> None:
    """The sign that says so is within the length."""
    assert [cut("abcd", 4), cut("abcde", 4)] == ["abcd", "abc…"]


def test_a_plan_with_a_number_that_can_not_be_written_has_a_digest() -> None:
    """Workflows that are built may hold any."""
    plans = [Kernel().compile(Workflow(variables={"x": number})) for number in (10**5_000, 10**5_000, 10**5_001)]
    digests = [plan.digest for plan in plans]
    assert digests[0] == digests[1] != digests[2]
