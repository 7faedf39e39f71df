"""Durations of nodes and runs, as a histogram for each set of attributes.

This is aggregated here, because one measurement through the SDK's own histogram takes about a third of the time of a
span: too much to be paid at every step. What is collected joins the SDK's metrics on their way out.
"""

from __future__ import annotations

from bisect import bisect_left
from time import time_ns

from opentelemetry.sdk.metrics.export import AggregationTemporality, Histogram, HistogramDataPoint, Metric

NODE_BOUNDS = (0.0001, 0.0005, 0.001, 0.005, 0.01, 0.05, 0.1, 0.5, 1.0, 5.0, 10.0, 30.0, 60.0, 300.0, 900.0, 3600.0)
"""Seconds: from nodes that compute to those that wait for people."""

RUN_BOUNDS = (0.01, 0.1, 0.5, 1.0, 5.0, 10.0, 30.0, 60.0, 300.0, 900.0, 3600.0, 14_400.0, 86_400.0)
"""Seconds: to a day."""

SERIES = 2_000
"""The number of sets of attributes that are kept apart, the SDK's own limit; those beyond share one."""

Key = tuple[tuple[str, str], ...]
OVERFLOW: Key = (("otel.metric.overflow", "true"),)


class Series:
    """The durations of one set of attributes."""

    __slots__ = ("bounds", "buckets", "greatest", "least", "told", "total")

    def __init__(self, bounds: tuple[float, ...]) -> None:
        self.bounds = bounds
        self.buckets = [0] * (len(bounds) + 1)
        self.total = 0.0
        self.least = float("inf")
        self.greatest = float("-inf")
        self.told: tuple[tuple[int, ...], float] = ((0,) * len(self.buckets), 0.0)

    def add(self, seconds: float) -> None:
        """Takes in one duration."""
        self.buckets[bisect_left(self.bounds, seconds)] += 1
        self.total += seconds
        if seconds < self.least:
            self.least = seconds
        if seconds > self.greatest:
            self.greatest = seconds

    def point(self, key: Key, start: int, now: int, *, delta: bool) -> HistogramDataPoint:
        """Everything so far; with ``delta`` what is new since the last time, but for the extremes."""
        buckets, total = tuple(self.buckets), self.total
        before, before_total = self.told if delta else ((0,) * len(buckets), 0.0)
        self.told = buckets, total
        counts = [count - earlier for count, earlier in zip(buckets, before, strict=True)]
        return HistogramDataPoint(
            attributes=dict(key),
            start_time_unix_nano=start,
            time_unix_nano=now,
            count=sum(counts),
            sum=total - before_total,
            bucket_counts=counts,
            explicit_bounds=self.bounds,
            min=self.least,
            max=self.greatest,
        )


class Durations:
    """Takes durations in on the event loop's thread and gives them out on a reader's.

    Args:
        bounds: of the buckets, in seconds.
        delta: whether each collection tells only of what is new, as some receivers want it.
    """

    def __init__(self, name: str, description: str, bounds: tuple[float, ...], *, delta: bool = False) -> None:
        self._bounds = bounds
        self._name = name
        self._description = description
        self._delta = delta
        self._start = time_ns()
        self._series: dict[Key, Series] = {}

    def series(self, key: Key) -> Series:
        """The series of these attributes; the same one for as long as this lives."""
        known = self._series.get(key)
        if known is not None:
            return known
        if len(self._series) >= SERIES:
            key = OVERFLOW
        return self._series.setdefault(key, Series(self._bounds))

    def collect(self) -> Metric | None:
        """Everything so far, or since the last collection; None if there is nothing."""
        now, start = time_ns(), self._start
        if self._delta:
            self._start = now
        points = [each.point(key, start, now, delta=self._delta) for key, each in tuple(self._series.items())]
        points = [point for point in points if point.count]
        if not points:
            return None
        temporality = AggregationTemporality.DELTA if self._delta else AggregationTemporality.CUMULATIVE
        return Metric(self._name, self._description, "s", Histogram(points, temporality))
