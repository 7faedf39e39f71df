"""Instances of class nodes: few at a time, and nobody can tell."""

from __future__ import annotations

from typing import Any

import anyio
import anyio.lowlevel
import pytest

from instance_nodes import Nodes
from stratagem import Kernel, Plugin, Recorder, Retry, RunResult, StepRun, Workflow
from stratagem_node_cache import NodeCachePlugin, NodeCacheSettings
from stratagem_testing import (
    AnyReady,
    check_rebuilding,
    graph_of,
    node,
    recorded,
    run_once,
    sample,
    scheduled,
    workflow_of,
)

pytestmark = pytest.mark.anyio


class Events(Recorder):
    """Keeps what steps were told of instances."""

    def __init__(self) -> None:
        self.seen: list[tuple[str, bool]] = []

    def event(self, step: StepRun, name: str, **attributes: Any) -> None:
        self.seen.append((step.step.id, attributes["reused"]))


def cache(most: int) -> NodeCachePlugin:
    """The plugin with room for so many instances."""
    return NodeCachePlugin(NodeCacheSettings(max_entries=most))


@pytest.fixture
def nodes() -> Nodes:
    """A pack of its own for each test."""
    return Nodes()


async def run(nodes: Nodes, workflow: Workflow, most: int, *more: Plugin) -> RunResult:
    """One run."""
    with anyio.fail_after(20):
        return await run_once(workflow, packs=[nodes.pack, sample], plugins=[cache(most), *more])


def loop_of(*inner: Any, items: int = 3, concurrency: int = 1) -> Workflow:
    """A loop over these nodes, whose results are those of the last."""
    body = graph_of(*inner, result=f"{{{{ {inner[-1].id}.result }}}}")
    config = {"items": list(range(items)), "concurrency": concurrency}
    return workflow_of(node("loop", "sample.each", config, bodies={"body": body}))


async def test_no_more_instances_than_the_bound(nodes: Nodes) -> None:
    """However many steps there are; each is closed once, and the run has its results."""
    workflow = workflow_of(*[node(f"n{i}", "inst.counting", {"by": i}) for i in range(50)])
    result = await run(nodes, workflow, 7)
    assert [result.outputs[f"n{i}"]["result"] for i in range(50)] == list(range(50))
    assert (nodes.most, nodes.open, len(nodes.log)) == (7, 0, 50)
    metrics = {name: measure.total for name, measure in result.metrics.items() if name.startswith("cache.")}
    assert metrics == {
        "cache.hit_rate{cache=instance}": 0.0,
        "cache.requests{cache=instance,hit=True}": 0,
        "cache.requests{cache=instance,hit=False}": 50,
        "cache.evictions{cache=instance}": 43,
        "cache.entries{cache=instance}": 7,
    }


async def test_state_goes_on_to_the_next_instance(nodes: Nodes) -> None:
    """What counts from run to run counts on, though each run has an instance of its own."""
    workflow = loop_of(node("a", "inst.counting"), node("b", "inst.counting", {"by": 2}, after=("a",)))
    result = await run(nodes, workflow, 1)
    assert result.outputs["loop"]["results"] == [2, 4, 6]
    assert nodes.log == ["closed at 1", "closed at 2", "closed at 2", "closed at 4", "closed at 3", "closed at 6"]
    assert nodes.most == 1


async def test_an_instance_at_hand_is_reused_and_recorders_are_told(nodes: Nodes) -> None:
    """Built at the first pass of a loop, reused at the others."""
    events = Events()
    await run(nodes, loop_of(node("a", "inst.counting")), 3, recorded(lambda: events))
    assert events.seen == [("a", False), ("a", True), ("a", True)]
    assert nodes.log == ["closed at 3"]


async def test_the_least_recently_used_goes_first(nodes: Nodes) -> None:
    """Of three in turn, the first is used again before the third needs room."""
    inner = [node("a", "inst.counting"), node("b", "inst.counting", {"by": 10}, after=("a",))]
    body = graph_of(*inner)
    again = graph_of(node("a2", "inst.counting", {"by": 100}))
    workflow = workflow_of(
        node("one", "sample.each", {"items": [0]}, bodies={"body": body}),
        node("two", "sample.each", {"items": [0]}, bodies={"body": again}, after=("one",)),
    )
    await run(nodes, workflow, 2)
    assert nodes.log[0] == "closed at 1"


async def test_a_class_that_says_nothing_keeps_its_instance(nodes: Nodes) -> None:
    """To the end of the run, whatever the bound: it may count, or what it gave may need it."""
    workflow = loop_of(node("a", "inst.silent"), node("b", "inst.silent", {"by": 2}, after=("a",)))
    result = await run(nodes, workflow, 1)
    assert result.outputs["loop"]["results"] == [2, 4, 6]
    assert nodes.log == ["closed at 3", "closed at 6"]


async def test_what_can_not_be_run_again_and_needs_no_closing_is_let_go(nodes: Nodes) -> None:
    """A step outside of all bodies is run once, so its instance is of no more use; one in a loop is."""
    result = await run(nodes, workflow_of(*[node(f"n{i}", "inst.unclosed") for i in range(20)]), 5)
    assert result.metrics["cache.entries{cache=instance}"].total == 1
    nodes.log.clear()
    result = await run(nodes, loop_of(node("a", "inst.unclosed")), 1)
    assert result.outputs["loop"]["results"] == [1, 2, 3]
    assert nodes.log == ["made"]


async def test_an_instance_outlives_its_failed_attempts(nodes: Nodes) -> None:
    """The next attempt finds it as the last one left it."""
    again = node("a", "inst.unclosed", {"failures": 2}, retry=Retry(3, 0.0))
    result = await run(nodes, workflow_of(again, node("b", "inst.unclosed", after=("a",))), 1)
    assert result.outputs["a"] == {"result": 3}
    assert nodes.log == ["made", "made"]


async def test_an_instance_is_there_for_a_retry_after_it_has_run_well(nodes: Nodes) -> None:
    """What fails afterwards, such as a value of the wrong type, is tried again with the same instance."""
    pack, made = nodes.pack, list[str]()

    @pack.node("refused")
    class Refused:
        def __init__(self) -> None:
            made.append("made")
            self.tries = 0

        async def run(self) -> int:
            self.tries += 1
            return self.tries if self.tries > 1 else "none"  # type: ignore[return-value]  # that is what is tried

    result = await run(nodes, workflow_of(node("a", "inst.refused", retry=Retry(3, 0.0))), 1)
    assert result.outputs["a"] == {"result": 2}
    assert made == ["made"]


async def test_nothing_is_let_go_while_it_is_used(nodes: Nodes) -> None:
    """If all are in use, there are more than the bound allows, and no longer than they are."""
    workflow = workflow_of(*[node(f"n{i}", "inst.counting", {"seconds": 0.03}) for i in range(6)])
    result = await run(nodes, workflow, 2, scheduled(AnyReady))
    assert (result.status, nodes.most, nodes.open) == ("done", 6, 0)
    assert result.metrics["cache.evictions{cache=instance}"].total == 4


async def test_passes_at_once_share_one_instance(nodes: Nodes) -> None:
    """As they do without a bound."""
    workflow = loop_of(node("a", "inst.counting", {"seconds": 0.02}), items=4, concurrency=4)
    result = await run(nodes, workflow, 1, scheduled(AnyReady))
    assert result.outputs["loop"]["results"] == [4, 4, 4, 4]
    assert (nodes.most, nodes.log) == (1, ["closed at 4"])


async def test_the_owner_of_a_body_is_in_use_while_the_body_runs(nodes: Nodes) -> None:
    """Its steps make room among themselves."""
    body = graph_of(node("a", "inst.counting"), node("b", "inst.counting", after=("a",)), result="{{ b.result }}")
    workflow = workflow_of(node("outer", "inst.twice", bodies={"body": body}))
    result = await run(nodes, workflow, 1)
    assert result.outputs["outer"] == {"result": [1, 2]}
    assert (nodes.most, nodes.open) == (2, 0)


async def test_an_instance_that_a_thread_may_still_use_is_kept(nodes: Nodes) -> None:
    """A cancelled step leaves its thread at work: the instance stays until the run ends."""
    workflow = workflow_of(
        node("late", "inst.threaded", {"seconds": 0.2}, timeout=0.05, on_error="continue"),
        node("other", "inst.counting", after=("late",)),
        node("last", "sample.wait", {"seconds": 0.4}, after=("other",)),
    )
    result = await run(nodes, workflow, 1)
    assert result.steps["failed"] == 1
    assert nodes.log == ["closed at 1", "worked while 1 open", "closed at 0"]


@pytest.mark.parametrize("end", ["failure", "cancellation"])
async def test_all_are_closed_however_the_run_ends(nodes: Nodes, end: str) -> None:
    """Those that were being closed, and those that were at hand."""
    early = [node(f"n{i}", "inst.counting") for i in range(10)]
    last = node(
        "last", "sample.fail" if end == "failure" else "sample.wait", {"seconds": 0.0 if end == "failure" else 9}
    )
    async with Kernel(packs=[nodes.pack, sample], plugins=[cache(3)]) as kernel:
        handle = await kernel.start(workflow_of(*early, last))
        await anyio.sleep(0.1)
        handle.cancel()
        await handle.wait()
    assert (nodes.open, len(nodes.log)) == (0, 10)


@pytest.mark.parametrize("after", [0.0, 0.003, 0.01, 0.02])
async def test_nothing_is_left_open_when_a_run_is_cancelled(nodes: Nodes, after: float) -> None:
    """Wherever it is: building, running, waiting for room, closing."""
    workflow = loop_of(*[node(f"n{i}", "inst.counting", {"seconds": 0.004}) for i in range(6)], items=9, concurrency=3)
    async with Kernel(packs=[nodes.pack, sample], plugins=[cache(2), scheduled(AnyReady)]) as kernel:
        handle = await kernel.start(workflow)
        await anyio.sleep(after)
        handle.cancel()
        await handle.wait()
    assert nodes.open == 0


async def test_a_step_waits_for_room_rather_than_exceed_the_bound(nodes: Nodes) -> None:
    """While an instance is being closed, it counts; the next one of its step is built after it is closed."""
    pack, events = nodes.pack, list[str]()

    @pack.node("slow", rebuildable=True)
    class Slow:
        def __init__(self) -> None:
            events.append("open")
            nodes.made()

        async def run(self, value: int) -> int:
            return value

        async def close(self) -> None:
            await anyio.sleep(0.01)
            nodes.open -= 1
            events.append("close")

    result = await run(nodes, loop_of(node("a", "inst.slow", {"value": 1}), node("b", "inst.slow", {"value": 2})), 1)
    assert result.outputs["loop"]["results"] == [2, 2, 2]
    assert events == ["open", "close"] * 6
    assert nodes.most == 1


async def test_an_instance_that_can_not_be_closed_is_told_of(nodes: Nodes, caplog: pytest.LogCaptureFixture) -> None:
    """By node and distribution; the run's result stands, and the others are closed."""
    pack = nodes.pack

    @pack.node("breaks", rebuildable=True)
    class Breaks:
        async def run(self) -> int:
            return 7

        async def close(self) -> None:
            raise OSError("can't close")

    pack = pack.provided_by("inst-dist 1.0")
    workflow = workflow_of(node("bad", "inst.breaks"), node("good", "inst.counting", after=("bad",)))
    result = await run_once(workflow, packs=[pack, sample], plugins=[cache(1)])
    assert result.status == "done"
    assert nodes.open == 0
    assert "node 'bad' of type inst.breaks (provided by inst-dist 1.0) could not be closed" in caplog.text


async def test_an_instance_that_can_not_tell_its_state_is_kept(nodes: Nodes, caplog: pytest.LogCaptureFixture) -> None:
    """Nothing is lost: there is one more instance than there might be."""
    pack = nodes.pack

    @pack.node("secretive", rebuildable=True)
    class Secretive:
        count = 0

        async def run(self) -> int:
            self.count += 1
            return self.count

        def state(self) -> int:
            raise OSError("no")

        def restore(self, state: int) -> None:
            self.count = state

    result = await run(nodes, loop_of(node("b", "inst.counting"), node("a", "inst.secretive", after=("b",))), 1)
    assert result.outputs["loop"]["results"] == [1, 2, 3]
    assert "node 'a' of type inst.secretive could not tell its state" in caplog.text


async def test_a_state_that_can_not_be_restored_fails_the_step(nodes: Nodes) -> None:
    """With its own error; the state is still there for another attempt."""
    pack, refusals = nodes.pack, [1]

    @pack.node("picky", rebuildable=True)
    class Picky:
        def __init__(self) -> None:
            self.count = 0

        async def run(self) -> int:
            self.count += 1
            return self.count

        def state(self) -> int:
            return self.count

        def restore(self, state: int) -> None:
            if refusals:
                refusals.pop()
                raise OSError("not now")
            self.count = state

    inner = [node("b", "inst.counting"), node("a", "inst.picky", after=("b",), retry=Retry(2, 0.0))]
    result = await run(nodes, loop_of(*inner), 1)
    assert result.outputs["loop"]["results"] == [1, 2, 3]
    failing = [node("b", "inst.counting"), node("a", "inst.picky", after=("b",))]
    refusals.append(1)
    result = await run(nodes, loop_of(*failing), 1)
    assert isinstance(result.failures[0].__cause__, OSError)


async def test_rebuilding_can_be_checked(nodes: Nodes) -> None:
    """The test kit's check is content with this pack's class, with runs in turn and at once."""
    await check_rebuilding(loop_of(node("a", "inst.counting")), [nodes.pack, sample])
    assert nodes.open == 0
