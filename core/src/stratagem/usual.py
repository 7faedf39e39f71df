"""Historical duration statistics of nodes, from earlier runs."""

from __future__ import annotations

from attrs import frozen


@frozen
class Usual:
    """Durations of ``count`` earlier executions of a node: half of them at most ``median`` seconds, 95 % at most ``p95``."""

    count: int
    median: float
    p95: float
