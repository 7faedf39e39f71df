"""Sizes: about how many bytes a value takes, told by a sample."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from itertools import islice
from sys import getsizeof
from typing import Any

SAMPLE = 16
"""So many entries of a container stand for all of them; of each container within it a quarter of that, and so on."""


def estimated_size(value: Any, sample: int = SAMPLE) -> int:
    """The bytes of a value with what it holds, estimated in some microseconds whatever its size.

    Entries that are one object are counted at each place; of objects of other classes only they themselves are.
    """
    size = getsizeof(value)
    if sample == 0:
        return size
    if isinstance(value, Mapping):
        return size + _sampled(value, sample) + _sampled(value.values(), sample)
    return size + _sampled(value, sample) if isinstance(value, (list, tuple, set, frozenset)) else size


def _sampled(entries: Collection[Any], sample: int) -> int:
    count = len(entries)
    taken = [estimated_size(entry, sample // 4) for entry in islice(entries, sample)]
    return count * sum(taken) // len(taken) if taken else 0
