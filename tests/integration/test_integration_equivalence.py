"""The one promise above all strategies: any of them, together or alone, give what the reference strategies give."""

from __future__ import annotations

import json
from collections.abc import Sequence
from functools import partial
from typing import Any

import anyio
import pytest
from attrs import evolve
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from hypothesis_profiles import FACTORS, examples, factor
from stratagem import Keep, Kernel, Plugin, RunResult, Workflow, dump_workflow
from stratagem_compiled import CompiledPlugin
from stratagem_dag import DagPlugin
from stratagem_testing import Recipe, random_workflow, sample, workflows
from stratagem_variable_cache import VariableCachePlugin, VariableCacheSettings

pytestmark = pytest.mark.slow

LIMIT = 60
"""Seconds after which a run is taken to hang; they take milliseconds."""

thoroughly = partial(
    settings, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large, HealthCheck.large_base_example]
)


async def runs(workflow: Workflow, ways: Sequence[tuple[Plugin, ...]], keep: Keep) -> list[dict[str, Any]]:
    """What a workflow gives with each of these sets of plugins."""
    found = []
    for plugins in ways:
        with anyio.fail_after(LIMIT):
            async with Kernel(packs=[sample], plugins=plugins) as kernel:
                plan = kernel.compile(workflow)
                found.append(told(await kernel.run(plan, options=kernel.options_for(workflow, keep=keep))))
    return found


def told(result: RunResult) -> dict[str, Any]:
    """All that a result says, but for times and ids."""
    return {
        "status": result.status,
        "error": str(result.error),
        "value": result.value,
        "variables": result.variables,
        "outputs": {
            node: {name: _plain(value) for name, value in outputs.items()} for node, outputs in result.outputs.items()
        },
        "outcomes": {node: str(type(outcome)) for node, outcome in result.outcomes.items()},
        "failures": sorted(str(failure) for failure in result.failures),
        "steps": result.steps,
    }


def _plain(value: Any) -> Any:
    """A value to compare; of a started subflow only whether it has ended."""
    return str(value) if hasattr(value, "cancel") else value


WAYS = ("dag", "cached", "dag cached compiled")
BACKENDS = ("asyncio", "trio")


def way(name: str) -> tuple[Plugin, ...]:
    """The plugins of a way to run workflows, by name."""
    caching = VariableCachePlugin(VariableCacheSettings(threshold=0.0))
    return {
        "reference": (),
        "dag": (DagPlugin(),),
        "cached": (caching,),
        "dag cached compiled": (DagPlugin(), caching, CompiledPlugin()),
    }[name]


def assert_all_equal(workflow: Workflow, data: st.DataObject, keep: Keep = "all") -> None:
    """Runs it in sequence and in another way, each on an event loop of its own, and compares everything.

    Over the examples each way meets each event loop; nightly in each example.
    """
    nightly = factor() >= FACTORS["nightly"]
    one, other = data.draw(st.permutations(BACKENDS), "event loops")
    every = ("reference", *WAYS)
    reference, *found = run_by(every if nightly else every[:1], workflow, keep, one)
    found += run_by(every if nightly else [data.draw(st.sampled_from(WAYS), "way")], workflow, keep, other)
    assert all(each == reference for each in found)
    assert reference["status"] == "done"


def run_by(names: Sequence[str], workflow: Workflow, keep: Keep, backend: str) -> list[dict[str, Any]]:
    """What a workflow gives in each of these ways on an event loop."""
    return anyio.run(runs, workflow, [way(name) for name in names], keep, backend=backend)


@given(workflows(Recipe(on_error=True)), st.data())
@thoroughly(max_examples=examples(700))
def test_a_run_gives_what_the_reference_run_gives(workflow: Workflow, data: st.DataObject) -> None:
    """Status, variables, outputs, outcomes, failures and counts of steps are equal, on both event loops."""
    assert_all_equal(workflow, data)


@given(workflows(Recipe(nodes=4, depth=4, on_error=True)), st.data())
@thoroughly(max_examples=examples(300))
def test_bodies_deep_in_bodies_give_the_same(workflow: Workflow, data: st.DataObject) -> None:
    """Loops in branches in loops, left early and run at once."""
    assert_all_equal(workflow, data)


@given(workflows(Recipe(nodes=20, depth=1)), st.data())
@thoroughly(max_examples=examples(300))
def test_wide_workflows_give_the_same_where_values_are_let_go(workflow: Workflow, data: st.DataObject) -> None:
    """What is dropped early is never what somebody reads."""
    assert_all_equal(workflow, data, keep="none")


FLOW = Recipe(nodes=4, depth=1, on_error=True, owners=True)


@pytest.fixture(scope="module")
def flows(tmp_path_factory: pytest.TempPathFactory) -> tuple[str, ...]:
    """Files of workflows to start, whose nodes are called otherwise than those of others."""
    files = [tmp_path_factory.mktemp("flows") / f"flow{number}.json" for number in range(4)]
    for number, file in enumerate(files):
        workflow = random_workflow(number, evolve(FLOW, prefix=f"f{number}n"))
        file.write_text(json.dumps(dump_workflow(workflow)))
    return tuple(map(str, files))


@given(st.data())
@thoroughly(max_examples=examples(300))
def test_limits_and_failures_at_any_depth_give_the_same(flows: tuple[str, ...], data: st.DataObject) -> None:
    """Limits of groups, types and kinds across bodies; owners that fail, are tried again, are gone on after; started flows."""
    recipe = Recipe(nodes=5, depth=3, on_error=True, owners=True, limits=True, flows=flows)
    assert_all_equal(data.draw(workflows(recipe)), data)


@given(workflows(Recipe(on_error=True, fatal=True)))
@thoroughly(max_examples=examples(300))
def test_a_run_that_fails_fails_on_every_schedule(workflow: Workflow) -> None:
    """What was done before a failure depends on the schedule; whether there is one does not."""
    found = anyio.run(runs, workflow, ((), (DagPlugin(),)), "all")
    assert found[0]["status"] == found[1]["status"] != "cancelled"
