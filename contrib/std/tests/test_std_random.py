"""Random nodes."""

from __future__ import annotations

import random
import uuid
from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from stratagem import Node, RunResult
from stratagem_std.random_values import (
    random_choice,
    random_integer,
    random_number,
    random_sample,
    random_shuffle,
    random_string,
    random_uuid,
)


class Seeded:
    """A context that is nothing but its random numbers."""

    def __init__(self, seed: int) -> None:
        self.random = random.Random(seed)


CONTEXTS: Any = st.integers(0, 10**6).map(Seeded)


@given(CONTEXTS, st.integers(-100, 100), st.integers(0, 100))
def test_numbers_lie_in_their_range(context: Any, low: int, width: int) -> None:
    """Both ends included."""
    assert low <= random_integer(low, low + width, context) <= low + width
    assert low <= random_number(context, low, low + width) <= low + width


@given(CONTEXTS, st.lists(st.integers(), min_size=1))
def test_what_is_drawn_was_there(context: Any, items: list[int]) -> None:
    """One, some, or all of it in another order."""
    assert random_choice(items, context) in items
    assert sorted(random_shuffle(items, context)) == sorted(items)
    sample = random_sample(items, len(items) // 2, context)
    assert len(sample) == len(items) // 2
    assert all(sample.count(item) <= items.count(item) for item in sample)
    assert set(random_sample(items, 50, context, repeats=True)) <= set(items)


@given(CONTEXTS, st.integers(0, 50))
def test_random_text_has_its_length_and_alphabet(context: Any, length: int) -> None:
    """Or the characters that are given."""
    assert len(random_string(context, length)) == length
    assert set(random_string(context, length, "hex")) <= set("0123456789abcdef")
    assert set(random_string(context, length, characters="ab")) <= {"a", "b"}


@given(CONTEXTS)
def test_a_random_uuid_is_one_of_version_4(context: Any) -> None:
    """Though it is drawn from the seed."""
    assert uuid.UUID(random_uuid(context)).version == 4


@pytest.mark.parametrize(
    ("draw", "message"),
    [
        (lambda context: random_integer(2, 1, context), "minimum 2 is above maximum 1"),
        (lambda context: random_number(context, 2), "minimum 2 is above maximum 1.0"),
        (lambda context: random_choice([], context), "there is nothing to choose from"),
        (lambda context: random_sample([1], 2, context), "2 items can't be drawn from 1"),
        (lambda context: random_sample([], 1, context, repeats=True), "1 items can't be drawn from 0"),
        (lambda context: random_string(context, -1), "expected from 0 to 1000000 for length, got -1"),
    ],
)
def test_what_can_not_be_drawn_is_an_error(draw: Callable[[Any], Any], message: str) -> None:
    """Which says why."""
    with pytest.raises(ValueError) as caught:
        draw(Seeded(1))
    assert str(caught.value) == message


@pytest.mark.anyio
async def test_a_seed_makes_runs_draw_the_same(run: Callable[..., Any]) -> None:
    """And different nodes of one run draw differently."""

    async def draw(seed: int) -> list[str]:
        nodes = [Node(name, "std.random_uuid") for name in ("one", "two")]
        result: RunResult = await run(*nodes, seed=seed)
        return [result.outputs[name]["result"] for name in ("one", "two")]

    first = await draw(1)
    assert first == await draw(1)
    assert first[0] != first[1]
    assert set(first).isdisjoint(await draw(2))
