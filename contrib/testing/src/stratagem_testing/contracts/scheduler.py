"""The contract of a scheduler."""

from __future__ import annotations

from abc import ABC, abstractmethod
from functools import partial
from typing import Any

from stratagem import Scheduler, Workflow
from stratagem_testing.answers import recorded, scheduled
from stratagem_testing.build import graph_of, node, workflow_of
from stratagem_testing.contracts.shared import SEEDS, assert_like_the_reference, on_both_loops, run_on
from stratagem_testing.counting import CountingScheduler
from stratagem_testing.random_workflows import Recipe, random_workflow
from stratagem_testing.watching import Watcher


class SchedulerContract(ABC):
    """Override `scheduler`, which makes one for each run."""

    @abstractmethod
    def scheduler(self) -> Scheduler:
        """A new scheduler, as the plugin would answer with."""

    @on_both_loops
    def test_a_run_gives_what_the_sequential_run_gives(self, backend: str) -> None:
        """Whatever order it chooses, results are those of the reference schedule."""
        assert_like_the_reference(backend, [scheduled(self.scheduler)])

    @on_both_loops
    def test_every_step_is_started_once(self, backend: str) -> None:
        """Nothing that is offered is forgotten or started again, in bodies neither."""
        watcher = Watcher()
        workflow = _wide()
        result = run_on(backend, workflow, [scheduled(self.scheduler), recorded(lambda: watcher)])
        assert result.status == "done"
        begun = watcher.count("begun")
        assert begun == {**dict.fromkeys(workflow.nodes, 1), "inner": 6, "last": 6}
        assert watcher.open == 0

    @on_both_loops
    def test_a_body_never_waits_for_the_step_that_owns_it(self, backend: str) -> None:
        """Owners of bodies are running while their bodies do: they must not use up what bodies need."""
        body = graph_of(node("deep", "sample.value"))
        for depth in range(6):
            body = graph_of(node(f"owner{depth}", "sample.each", {"items": [1]}, bodies={"body": body}))
        owners = [node(f"loop{i}", "sample.each", {"items": []}, bodies={"body": graph_of()}) for i in range(20)]
        nodes = [*owners, *body.nodes.values()]
        assert run_on(backend, workflow_of(*nodes), [scheduled(self.scheduler)]).status == "done"

    @on_both_loops
    def test_places_are_free_again_after_failures_and_time_limits(self, backend: str) -> None:
        """However a step ends, the scheduler lets others start in its place."""
        bad = [node(f"bad{i}", "sample.fail", on_error="continue") for i in range(50)]
        slow = [
            node(f"slow{i}", "sample.wait", {"seconds": 9.0}, timeout=0.001, on_error="continue") for i in range(20)
        ]
        end = node("end", "sample.value", {"value": 1}, after=(bad[-1].id, slow[-1].id))
        result = run_on(backend, workflow_of(*bad, *slow, end), [scheduled(self.scheduler)])
        assert result.status == "done"
        assert result.steps["failed"] == 70

    @on_both_loops
    def test_as_many_steps_are_released_as_were_taken(self, backend: str) -> None:
        """Also where loops, tries and their bodies fail, are tried again, run out of time, or are cancelled by their owner."""
        for workflow in (_cut_short(), *(random_workflow(seed, OWNERS) for seed in range(SEEDS // 2))):
            counted = CountingScheduler(self.scheduler())
            result = run_on(backend, workflow, [scheduled(partial(_itself, counted))])
            assert result.status == "done"
            counted.check()

    @on_both_loops
    def test_limits_across_bodies_never_stall(self, backend: str) -> None:
        """Whatever a workflow limits, and wherever, the result is that of the reference schedule."""
        assert_like_the_reference(backend, [scheduled(self.scheduler)], LIMITED)

    def test_a_new_scheduler_gives_nothing(self) -> None:
        """Nothing can be taken that was not offered."""
        assert self.scheduler().take() is None


OWNERS = Recipe(on_error=True, owners=True)
LIMITED = Recipe(nodes=5, depth=3, on_error=True, owners=True, limits=True)


def _itself(scheduler: Scheduler) -> Scheduler:
    return scheduler


def _cut_short() -> Workflow:
    """Owners that end before their bodies do: by a time limit, by the failure of another pass, by themselves."""
    slow = node("slow", "sample.wait", {"seconds": 9.0})
    broken = node("broken", "sample.fail", when="many.item == 2")
    traits: dict[str, Any] = {"timeout": 0.01, "on_error": "continue"}
    late = node("late", "sample.each", {"items": [1, 2]}, bodies={"body": graph_of(slow)}, **traits)
    fast = graph_of(broken, node("other", "sample.wait", {"seconds": 0.05}))
    many = node(
        "many", "sample.each", {"items": [1, 2, 3], "concurrency": 3}, bodies={"body": fast}, on_error="continue"
    )
    left = node(
        "left",
        "sample.at_most",
        {"seconds": 0.01},
        bodies={"body": graph_of(node("never", "sample.wait", {"seconds": 9.0}))},
    )
    again = node("again", "sample.each", {"items": [1, 2, 3]}, bodies={"body": graph_of(late, many, left)})
    return workflow_of(again, node("end", "sample.value", {"value": 1}, after=("again",)), concurrency=2)


def _wide() -> Workflow:
    """A wide graph with loops whose passes run at once."""
    body = graph_of(node("inner", "sample.wait", {"seconds": 0.001}), node("last", "sample.value", after=("inner",)))
    loop = node("loop", "sample.each", {"items": [1, 2, 3, 4, 5, 6], "concurrency": 3}, bodies={"body": body})
    waits = [node(f"w{i}", "sample.wait", {"seconds": 0.001}) for i in range(30)]
    ends = [node(f"e{i}", "sample.value", after=(f"w{i}", f"w{(i * 7) % 30}")) for i in range(30)]
    return workflow_of(loop, *waits, *ends)
