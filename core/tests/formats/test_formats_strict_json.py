"""JSON values: strict, whatever they come from."""

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from stratagem._support.strict_json import KeyTwice, parse

VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(), inner, max_size=4),
    max_leaves=20,
)


@given(VALUES)
def test_what_was_written_is_read_again(value: Any) -> None:
    """With a byte order mark or without."""
    text = json.dumps(value)
    assert parse(text) == parse(f"\ufeff{text}") == value


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("[NaN]", "expected a JSON value, got NaN"),
        ("-Infinity", "expected a JSON value, got -Infinity"),
        ('{"a": 1e999}', "1e999 is larger than any number can be"),
        ("-1E+400", "larger than any number"),
        ("9" * 5000, "a whole number of up to"),
        ("[" * 100_000, "nested too deeply"),
        ("\ufeff\ufeff1", "this is no JSON"),
        ("[1,\n x]", "at line 2, column 2"),
    ],
    ids=range(8),
)
def test_what_no_value_stands_for_is_refused(text: str, why: str) -> None:
    """With the reason."""
    with pytest.raises(ValueError, match=why):
        parse(text)


def test_a_key_that_is_there_twice_is_named() -> None:
    """In time for very many keys; unless the text is no JSON at all."""
    keys = ", ".join(f'"{number}": 0' for number in range(100_000))
    with pytest.raises(KeyTwice, match="the key '7' twice"):
        parse(f'[{{{keys}, "7": 0}}]')
    with pytest.raises(ValueError, match="this is no JSON") as caught:
        parse('{"a": 1, "a": 2} and more')
    assert not isinstance(caught.value, KeyTwice)
