"""Comparisons of runs, for the contracts."""

from __future__ import annotations

from collections.abc import Iterable
from functools import partial

import anyio
import pytest

from stratagem import Pack, Plugin, RunResult, Workflow
from stratagem_testing.random_workflows import Recipe, random_workflow
from stratagem_testing.running import outcome, run_once
from stratagem_testing.sample_pack import sample

LIMIT = 60.0
"""Real seconds after which a run is taken to hang; they take milliseconds."""

SEEDS = 40
"""The number of random workflows that each contract runs on each event loop."""

on_both_loops = pytest.mark.parametrize("backend", ["asyncio", "trio"])
"""Runs a test on asyncio and on trio: its argument ``backend``."""


def run_on(backend: str, workflow: Workflow, plugins: Iterable[Plugin], packs: Iterable[Pack] = (sample,)) -> RunResult:
    """One run of the test pack, or of others, from outside of any event loop."""

    async def main() -> RunResult:
        with anyio.fail_after(LIMIT):
            return await run_once(workflow, packs=packs, plugins=plugins)

    return anyio.run(main, backend=backend)


def assert_like_the_reference(backend: str, plugins: Iterable[Plugin], recipe: Recipe | None = None) -> None:
    """Random workflows give what they give with the reference strategies."""
    recipe = recipe or Recipe(on_error=True)
    kept = tuple(plugins)
    run = partial(run_on, backend)
    for seed in range(SEEDS):
        workflow = random_workflow(seed, recipe)
        expected = outcome(run(workflow, ()))
        assert outcome(run(workflow, kept)) == expected, f"random_workflow({seed}, {recipe}) gives something else"
