"""Faults of plugins: they end the run under the plugin's name, are no failure of a node, and take no result away."""

from __future__ import annotations

import logging
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager
from typing import Any

import anyio
import pytest

from stratagem import Kernel, Node, Pack, Plugin, Remembered, ResolverWrapper, Retry, RunResult, Step, hookimpl
from stratagem.errors import PluginFailed, ResourceUnavailable, StepFailed
from stratagem.model import ResourceRequest
from stratagem.nodes import Body, Context
from stratagem.reference import PlainResolver
from stratagem.scope import Scope
from stratagem.strategies import ResourceProvider
from stratagem.views import StepRun
from stratagem_testing import (
    AnyReady,
    CountingScheduler,
    graph_of,
    node,
    provided,
    resolved,
    run_once,
    sample,
    scheduled,
    workflow_of,
)

pytestmark = pytest.mark.anyio

own = Pack("own")


@own.node(resources={"thing": "thing"})
async def sees(thing: Any, context: Context, error: str = "") -> int:
    """Gives the number of its attempt, or raises."""
    if error:
        raise ValueError(error)
    return context.attempt


@own.node()
async def hopeful(body: Body) -> str:
    """Takes every error of its body for one to go on after."""
    try:
        await body()
    except Exception:
        await body()
    return "went on"


class Faulty(ResolverWrapper):
    """Raises for the step ``faulty``, or at the end of the run, in the method that it is told to."""

    def __init__(self, where: str) -> None:
        super().__init__(PlainResolver())
        self.where = where
        self.calls = 0

    def _at(self, where: str, step: Step | None = None) -> None:
        if where == self.where and (step is None or step.id == "faulty"):
            self.calls += 1
            raise ZeroDivisionError(f"in {where}")

    def concerns(self, step: Step) -> bool:
        self._at("concerns", step)
        return True

    def handler(self, step: Step) -> Callable[..., Any]:
        self._at("handler", step)
        return super().handler(step)

    def inputs(self, step: Step) -> Callable[[Scope], dict[str, Any]]:
        self._at("inputs", step)
        inputs = super().inputs(step)

        def give(scope: Scope) -> dict[str, Any]:
            self._at("resolving", step)
            return inputs(scope)

        return give

    def lends(self, step: Step) -> bool:
        self._at("lends", step)
        return self.where.startswith("lend ")

    @asynccontextmanager
    async def lend(self, step: StepRun) -> AsyncIterator[Callable[..., Any]]:
        self._at("lend enter", step.step)
        yield step.step.spec.handler
        self._at("lend exit", step.step)

    def remembers(self, step: Step) -> bool:
        self._at("remembers", step)
        return True

    async def recall(self, step: Step, inputs: Mapping[str, Any]) -> Remembered | None:
        self._at("recall", step)
        return None

    async def remember(self, step: Step, inputs: Mapping[str, Any], value: Any) -> None:
        self._at("remember", step)

    def forget(self, step: Step, inputs: Mapping[str, Any]) -> None:
        self._at("forget", step)

    async def close(self) -> None:
        self._at("close")


IN_A_STEP = ("concerns", "handler", "inputs", "resolving", "lends", "lend enter", "lend exit", "remembers", "recall", "remember")  # fmt: skip


def told(result: RunResult, name: str = "resolve") -> PluginFailed:
    """What the run says, once it is certain that it blames the plugin and nobody else."""
    assert result.status == "failed"
    assert isinstance(result.error, PluginFailed)
    assert result.error.node is None
    assert result.error.provider == f"{name}-dist 1.0"
    assert f"the plugin '{name}' failed in " in str(result.error)
    assert "faulty" not in str(result.error)
    assert not isinstance(result.error.__cause__, (PluginFailed, type(None)))
    assert result.faults == (result.error,)
    return result.error


@pytest.mark.parametrize("where", IN_A_STEP)
@pytest.mark.parametrize("around", ["alone", "body", "beside"])
async def test_what_a_resolver_raises_ends_the_run_and_is_not_tried_again(where: str, around: str) -> None:
    """Neither a retry nor ``on_error: continue`` nor a node that catches everything goes on after it."""
    faulty = Faulty(where)
    traits: dict[str, Any] = {"retry": Retry(3, 0), "on_error": "continue"}
    nodes = [node("faulty", "sample.value", {"value": 1}, **traits), node("later", "sample.value", after=("faulty",))]
    if around == "body":
        nodes = [node("outer", "own.hopeful", bodies={"body": graph_of(*nodes)}, **traits)]
    elif around == "beside":
        nodes.append(node("long", "sample.wait", {"seconds": 30}))
    counting = CountingScheduler(AnyReady())
    plugins = [resolved(lambda: faulty), scheduled(lambda: counting)]
    with anyio.fail_after(5):
        result = await run_once(workflow_of(*nodes), packs=[sample, own], plugins=plugins)
    counting.check()
    method = "inputs.give" if where == "resolving" else where.split()[0]
    assert f"Faulty.{method}: ZeroDivisionError: in {where}" in str(told(result))
    assert faulty.calls == 1
    assert "later" not in result.outputs
    assert result.failures == ()
    assert ("faulty" in result.outputs) == (where in ("lend exit", "remember"))


async def test_a_resolver_that_can_not_close_takes_no_result_away() -> None:
    """All that the run has computed is there, beside the error."""
    flow = workflow_of(node("a", "sample.value", {"value": 1}), result="{{ a.result + 1 }}")
    result = await run_once(flow, packs=[sample], plugins=[resolved(lambda: Faulty("close"))])
    assert "Faulty.close" in str(told(result))
    assert result.outputs == {"a": {"result": 1}}
    assert result.value == 2
    assert result.steps["done"] == 1


async def test_a_failed_run_stays_one_where_the_resolver_can_not_close(caplog: pytest.LogCaptureFixture) -> None:
    """What ended the run comes first; the fault is logged."""
    result = await run_once(
        workflow_of(node("a", "sample.fail")), packs=[sample], plugins=[resolved(lambda: Faulty("close"))]
    )
    assert isinstance(result.error, StepFailed)
    assert len(result.faults) == 1
    assert ["Faulty.close" in r.getMessage() for r in caplog.records if r.levelno >= logging.ERROR] == [True]


async def test_a_node_that_failed_is_told_though_the_resolver_can_not_forget_it() -> None:
    """The node's own error is a failure of the step; the fault ends the run."""
    flow = workflow_of(node("faulty", "sample.fail", retry=Retry(3, 0), on_error="continue"))
    result = await run_once(flow, packs=[sample], plugins=[resolved(lambda: Faulty("forget"))])
    assert "Faulty.forget" in str(told(result))
    assert [failure.node for failure in result.failures] == ["faulty"]


async def test_the_innermost_of_several_resolvers_is_blamed() -> None:
    """A wrapper that hands a call on is not to blame for what comes back."""

    class Outer(Plugin):
        name = "outer"
        distribution = "outer-dist 1.0"

        @hookimpl(wrapper=True)
        def resolve(self) -> Any:
            inner = yield
            return ResolverWrapper(inner)

    for where in ("recall", "close"):
        plugins = [resolved(lambda where=where: Faulty(where)), Outer()]  # type: ignore[misc]  # mypy can't infer it
        told(await run_once(workflow_of(node("faulty", "sample.value")), packs=[sample], plugins=plugins))


async def test_a_wrapper_is_blamed_for_what_it_does_itself() -> None:
    """Its object is labelled as the plugin's whose hook gave it."""

    class Outer(Plugin):
        name = "outer"
        distribution = "outer-dist 1.0"

        @hookimpl(wrapper=True)
        def resolve(self) -> Any:
            yield
            return Faulty("recall")

    result = await run_once(workflow_of(node("faulty", "sample.value")), packs=[sample], plugins=[Outer()])
    told(result, "outer")


class Desk(ResourceProvider):
    """Fails where it is told to: in giving the lease, on entering it or on leaving it."""

    def __init__(self, where: str, error: Exception) -> None:
        self.where, self.error, self.leases = where, error, 0

    def lease(self, step: StepRun, request: ResourceRequest) -> Any:
        self.leases += 1
        if self.where == "give":
            raise self.error
        return None if self.where == "nothing" else self._lease()

    @asynccontextmanager
    async def _lease(self) -> AsyncIterator[str]:
        if self.where == "enter":
            raise self.error
        try:
            yield "a desk"
        finally:
            if self.where == "leave":
                raise self.error


def at_desk(desk: Desk, *more: Node, **config: Any) -> Any:
    """A run of a step that leases from ``desk`` and would be tried again and continued after."""
    flow = workflow_of(node("faulty", "own.sees", config, retry=Retry(2, 0), on_error="continue"), *more)
    return run_once(flow, packs=[sample, own], plugins=[provided("thing", lambda: desk)])


@pytest.mark.parametrize("where", ["give", "enter", "leave", "nothing"])
async def test_a_provider_that_breaks_is_to_blame_itself(where: str) -> None:
    """It is asked once; a step that had its value by then keeps it."""
    desk = Desk(where, KeyError("desk"))
    result = await at_desk(desk)
    told(result, "provide")
    assert desk.leases == 1
    assert result.outputs.get("faulty") == ({"result": 1} if where == "leave" else None)


@pytest.mark.parametrize("where", ["give", "enter", "leave"])
async def test_a_provider_that_refuses_fails_the_step_which_may_be_tried_again(where: str) -> None:
    """That there is none is an answer that its contract allows."""
    desk = Desk(where, ResourceUnavailable("no desk to be had"))
    result = await at_desk(desk)
    assert result.status == "done"
    assert result.faults == ()
    assert [failure.node for failure in result.failures] == ["faulty"]
    assert desk.leases == 2


@pytest.mark.parametrize("where", ["", "leave"])
async def test_what_a_node_raises_under_a_lease_stays_the_nodes(where: str) -> None:
    """Even where the provider fails in clearing up after it: then both are told."""
    result = await at_desk(Desk(where, KeyError("desk")), error="its own")
    assert [failure.what for failure in result.failures] == ["ValueError: its own"]
    assert len(result.faults) == bool(where)


async def test_what_a_node_raises_inside_a_group_of_the_provider_stays_the_nodes() -> None:
    """A lease that keeps tasks hands on a group, in which the node's error is alone."""

    class Grouping(ResourceProvider):
        @asynccontextmanager
        async def lease(self, step: StepRun, request: ResourceRequest) -> AsyncIterator[str]:
            async with anyio.create_task_group():
                yield "a desk"

    flow = workflow_of(node("a", "own.sees", {"error": "its own"}))
    result = await run_once(flow, packs=[own], plugins=[provided("thing", Grouping)])
    assert isinstance(result.error, StepFailed)
    assert result.error.what == "ValueError: its own"
    assert result.faults == ()


@pytest.mark.parametrize("where", ["offer", "take", "release"])
async def test_a_scheduler_that_breaks_inside_a_body_is_no_failure_of_the_owner(where: str) -> None:
    """The node that owns the body can neither be tried again nor catch it."""

    class Breaking(AnyReady):
        def offer(self, step: StepRun) -> None:
            self._at("offer", step)
            super().offer(step)

        def take(self) -> StepRun | None:
            if self.ready:
                self._at("take", self.ready[0])
            return super().take()

        def release(self, step: StepRun) -> None:
            self._at("release", step)
            super().release(step)

        def _at(self, at: str, step: StepRun) -> None:
            if at == where and step.owner is not None:
                raise ZeroDivisionError(f"in {at}")

    body = graph_of(node("a", "sample.value"), node("b", "sample.value", after=("a",)))
    flow = workflow_of(node("faulty", "own.hopeful", bodies={"body": body}, retry=Retry(3, 0), on_error="continue"))
    with anyio.fail_after(5):
        result = await run_once(flow, packs=[sample, own], plugins=[scheduled(Breaking)])
    assert f"Breaking.{where}" in str(told(result, "schedule"))
    assert result.outputs.get("faulty") is None


class Building(PlainResolver):
    """Builds instances of class nodes by itself."""

    def handler(self, step: Step) -> Callable[..., Any]:
        made: Callable[..., Any] = step.spec.handler().run
        return made


@pytest.mark.parametrize("resolver", [PlainResolver, Building])
async def test_a_class_that_can_not_be_built_is_the_nodes_own_failure(resolver: Callable[[], PlainResolver]) -> None:
    """The resolver only calls it."""
    pack = Pack("classes")

    @pack.node()
    class Unbuilt:
        def __init__(self) -> None:
            raise ValueError("its own")

        async def run(self) -> None:
            """Is never reached."""

    async with Kernel(packs=[pack], plugins=[resolved(resolver)]) as kernel:
        result = await kernel.run(workflow_of(node("a", "classes.Unbuilt")))
    assert isinstance(result.error, StepFailed)
    assert result.error.what == "ValueError: its own"
    assert result.faults == ()


async def test_an_error_that_can_not_be_told_is_the_nodes_all_the_same() -> None:
    """A class whose text fails stands with its name, and nobody else is blamed for it."""
    pack = Pack("mute")

    class MuteError(Exception):
        def __str__(self) -> str:
            raise ZeroDivisionError

        __repr__ = __str__

    @pack.node()
    async def fails() -> None:
        raise MuteError

    result = await run_once(workflow_of(node("a", "mute.fails")), packs=[pack])
    assert isinstance(result.error, StepFailed)
    assert result.error.what == "MuteError: <no text: its __str__ raised ZeroDivisionError>"
