"""Comparing two runs, and telling of one in short."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest

from stratagem import Workflow
from stratagem_report.compare import comparison
from stratagem_report.digests import digest
from stratagem_report.short import short
from stratagem_report.words import measured, seconds, size
from stratagem_testing import node, workflow_of

pytestmark = pytest.mark.anyio

Recorded = Callable[..., Any]


def flow(pause: float, value: int = 1, broken: bool = False) -> Workflow:
    """A wait, a value, and a step that may fail."""
    return workflow_of(
        node("w", "sample.wait", {"seconds": pause}),
        node("v", "sample.value", {"value": value}, after=("w",)),
        node("x", "sample.fail" if broken else "sample.value", after=("v",), on_error="continue"),
        result="{{ v.result }}",
    )


async def test_equal_runs_are_the_same(run_recorded: Recorded) -> None:
    """Whatever time they took."""
    (_, before), (_, after) = [await run_recorded(flow(pause)) for pause in (0.01, 0.11)]
    found = comparison(before, after)
    assert found.same
    (slowest, *_) = found.slower
    assert (slowest.node, round(slowest.slower, 1)) == ("w", 0.1)
    text = found.as_text()
    assert "results: the same" in text
    assert "ended otherwise" not in text
    assert json.loads(json.dumps(found.as_data()))["same"] is True


async def test_other_results_are_told(run_recorded: Recorded) -> None:
    """By digest, as no values are recorded."""
    (_, before), (_, after) = [await run_recorded(flow(0.0, value)) for value in (1, 2)]
    found = comparison(before, after)
    assert not found.same
    assert "results: they differ in result" in found.as_text()


async def test_nodes_that_end_otherwise_are_told(run_recorded: Recorded) -> None:
    """Those that only one run has, too."""
    (_, before), (_, after) = [await run_recorded(flow(0.0, broken=broken)) for broken in (False, True)]
    found = comparison(before, after)
    assert [(each.node, each.outcomes) for each in found.otherwise] == [("x", ("done", "failed"))]
    assert not found.same
    _, other = await run_recorded(workflow_of(node("new", "sample.value", {"value": 1})))
    assert {each.node for each in comparison(before, other).otherwise} == {"w", "v", "x", "new"}


async def test_a_run_in_short_names_what_matters(run_recorded: Recorded) -> None:
    """Its status, figures, path, failures and slowest steps."""
    _, record = await run_recorded(flow(0.05, broken=True))
    text = short(record)
    for part in ("done in", "2 done, 1 failed", "Graham's bound is", "w → v", "x: Broken: broken", "SLOWEST"):
        assert part in text


@pytest.mark.parametrize(
    ("one", "other", "equal"),
    [
        ({"a": 1, "b": 2}, {"b": 2, "a": 1}, True),
        ([1, 2], [2, 1], False),
        (1, "1", False),
        ((1, 2), [1, 2], True),
        (float("nan"), float("nan"), True),
    ],
)
async def test_digests_are_of_values(one: Any, other: Any, equal: bool) -> None:
    """As they are written in JSON, whatever order their keys have."""
    assert (digest(one) == digest(other)) == equal


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (0.0, "0 s"),
        (1.5e-6, "1.50 µs"),
        (0.0345, "34.5 ms"),
        (59.94, "59.9 s"),
        (125, "2 min 05 s"),
        (7260, "2 h 01 min"),
    ],
)
async def test_times_are_told_in_units_that_fit(value: float, text: str) -> None:
    """Three digits are enough to compare."""
    assert seconds(value) == text


async def test_other_units_are_told_too() -> None:
    """Bytes in steps of a thousand, counts with commas."""
    assert (size(84_512_000), size(12)) == ("84.5 MB", "12 B")
    assert (measured(12345, "{step}"), measured(0.25, "1"), measured(2e6, "By")) == ("12,345 step", "0.25", "2.0 MB")
