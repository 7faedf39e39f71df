"""Values that stand in themselves again and again: told before anybody walks through them."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any

import pytest
from attrs import frozen
from hypothesis import given
from hypothesis import strategies as st

from stratagem._support.brief import brief
from stratagem._support.extent import ENTRIES, TooLarge, is_walkable, require_walkable
from stratagem.json_values import jsonable
from stratagem.templates.masker import redact
from stratagem.templates.secret import Secret

LEVELS = 33


@frozen
class Holder:
    """An object whose field holds more."""

    value: Any


def doubled(again: Callable[[Any], Any], start: Any = 1) -> Any:
    """A value that holds the one before it twice, so many times."""
    value = start
    for _ in range(LEVELS):
        value = again(value)
    return value


SHAPES = {
    "lists": lambda v: [v, v],
    "tuples": lambda v: (v, v),
    "dicts": lambda v: {"a": v, "b": v},
    "objects": lambda v: Holder([v, v]),
    "mixed": lambda v: [{"a": (v, v)}],
}
shapes = pytest.mark.parametrize("again", SHAPES.values(), ids=SHAPES)


def in_itself() -> list[Any]:
    value: list[Any] = []
    value += [value, value]
    return value


@shapes
def test_a_value_that_doubles_at_each_level_is_refused_at_once(again: Callable[[Any], Any]) -> None:
    """Its extent is told from what it takes, not from what walking it would."""
    begun = time.perf_counter()
    with pytest.raises(TooLarge, match="can't be compared"):
        require_walkable(doubled(again), "compared")
    assert time.perf_counter() - begun < 1


def test_what_contains_itself_or_is_too_deep_is_refused() -> None:
    """Each with its own words."""
    with pytest.raises(TooLarge, match="contains itself"):
        require_walkable(in_itself())
    deep: Any = None
    for _ in range(5_000):
        deep = [deep]
    with pytest.raises(TooLarge, match="nested more than 100 deep"):
        require_walkable(deep)
    shared: Any = []
    for _ in range(60):
        shared = [shared]
    assert is_walkable(shared)
    for _ in range(60):
        shared = [shared]
    assert not is_walkable(shared)


def test_large_values_that_really_take_the_memory_are_walked() -> None:
    """Only what parts standing in it again and again would add is too much."""
    assert is_walkable(list(range(2 * ENTRIES)))
    row = ["x"] * 2_000
    assert is_walkable([row.copy() for _ in range(1_000)])
    assert not is_walkable([row] * 1_000)


def test_texts_count_by_their_length() -> None:
    """One long text that stands in a list a thousand times is a long text."""
    text = "x" * 1_000_000
    assert is_walkable([text] * 50)
    assert not is_walkable([text] * 1_000)
    with pytest.raises(TooLarge, match="more than 10 characters"):
        require_walkable(["x" * 11], most_chars=10)


VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner) | st.tuples(inner, inner),
)


@given(VALUES)
def test_ordinary_values_are_walkable(value: Any) -> None:
    """Whatever they hold."""
    assert is_walkable(value)


@shapes
def test_a_message_shows_a_large_value_cut(again: Callable[[Any], Any]) -> None:
    """In a time that does not depend on its size."""
    assert len(brief(doubled(again))) <= 80
    assert brief(in_itself()).startswith("[[[")


def test_a_short_value_is_shown_as_it_is() -> None:
    """Only what is long is cut, and secrets stay hidden."""
    value: object
    for value in ("it's", [1, "b"], (1,), {"a": None}, set[int](), frozenset((1,)), 2.5):
        assert brief(value) == repr(value)
    assert brief([Secret("hidden")]) == "[***]"
    assert brief(10**5_000) == "<whole number of 16,610 bits>"
    assert brief("x" * 200).endswith("…")


@shapes
def test_json_for_programs_is_bounded(again: Callable[[Any], Any]) -> None:
    """What is too large is cut; what stands beside it is whole."""
    found = jsonable({"large": doubled(again), "small": [1, {"a": 2}]})
    assert found["small"] == [1, {"a": 2}]
    assert "…" in str(found["large"])
    assert len(str(found)) < 10_000


def test_json_for_programs_is_bounded_in_characters_too() -> None:
    """One long text that stands in a value again and again is written a few times."""
    text = "x" * 1_000_000
    found = jsonable({"large": [text] * 100_000, "small": [1]})
    assert sum(map(len, found["large"])) <= 100_100_000
    assert found["large"][0] == text
    assert found["large"][-1] == "…"


@shapes
def test_a_copy_without_secrets_takes_no_longer_than_the_value_itself(again: Callable[[Any], Any]) -> None:
    """What stands in it several times is copied once."""
    if again is SHAPES["objects"]:
        return  # objects are handed back as they are
    begun = time.perf_counter()
    copy = redact(doubled(again, "a hidden text"), ["hidden"])
    assert time.perf_counter() - begun < 1
    for _ in range(LEVELS * 3):
        if not isinstance(copy, (list, tuple, dict)):
            break
        copy = copy["a"] if isinstance(copy, dict) else copy[0]
    assert copy == "a *** text"
