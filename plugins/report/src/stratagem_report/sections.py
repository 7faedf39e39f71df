"""The sections of the page that are tables and texts, as plain values for its template."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from typing import Any

from attrs import frozen

from stratagem_report.pictures import Pictures
from stratagem_report.record import OUTCOMES, Execution, RunRecord
from stratagem_report.timing import Frame, Wait, leaves, standing, wait_of
from stratagem_report.words import measured

SLOWEST, LONGEST_WAITS, PATH_SHOWN, ERRORS_SHOWN, NOTICES_SHOWN = 15, 15, 60, 50, 50

NEGLIGIBLE = 0.001
"""Seconds of waiting that are not told of."""


@frozen
class PathRow:
    """A step of the critical path, and the seconds between the end of the step before it and its own begin."""

    step: Execution
    gap: float


def path_rows(path: Sequence[Execution]) -> list[PathRow]:
    """The critical path, its longest steps where it has many, in order."""
    ends = [0.0, *(each.end for each in path)]
    rows = [PathRow(each, max(0.0, each.begin - end)) for each, end in zip(path, ends, strict=False)]
    if len(rows) <= PATH_SHOWN:
        return rows
    longest = {id(row) for row in sorted(rows, key=lambda row: row.step.seconds + row.gap, reverse=True)[:PATH_SHOWN]}
    return [row for row in rows if id(row) in longest]


def slowest(record: RunRecord) -> list[Execution]:
    """The executions of steps without bodies that worked longest."""
    return sorted(leaves(record.executions), key=lambda each: each.worked, reverse=True)[:SLOWEST]


def waits(record: RunRecord, frame: Frame) -> list[Wait]:
    """The longest waits: for a place or a resource, of steps of the workflow itself; of those in bodies for resources."""
    found = [wait_of(step, frame) for step in frame.values() if step.how != "skipped"]
    inside = (each for each in record.executions if each.parent is not None and each.waited > NEGLIGIBLE)
    found += [Wait(each, each.begin, None, 0.0, each.waited) for each in inside]
    longest = sorted(found, key=lambda wait: wait.queued + wait.leased, reverse=True)[:LONGEST_WAITS]
    return [wait for wait in longest if wait.queued + wait.leased > NEGLIGIBLE]


def outcomes(record: RunRecord, frame: Frame) -> list[tuple[str, int]]:
    """Return how many nodes of the workflow itself stand in which way, those that none does left out."""
    counts = Counter(standing(node, frame) for node in record.top)
    if record.unseen:
        del counts["waiting"]  # they were not seen, and may have run
    return [(name, counts[name]) for name in OUTCOMES if counts[name]]


@frozen
class PoolRow:
    """Requests of steps for a resource of a kind; how many had to wait, how long in all, on the average, at most."""

    kind: str
    leases: int
    waited: int
    total: float
    mean: float
    longest: float


@frozen
class Problem:
    """A step that failed, or was running when the record was cut off, with its pictures as ``data:`` addresses."""

    step: Execution
    pictures: tuple[tuple[str, str], ...]


def problems(record: RunRecord, pictures: Pictures) -> list[Problem]:
    """The first of the failed executions, innermost ones only, in the order of their ends."""
    return [Problem(each, tuple(pictures.of(_kept(each)))) for each in failures(record)[:ERRORS_SHOWN]]


def failures(record: RunRecord) -> list[Execution]:
    """All of those."""
    failed = [each for each in record.executions if each.how in ("failed", "running")]
    around = {id(each.parent) for each in failed if each.parent is not None}
    return sorted((each for each in failed if id(each) not in around), key=lambda each: each.end)


def _kept(failed: Execution) -> list[tuple[str, str]]:
    """Return what the step has kept, and those around it that failed with it, such as one that holds a page."""
    found, around = list(failed.artifacts), failed.parent
    while around is not None and around.how == failed.how:
        found += around.artifacts
        around = around.parent
    return found


def notices(record: RunRecord) -> list[tuple[Execution, str]]:
    """Return what steps have met that was odd, whatever became of them; the first ones where there are many."""
    return [(each, text) for each in record.executions for text in each.notices][:NOTICES_SHOWN]


def metric_rows(record: RunRecord) -> list[tuple[str, list[str]]]:
    """Return what was measured, by name: count, total or mean, least, greatest, last."""
    return [(name, _cells(measure)) for name, measure in sorted(record.metrics.items())]


def _cells(measure: Any) -> list[str]:
    unit, count = measure["unit"], measure["count"]
    mean = measure["total"] / count if count else 0.0
    values = (measure["total"], mean, measure["least"], measure["greatest"], measure["last"])
    return [f"{count:,}", *(measured(value, unit) for value in values)]


def cache_rows(record: RunRecord) -> list[tuple[str, float, float, float | None]]:
    """Name, hits, misses and hit rate of each cache that was asked."""
    found: dict[str, list[float]] = {}
    for name, measure in record.metrics.items():
        if name.startswith("cache.requests{"):
            attributes = dict(part.split("=", 1) for part in name[15:-1].split(",") if "=" in part)
            hit = attributes.pop("hit", "False") == "True"
            label = ", ".join(attributes.values()) or "cache"
            found.setdefault(label, [0.0, 0.0])[0 if hit else 1] += measure["total"]
    return [
        (name, hits, misses, hits / (hits + misses) if hits + misses else None)
        for name, (hits, misses) in found.items()
    ]


def pool_rows(record: RunRecord) -> list[PoolRow]:
    """Return what steps waited for resources, by kind."""
    found: dict[str, list[float]] = {}
    for each in record.executions:
        for kind, seconds in each.waits:
            found.setdefault(kind, []).append(seconds)
    return [_pool_row(kind, waits) for kind, waits in sorted(found.items())]


def _pool_row(kind: str, waits: list[float]) -> PoolRow:
    total, waited = sum(waits), sum(seconds > NEGLIGIBLE for seconds in waits)
    return PoolRow(kind, len(waits), waited, total, total / len(waits), max(waits))
