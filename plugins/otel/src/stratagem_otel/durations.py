"""How long nodes took, as a histogram for each node type and outcome.

This is aggregated here, because one measurement through the SDK's own histogram takes about a third of the time of a
span: too much to be paid at every step. What is collected joins the SDK's metrics on their way out.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Sequence
from threading import Lock
from time import time_ns

from opentelemetry.sdk.metrics.export import AggregationTemporality, Histogram, HistogramDataPoint, Metric

BOUNDS = (0.0001, 0.0005, 0.001, 0.005, 0.01, 0.05, 0.1, 0.5, 1.0, 5.0, 10.0, 30.0, 60.0, 300.0, 900.0, 3600.0)
"""Seconds: from nodes that compute to those that wait for people."""

SERIES = 2_000
"""How many sets of attributes are kept apart, the SDK's own limit; those beyond share one."""

Key = tuple[tuple[str, str], ...]
OVERFLOW: Key = (("otel.metric.overflow", "true"),)


class _Series:
    __slots__ = ("buckets", "greatest", "least", "total")

    def __init__(self) -> None:
        self.buckets = [0] * (len(BOUNDS) + 1)
        self.total = 0.0
        self.least = float("inf")
        self.greatest = float("-inf")


class Durations:
    """Takes durations in on the event loop's thread and gives them out on a reader's.

    Args:
        delta: whether each collection tells only of what is new, as some receivers want it.
    """

    def __init__(self, name: str, description: str, *, delta: bool = False) -> None:
        self._name = name
        self._description = description
        self._delta = delta
        self._start = time_ns()
        self._series: dict[Key, _Series] = {}
        self._lock = Lock()

    def add(self, key: Key, seconds: float) -> None:
        """Takes in one duration; ``key`` are its attributes."""
        with self._lock:
            series = self._series.get(key)
            if series is None:
                if len(self._series) >= SERIES:
                    key = OVERFLOW
                series = self._series.setdefault(key, _Series())
            series.buckets[bisect_left(BOUNDS, seconds)] += 1
            series.total += seconds
            if seconds < series.least:
                series.least = seconds
            if seconds > series.greatest:
                series.greatest = seconds

    def collect(self) -> Metric | None:
        """Everything so far, or since the last collection; None if there is nothing."""
        with self._lock:
            now, start = time_ns(), self._start
            points = [_point(key, each, start, now) for key, each in self._series.items()]
            if self._delta:
                self._series, self._start = {}, now
        if not points:
            return None
        temporality = AggregationTemporality.DELTA if self._delta else AggregationTemporality.CUMULATIVE
        return Metric(self._name, self._description, "s", Histogram(points, temporality))


def _point(key: Key, series: _Series, start: int, now: int) -> HistogramDataPoint:
    counts: Sequence[int] = tuple(series.buckets)
    return HistogramDataPoint(
        attributes=dict(key),
        start_time_unix_nano=start,
        time_unix_nano=now,
        count=sum(counts),
        sum=series.total,
        bucket_counts=counts,
        explicit_bounds=BOUNDS,
        min=series.least,
        max=series.greatest,
    )
