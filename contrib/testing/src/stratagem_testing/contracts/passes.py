"""The contract of a pass: a plugin that wraps ``compile`` and revises plans."""

from __future__ import annotations

from collections.abc import Generator, Iterable, Iterator, Sequence
from typing import Any, ClassVar

import anyio

from stratagem import Kernel, Plan, Plugin, Revision, RunResult, Workflow, hookimpl, planfacts
from stratagem_testing.answers import scheduled
from stratagem_testing.contracts.shared import LIMIT, SEEDS, on_both_loops
from stratagem_testing.greedy import AnyReady
from stratagem_testing.random_workflows import Recipe, random_workflow
from stratagem_testing.running import outcome
from stratagem_testing.sample_pack import sample


class Unread(Plugin):
    """A small pass that others have to get on with: drops steps that hand on a constant to nobody."""

    @hookimpl(wrapper=True)
    def compile(self) -> Generator[None, Plan, Plan]:
        """The plan without them."""
        plan = yield
        return plan.revised(drop=list(_unread(plan)), why="it can't fail, and nobody reads it")


class PassContract:
    """Override `plugin`, which makes a new one; and `workflows`, if the pass looks for what random ones hardly have."""

    recipe: ClassVar[Recipe] = Recipe(on_error=True)
    """The random workflows, of the pack `sample`."""

    def plugin(self) -> Plugin:
        """A new plugin with the pass."""
        raise NotImplementedError

    def workflows(self) -> Iterable[Workflow]:
        """Workflows of the pack `sample` to try besides random ones."""
        return ()

    @on_both_loops
    def test_a_run_gives_what_it_gives_without_the_pass(self, backend: str) -> None:
        """On schedules that run one step or many at once; only values of dropped steps may be missing."""
        for name, workflow in self._tried():
            expected = outcome(_ran(backend, workflow, ())[1])
            for schedule in ((), (scheduled(AnyReady),)):
                plan, result = _ran(backend, workflow, (self.plugin(), *schedule))
                assert _left(outcome(result), plan) == _left(expected, plan), name

    @on_both_loops
    def test_a_run_that_fails_fails_with_the_pass(self, backend: str) -> None:
        """On the sequential schedule with the same failure."""
        for seed in range(SEEDS):
            workflow = random_workflow(seed, Recipe(fatal=True))
            expected, result = _ran(backend, workflow, ())[1], _ran(backend, workflow, (self.plugin(),))[1]
            assert (result.status, str(result.error)) == (expected.status, str(expected.error)), f"seed {seed}"

    def test_what_it_does_is_told(self) -> None:
        """Each change has its reason, and the plugin's name."""
        for name, workflow in self._tried():
            for each in _revisions(_compiled(workflow, [self.plugin()])):
                assert each.why.strip(), f"{name}: {each}"
                assert each.by, f"{name}: {each}"

    def test_it_has_no_more_to_do_on_a_plan_of_its_own(self) -> None:
        """It is idempotent."""
        for name, workflow in self._tried():
            once, twice = (_compiled(workflow, [self.plugin() for _ in range(count)]) for count in (1, 2))
            assert _revisions(once) == _revisions(twice), name

    def test_the_plan_that_it_is_given_stays_as_it_was(self) -> None:
        """Others may have kept it."""
        for name, workflow in self._tried():
            keeper = _Keeper()
            _compiled(workflow, [self.plugin(), keeper])
            assert [_facts(plan) for plan in keeper.plans] == keeper.facts, name

    def test_it_gets_on_with_other_passes(self) -> None:
        """Inside and outside of another one."""
        for name, workflow in self._tried():
            expected = _ran("asyncio", workflow, ())[1]
            for plugins in ((self.plugin(), Unread()), (Unread(), self.plugin())):
                result = _ran("asyncio", workflow, plugins)[1]
                assert (result.status, result.value) == (expected.status, expected.value), name

    def _tried(self) -> Iterator[tuple[str, Workflow]]:
        for number, workflow in enumerate(self.workflows()):
            yield f"workflow {number}", workflow
        for seed in range(SEEDS):
            yield f"random_workflow({seed}, {self.recipe})", random_workflow(seed, self.recipe)


class _Keeper(Plugin):
    """Keeps each plan that it hands on, and what it was then."""

    def __init__(self) -> None:
        super().__init__()
        self.plans: list[Plan] = []
        self.facts: list[Any] = []

    @hookimpl(wrapper=True)
    def compile(self) -> Generator[None, Plan, Plan]:
        """The plan itself."""
        plan = yield
        self.plans.append(plan)
        self.facts.append(_facts(plan))
        return plan


def _facts(plan: Plan) -> Any:
    return [
        (step.id, step.needs, step.dependents, step.controls, step.guarded, step.at_once, step.sources, step.handler)
        for each in planfacts.plans_in(plan)
        for step in each.steps
    ]


def _compiled(workflow: Workflow, plugins: Sequence[Plugin]) -> Plan:
    return Kernel(plugins=plugins, packs=[sample]).compile(workflow)


def _ran(backend: str, workflow: Workflow, plugins: Sequence[Plugin]) -> tuple[Plan, RunResult]:
    async def main() -> tuple[Plan, RunResult]:
        async with Kernel(plugins=plugins, packs=[sample]) as kernel:
            plan = kernel.compile(workflow)
            with anyio.fail_after(LIMIT):
                return plan, await kernel.run(plan)

    return anyio.run(main, backend=backend)


def _revisions(plan: Plan) -> list[Revision]:
    return [each for found in planfacts.revisions_in(plan).values() for each in found]


def _left(told: dict[str, Any], plan: Plan) -> dict[str, Any]:
    """The outcome without what dropped nodes gave.

    Steps without order may be skipped or cancelled where a failure kept them from being looked at: then steps are not
    counted, nor is what a failed body's other steps gave.
    """
    kinds = {each.kind for each in _revisions(plan)}
    dropped = {each.node for each in _revisions(plan) if each.kind == "dropped"}
    outputs = {node: each for node, each in told["outputs"].items() if node not in dropped}
    loose = "unordered" in kinds and told["failures"]
    return {**told, "outputs": None if loose else outputs, "steps": None if dropped or loose else told["steps"]}


def _unread(plan: Plan) -> Iterator[str]:
    """The steps of the plan and its bodies that give a constant which nothing waits for, subflows left out."""
    gone = set(plan.dropped)
    for step in reversed(plan.steps):
        for body in step.bodies.values():
            yield from _unread(body)
        constant = step.spec.type == "sample.value" and not (step.templated or step.values_of or step.when)
        if constant and step.index not in gone | plan.keeps and gone.issuperset(step.dependents):
            gone.add(step.index)
            yield step.id
