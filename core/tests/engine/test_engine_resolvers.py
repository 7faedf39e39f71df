"""Resolvers: what is asked of them once for each step, and what they are told of each execution."""

from __future__ import annotations

import inspect
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager
from typing import Any

import pytest

from stratagem import Kernel, Recorder, Remembered, Resolver, ResolverWrapper, Retry, Step
from stratagem.reference import PlainResolver
from stratagem.views import StepRun
from stratagem_testing import ThingPlugin, graph_of, node, recorded, resolved, run_once, sample, workflow_of

pytestmark = pytest.mark.anyio


class Memory(ResolverWrapper):
    """Remembers everything by node id, and keeps a log of what it was told."""

    def __init__(self) -> None:
        super().__init__(PlainResolver())
        self.known: dict[str, Any] = {}
        self.told: list[str] = []

    def concerns(self, step: Step) -> bool:
        return True

    def remembers(self, step: Step) -> bool:
        return step.spec.name != "set"

    async def recall(self, step: Step, inputs: Mapping[str, Any]) -> Remembered | None:
        self.told.append(f"recall {step.id}")
        return Remembered(self.known[step.id], 2.5, "its key") if step.id in self.known else None

    async def remember(self, step: Step, inputs: Mapping[str, Any], value: Any) -> None:
        self.told.append(f"remember {step.id}")
        self.known[step.id] = value

    def forget(self, step: Step, inputs: Mapping[str, Any]) -> None:
        self.told.append(f"forget {step.id}")


class Lender(ResolverWrapper):
    """Lends every callable anew, and keeps a log."""

    def __init__(self) -> None:
        super().__init__(PlainResolver())
        self.told: list[str] = []

    def concerns(self, step: Step) -> bool:
        return True

    def lends(self, step: Step) -> bool:
        return True

    @asynccontextmanager
    async def lend(self, step: StepRun) -> AsyncIterator[Callable[..., Any]]:
        self.told.append(f"open {step.step.id}")
        try:
            yield self.handler(step.step)
        finally:
            self.told.append(f"close {step.step.id}")


class Seen(Recorder):
    """Keeps events and measurements."""

    def __init__(self) -> None:
        self.events: list[tuple[str, str, dict[str, Any]]] = []

    def event(self, step: StepRun, name: str, **attributes: Any) -> None:
        self.events.append((step.step.id, name, attributes))


async def test_a_step_that_is_not_known_is_remembered_or_forgotten() -> None:
    """Each recall that gives nothing is followed by one of the two."""
    memory = Memory()
    nodes = [node("good", "sample.value", {"value": 1}), node("bad", "sample.fail", after=("good",))]
    await run_once(workflow_of(*nodes), packs=[sample], plugins=[resolved(lambda: memory)])
    assert memory.told == ["recall good", "remember good", "recall bad", "forget bad"]


async def test_a_known_value_stands_for_the_step_and_recorders_are_told() -> None:
    """The step is not run; its key and age reach the recorders."""
    memory, seen = Memory(), Seen()
    memory.known["a"] = 7
    workflow = workflow_of(
        node("a", "sample.value", {"value": 1}), node("b", "sample.value", {"value": "{{ a.result + 1 }}"})
    )
    plugins = [resolved(lambda: memory), recorded(lambda: seen)]
    result = await run_once(workflow, packs=[sample], plugins=plugins)
    assert result.outputs["b"] == {"result": 8}
    assert seen.events == [("a", "remembered", {"key": "its key", "age": 2.5})]


async def test_a_step_that_it_does_not_remember_is_never_asked_for() -> None:
    """`remembers` is asked once, and its no is kept to."""
    memory = Memory()
    body = graph_of(node("add", "sample.set", {"name": "x", "value": "{{ x + 1 }}"}))
    loop = node("loop", "sample.each", {"items": [0, 0, 0]}, bodies={"body": body})
    workflow = workflow_of(loop, variables={"x": 0})
    result = await run_once(workflow, packs=[sample], plugins=[resolved(lambda: memory)])
    assert result.variables == {"x": 3}
    assert memory.told == ["recall loop", "remember loop"]


async def test_a_lent_callable_is_left_however_the_step_ends() -> None:
    """Done, failed, timed out: each execution opens one and closes it."""
    lender = Lender()
    nodes = [
        node("good", "sample.value", {"value": 1}),
        node("bad", "sample.fail", on_error="continue", after=("good",)),
        node("late", "sample.wait", {"seconds": 9.0}, timeout=0.01, on_error="continue", after=("bad",)),
    ]
    result = await run_once(workflow_of(*nodes), packs=[sample], plugins=[resolved(lambda: lender)])
    assert result.steps == {"done": 1, "skipped": 0, "failed": 2, "cancelled": 0, "not_run": 0}
    assert lender.told == [f"{what} {name}" for name in ("good", "bad", "late") for what in ("open", "close")]


async def test_recorders_are_told_of_retries() -> None:
    """Before each further attempt, with its number and the pause before it."""
    seen = Seen()
    again = node("again", "sample.flaky", {"failures": 2}, retry=Retry(3, 0.0))
    await run_once(workflow_of(again), packs=[sample], plugins=[recorded(lambda: seen)])
    assert [(name, facts["attempt"]) for _, name, facts in seen.events] == [("retry", 2), ("retry", 3)]


async def test_measurements_are_summed_up_in_the_result() -> None:
    """By name and attributes: how many, their sum, the last, the least and the greatest."""
    async with Kernel(packs=[sample]) as kernel:
        handle = await kernel.start(workflow_of(node("a", "sample.value", {"value": 1})))
        for value in (3, 1, 2):
            handle.run.record("depth", value, "steps", queue="q", at=1)
        result = await handle.wait()
    measure = result.metrics["depth{at=1,queue=q}"]
    assert (measure.count, measure.total, measure.last, measure.least, measure.greatest) == (3, 6, 2, 1, 3)
    assert measure.unit == "steps"


def test_a_wrapper_hands_on_everything_that_a_resolver_may_be_asked() -> None:
    """A method that is added to Resolver and forgotten here would be lost in every wrapper."""
    asked = {name for name, _ in inspect.getmembers(Resolver, inspect.isfunction) if not name.startswith("_")}
    assert asked == {name for name in vars(ResolverWrapper) if not name.startswith("_")}


@pytest.mark.parametrize("type_", ["sample.value", "sample.use"])
async def test_what_concerns_a_step_is_asked_once_in_a_run(type_: str) -> None:
    """However often the step is executed."""

    class Counting(ResolverWrapper):
        def __init__(self) -> None:
            super().__init__(PlainResolver())
            self.asked: list[str] = []

        def lends(self, step: Step) -> bool:
            self.asked.append("lends")
            return step.spec.name == "value"

        def remembers(self, step: Step) -> bool:
            self.asked.append("remembers")
            return True

    counting = Counting()
    body = graph_of(node("inner", type_))
    flow = workflow_of(node("loop", "sample.each", {"items": [1, 2, 3]}, bodies={"body": body}))
    plugins = [resolved(lambda: counting), ThingPlugin()]
    (await run_once(flow, packs=[sample], plugins=plugins)).raise_for_error()
    assert sorted(counting.asked) == ["lends", "lends", "remembers", "remembers"]  # of the loop, and of its body's step
