"""List and dict nodes."""

from __future__ import annotations

import copy
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from stratagem_std.dicts import dict_get, dict_items, dict_merge, dict_remove, dict_set
from stratagem_std.list_queries import (
    list_contains,
    list_filter,
    list_index,
    list_map,
    list_reduce,
    list_sort,
    list_unique,
)
from stratagem_std.lists import (
    list_append,
    list_chunk,
    list_flatten,
    list_get,
    list_join,
    list_range,
    list_reverse,
    list_slice,
    list_zip,
)
from stratagem_std.look_up import look_up, parts_of
from stratagem_std.operators import same

SCALARS = st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=5)
VALUES = st.recursive(SCALARS, lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=3), inner))
LISTS = st.lists(VALUES, max_size=8)
DICTS = st.dictionaries(st.text(max_size=5), VALUES, max_size=6)


@given(LISTS)
def test_reversing_a_list_twice_gives_the_list(items: list[Any]) -> None:
    """Nothing is lost on the way."""
    assert list_reverse(list_reverse(items)) == items


@given(LISTS, st.integers(1, 5))
def test_joining_undoes_chunking(items: list[Any], size: int) -> None:
    """And no chunk is larger than asked for, only the last smaller."""
    chunks = list_chunk(items, size)
    assert list_join(chunks) == items
    assert all(len(chunk) == size for chunk in chunks[:-1])


@given(st.lists(st.none() | st.integers()), st.booleans())
def test_sorting_orders_and_keeps_every_item(items: list[int | None], descending: bool) -> None:
    """None comes last, either way."""
    result = list_sort(items, descending=descending)
    known = [item for item in items if item is not None]
    assert result == sorted(known, reverse=descending) + [None] * (len(items) - len(known))


@given(st.lists(st.tuples(st.integers(0, 3), st.integers()).map(list)))
def test_sorting_keeps_the_order_of_equal_items(items: list[list[int]]) -> None:
    """Whichever way it sorts."""
    for descending in (False, True):
        result = list_sort(items, path="0", descending=descending)
        for key in range(4):
            assert [item for item in result if item[0] == key] == [item for item in items if item[0] == key]


@given(LISTS)
def test_unique_items_are_all_different_and_all_there(items: list[Any]) -> None:
    """Each is the first of its kind, in order; doing it again changes nothing."""
    result = list_unique(items)
    assert [index for index, item in enumerate(result) if list_index(result, item) != index] == []
    assert all(list_contains(result, item) for item in items)
    assert list_unique(result) == result


@given(LISTS)
def test_flattening_wholly_leaves_no_list_in_a_list(items: list[Any]) -> None:
    """And flattening by 0 changes nothing."""
    assert not any(isinstance(item, list) for item in list_flatten(items, depth=-1))
    assert list_flatten(items, depth=0) == items


@given(LISTS, VALUES)
def test_a_list_contains_what_has_a_place_in_it(items: list[Any], item: Any) -> None:
    """list_contains, list_index and list_get agree."""
    index = list_index(items, item)
    assert list_contains(items, item) == (index >= 0)
    if index >= 0:
        assert same(list_get(items, index), item)


@given(st.lists(st.integers(-9, 9)), st.integers(-9, 9))
def test_a_filter_parts_a_list_in_two(items: list[int], value: int) -> None:
    """Those that are kept and those that are not, each in order."""
    parted = list_filter(items, ">", value)
    assert parted.result == [item for item in items if item > value]
    assert parted.removed == [item for item in items if item <= value]


@given(LISTS, DICTS, VALUES)
def test_no_node_changes_what_it_is_given(items: list[Any], data: dict[str, Any], value: Any) -> None:
    """Lists and dicts are as they were, whatever was made of them."""
    before = copy.deepcopy((items, data))
    list_append(items, value)
    list_reverse(items)
    list_unique(items)
    list_flatten(items, -1)
    list_slice(items, 1)
    list_join([items, items])
    dict_set(data, "key", value)
    dict_remove(data, next(iter(data), ""), missing_ok=True)
    dict_merge(data, {"key": {"inner": value}}, deep=True)
    assert (items, data) == before


@given(DICTS, DICTS)
def test_a_merged_dict_has_the_keys_of_both(first: dict[str, Any], second: dict[str, Any]) -> None:
    """Plainly, the second counts; deeply, so it does at the bottom."""
    assert dict_merge(first, second) == first | second
    assert dict_merge(first, second, deep=True).keys() == first.keys() | second.keys()
    assert dict_merge(first, first, deep=True) == first


@given(DICTS)
def test_a_dict_can_be_made_again_of_its_items(data: dict[str, Any]) -> None:
    """They have every key with its value."""
    assert {item["key"]: item["value"] for item in dict_items(data)} == data


@given(DICTS, st.text(max_size=5), VALUES)
def test_a_key_that_is_set_can_be_got_and_removed(data: dict[str, Any], key: str, value: Any) -> None:
    """And then the dict is what it would be without it."""
    assert dict_get(dict_set(data, key, value), key).result == value
    removed = dict_remove(dict_set(data, key, value), key)
    assert removed.removed == value
    assert removed.result == {known: item for known, item in data.items() if known != key}


def test_a_missing_key_is_an_error_that_tells_the_nearest() -> None:
    """For dict_get and dict_remove alike."""
    for act in (dict_get, dict_remove):
        with pytest.raises(LookupError) as caught:
            act({"amount": 1}, "amuont")
        assert str(caught.value) == "the dict has no key 'amuont'. Did you mean 'amount'?"


def test_an_index_outside_the_list_is_an_error() -> None:
    """With the length of the list."""
    with pytest.raises(IndexError) as caught:
        list_get([1, 2], 2)
    assert str(caught.value) == "the list has 2 items and no index 2"


def test_items_that_can_not_be_ordered_are_named() -> None:
    """Numbers do not compare with text."""
    with pytest.raises(TypeError, match="the items can't be put in order"):
        list_sort([1, "a"])


def test_true_is_not_one_in_lists() -> None:
    """Unlike in Python, as in JSON."""
    assert list_unique([1, True, 1.0, [True], [1]]) == [1, True, [True], [1]]
    assert list_contains([1, {"a": 1}], True) is False
    assert list_index([{"a": [1]}, {"a": [True]}], {"a": [True]}) == 1


def test_a_filter_passes_over_what_has_no_value_to_compare() -> None:
    """A missing value is neither below nor above; values of a wrong type are an error."""
    rows = [{"n": 1}, {}, {"n": None}]
    assert list_filter(rows, "<=", 5, "n").result == [{"n": 1}]
    assert list_filter(rows, "is_none", path="n").result == [{}, {"n": None}]
    with pytest.raises(TypeError) as caught:
        list_filter([{"n": "1"}], "<", 5, "n")
    assert str(caught.value) == "'<' can't be used between string and int"


@pytest.mark.parametrize(
    ("transform", "items", "result"),
    [
        ("to_text", [1, None, True], ["1", "", "true"]),
        ("to_int", ["7", 7.0], [7, 7]),
        ("to_float", ["1.5", 2], [1.5, 2.0]),
        ("upper", ["a"], ["A"]),
        ("lower", ["A"], ["a"]),
        ("trim", [" a "], ["a"]),
        ("length", ["abc", [1]], [3, 1]),
        ("abs", [-1], [1]),
        ("not", [True, 0], [False, True]),
    ],
)
def test_each_transform_changes_every_item(transform: Any, items: list[Any], result: list[Any]) -> None:
    """As its name says."""
    assert list_map(items, transform) == result


@pytest.mark.parametrize(
    ("transform", "item", "error"),
    [("to_int", 1.5, ValueError), ("to_int", "x", ValueError), ("upper", 1, TypeError), ("length", 1, TypeError)],
)
def test_an_item_that_can_not_be_changed_so_is_an_error(transform: Any, item: Any, error: type[Exception]) -> None:
    """Nothing is guessed."""
    with pytest.raises(error):
        list_map([item], transform)


@pytest.mark.parametrize(
    ("operation", "result"),
    [("sum", 9), ("product", 24), ("min", 2), ("max", 4), ("average", 3.0), ("count", 3), ("first", 3), ("last", 2)],
)
def test_each_operation_makes_one_value_of_a_list(operation: Any, result: float) -> None:
    """As its name says."""
    assert list_reduce([3, 4, 2], operation) == result
    assert list_reduce(["a", 1], "join") == "a1"


@pytest.mark.parametrize("operation", ["min", "max", "average", "first", "last"])
def test_nothing_has_no_extremes(operation: Any) -> None:
    """Unless a value is given to begin with."""
    with pytest.raises(ValueError) as caught:
        list_reduce([], operation)
    assert str(caught.value) == f"{operation} needs at least one value"
    assert list_reduce([], operation, initial=7) == 7


def test_zip_wants_lists_of_one_length_or_a_fill() -> None:
    """So that nothing is lost silently."""
    with pytest.raises(ValueError) as caught:
        list_zip([[1], [1, 2]])
    assert str(caught.value) == "the lists have unequal lengths: 1, 2"
    assert list_zip([[1], [2, 3]], fill=None) == [[1, 2], [None, 3]]


def test_a_range_too_large_for_the_machine_is_refused() -> None:
    """Before it is built."""
    with pytest.raises(ValueError, match="more than 10000000"):
        list_range(10**12)


@pytest.mark.parametrize(
    ("path", "value"),
    [("a.b[1].c", 3), ("a.b.1.c", 3), ("a.b[-1].c", 3), ("x.y", "exact"), ("7", "number"), ("", ...), ("a.b[0]", 0)],
)
def test_a_path_leads_through_dicts_and_lists(path: str, value: Any) -> None:
    """An exact key counts first, numbers are indexes or keys, and the empty path is the whole."""
    data = {"a": {"b": [0, {"c": 3}]}, "x.y": "exact", "7": "number"}
    assert look_up(data, path) == (data if value is ... else value)


@pytest.mark.parametrize("path", ["a.b[2]", "a.b.x", "a.c", "b", "a.b[0].c", "7"])
def test_a_path_that_leads_nowhere_is_an_error_or_the_default(path: str) -> None:
    """At whichever part it ends."""
    with pytest.raises(LookupError, match="there is no"):
        look_up({"a": {"b": [0, 1]}}, path)
    assert look_up({"a": {"b": [0, 1]}}, path, "none") == "none"


@pytest.mark.parametrize("path", [".a", "a..b", "a[", "a[x]", "a.", "a]b"])
def test_a_text_that_is_no_path_is_refused(path: str) -> None:
    """Instead of being read as something else."""
    with pytest.raises(ValueError, match="expected a path such as"):
        parts_of(path)
