"""Requests of leases: labels, sessions and names, what is wrong with them, and what is told of their leases."""

from __future__ import annotations

from typing import Any

import pytest

from held_nodes import pack, ran, use_of
from stratagem import Body, Kernel, Pack, Plugin, Recorder, Retry
from stratagem.errors import HookMisuse, WorkflowError
from stratagem.model import ResourceRequest
from stratagem.views import StepRun
from stratagem_testing import (
    ThingPlugin,
    Things,
    graph_of,
    node,
    recorded,
    sample,
    workflow_of,
)

pytestmark = pytest.mark.anyio


async def test_requests_reach_the_provider_with_computed_labels(plugins: list[Plugin]) -> None:
    """Labels and sessions may be templates; equal ones are served by one member."""
    asked = {"thing": ResourceRequest(labels={"colour": "{{ tone }}", "size": 3})}
    nodes = [use_of(f"n{i}", resources=asked) for i in range(2)]
    run = await ran(workflow_of(*nodes, variables={"tone": "green"}), plugins)
    run.result.raise_for_error()
    assert run.things.made[0].labels == {"colour": "green", "size": 3}


async def test_a_session_goes_from_step_to_step(plugins: list[Plugin]) -> None:
    """All that name it get the same member, one at a time, also at once and in several runs."""
    asked = {"thing": ResourceRequest(session="crm")}
    run = await ran(workflow_of(*(use_of(f"n{i}", resources=asked) for i in range(5))), plugins)
    run.result.raise_for_error()
    assert len({run.number(f"n{i}") for i in range(5)}) == 1


async def test_an_unknown_label_is_refused(plugins: list[Plugin]) -> None:
    """By the provider, which knows its own."""
    run = await ran(workflow_of(use_of("n", resources={"thing": ResourceRequest(labels={"color": 1})})), plugins)
    assert "a 'thing' has no label 'color'. Did you mean 'colour'?" in str(run.result.error)


async def test_a_lease_that_the_type_does_not_declare_is_refused() -> None:
    """The pack's author is told."""
    async with Kernel(packs=[pack], plugins=[ThingPlugin()]) as kernel:
        result = await kernel.run(workflow_of(node("n", "held.undeclared")))
    assert "held.undeclared holds a 'other' for other steps, and does not declare that" in str(result.error)
    with pytest.raises(HookMisuse):

        @Pack("odd").node(holds=("thing",))
        async def forgets(body: Body) -> None: ...


async def test_steps_with_leases_of_their_own_run_at_the_same_time() -> None:
    """Nothing orders them, while nobody holds a lease of the kind."""
    async with Kernel(packs=[pack, sample], plugins=[ThingPlugin()]) as kernel:
        apart = kernel.compile(workflow_of(use_of("a"), use_of("b")))
        beside = kernel.compile(workflow_of(node("open", "held.open"), use_of("a"), use_of("b")))
        own = {"thing": ResourceRequest()}
        mixed = kernel.compile(workflow_of(node("open", "held.open"), use_of("a", resources=own), use_of("b")))
    assert [step.needs for step in apart.steps] == [(), ()]
    assert [step.needs for step in beside.steps] == [(), (0,), (1,)]
    assert [step.needs for step in mixed.steps] == [(), (), (0,)]
    assert beside.steps[1].writes == {"resource:thing:*"}


async def test_steps_of_a_held_body_do_not_order_what_is_outside() -> None:
    """Two holders may run at the same time."""
    nodes = [
        node(f"h{i}", "held.holding", {"kind": "thing"}, bodies={"body": graph_of(use_of(f"n{i}"))}) for i in range(2)
    ]
    async with Kernel(packs=[pack], plugins=[ThingPlugin()]) as kernel:
        plan = kernel.compile(workflow_of(*nodes))
    assert [step.needs for step in plan.steps] == [(), ()]
    assert plan.kinds == {"thing"}


def problems_of(*nodes: Any, plugins: list[Plugin] | None = None) -> list[str]:
    """What is wrong with a workflow."""
    kernel = Kernel(packs=[pack], plugins=[ThingPlugin()] if plugins is None else plugins)
    with pytest.raises(WorkflowError) as caught:
        kernel.compile(workflow_of(*nodes))
    return [str(problem) for problem in caught.value.problems]


def test_wrong_requests_are_told_together() -> None:
    """Unknown resources, names beside other wishes, names of what the node holds itself, computed kinds."""
    body = graph_of()
    found = problems_of(
        use_of("a", resources={"thign": ResourceRequest()}),
        use_of("b", resources={"thing": ResourceRequest(name="x", shared=True)}),
        node("c", "held.open", resources={"thing": ResourceRequest(name="x")}),
        node("d", "held.holding", {"kind": "{{ $currentDate }}"}, bodies={"body": body}),
        use_of("e", resources={"thing": ResourceRequest(labels={"colour": "{{ tone }}"})}),
    )
    assert found == [
        "node 'a': key 'resources.thign': held.use needs no resource 'thign'. Did you mean 'thing'?",
        "node 'b': key 'resources.thing': 'name' asks for a lease that is open: nothing more can be asked of that. "
        "Labels, session, sharing and priority are said where the lease is opened.",
        "node 'c': key 'resources.thing.name': held.open tells the name of what it holds itself. Leave 'name' out.",
        "node 'd': key 'kind': a resource kind must be written out, not computed",
        "node 'e': key 'resources.thing': 'tone' is neither a variable nor a node",
    ]


def test_what_nothing_provides_can_not_be_held() -> None:
    """It is told before anything runs."""
    found = problems_of(node("h", "held.holding", {"kind": "page"}, bodies={"body": graph_of()}), plugins=[])
    assert found == [
        "node 'h': held.holding needs a 'page', and nothing provides that. "
        'Name a driver for it in the config: [resources] page = "…".'
    ]


def test_a_request_changes_the_digest() -> None:
    """A plan that is kept is not taken for another one."""
    kernel = Kernel(packs=[pack], plugins=[ThingPlugin()])
    asked = [{}, {"thing": ResourceRequest()}, {"thing": ResourceRequest(session="a")}]
    assert len({kernel.compile(workflow_of(use_of("n", resources=each))).digest for each in asked}) == 3


async def test_leases_are_told_to_recorders_and_measured(plugins: list[Plugin]) -> None:
    """An event for each lease, and the pool's numbers among the run's metrics."""
    told: list[tuple[str, str, Any]] = []

    class Listener(Recorder):
        def event(self, step: StepRun, name: str, **attributes: Any) -> None:
            told.append((step.step.id, name, attributes["kind"]))
            assert attributes["waited"] >= 0

    body = graph_of(use_of("inside"))
    holder = node("h", "held.holding", {"kind": "thing"}, bodies={"body": body}, after=("own",))
    listening = [*plugins, recorded(Listener)]
    run = await ran(workflow_of(use_of("own"), holder), listening, max_uses=1)
    assert told == [("own", "lease", "thing"), ("h", "lease", "thing"), ("inside", "lease", "thing")]
    metrics = run.result.metrics
    assert metrics["resource.wait{kind=thing}"].count == 2
    assert metrics["resource.in_use{kind=thing}"].greatest == 1
    assert metrics["resource.created{kind=thing}"].total == 2
    assert metrics["resource.retired{kind=thing,why=uses}"].total >= 1


async def test_a_failure_to_lease_is_retried_like_any_other() -> None:
    """The step's own policy says how often."""
    things = Things()
    broken = things.create

    async def create(key: Any) -> Any:
        if attempts.pop():
            raise OSError("not yet")
        return await broken(key)

    attempts = [False, True, True]
    things.create = create  # type: ignore[method-assign]  # the factory's first two calls fail
    async with Kernel(packs=[pack], plugins=[ThingPlugin(None, things)]) as kernel:
        result = await kernel.run(workflow_of(use_of("n", retry=Retry(3, 0.0))))
    result.raise_for_error()
    assert attempts == []
