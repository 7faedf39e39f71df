"""What is measured of every run: times, places in use, queues, memory, caches."""

from __future__ import annotations

import sys
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from stratagem import Pack, Recorder, RunResult, Scheduler
from stratagem._engine.telemetry.gauges import hit_rates
from stratagem.measures import Measures
from stratagem.nodes import Body, Context
from stratagem.reference import SequentialScheduler
from stratagem.views import StepRun
from stratagem_testing import AnyReady, graph_of, node, recorded, run_once, sample, scheduled, workflow_of

pytestmark = pytest.mark.anyio

WAITS = [node(f"w{number}", "sample.wait", {"seconds": 0.1}) for number in range(4)]


async def run_on(scheduler: type[Scheduler] | Any, **options: Any) -> RunResult:
    """A run of four waits of 0.1 s that do not depend on each other."""
    return await run_once(workflow_of(*WAITS), packs=[sample], plugins=[scheduled(scheduler)], **options)


@pytest.mark.parametrize("measure", [True, False])
async def test_the_share_of_the_places_that_was_used_is_told(measure: bool) -> None:
    """It is summed up from step times where they are measured, else sampled; never more than all of them."""
    alone = (await run_on(SequentialScheduler, measure=measure)).metrics["run.parallel_efficiency"].last
    wide = (await run_on(lambda: AnyReady(2), measure=measure, concurrency=8)).metrics["run.parallel_efficiency"].last
    assert 0.5 < alone <= 1.0
    assert 0.0 < wide < alone  # two of eight places, at most


async def test_the_queue_is_sampled() -> None:
    """Steps that were offered and not taken; all of them at the beginning of a sequential run."""
    depth = (await run_on(SequentialScheduler)).metrics["run.queue_depth"]
    assert (depth.unit, depth.greatest, depth.least) == ("{step}", 3, 0)
    assert depth.count > 5


async def test_step_times_are_summed_up_by_type_where_that_is_asked() -> None:
    """Without the option no step is timed, and none stands between it and its node."""
    times = (await run_on(SequentialScheduler, measure=True)).metrics["step.duration{type=sample.wait}"]
    assert (times.unit, times.count) == ("s", 4)
    assert times.least >= 0.09
    assert not any(name.startswith("step.") for name in (await run_on(SequentialScheduler)).metrics)


async def test_steps_around_others_are_no_work_of_their_own() -> None:
    """Else the work of a loop would count twice."""
    own = Pack("own")

    @own.node()
    async def twice(body: Body) -> None:
        await body()
        await body()

    body = {"body": graph_of(node("w", "sample.wait", {"seconds": 0.1}))}
    workflow = workflow_of(node("loop", "own.twice", bodies=body))
    plugins = [scheduled(SequentialScheduler)]
    result = await run_once(workflow, packs=[own, sample], plugins=plugins, measure=True)
    assert result.metrics["run.parallel_efficiency"].last <= 1.0
    assert result.metrics["step.duration{type=own.twice}"].count == 1


@pytest.mark.skipif(sys.platform == "win32", reason="Windows does not tell the peak through Python")
async def test_memory_is_told_in_bytes() -> None:
    """The peak is the process's own; it says by which system it was told."""
    metrics = (await run_on(SequentialScheduler)).metrics
    peak = metrics[f"process.memory.peak{{platform={sys.platform}}}"]
    assert peak.unit == "By"
    assert peak.last > 5_000_000
    if sys.platform == "linux":
        assert 5_000_000 < metrics["process.memory.usage"].greatest <= peak.last * 1.1


async def test_recorders_are_told_the_figures_of_the_whole_run() -> None:
    """At its end, while they still watch it."""
    told: list[str] = []

    class Taking(Recorder):
        def record(self, name: str, value: float, unit: str = "1", **attributes: Any) -> None:
            told.append(name)

    plugins = [recorded(Taking), scheduled(SequentialScheduler)]
    await run_once(workflow_of(*WAITS), packs=[sample], plugins=plugins, measure=True)
    assert {"run.duration", "run.queue_depth", "run.parallel_efficiency", "step.duration"} <= set(told)


async def test_hit_rates_are_derived_from_requests() -> None:
    """Of each cache by itself, by the attributes that it gives its requests."""
    own = Pack("own")

    @own.node()
    async def asks(context: Context) -> None:
        for cache, hit, count in (("node", True, 3), ("node", False, 1), ("text", False, 2)):
            context.metric("cache.requests", count, cache=cache, hit=hit)

    metrics = (await run_once(workflow_of(node("a", "own.asks")), packs=[own])).metrics
    rates = {name: metrics[name].last for name in metrics if name.startswith("cache.hit_rate")}
    assert rates == {"cache.hit_rate{cache=node,node=a}": 0.75, "cache.hit_rate{cache=text,node=a}": 0.0}


@given(st.lists(st.tuples(st.sampled_from(["a", "b"]), st.booleans(), st.integers(1, 50))))
def test_a_hit_rate_is_the_share_of_hits(requests: list[tuple[str, bool, int]]) -> None:
    """For whatever requests there were."""
    measures = Measures()
    for cache, hit, count in requests:
        measures.add("cache.requests", count, cache=cache, hit=hit)
    rates = hit_rates(measures)
    for cache in {cache for cache, _, _ in requests}:
        counts = [(hit, count) for name, hit, count in requests if name == cache]
        rate = sum(count for hit, count in counts if hit) / sum(count for _, count in counts)
        assert rates[f"cache={cache}"] == pytest.approx(rate)


class Hoarding(Scheduler):
    """One that does not know how many steps wait."""

    def __init__(self) -> None:
        self._steps: list[StepRun] = []

    def offer(self, step: StepRun) -> None:
        self._steps.append(step)

    def take(self) -> StepRun | None:
        return self._steps.pop() if self._steps else None


async def test_a_scheduler_need_not_know_how_many_steps_wait() -> None:
    """Then the depth is left out, and all else is told."""
    metrics = (await run_on(Hoarding)).metrics
    assert "run.queue_depth" not in metrics
    assert metrics["run.active_steps"].greatest == 4


async def test_a_run_too_short_to_be_sampled_tells_no_share() -> None:
    """A figure from one or two samples would be no figure."""
    metrics = (await run_once(workflow_of(node("a", "sample.value", {"value": 1})), packs=[sample])).metrics
    assert "run.parallel_efficiency" not in metrics
    assert metrics["run.duration"].unit == "s"
