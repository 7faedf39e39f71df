"""Control: branches, dead paths, guards, failures that are gone on after."""

from __future__ import annotations

from typing import Any

import pytest

from stratagem import Branch, Done, Failed, Node, Pack, Plugin, RunResult, Skipped, Workflow
from stratagem.errors import StepFailed
from stratagem_testing import AnyReady, Broken, graph_of, node, run_once, sample, scheduled, workflow_of

pytestmark = pytest.mark.anyio


@pytest.fixture(params=["sequential", "at once"])
def plugins(request: pytest.FixtureRequest) -> list[Plugin]:
    """The reference schedule, and one that runs steps at once."""
    return [scheduled(AnyReady)] if request.param == "at once" else []


def ids(result: RunResult) -> set[str]:
    """The nodes of the workflow itself that have run and returned."""
    return {id_ for id_, outcome in result.outcomes.items() if isinstance(outcome, Done)}


def step(id_: str, **traits: Any) -> Node:
    """A node that gives its own id."""
    return node(id_, "sample.value", {"value": id_}, **traits)


async def test_only_the_chosen_branch_runs_and_the_merge_goes_on(plugins: list[Plugin]) -> None:
    """What hangs on the other control output is skipped to the merge, which needs one live line."""
    workflow = workflow_of(
        node("if", "sample.if", {"condition": False}),
        *map(step, ("yes", "yes2", "no", "end")),
        node("merge", "sample.merge"),
        lines=["if.true -> yes -> yes2 -> merge", "if.false -> no -> merge -> end"],
    )
    result = await run_once(workflow, packs=[sample], plugins=plugins)
    assert ids(result) == {"if", "no", "merge", "end"}
    assert result.outcomes["yes2"] == Skipped("skipped")
    assert result.steps == {"done": 4, "skipped": 2, "failed": 0, "cancelled": 0, "not_run": 0}
    assert result.status == "done"


async def test_a_whole_dead_region_is_skipped_without_recursion(plugins: list[Plugin]) -> None:
    """Ten thousand steps behind a closed branch die at once."""
    chain = [f"s{i}" for i in range(10_000)]
    workflow = workflow_of(
        node("if", "sample.if", {"condition": False}), *map(step, chain), lines=["if.true -> " + " -> ".join(chain)]
    )
    result = await run_once(workflow, packs=[sample], plugins=plugins)
    assert result.steps["skipped"] == 10_000
    assert result.status == "done"


async def test_several_ports_may_be_chosen_and_none(plugins: list[Plugin]) -> None:
    """A branch of two ports opens both; one of none ends the path there."""
    pack = Pack("own")

    @pack.node(controls=("left", "middle", "right"))
    async def fork(to: list[str]) -> Branch:
        return Branch(*to)

    workflow = workflow_of(
        node("two", "own.fork", {"to": ["left", "right"]}),
        node("none", "own.fork", {"to": []}),
        *map(step, ("a", "b", "c", "d")),
        lines=["two.left -> a", "two.middle -> b", "two.right -> c", "none.left -> d"],
    )
    result = await run_once(workflow, packs=[pack, sample], plugins=plugins)
    assert ids(result) == {"two", "none", "a", "c"}


async def test_the_switch_port_is_matched_by_its_name(plugins: list[Plugin]) -> None:
    """A pattern among a node's control outputs stands for each case."""
    workflow = workflow_of(
        node("switch", "sample.switch", {"value": 1}),
        *map(step, ("zero", "one", "other")),
        lines=["switch.case_0 -> zero", "switch.case_1 -> one", "switch.default -> other"],
    )
    assert ids(await run_once(workflow, packs=[sample], plugins=plugins)) == {"switch", "one"}


async def test_a_step_whose_value_never_comes_is_skipped(plugins: list[Plugin]) -> None:
    """A required input from a skipped step skips its reader; optional and variadic ones go without."""
    workflow = workflow_of(
        step("gone", when="false"),
        node("ok", "sample.value", {"value": 5}),
        node("needs", "sample.add"),
        node("optional", "sample.add", {"left": 1}),
        node("many", "sample.join"),
        node("behind", "sample.value"),
        lines=[
            "gone.result -> needs.left",
            "gone.result -> optional.right",
            "gone.result -> many.parts",
            "ok.result -> many.parts",
            "needs.result -> behind.value",
        ],
    )
    result = await run_once(workflow, packs=[sample], plugins=plugins)
    assert result.outputs["optional"] == {"result": 1}
    assert result.outputs["many"] == {"result": [5]}
    assert result.outcomes["needs"] == Skipped("skipped")
    assert result.outputs["behind"] == {"result": None}


async def test_after_orders_but_does_not_guard(plugins: list[Plugin]) -> None:
    """A step runs after one that was skipped, too: only control lines carry life."""
    workflow = workflow_of(step("gone", when="false"), step("next", after=("gone",)))
    assert ids(await run_once(workflow, packs=[sample], plugins=plugins)) == {"next"}


async def test_a_guard_is_told_from_values_and_variables_when_its_needs_are_settled(plugins: list[Plugin]) -> None:
    """``when`` sees what the steps before have given and set."""
    workflow = workflow_of(
        node("a", "sample.add", {"left": 2, "right": 2}),
        node("set", "sample.set", {"name": "x", "value": 7}),
        step("yes", when="a.result == 4 and x == 7", after=("set",)),
        step("no", when="x == 1", after=("set",)),
        variables={"x": 1},
    )
    assert ids(await run_once(workflow, packs=[sample], plugins=plugins)) == {"a", "set", "yes"}


async def test_a_guard_that_can_not_be_told_fails_its_step(plugins: list[Plugin]) -> None:
    """It is neither taken for true nor for false."""
    workflow = workflow_of(step("gone", when="false"), step("culprit", when="gone.result == 3"))
    result = await run_once(workflow, packs=[sample], plugins=plugins)
    assert isinstance(result.error, StepFailed)
    assert result.error.node == "culprit"


async def test_the_first_failure_ends_the_run(plugins: list[Plugin]) -> None:
    """What has not begun is not run, and says so."""
    workflow = workflow_of(node("bad", "sample.fail"), step("later", after=("bad",)))
    result = await run_once(workflow, packs=[sample], plugins=plugins)
    assert result.status == "failed"
    assert result.outcomes["later"] == Skipped("pending")
    assert result.steps["not_run"] == 1
    with pytest.raises(StepFailed):
        result.raise_for_error()


async def test_steps_beside_a_failure_are_cancelled() -> None:
    """Nothing goes on behind the back of a run that has failed."""
    workflow = workflow_of(
        node("slow", "sample.wait", {"seconds": 60.0}), node("bad", "sample.fail", {"seconds": 0.02})
    )
    result = await run_once(workflow, packs=[sample], plugins=[scheduled(AnyReady)])
    assert result.outcomes["slow"] == Skipped("cancelled")
    assert result.steps == {"done": 0, "skipped": 0, "failed": 1, "cancelled": 1, "not_run": 0}


def with_failure(**settings: Any) -> Workflow:
    """A failing node with steps behind it by control, data and reference."""
    return workflow_of(
        node("bad", "sample.fail", on_error="continue" if not settings else None),
        node("bad2", "sample.flaky", {"failures": 9}, on_error="continue" if not settings else None),
        step("next"),
        node("data", "sample.add"),
        node("default", "sample.value", {"value": "{{ bad2.result | default(7) }}"}),
        lines=["bad -> next", "bad2.result -> data.left"],
        **settings,
    )


@pytest.mark.parametrize("settings", [{}, {"on_error": "continue"}])
async def test_a_failure_may_be_gone_on_after(plugins: list[Plugin], settings: dict[str, Any]) -> None:
    """Said by a node or by the whole workflow: control goes on, its value is missing, the run is done, and tells."""
    result = await run_once(with_failure(**settings), packs=[sample], plugins=plugins)
    assert result.status == "done"
    assert ids(result) == {"next", "default"}
    assert result.outcomes["data"] == Skipped("skipped")
    assert result.outputs["default"] == {"result": 7}
    assert [failure.node for failure in result.failures] == ["bad", "bad2"]
    assert isinstance(result.outcomes["bad"], Failed)
    assert isinstance(result.failures[0].__cause__, Broken)
    assert result.error is None


async def test_going_on_after_failures_reaches_into_bodies(plugins: list[Plugin]) -> None:
    """The workflow's word holds for the steps of bodies; a node that handles failures takes it back for its own."""
    body = graph_of(node("bad", "sample.fail"), step("in_body", after=("bad",)))
    tried = graph_of(node("bad2", "sample.fail"), step("in_try", after=("bad2",)))
    workflow = workflow_of(
        node("loop", "sample.each", {"items": [1, 2]}, bodies={"body": body}),
        node("try", "sample.try", bodies={"body": tried}),
        on_error="continue",
    )
    result = await run_once(workflow, packs=[sample], plugins=plugins)
    assert result.status == "done"
    assert result.outputs["in_body"] == {"result": "in_body"}
    assert "in_try" not in result.outputs
    assert result.outputs["try"] == {"failed": True, "result": None}


async def test_the_result_of_a_workflow_is_its_value(plugins: list[Plugin]) -> None:
    """``result`` is resolved when all is over; one that reads what is missing fails the run, by its key."""
    nodes = [node("a", "sample.add", {"left": 1}), step("gone", when="false")]
    result = await run_once(workflow_of(*nodes, result="{{ a.result + 1 }}"), packs=[sample], plugins=plugins)
    assert result.value == 2
    failed = await run_once(workflow_of(*nodes, result="{{ gone.result }}"), packs=[sample], plugins=plugins)
    assert failed.status == "failed"
    assert failed.value is None
    assert "result" in str(failed.error)
