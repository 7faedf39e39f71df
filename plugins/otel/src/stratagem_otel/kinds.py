"""The instrument of a measurement, by its name and unit: a counter, a gauge, a histogram, or nothing."""

from __future__ import annotations

import re
from collections.abc import Mapping
from fnmatch import fnmatchcase
from typing import Any, Literal

from stratagem import brief, is_walkable

Kind = Literal["counter", "gauge", "histogram", "none"]

KNOWN: Mapping[str, Kind] = {
    "run.duration": "none",  # a metric of this plugin's own, as all of these are
    "step.duration": "none",
    "process.memory.*": "none",
    "run.queue_depth": "gauge",
    "run.active_steps": "gauge",
    "run.parallel_efficiency": "histogram",
    "cache.saved": "counter",
    "temporary.dropped.size": "counter",
    "*.size": "gauge",
}
COUNTED = frozenset(
    ["requests", "hits", "misses", "evictions", "unfit", "created", "retired", "dropped", "errors", "count", "total"]
)
"""Last words of names that count something."""

TIMES = {"s": 1.0, "ms": 0.001, "us": 1e-6, "ns": 1e-9}

SHARES = (0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9, 1.0)
SECONDS = (0.001, 0.005, 0.01, 0.05, 0.1, 0.5, 1.0, 5.0, 10.0, 30.0, 60.0, 300.0)
BYTES = tuple(4.0**power for power in range(5, 16))
"""From 1 KiB to 1 GiB."""

UNBOUNDED = frozenset({"run", "run_id", "workflow.run.id", "trace_id", "span_id"})
"""Attributes that have another value in each run, so that metrics with them would never end."""

LONGEST = 120
"""Characters of an attribute's text that are kept."""


def kind_of(name: str, unit: str, chosen: Mapping[str, Kind]) -> Kind:
    """Return what the settings choose for the name, else what is known of it, else what name and unit tell.

    Times and sizes are histograms; so are shares, whose unit is ``%``. What is called ``requests``, ``errors`` and the
    like, or has a unit in braces such as ``{page}``, is counted. All else is a gauge.
    """
    for pattern, kind in (*chosen.items(), *KNOWN.items()):
        if fnmatchcase(name, pattern):
            return kind
    if unit in TIMES or unit in ("By", "%"):
        return "histogram"
    if _last_word(name) in COUNTED or (unit.startswith("{") and unit.endswith("}")):
        return "counter"
    return "gauge"


def buckets_of(name: str, unit: str) -> tuple[float, ...] | None:
    """Bounds that fit; None for the SDK's own."""
    if unit in TIMES:
        return tuple(bound / TIMES[unit] for bound in SECONDS)
    if unit == "By":
        return BYTES
    if unit == "%":
        return tuple(100 * share for share in SHARES)
    return SHARES if _last_word(name) in ("efficiency", "ratio", "rate", "share") else None


def _last_word(name: str) -> str:
    return re.split(r"[._]", name)[-1]


def valid_name(name: str) -> str:
    """The name as instruments may have it."""
    name = re.sub(r"[^-_./a-zA-Z0-9]", "_", name)[:250]
    return name if name[:1].isalpha() else f"x_{name}"


def valid_unit(unit: str) -> str:
    """The unit as instruments may have it; none where it can't be one."""
    return unit if unit.isascii() and len(unit) <= 63 else ""


def short(value: Any, longest: int = LONGEST) -> str:
    """The text of an attribute's value, which is cut where it is long."""
    return (str(value) if is_walkable(value) else brief(value))[:longest]


def bounded(attributes: Mapping[str, Any]) -> dict[str, str | bool | int | float]:
    """The attributes without those that are other in each run; ``node`` is named as on spans."""
    return {
        "workflow.node.id" if key == "node" else key: value if isinstance(value, (bool, int, float)) else short(value)
        for key, value in attributes.items()
        if key not in UNBOUNDED
    }
