"""The contract of passes: kept by passes that do whatever a plan allows, and broken by those that change a meaning."""

from __future__ import annotations

from collections.abc import Generator, Iterator
from typing import Any

import pytest

from stratagem import BadRevision, Plan, Plugin, Step, hookimpl, planfacts
from stratagem_testing import PassContract
from stratagem_testing.contracts.passes import Unread


class Tried(Plugin):
    """Makes each change that the plan lets it make."""

    @hookimpl(wrapper=True)
    def compile(self) -> Generator[None, Plan, Plan]:
        """The plan with all of them."""
        plan = yield
        while (more := self.tried(plan)) is not plan:  # what one change hands on, another may drop
            plan = more
        return plan

    def tried(self, plan: Plan) -> Plan:
        """The plan with all of them once; itself if there are none."""
        for change in self.changes(plan):
            try:
                plan = plan.revised(why="nothing in the plan speaks against it", **change)
            except BadRevision:
                continue
        return plan

    def changes(self, plan: Plan) -> Iterator[dict[str, Any]]:
        """Yield what is to be tried."""
        raise NotImplementedError


class Unordered(Tried):
    """Drops all order of steps that only read which is neither data nor conflict nor control."""

    def changes(self, plan: Plan) -> Iterator[dict[str, Any]]:
        for each, step in _steps(plan):
            for need in range(step.index - 1, -1, -1):  # what is handed on was one of them
                if not any(_writes(one) for one in (step, each.steps[need])):
                    yield {"unorder": [(step.id, each.steps[need].id)]}


class AtOnce(Tried):
    """Lets the passes of all loops run at once that write no variables."""

    def changes(self, plan: Plan) -> Iterator[dict[str, Any]]:
        for _, step in _steps(plan):
            if not step.at_once:
                yield {"at_once": [step.id]}


def _writes(step: Step) -> bool:
    """Return whether it changes something; then it must not be run where a failure before it would have kept it from."""
    inner = [each for body in step.bodies.values() for each in planfacts.steps_in(body)]
    return bool(step.writes) or step.spec.effect == "write" or any(map(_writes, inner))


def _steps(plan: Plan) -> Iterator[tuple[Plan, Step]]:
    for each in planfacts.plans_in(plan):
        for step in each.steps:
            yield each, step


class TestUnread(PassContract):
    """Steps that nobody reads are dropped."""

    def plugin(self) -> Plugin:
        return Unread()


class TestUnordered(PassContract):
    """What may run in any order does."""

    def plugin(self) -> Plugin:
        return Unordered()


class TestAtOnce(PassContract):
    """Loops say that their passes may run at once."""

    def plugin(self) -> Plugin:
        return AtOnce()


class Careless(Plugin):
    """Puts a wrong constant in place of every value."""

    @hookimpl(wrapper=True)
    def compile(self) -> Generator[None, Plan, Plan]:
        """The plan with them."""
        plan = yield
        named = [step.id for _, step in _steps(plan) if step.spec.type == "sample.value" and step.spec.inputs]
        return plan.revised(constants={name: {"result": -1} for name in named}, why="a guess") if named else plan


class Repeated(Plugin):
    """Makes a change each time that it is asked."""

    @hookimpl(wrapper=True)
    def compile(self) -> Generator[None, Plan, Plan]:
        """The plan with one more revision."""
        plan = yield
        pure = [step.id for _, step in _steps(plan) if step.spec.type == "sample.value"][:1]
        return plan.revised(constants={name: {"result": 1} for name in pure}, why="again") if pure else plan


class Meddling(Plugin):
    """Changes the plan that it was handed."""

    @hookimpl(wrapper=True)
    def compile(self) -> Generator[None, Plan, Plan]:
        """The same plan with a step changed."""
        plan = yield
        for step in plan.steps:
            step.guarded = not step.guarded
        return plan


@pytest.mark.parametrize(
    ("plugin", "name", "arguments"),
    [
        (Careless, "test_a_run_gives_what_it_gives_without_the_pass", ("asyncio",)),
        (Careless, "test_it_gets_on_with_other_passes", ()),
        (Repeated, "test_it_has_no_more_to_do_on_a_plan_of_its_own", ()),
        (Meddling, "test_the_plan_that_it_is_given_stays_as_it_was", ()),
    ],
)
def test_the_contract_catches_passes_that_break_it(plugin: type[Plugin], name: str, arguments: tuple[str, ...]) -> None:
    """Each by the test that is for it."""

    class Contract(PassContract):
        def plugin(self) -> Plugin:
            return plugin()

    with pytest.raises(AssertionError):
        getattr(Contract(), name)(*arguments)
