"""Recorded scientific workflows: read, run and scheduled."""

from __future__ import annotations

import math
from pathlib import Path

import pytest

from corpora import instances
from corpus_parameters import each
from recordings import Recording
from stratagem import Config, Kernel, Strategy, planfacts
from stratagem_bench.instances import barriers_cost, makespans

WORKERS = (4, math.inf)
ROUNDING = 1e-9
DIFFERENT = {"1000genome", "cycles", "hic", "smrnaseq", "soykb", "srasearch", "viralrecon"}
"""The recordings on which a barrier between levels costs time."""

recordings = pytest.mark.parametrize("path", each(instances()))


@pytest.mark.anyio
@recordings
async def test_a_recording_is_read_as_it_is_written(path: Path) -> None:
    """Each task with its parents and runtime; planfacts.work and planfacts.span of the plan are those of the file."""
    recording = Recording.read(path)
    async with Kernel(Config()) as kernel:
        plan = kernel.compile(kernel.load(path))
    order = {step.id: index for index, step in enumerate(plan.steps)}
    names = list(plan.graph.nodes)
    assert len(plan) == len(recording)
    for task, (seconds, parents) in enumerate(zip(recording.seconds, recording.parents, strict=True)):
        step = plan.steps[order[names[task]]]
        assert step.cost == seconds
        assert {plan.steps[need].id for need in step.needs} == {names[parent] for parent in parents}
    assert planfacts.work(plan) == pytest.approx(recording.work)
    assert planfacts.span(plan) == pytest.approx(recording.span)


@pytest.mark.anyio
@pytest.mark.parametrize("schedule", ["sequential", "dag"])
@recordings
async def test_every_task_of_a_recording_runs(path: Path, schedule: str) -> None:
    """With both schedules on both backends; the runtimes are scaled to nothing."""
    async with Kernel(Config(strategy=Strategy(schedule=schedule))) as kernel:
        result = await kernel.run(kernel.load(path), {"scale": 0.0})
    assert (result.status, result.error) == ("done", None)
    assert result.steps["done"] == len(Recording.read(path))


@recordings
def test_a_recording_runs_within_grahams_bound_and_not_by_levels(path: Path) -> None:
    """In virtual time: no worker idles while a task is ready, on few workers and on as many as can be used."""
    recording = Recording.read(path)
    taken = makespans(path, WORKERS)
    for seconds, workers in zip(taken, WORKERS, strict=True):
        assert seconds <= recording.bound(workers) * (1 + ROUNDING)
        if barriers_cost(recording, workers):
            assert seconds < recording.by_levels(workers) * (1 - ROUNDING)
    assert taken[-1] == pytest.approx(recording.span)
    assert barriers_cost(recording, math.inf) == (recording.name in DIFFERENT)


@recordings
def test_one_worker_takes_as_long_as_all_tasks_together(path: Path) -> None:
    """Nothing overlaps, and nothing waits for nothing."""
    assert makespans(path, (1,)) == [pytest.approx(Recording.read(path).work)]
