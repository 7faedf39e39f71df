"""Choices of a random workflow: from a random number generator, or hypothesis (see `generate`)."""

from __future__ import annotations

from collections.abc import Sequence
from random import Random
from typing import Protocol, TypeVar

T = TypeVar("T")


class Numbers(Protocol):
    """The one thing that a source of choices must do."""

    def number(self, low: int, high: int) -> int:
        """A whole number from ``low`` to ``high``, both included."""


class RandomNumbers:
    """Numbers of a generator: equal seeds make equal choices."""

    def __init__(self, random: Random) -> None:
        self._random = random

    def number(self, low: int, high: int) -> int:
        """A whole number from ``low`` to ``high``, both included."""
        return self._random.randint(low, high)


class Choices:
    """Choices of other sorts, made of numbers; 0 is the plainest, so that hypothesis shrinks towards it."""

    def __init__(self, numbers: Numbers) -> None:
        self.number = numbers.number

    def one_of(self, values: Sequence[T]) -> T:
        """One of ``values``, which are not empty."""
        return values[self.number(0, len(values) - 1)]

    def chance(self, percent: int) -> bool:
        """True so many times out of a hundred."""
        return self.number(0, 99) >= 100 - percent

    def some_of(self, values: Sequence[T], most: int) -> list[T]:
        """Up to ``most`` different places of ``values``, in their order."""
        places = {self.number(0, len(values) - 1) for _ in range(self.number(0, most))} if values else set()
        return [values[place] for place in sorted(places)]

    def shuffled(self, values: Sequence[T]) -> list[T]:
        """All of ``values`` in another order."""
        left = list(values)
        return [left.pop(self.number(0, len(left) - 1)) for _ in values]
