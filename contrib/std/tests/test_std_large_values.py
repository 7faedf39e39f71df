"""Counts, digits and sizes that are too large, and values that stand in themselves again and again: refused at once."""

from __future__ import annotations

import time
from collections.abc import Callable
from functools import partial
from typing import Any

import pytest

from stratagem import Context
from stratagem_std import arithmetic, csv_text, dicts, json_text, list_queries, lists, text, text_format, text_parts
from stratagem_std.compare import compare
from stratagem_std.random_values import random_sample, random_string


def doubled(again: Callable[[Any], Any]) -> Any:
    value: Any = 1
    for _ in range(40):
        value = again(value)
    return value


def two(value: Any) -> list[Any]:
    return [value, value]


def both(value: Any) -> dict[str, Any]:
    return {"a": value, "b": value}


def in_itself() -> list[Any]:
    value: list[Any] = []
    value.append(value)
    return value


LARGE: dict[str, Callable[[], object]] = {
    "equal": lambda: compare(doubled(two), doubled(two)),
    "contains": lambda: list_queries.list_contains(two(doubled(two)), doubled(two)),
    "index": lambda: list_queries.list_index(two(doubled(both)), doubled(both)),
    "sort": lambda: list_queries.list_sort([doubled(two), doubled(two)]),
    "unique": lambda: list_queries.list_unique([doubled(two), doubled(two)]),
    "least": lambda: list_queries.list_reduce([doubled(two), doubled(two)], "min"),
    "join": lambda: list_queries.list_reduce([doubled(two)], "join"),
    "texts": lambda: list_queries.list_map([doubled(two)] * 1_000, "to_text"),
    "flatten": lambda: lists.list_flatten(doubled(two), -1),
    "flatten what contains itself": lambda: lists.list_flatten(in_itself(), -1),
    "merge": lambda: dicts.dict_merge(doubled(both), doubled(both), deep=True),
    "json": lambda: json_text.dump(doubled(both)),
    "json of one long text": lambda: json_text.dump(["x" * 1_000_000] * 200),
    "csv": lambda: csv_text.dump([{"a": doubled(two)}]),
    "text_join": lambda: text_parts.text_join([doubled(two)]),
    "range": lambda: lists.list_range(10**30),
    "range backwards": lambda: lists.list_range(-(10**30), step=-3),
    "zip": lambda: lists.list_zip([[0] * 10_000, *([] for _ in range(10_000))], fill=None),
    "lists": lambda: lists.list_join([[0] * 10_000] * 10_000),
    "round": lambda: arithmetic.rounded(5, -(10**12)),
    "round to many digits": lambda: arithmetic.rounded(5, 10**12),
    "power": lambda: arithmetic.power(3, 10**9),
    "add": lambda: arithmetic.add(10**400, 0.5),
    "divide": lambda: arithmetic.divide(10**400, 3),
    "pad": lambda: text.text_pad("a", 10**12),
    "repeat": lambda: text.text_repeat("ab", 10**12),
    "replace": lambda: text_parts.text_replace("a" * 100_000, "a", "b" * 10_000),
    "format": lambda: text_format.text_format("{a}" * 1_000, {"a": "b" * 1_000_000}),
    "indent": lambda: json_text.dump([1], indent=10**9),
}


@pytest.mark.parametrize("call", LARGE.values(), ids=LARGE)
def test_what_would_take_forever_is_refused(call: Callable[[], object]) -> None:
    """Within a second, with a ValueError that says what is too large."""
    begun = time.perf_counter()
    with pytest.raises(ValueError, match=r"can't be|would have|more than|expected (at most|from)|too large"):
        call()
    assert time.perf_counter() - begun < 2


@pytest.mark.parametrize(
    "draw", [partial(random_sample, [1], 10**8, repeats=True), partial(random_string, length=10**8)]
)
def test_draws_are_counted_before_they_are_made(draw: Callable[..., object]) -> None:
    """They run on the event loop."""
    with pytest.raises(ValueError, match="1000000"):
        draw(context=Context)


def test_what_fits_is_done() -> None:
    """The bounds are far from what workflows do."""
    assert lists.list_range(0, 10, -3) == [10, 7, 4, 1]
    assert lists.list_range(0) == lists.list_range(5, 5) == []
    assert lists.list_range(7, 1, 3) == [1, 4]
    assert arithmetic.rounded(123456, -4) == 120000
    assert text_parts.text_replace("aaa", "a", "bb", 2) == "bbbba"
    assert text_parts.text_split("a,b,c", ",", 1) == ["a", "b,c"]
    assert compare(doubled(two), [1]) is False
    assert list_queries.list_contains([1, [2, {"a": 3}]], [2, {"a": 3}])
