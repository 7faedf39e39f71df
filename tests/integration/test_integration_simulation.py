"""Simulation: random workflows with delays, failures, time limits, cancellations and pauses, on a virtual clock.

Everything follows from a seed. A failure prints its own; ``STRATAGEM_SEED=<seed>`` runs that one alone.
"""

from __future__ import annotations

import json
import os
from collections import Counter
from collections.abc import Callable, Iterable
from pathlib import Path
from random import Random

import pytest
from attrs import evolve

from hypothesis_profiles import examples
from stratagem import Absent, Frame, Plugin, SchedulerStalled, StepTimeout, dump_workflow
from stratagem_dag import DagPlugin
from stratagem_testing import Recipe, SeededScheduler, Simulated, Unavailable, random_workflow, scheduled, simulate

VARIABLE = "STRATAGEM_SEED"
CHUNK = 100
RECIPE = Recipe(delays=True, fatal=True, on_error=True, owners=True, limits=True)
FLOWS = 4
ENDS = ("done", "failed", "cancelled", "skipped")

Plugins = Callable[[Random], Iterable[Plugin]]

STRATEGIES: dict[str, Plugins] = {
    "seeded": lambda random: [scheduled(lambda: SeededScheduler(random))],
    "dag": lambda random: [DagPlugin()],
    "sequential": lambda random: [],
}


def seeds() -> list[range]:
    """Six hundred in CI, in chunks; the one that the environment names, if it does."""
    if VARIABLE in os.environ:
        return [range(int(os.environ[VARIABLE]), int(os.environ[VARIABLE]) + 1)]
    count = examples(600)
    return [range(start, min(start + CHUNK, count)) for start in range(0, count, CHUNK)]


@pytest.fixture(scope="module")
def recipe(tmp_path_factory: pytest.TempPathFactory) -> Recipe:
    """What the workflows are made of, with files of others that they start; one of these may fail."""
    folder = tmp_path_factory.mktemp("flows")
    return evolve(
        RECIPE, flows=tuple(str(write_flow(folder / f"flow{number}.json", number)) for number in range(FLOWS))
    )


def write_flow(file: Path, number: int) -> Path:
    """A workflow to start, whose nodes are called otherwise than those of others."""
    own = Recipe(nodes=4, depth=1, delays=True, fatal=number == 0, on_error=True, owners=True, prefix=f"f{number}n")
    file.write_text(json.dumps(dump_workflow(random_workflow(1000 + number, own))))
    return file


def run_seed(seed: int, plugins: Plugins, recipe: Recipe) -> Simulated:
    """One simulated run; skipped where trio can't be made deterministic."""
    try:
        return simulate(random_workflow(seed, recipe), seed, plugins=plugins)
    except Unavailable as why:
        pytest.skip(str(why))


@pytest.mark.slow
@pytest.mark.parametrize("strategy", STRATEGIES)
@pytest.mark.parametrize("chunk", seeds(), ids=lambda chunk: f"{chunk.start}-{chunk.stop - 1}")
def test_no_seed_breaks_a_run(strategy: str, chunk: range, recipe: Recipe) -> None:
    """Whatever happens to it and when, a run keeps its order, closes what it opened, and tells the truth of itself."""
    for seed in chunk:
        try:
            check(run_seed(seed, STRATEGIES[strategy], recipe))
        except Exception as error:
            error.add_note(f"seed {seed}: run it alone with {VARIABLE}={seed}")
            raise


def check(run: Simulated) -> None:
    """Everything that holds of a run, however it ended."""
    check_nothing_is_left(run)
    frames: dict[int, Frame] = {id(seen.frame): seen.frame for seen in run.watcher.seen}
    frames[id(run.handle.run.frame)] = run.handle.run.frame
    for frame in frames.values():
        check_order(run, frame)
        check_ends(run, frame)
    check_status(run)


def check_nothing_is_left(run: Simulated) -> None:
    """No task, no recorder's context, no lease is open, each lease was closed in the task that had opened it, and each
    step that was taken has been released once."""
    assert run.tasks_left == 0
    assert run.watcher.open == 0
    assert Counter(run.things.opened) == Counter(run.things.closed)
    assert not run.handle.run.strands
    run.scheduler.check()


def check_order(run: Simulated, frame: Frame) -> None:
    """No step has begun before all that it needs had ended."""
    ended: set[int] = set()
    running: set[int] = set()
    for seen in run.watcher.seen:
        if seen.frame is not frame:
            continue
        if seen.what == "begun":
            assert set(frame.plan.steps[seen.index].needs) <= ended, f"{seen.node} has begun too early"
            assert seen.index not in ended or seen.attempt > 1, f"{seen.node} has begun again"
            assert seen.index not in running, f"{seen.node} runs twice at once"
            running.add(seen.index)
        else:
            running.discard(seen.index)
            ended.add(seen.index)
    assert not running


def check_ends(run: Simulated, frame: Frame) -> None:
    """Every step has ended at most once, and exactly once in a frame that went on to its end."""
    begun = Counter(seen.index for seen in run.watcher.seen if seen.frame is frame and seen.what == "begun")
    ends = Counter(seen.index for seen in run.watcher.seen if seen.frame is frame and seen.what in ENDS)
    for index, count in ends.items():
        retry = frame.plan.steps[index].retry
        assert count <= (retry.attempts if retry else 1)
        assert begun[index] in (count, 0)
    if not frame.stopped and frame.left == 0:
        assert set(ends) == set(range(len(frame.plan)))


def check_status(run: Simulated) -> None:
    """Done means that every step was settled and nothing failed for good; failed has an error; cancelled was asked for."""
    result, frame = run.result, run.handle.run.frame
    assert not isinstance(result.error, SchedulerStalled)
    if result.status == "done":
        assert result.error is None
        assert result.steps["not_run"] == 0
        left = [(index, value.what) for index, value in enumerate(frame.values) if isinstance(value, Absent)]
        assert {what for _, what in left} <= {"skipped", "failed"}
        assert all(frame.plan.steps[index].continues for index, what in left if what == "failed")
    elif result.status == "failed":
        assert result.error is not None
    else:
        assert "cancel" in run.disturbed
    if result.status != "cancelled" and "cancel" not in run.disturbed:
        assert result.status == ("failed" if result.error is not None else "done")


@pytest.mark.parametrize("strategy", STRATEGIES)
def test_a_seed_can_be_replayed(strategy: str, recipe: Recipe) -> None:
    """The same seed gives the same course of things, to the last event."""
    for seed in range(20):
        first, second = (run_seed(seed, STRATEGIES[strategy], recipe) for _ in range(2))
        assert first.watcher.trace() == second.watcher.trace()
        assert first.disturbed == second.disturbed
        assert first.result.steps == second.result.steps


def test_seeds_lead_to_every_end_and_every_disturbance(recipe: Recipe) -> None:
    """The simulation would find nothing if all its runs went the same way."""
    found: Counter[str] = Counter()
    for seed in range(300):
        run = run_seed(seed, STRATEGIES["seeded"], recipe)
        found.update([run.result.status, *run.disturbed, *(seen.what for seen in run.watcher.seen)])
        found["leases"] += len(run.things.opened)
        found.update(sorts_of_ends(run))
    assert {"done", "failed", "cancelled", "skipped", "begun", "pause", "cancel", "leases"} <= found.keys()
    wanted = {f"owner {what}" for what in ("failed", "cancelled", "tried again")} | {"owner out of time"}
    wanted |= {f"inside {what}" for what in ("cancelled", "failed")} | {"sample.stop", "sample.await", "sample.at_most"}
    assert {sort: found[sort] for sort in sorted(wanted) if found[sort] < 3} == {}


def sorts_of_ends(run: Simulated) -> Iterable[str]:
    """The sorts of things that happened to steps that own bodies, and inside them."""
    for seen in run.watcher.seen:
        step = seen.frame.plan.steps[seen.index]
        if seen.what == "done":
            yield step.spec.type
        if step.bodies:
            yield f"owner {seen.what}"
            yield from ["owner tried again"] * (seen.attempt > 1)
        if seen.frame.owner is not None:
            yield f"inside {seen.what}"
    for failure in run.result.failures:
        yield from ["owner out of time"] * isinstance(failure.__cause__ or failure, StepTimeout)
