"""Values: from the command line, and into JSON."""

import json
import math
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from stratagem import BadInput, Secret, WorkflowError, jsonable
from stratagem_cli.values import read_value, read_variables

PLAIN = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-(2**63), 2**63)
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(), inner, max_size=4),
    max_leaves=20,
)
ANY = st.recursive(
    st.none()
    | st.floats()
    | st.integers()
    | st.binary()
    | st.dates()
    | st.decimals()
    | st.complex_numbers()
    | st.text(),
    lambda inner: (
        st.lists(inner, max_size=4) | st.tuples(inner) | st.dictionaries(st.integers() | st.dates(), inner, max_size=4)
    ),
    max_leaves=20,
)


@given(PLAIN)
def test_what_json_can_hold_stays_as_it_is(value: Any) -> None:
    """Through JSON and back it is the same."""
    assert json.loads(json.dumps(jsonable(value), allow_nan=False)) == value


@given(ANY)
def test_any_value_becomes_strict_json(value: Any) -> None:
    """Numbers that JSON does not have are text, as is everything else that it has no form for."""
    text = json.dumps(jsonable(value), allow_nan=False)
    assert jsonable(json.loads(text)) == json.loads(text)


@pytest.mark.parametrize(
    ("value", "told"),
    [
        (math.nan, "NaN"),
        (-math.inf, "-Infinity"),
        ({1: "a", None: "b", (1, 2): "c"}, {"1": "a", "None": "b", "(1, 2)": "c"}),
        (b"x", "b'x'"),
        (10**5000, hex(10**5000)),
        (Secret("hunter2"), "***"),
        ({Secret("hunter2"): [Secret("hunter2")]}, {"***": ["***"]}),
    ],
    ids=["nan", "infinity", "keys", "bytes", "huge", "secret", "secrets"],
)
def test_values_without_a_form_in_json_are_text(value: Any, told: Any) -> None:
    """As the help of --json says."""
    assert jsonable(value) == told


def test_what_is_nested_in_itself_ends() -> None:
    """A list that holds itself is cut, not followed for ever."""
    endless: list[Any] = []
    endless.append(endless)
    assert "…" in json.dumps(jsonable(endless), ensure_ascii=False)


def test_a_repr_that_raises_is_told() -> None:
    """One odd object does not cost all other results."""

    class Odd:
        def __repr__(self) -> str:
            raise OSError

    assert jsonable([Odd(), 1]) == ["<Odd whose repr raises OSError>", 1]


@given(st.text())
def test_any_text_is_a_value(text: str) -> None:
    """What is no JSON is the text itself."""
    value = read_value(text)
    assert value == text or json.loads(text.removeprefix("\ufeff")) == value


@given(PLAIN)
def test_json_is_read_as_what_it_says(value: Any) -> None:
    """With its own types."""
    assert read_value(json.dumps(value)) == value


@pytest.mark.parametrize(
    "text",
    ["NaN", "-Infinity", "[NaN]", "1e999", '{"a": -1e999}', "9" * 10_000, "[" * 100_000, "01", "'a'", ""],
    ids=range(10),
)
def test_what_is_no_strict_json_is_text(text: str) -> None:
    """Neither constants that JSON lacks nor texts that are too much for it are refused."""
    assert read_value(text) == text


def test_options_that_give_no_variable_are_told_together() -> None:
    """Each of them, in one error."""
    with pytest.raises(WorkflowError) as caught:
        read_variables(["a=1", "b", "=2"])
    assert [type(problem) for problem in caught.value.problems] == [BadInput, BadInput]
    assert [problem.what for problem in caught.value.problems] == [
        "'b' gives no variable",
        "'=2' gives no variable",
    ]


def test_a_key_that_is_there_twice_is_refused_with_its_variable() -> None:
    """As it is in files: which of them counts would be a guess."""
    with pytest.raises(BadInput, match="an object of the JSON has the key 'a' twice") as caught:
        read_variables(["fine=1", 'data=[{"a": 1, "a": 2}]'])
    assert caught.value.key == "data"


def test_a_byte_order_mark_is_no_part_of_a_value() -> None:
    """A program that writes files may have put it there."""
    assert read_variables(['v=\ufeff{"a": 1}']) == {"v": {"a": 1}}
