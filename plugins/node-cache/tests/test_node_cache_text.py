"""Results as text: what is read is what was written, and nothing else can be read."""

from __future__ import annotations

import math
from datetime import UTC, datetime, time, timedelta, timezone
from decimal import Decimal
from pathlib import PurePosixPath
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from attrs import field, frozen
from hypothesis import given, settings
from hypothesis import strategies as st

from hypothesis_profiles import examples
from stratagem import NOTHING, Branch, Secret
from stratagem_node_cache.canonical import Unfit, written
from stratagem_node_cache.text import from_text, to_text


@frozen
class Counted:
    """What a node gives by several outputs."""

    words: Any
    letters: Any = NOTHING


zones = st.none() | st.just(UTC) | st.integers(-1439, 1439).map(lambda minutes: timezone(timedelta(minutes=minutes)))
scalars = (
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats(allow_nan=False)
    | st.complex_numbers(allow_nan=False)
    | st.text()
    | st.binary(max_size=8)
    | st.binary(max_size=8).map(bytearray)
    | st.dates()
    | st.datetimes(timezones=zones).map(lambda when: when.replace(fold=0))
    | st.times().map(lambda when: when.replace(fold=0))
    | st.timedeltas()
    | st.decimals(allow_nan=False)
    | st.uuids()
    | st.just(PurePosixPath("a/b"))
    | st.just(NOTHING)
)
keys = st.text(max_size=4) | st.sampled_from(["$tuple", "$x", "$object"]) | st.integers() | st.tuples(st.booleans())
values = st.recursive(
    scalars,
    lambda inner: (
        st.lists(inner, max_size=4)
        | st.dictionaries(keys, inner, max_size=4)
        | st.tuples(inner, inner)
        | st.builds(Counted, inner, inner)
        | st.builds(lambda value: Branch("a", "b", value=value), inner)
        | st.sets(st.integers() | st.text(max_size=3), max_size=4)
        | st.frozensets(st.dates(), max_size=3)
    ),
    max_leaves=12,
)


@given(values)
@settings(max_examples=examples(800))
def test_a_result_is_read_as_it_was_written(value: Any) -> None:
    """Of the same types, in the same order, to the last bit."""
    assert written(from_text(to_text(value, Counted), Counted)) == written(value)


@frozen
class Odd:
    """Not made of what it holds."""

    x: int = field(converter=int)


@pytest.mark.parametrize(
    "value",
    [
        *(object(), Secret("s"), Odd(1), [Counted(1), Odd(1)], [10**5000], print, ["\ud83d\ude00"]),
        *(datetime(2020, 1, 1, tzinfo=ZoneInfo("UTC")), datetime(2020, 1, 1, fold=1)),
        time(0, tzinfo=timezone(timedelta(hours=1), "named")),
    ],
)
def test_what_has_no_text_is_refused(value: Any) -> None:
    """Rather than written such that something else would be read."""
    with pytest.raises(Unfit):
        to_text(value, Odd if isinstance(value, Odd) else Counted)


@pytest.mark.parametrize(
    "text",
    ["", "{", '{"$unknown":1}', '{"$Decimal":"x"}', '{"$object":{"words":1}}', '{"$timedelta":1}', '{"$bytes":"?"}'],
)
def test_what_is_no_result_is_refused(text: str) -> None:
    """And runs no code."""
    with pytest.raises(ValueError):
        from_text(text)


@frozen
class Choosy:
    """Refuses what it is made of."""

    x: int

    def __attrs_post_init__(self) -> None:
        raise RuntimeError("not this one")


def test_a_class_that_refuses_a_result_is_no_error_of_its_own() -> None:
    """Whatever it raises: then there is no result."""
    with pytest.raises(ValueError, match="not this one"):
        from_text('{"$object":{"x":1}}', Choosy)


def test_plain_values_are_plain_json() -> None:
    """So that somebody can look into the file."""
    assert to_text({"a": [1, None, "x"], "b": -0.0}) == '{"a":[1,null,"x"],"b":-0.0}'
    assert to_text((1, {"$a": Decimal("1.0")})) == '{"$tuple":[1,{"$dict":[["$a",{"$Decimal":"1.0"}]]}]}'
    assert math.isnan(from_text(to_text(math.nan)))
