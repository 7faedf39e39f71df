"""Which lease a step is given: its own, one held for the body it is in, or one that a node has opened before."""

from __future__ import annotations

import logging

import anyio
import pytest

from held_nodes import pack, ran, use_of
from stratagem import Kernel, Plugin
from stratagem.model import ResourceRequest
from stratagem_testing import (
    AnyReady,
    ThingPlugin,
    Things,
    graph_of,
    node,
    sample,
    scheduled,
    workflow_of,
)

pytestmark = pytest.mark.anyio


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
