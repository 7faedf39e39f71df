"""Which lease a step is given: its own, one held for the body it is in, or one that a node has opened before."""

from __future__ import annotations

import logging
from typing import Any

import anyio
import pytest

from stratagem import Body, Kernel, Pack, Plugin, Recorder, Retry, RunResult, Workflow
from stratagem.errors import HookMisuse, WorkflowError
from stratagem.model import ResourceRequest
from stratagem.nodes import Leases
from stratagem.views import StepRun
from stratagem_pools import PoolSettings
from stratagem_testing import (
    AnyReady,
    Grip,
    ThingPlugin,
    Things,
    graph_of,
    node,
    recorded,
    sample,
    scheduled,
    workflow_of,
)

pytestmark = pytest.mark.anyio

pack = Pack("held")


@pack.node(resources={"thing": "thing"})
async def use(thing: Grip, seconds: float = 0.0, clashes: list[Any] | None = None) -> int:
    """Gives the number of the thing; fails where another step uses it at the same time."""
    number = thing.use()
    assert thing.thing not in BUSY, "two steps use one thing at the same time"
    BUSY.append(thing.thing)
    try:
        await anyio.sleep(seconds)
    finally:
        BUSY.remove(thing.thing)
    thing.use()
    return number


@pack.node(resources={"thing": "thing"})
async def meet(thing: Grip, seconds: float = 0.01) -> int:
    """Gives how many steps use the thing at the same time."""
    MET.append(thing.thing)
    await anyio.sleep(seconds)
    count = MET.count(thing.thing)
    await anyio.sleep(seconds)
    MET.remove(thing.thing)
    return count


BUSY: list[Any] = []
MET: list[Any] = []


@pack.node(holds=("{kind}:{name}",))
async def holding(kind: str, body: Body, leases: Leases, name: str = "") -> Any:
    """Holds a lease for its body."""
    async with leases.hold(kind, name):
        return await body()


@pack.node(name="open", opens=("thing:{name}",))
async def open_(leases: Leases, name: str = "", colour: str | None = None) -> int:
    """Opens a lease for the steps that follow."""
    labels = None if colour is None else {"colour": colour}
    grip: Grip = await leases.open("thing", name, labels=labels)
    return grip.use()


@pack.node(name="close", opens=("thing:{name}",))
async def close_(leases: Leases, name: str = "") -> bool:
    """Closes it."""
    return await leases.close("thing", name)


@pack.node(opens=("thing",))
async def undeclared(leases: Leases) -> None:
    """Opens what its type does not say."""
    await leases.open("other")


def use_of(id_: str, seconds: float = 0.005, **how: Any) -> Any:
    """A step that uses a thing."""
    return node(id_, "held.use", {"seconds": seconds}, **how)


class Ran:
    """A run in a kernel of its own, and what became of the things."""

    def __init__(self, result: RunResult, things: Things) -> None:
        self.result = result
        self.things = things

    def number(self, node_id: str) -> int:
        """Which thing a step had."""
        number: int = self.result.outputs[node_id]["result"]
        return number


@pytest.fixture(params=["sequential", "at-once"])
def plugins(request: pytest.FixtureRequest) -> list[Plugin]:
    """Each test holds on the sequential schedule, and on one that starts whatever is ready."""
    return [scheduled(lambda: AnyReady(8))] if request.param == "at-once" else []


async def ran(workflow: Workflow, plugins: list[Plugin], **limits: Any) -> Ran:
    """Runs a workflow with things from a pool; nothing may be left of them."""
    things = Things()
    with anyio.fail_after(20):
        async with Kernel(
            packs=[pack, sample], plugins=[*plugins, ThingPlugin(PoolSettings(**limits), things)]
        ) as kernel:
            result = await kernel.run(workflow)
            assert things.grips == []
    assert things.alive == []
    return Ran(result, things)


async def test_steps_of_a_body_share_what_is_held_for_it(plugins: list[Plugin]) -> None:
    """One lease for all, used by one step at a time; steps outside have leases of their own."""
    body = graph_of(*(use_of(f"in{i}") for i in range(4)), result="done")
    holder = node("holder", "held.holding", {"kind": "thing"}, bodies={"body": body})
    run = await ran(workflow_of(use_of("before"), holder, use_of("after")), plugins)
    run.result.raise_for_error()
    assert run.result.outputs["holder"] == {"result": "done"}
    assert len({run.number(f"in{i}") for i in range(4)}) == 1


async def test_the_nearest_held_lease_is_given_or_the_one_of_a_name(plugins: list[Plugin]) -> None:
    """A request of one's own is for a lease of one's own."""
    inner = graph_of(
        use_of("near"),
        use_of("far", resources={"thing": ResourceRequest(name="outer")}),
        use_of("own", resources={"thing": ResourceRequest()}),
    )
    outer = graph_of(
        use_of("outside"), node("inner", "held.holding", {"kind": "thing", "name": "inner"}, bodies={"body": inner})
    )
    holder = node("outer", "held.holding", {"kind": "thing", "name": "outer"}, bodies={"body": outer})
    run = await ran(workflow_of(holder), plugins)
    run.result.raise_for_error()
    assert run.number("far") == run.number("outside")
    assert len({run.number(name) for name in ("near", "far", "own")}) == 3


async def test_concurrent_passes_of_a_loop_use_a_held_lease_one_after_the_other(plugins: list[Plugin]) -> None:
    """What the compiler can't order is kept apart when it runs."""
    body = graph_of(use_of("inside"), result="{{ inside.result }}")
    loop = node("loop", "sample.each", {"items": [1, 2, 3, 4], "concurrency": 4}, bodies={"body": body})
    run = await ran(workflow_of(node("h", "held.holding", {"kind": "thing"}, bodies={"body": graph_of(loop)})), plugins)
    run.result.raise_for_error()
    assert len(set(run.result.outputs["loop"]["results"])) == 1


@pytest.mark.parametrize("shared", [True, False])
async def test_a_shared_lease_is_used_by_many_at_once(shared: bool) -> None:
    """Where the holder says so; else by one at a time."""
    body = graph_of(*(node(f"in{i}", "held.meet") for i in range(4)))
    holder = node(
        "h", "held.holding", {"kind": "thing"}, bodies={"body": body},
        resources={"thing": ResourceRequest(shared=shared)},
    )  # fmt: skip
    run = await ran(workflow_of(holder), [scheduled(lambda: AnyReady(8))])
    run.result.raise_for_error()
    assert max(run.number(f"in{i}") for i in range(4)) == (4 if shared else 1)


async def test_a_node_opens_what_later_steps_use_and_another_closes_it(plugins: list[Plugin]) -> None:
    """In program order, without a line between them; after that steps have leases of their own."""
    workflow = workflow_of(
        node("open", "held.open", {"colour": "red"}), *(use_of(f"n{i}") for i in range(3)), node("close", "held.close"),
        node("again", "held.open", {"colour": "blue"}), use_of("last"), node("end", "held.close"),
    )  # fmt: skip
    run = await ran(workflow, plugins)
    run.result.raise_for_error()
    assert {run.number(f"n{i}") for i in range(3)} == {run.number("open")}
    assert run.number("last") == run.number("again") != run.number("open")
    assert run.result.outputs["close"] == {"result": True}
    assert [thing.labels for thing in run.things.made] == [{"colour": "red"}, {"colour": "blue"}]


async def test_several_are_open_under_names(plugins: list[Plugin]) -> None:
    """Without a name a step is given the one that was opened last."""
    workflow = workflow_of(
        node("one", "held.open", {"name": "one"}), node("two", "held.open", {"name": "two"}),
        use_of("first", resources={"thing": ResourceRequest(name="one")}), use_of("any"),
        node("close2", "held.close", {"name": "two"}), use_of("then"), node("close1", "held.close", {"name": "one"}),
    )  # fmt: skip
    run = await ran(workflow, plugins)
    run.result.raise_for_error()
    assert run.number("first") == run.number("then") == run.number("one")
    assert run.number("any") == run.number("two")


async def test_what_a_body_opens_is_there_after_it(plugins: list[Plugin]) -> None:
    """As a variable would be that is set in it; opened again under its name, the old one is closed first."""
    opening = graph_of(node("open", "held.open"), result="{{ open.result }}")
    loop = node("loop", "sample.each", {"items": [1, 2, 3]}, bodies={"body": opening})
    run = await ran(workflow_of(loop, use_of("after"), node("close", "held.close")), plugins, size=1, max_uses=1)
    run.result.raise_for_error()
    assert run.result.outputs["loop"]["results"] == [1, 2, 3]
    assert run.number("after") == 3


async def test_bodies_that_run_at_once_open_each_their_own(
    plugins: list[Plugin], caplog: pytest.LogCaptureFixture
) -> None:
    """As they have variables of their own; each is closed with its pass."""
    opening = graph_of(
        node("open", "held.open"), use_of("inside", seconds=0.01), result="{{ [open.result, inside.result] }}"
    )
    loop = node("loop", "sample.each", {"items": [1, 2, 3], "concurrency": 3}, bodies={"body": opening})
    run = await ran(workflow_of(loop, use_of("after")), plugins)
    run.result.raise_for_error()
    pairs = run.result.outputs["loop"]["results"]
    assert all(opened == used for opened, used in pairs)
    warnings = [record for record in caplog.records if record.levelno == logging.WARNING]
    assert len(warnings) == 3


async def test_what_nobody_closes_is_closed_with_the_run(
    plugins: list[Plugin], caplog: pytest.LogCaptureFixture
) -> None:
    """With a warning that names the node, and the last one first."""
    workflow = workflow_of(node("one", "held.open", {"name": "one"}), node("two", "held.open", {"name": "two"}))
    (await ran(workflow, plugins)).result.raise_for_error()
    expected = (
        "the 'thing' {!r} that the node {!r} (of no distribution) opened "
        "was still open when what it was opened in ended: the kernel has closed it"
    )
    assert [record.getMessage() for record in caplog.records] == [
        expected.format("two", "two"),
        expected.format("one", "one"),
    ]


@pytest.mark.parametrize("ending", ["failure", "cancellation", "time limit"])
async def test_what_is_open_is_closed_however_the_run_ends(plugins: list[Plugin], ending: str) -> None:
    """Without a warning: it is no fault of the flow."""
    last = {
        "failure": node("last", "sample.fail", after=("open",)),
        "cancellation": node("last", "sample.wait", {"seconds": 60}, after=("open",)),
        "time limit": node("last", "sample.wait", {"seconds": 60}, after=("open",), timeout=0.02),
    }[ending]
    things = Things()
    with anyio.fail_after(20):
        async with Kernel(packs=[pack, sample], plugins=[*plugins, ThingPlugin(None, things)]) as kernel:
            handle = await kernel.start(workflow_of(node("open", "held.open"), last))
            if ending == "cancellation":
                await anyio.sleep(0.05)
                handle.cancel()
            result = await handle.wait()
            assert things.grips == []
    assert result.status == ("cancelled" if ending == "cancellation" else "failed")
    assert things.alive == []


async def test_opening_may_be_cancelled_at_any_moment(plugins: list[Plugin]) -> None:
    """Nothing is left open, whatever was under way."""
    things = Things(delay=3)
    with anyio.fail_after(20):
        async with Kernel(packs=[pack], plugins=[*plugins, ThingPlugin(None, things)]) as kernel:
            plan = kernel.compile(workflow_of(node("open", "held.open"), use_of("n"), node("close", "held.close")))
            for turns in range(40):
                handle = await kernel.start(plan)
                for _ in range(turns):
                    await anyio.lowlevel.checkpoint()
                handle.cancel()
                await handle.wait()
                assert things.grips == []
    assert things.alive == []


async def test_a_run_that_is_cancelled_from_around_closes_what_is_open(plugins: list[Plugin]) -> None:
    """Before the cancellation goes on."""
    things = Things()
    async with Kernel(packs=[pack, sample], plugins=[*plugins, ThingPlugin(None, things)]) as kernel:
        wait = node("wait", "sample.wait", {"seconds": 60}, after=("open",))
        with anyio.move_on_after(0.05) as scope:
            await kernel.run(workflow_of(node("open", "held.open"), wait))
        assert scope.cancelled_caught
        assert things.grips == []


async def test_a_name_that_nothing_is_open_under_fails_the_step(plugins: list[Plugin]) -> None:
    """It never gets another one in its place."""
    asked = {"thing": ResourceRequest(name="crm")}
    run = await ran(workflow_of(use_of("n", resources=asked)), plugins)
    assert "no 'thing' is open under the name 'crm'" in str(run.result.error)


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
