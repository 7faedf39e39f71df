"""The estimate of what a value takes of memory."""

from __future__ import annotations

import sys
from typing import Any

import pytest

from stratagem._support.sizes import estimated_size

ROW = {"name": "Ada Lovelace", "tags": ["a" * 100, "b" * 100]}


@pytest.mark.parametrize(
    ("value", "least"),
    [
        ("x" * 1000, 1000),
        (list(range(1000, 2000)), 1000 * (8 + 28)),
        ([ROW] * 1000, 1000 * 200),
        ({str(number): ROW for number in range(1000)}, 1000 * 250),
        (("x" * 100,) * 50, 50 * 100),
    ],
)  # fmt: skip
def test_what_a_value_holds_counts(value: Any, least: int) -> None:
    """As its first entries are, so are all: the estimate is no less than what is there, and not much more."""
    assert least <= estimated_size(value) <= 4 * least


def test_an_estimate_looks_at_a_sample_alone() -> None:
    """However large and deep the value; one within itself ends too."""
    deep: list[Any] = ["x"] * 100
    for _ in range(10):
        deep = [deep] * 100
    deep.append(deep)
    calls = 0

    def counted(frame: object, event: str, argument: object) -> None:
        nonlocal calls
        calls += event == "call"

    sys.setprofile(counted)
    try:
        assert estimated_size(deep) > 100_000
    finally:
        sys.setprofile(None)
    assert calls < 1000
