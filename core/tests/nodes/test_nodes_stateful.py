"""Class nodes: made once a step of a run, closed with it."""

from __future__ import annotations

import anyio.lowlevel
import pytest

from stratagem import Kernel, Pack, Workflow
from stratagem.errors import HookMisuse
from stratagem_testing import AnyReady, check_rebuilding, graph_of, node, run_once, sample, scheduled, workflow_of

pytestmark = pytest.mark.anyio

pack = Pack("state")
LOG: list[str] = []


@pack.node()
class counter:  # noqa: N801 - a node's name
    """Counts its own runs."""

    def __init__(self) -> None:
        self.count = 0
        LOG.append("made")

    async def run(self, by: int = 1) -> int:
        self.count += by
        return self.count

    async def close(self) -> None:
        await anyio.lowlevel.checkpoint()
        LOG.append(f"closed at {self.count}")


@pack.node(effect="pure")
class plain:  # noqa: N801 - a node's name
    """A plain ``run``, and a plain ``close``."""

    def run(self, value: int) -> int:
        return value + 1

    def close(self) -> None:
        LOG.append("closed plainly")


@pack.node()
class unmakeable:  # noqa: N801 - a node's name
    """Can't be made."""

    def __init__(self) -> None:
        raise OSError("no such device")

    async def run(self) -> None:
        """Is never run."""


@pytest.fixture(autouse=True)
def _empty_log() -> None:
    LOG.clear()


async def test_a_step_in_a_loop_keeps_its_instance() -> None:
    """State lives from pass to pass, and each step has its own."""
    body = graph_of(node("c", "state.counter"), result="{{ c.result }}")
    workflow = workflow_of(
        node("loop", "sample.each", {"items": [1, 2, 3]}, bodies={"body": body}),
        node("other", "state.counter", {"by": 5}),
    )
    result = await run_once(workflow, packs=[pack, sample])
    assert result.outputs["loop"]["results"] == [1, 2, 3]
    assert result.outputs["other"] == {"result": 5}
    assert sorted(LOG) == ["closed at 3", "closed at 5", "made", "made"]


async def test_every_run_makes_its_own_instances() -> None:
    """Runs share no state, also when they share a plan and run at once."""
    async with Kernel(packs=[pack], plugins=[scheduled(AnyReady)]) as kernel:
        plan = kernel.compile(workflow_of(node("c", "state.counter")))
        handles = [await kernel.start(plan) for _ in range(3)]
        assert [(await handle.wait()).outputs["c"]["result"] for handle in handles] == [1, 1, 1]
    assert LOG.count("made") == 3


@pytest.mark.parametrize("end", ["failure", "cancellation"])
async def test_instances_are_closed_however_the_run_ends(end: str) -> None:
    """What they hold is let go after a failure and a cancellation too."""
    last = node(
        "last", "sample.fail" if end == "failure" else "sample.wait", {} if end == "failure" else {"seconds": 60.0}
    )
    async with Kernel(packs=[pack, sample]) as kernel:
        handle = await kernel.start(workflow_of(node("c", "state.counter"), last))
        await anyio.sleep(0.03)
        handle.cancel()
        result = await handle.wait()
    assert result.status == ("failed" if end == "failure" else "cancelled")
    assert LOG == ["made", "closed at 1"]


async def test_plain_methods_will_do() -> None:
    """A class need not be async."""
    result = await run_once(workflow_of(node("p", "state.plain", {"value": 1})), packs=[pack])
    assert result.outputs["p"] == {"result": 2}
    assert LOG == ["closed plainly"]


async def test_an_instance_that_can_not_be_made_fails_its_step() -> None:
    """By name, with its own error as the cause."""
    result = await run_once(workflow_of(node("culprit", "state.unmakeable")), packs=[pack])
    assert result.failures[0].node == "culprit"
    assert isinstance(result.failures[0].__cause__, OSError)


async def test_an_instance_that_can_not_be_closed_does_not_keep_the_others_open(
    caplog: pytest.LogCaptureFixture,
) -> None:
    """Its error is told, not lost; the run's own result stands."""
    own = Pack("own")

    @own.node()
    class breaks:  # noqa: N801 - a node's name
        async def run(self) -> int:
            return 7

        def close(self) -> None:
            raise OSError("can't close")

    workflow = workflow_of(node("b", "own.breaks"), node("c", "state.counter"))
    result = await run_once(workflow, packs=[own.provided_by("own-dist 1.0"), pack])
    assert result.status == "done"
    assert LOG == ["made", "closed at 1"]
    assert "node 'b' of type own.breaks (provided by own-dist 1.0) could not be closed" in caplog.text


@pytest.mark.parametrize("half", ["state", "restore"])
def test_half_a_protocol_of_rebuilding_is_refused(half: str) -> None:
    """And so is a function that is called rebuildable: there is nothing to rebuild."""
    own = Pack("own")

    class Node:
        async def run(self) -> None:
            """Does nothing."""

    setattr(Node, half, lambda self, *state: None)
    with pytest.raises(HookMisuse, match=f"has '{half}' alone"):
        own.node(rebuildable=True)(Node)
    own.node()(Node)

    async def function() -> None:
        """Does nothing."""

    with pytest.raises(HookMisuse, match="is rebuildable, and a function"):
        own.node(rebuildable=True)(function)


@pack.node(rebuildable=True)
class honest:  # noqa: N801 - a node's name
    """Hands on all that counts."""

    def __init__(self) -> None:
        self.count = 0

    async def run(self) -> int:
        self.count += 1
        await anyio.lowlevel.checkpoint()
        return self.count

    def state(self) -> int:
        return self.count

    def restore(self, state: int) -> None:
        self.count = state


@pack.node(rebuildable=True)
class forgetful:  # noqa: N801 - a node's name
    """Says that it can be rebuilt, and forgets its count."""

    def __init__(self) -> None:
        self.count = 0

    async def run(self) -> int:
        self.count += 1
        return self.count


async def test_the_test_kit_tells_whether_a_class_can_be_rebuilt() -> None:
    """It compares a run in which every execution has a new instance, and says what differs."""

    def loop_of(type_: str) -> Workflow:
        body = graph_of(node("c", type_), result="{{ c.result }}")
        return workflow_of(node("loop", "sample.each", {"items": [1, 2, 3]}, bodies={"body": body}))

    await check_rebuilding(loop_of("state.honest"), [pack, sample])
    with pytest.raises(AssertionError, match=r"'results': \[1, 2, 3\].* becomes .*'results': \[1, 1, 1\]"):
        await check_rebuilding(loop_of("state.forgetful"), [pack, sample])
    with pytest.raises(AssertionError, match="no node of a rebuildable class was run more than once"):
        await check_rebuilding(loop_of("state.counter"), [pack, sample])
