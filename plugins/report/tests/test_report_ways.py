"""Which row failed, and waiting apart from work, in records and what is drawn of them."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from stratagem import Retry
from stratagem_pools import PoolSettings
from stratagem_report.compare import comparison
from stratagem_report.figures import figures_of
from stratagem_report.page import page
from stratagem_report.record import RunRecord
from stratagem_report.sections import failures, pool_rows, slowest, waits
from stratagem_report.short import short
from stratagem_report.timing import top_frame
from stratagem_testing import ThingPlugin, graph_of, node, workflow_of

pytestmark = pytest.mark.anyio

Recorded = Callable[..., Any]


FAIL = node("c", "sample.fail")


def rows(items: list[Any], *body: Any, **config: Any) -> Any:
    """A loop ``each`` over items."""
    return node("each", "sample.each", {"items": items, **config}, bodies={"body": graph_of(*body)})


async def test_the_row_that_failed_stands_at_the_top(run_recorded: Recorded) -> None:
    """Of the page, and of what is told in short: the way, how many rows there are, the item."""
    inner = node("t", "sample.choose", {"condition": "{{ each.item == 'd' }}"}, bodies={"then": graph_of(FAIL)})
    _, record = await run_recorded(workflow_of(rows(list("abcde"), inner)))
    (failed,) = failures(record)
    assert (failed.way, failed.rows) == ("each[3] / t / c", "row 3 of 5: 'd'")
    told = short(record).splitlines()[0]
    assert told.split(None, 1) == ["failed", "each[3] / t / c (row 3 of 5: 'd'): Broken: broken"]
    text = page(record)
    assert text.index("in each[3] / t / c (row 3 of 5: &#39;d&#39;)") < text.index("Makespan")


async def test_a_late_step_that_is_gone_on_after_has_failed(run_recorded: Recorded) -> None:
    """The record says what any failure says."""
    late = node("late", "sample.wait", {"seconds": 5}, timeout=0.03, on_error="continue")
    result, record = await run_recorded(workflow_of(late))
    (failed,) = failures(record)
    assert (result.status, failed.node.id, failed.how) == ("done", "late", "failed")
    assert str(failed.error).startswith("StepTimeout: ")


async def test_failures_beyond_those_that_are_shown_are_counted(run_recorded: Recorded) -> None:
    """None goes unseen."""
    body = node("try", "sample.try", bodies={"body": graph_of(FAIL)})
    _, record = await run_recorded(workflow_of(rows(list(range(60)), body)))
    assert "and 10 more" in short(record)
    assert "and 10 more, which stand in the record" in page(record)


async def contention(run_recorded: Recorded) -> RunRecord:
    """A run in which four rows need one thing for 0.1 s each."""
    loop = rows(list("abcd"), node("use", "sample.use", {"seconds": 0.1}), concurrency=4)
    result, record = await run_recorded(workflow_of(loop), plugins=[ThingPlugin(PoolSettings(size=1))])
    assert result.status == "done"
    return record  # type: ignore[no-any-return]  # the fixture is not typed


async def test_waiting_for_a_resource_is_no_work(run_recorded: Recorded) -> None:
    """Not in T1, in the span, in what was busy, nor in what took longest."""
    record = await contention(run_recorded)
    figures = figures_of(record)
    assert 0.4 <= figures.work < 0.55
    assert 0.4 <= figures.busy < 0.55
    assert figures.span < 0.3
    assert figures.makespan >= 0.4
    assert max(each.worked for each in slowest(record)) < 0.25
    assert comparison(record, record).slower == []


async def test_waiting_is_told_with_how_long_in_all(run_recorded: Recorded) -> None:
    """By kind, and step by step with the way."""
    record = await contention(run_recorded)
    (pool,) = pool_rows(record)
    assert (pool.kind, pool.leases) == ("thing", 4)
    assert 3 <= pool.waited <= 4
    assert 0.55 <= pool.total < 1.0
    found = waits(record, top_frame(record))
    assert found[0].step.way.startswith("each[")
    assert found[0].leased >= 0.28
    assert "steps for a thing, " in short(record)
    text = page(record)
    assert "waited for a thing, " in text
    assert " in all" in text


async def test_pauses_between_attempts_are_no_work(run_recorded: Recorded) -> None:
    """Nobody is at work then."""
    again = node("again", "sample.flaky", {"failures": 1}, retry=Retry(2, 0.2))
    _, record = await run_recorded(workflow_of(again))
    (execution,) = record.executions
    assert execution.seconds >= 0.2
    assert execution.worked < 0.1
