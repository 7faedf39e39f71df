"""Whether a value fits an annotation."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Literal, Optional

import pytest
from hypothesis import given
from hypothesis import strategies as st

from stratagem.nodes.types import checker, fits, name_of, shallow_checker

VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=3),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=3), inner, max_size=3),
    max_leaves=8,
)
CLASSES = [int, float, str, bool, list, dict, type(None)]


@pytest.mark.parametrize(
    ("value", "annotation", "answer"),
    [
        (1, int, True), (True, int, False), (1.0, int, False), ("1", int, False),
        (1, float, True), (1.5, float, True), (True, float, False),
        (True, bool, True), (1, bool, False),
        (None, None, True), (None, int | None, True), ("", int | None, False), (None, Optional[str], True),  # noqa: UP045 - packs may write it so
        ([1, 2], list[int], True), ([1, "2"], list[int], False), ([[1]], list[list[int]], True), ([], list[int], True),
        ({"a": 1}, dict[str, int], True), ({"a": "b"}, dict[str, int], False), ({1: 1}, dict[str, int], False),
        ({"a": [1]}, Mapping[str, Sequence[int]], True), ("ab", Sequence[str], False), ([1], Sequence, True),
        ("a", Literal["a", "b"], True), ("c", Literal["a", "b"], False),
        (object(), Any, True), (object(), object, True),
        ({1}, set[int], True), ({"x"}, set[int], False),
        (1, int | str, True), ("x", int | str, True), (1.5, int | str, False),
    ],
)  # fmt: skip
def test_values_fit_as_a_reader_of_the_annotation_would_say(value: Any, annotation: Any, answer: bool) -> None:
    """A bool is no number, an int serves as a float, containers are looked into."""
    assert fits(value, annotation) is answer


@given(VALUES, st.sampled_from(CLASSES), st.sampled_from(CLASSES))
def test_a_union_takes_what_one_of_its_parts_takes(value: Any, one: Any, other: Any) -> None:
    """No more, and no less."""
    assert fits(value, one | other) == (fits(value, one) or fits(value, other))


@given(VALUES, st.sampled_from([list[int], dict[str, int], int | str, int, float, Literal["a"], list[Any]]))
def test_the_quick_look_refuses_nothing_that_fits(value: Any, annotation: Any) -> None:
    """What is checked at every step is a part of what is checked once."""
    quick = shallow_checker(annotation)
    assert quick is not None
    if checker(annotation)(value):
        assert quick(value)


def test_what_takes_anything_needs_no_check() -> None:
    """Steps whose annotation says nothing pay nothing."""
    assert shallow_checker(Any) is None
    assert shallow_checker(object) is None


def test_annotations_are_named_as_authors_write_them() -> None:
    """In messages."""
    assert (name_of(int), name_of(list[int]), name_of(int | None)) == ("int", "list[int]", "int | None")
