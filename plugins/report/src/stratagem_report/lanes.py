"""Lanes: executions side by side, none beside itself, as few lanes as were ever needed at once."""

from __future__ import annotations

from collections.abc import Sequence
from heapq import heappop, heappush

from stratagem_report.record import Execution


def lanes_of(executions: Sequence[Execution]) -> list[int]:
    """A lane for each execution, in their order: each takes the lowest lane that is free when it begins."""
    found = [0] * len(executions)
    free: list[int] = []
    busy: list[tuple[float, int]] = []
    count = 0
    for at in sorted(range(len(executions)), key=lambda at: (executions[at].begin, executions[at].end)):
        while busy and busy[0][0] <= executions[at].begin:
            heappush(free, heappop(busy)[1])
        if free:
            lane = heappop(free)
        else:
            lane, count = count, count + 1
        found[at] = lane
        heappush(busy, (executions[at].end, lane))
    return found


def at_once(executions: Sequence[Execution], seconds: float, buckets: int) -> list[float]:
    """Return how many executions were running, on the average, in each of ``buckets`` equal parts of the run."""
    width = seconds / buckets
    found = [0.0] * buckets
    if width <= 0:
        return found
    for each in executions:
        first, last = int(each.begin / width), min(int(each.end / width), buckets - 1)
        for bucket in range(first, last + 1):
            inside = min(each.end, (bucket + 1) * width) - max(each.begin, bucket * width)
            found[bucket] += max(inside, 0.0) / width
    return [round(value, 3) for value in found]
