"""Subflows that are started and left running: what becomes of them, of their errors and their outputs."""

from __future__ import annotations

import logging
from collections.abc import AsyncIterator, Mapping
from pathlib import Path
from typing import Any

import anyio
import pytest

from stratagem import Kernel, Node, RunError, RunResult, Settings, StepFailed, Workflow
from stratagem_std import pack

pytestmark = pytest.mark.anyio

FLOWS = {
    "slow": "nodes: [{id: w, type: std.wait, config: {seconds: 30}}]\n",
    "bad": "nodes: [{id: w, type: std.wait, config: {seconds: 0.05}}, "
    "{id: inner, type: std.fail, config: {message: no stock}, after: [w]}]\n",
    "writes": "variables: {name: out.txt}\n"
    "nodes: [{id: w, type: std.wait, config: {seconds: 0.05}}, "
    '{id: f, type: std.write_file, config: {path: "{{ name }}", text: done}, after: [w]}, '
    '{id: v, type: std.set_variable, config: {name: name, value: "{{ name }}!"}, after: [f]}]\n'
    'result: "{{ f.result }}"\n',
}
WAIT = 20
"""Seconds that nothing here may take."""


@pytest.fixture(params=["in-order", "at-once"])
def schedule(request: pytest.FixtureRequest) -> str:
    """Every promise holds whatever the schedule is."""
    return str(request.param)


@pytest.fixture
async def kernel(plugins: Any) -> AsyncIterator[Kernel]:
    """A kernel that is open for the test."""
    async with Kernel(packs=[pack], plugins=plugins) as kernel:
        yield kernel


def start(flow: str, id_: str = "start", **config: Any) -> Node:
    """A node that starts one of the flows."""
    return Node(id_, "std.start_subflow", {"flow": f"{flow}.yaml", **config})


def use(type_: str, id_: str, *after: str, of: str = "start", **traits: Any) -> Node:
    """A node that does something with the handle."""
    return Node(id_, f"std.{type_}", {"handle": f"{{{{ {of}.handle }}}}"}, after=after, **traits)


def flow(folder: Path, *nodes: Node, variables: Mapping[str, Any] | None = None, **settings: Any) -> Workflow:
    """A workflow in the folder, beside the flows that it starts."""
    for name, text in FLOWS.items():
        (folder / f"{name}.yaml").write_text(text, "utf-8")
    given = Settings(**{"timeout": WAIT, **settings})
    return Workflow(
        {node.id: node for node in nodes}, variables=variables or {}, settings=given, source=str(folder / "f")
    )


async def test_a_run_ends_only_after_what_it_has_started(kernel: Kernel, tmp_path: Path) -> None:
    """Nobody waits for the subflow, and all the same its file is there when the run is done."""
    done = await kernel.run(flow(tmp_path, start("writes")))
    assert (done.status, (tmp_path / "out.txt").read_text("utf-8")) == ("done", "done")


@pytest.mark.parametrize("detached", [False, True])
async def test_outputs_reach_who_waits(kernel: Kernel, tmp_path: Path, detached: bool) -> None:
    """The result, and the variables as they were at the end; not those of the run that has started it."""
    starts = start("writes", variables={"name": "other.txt"}, detached=detached)
    done = await kernel.run(flow(tmp_path, starts, use("wait_subflow", "wait"), variables={"name": "mine"}))
    outputs = done.raise_for_error().outputs["wait"]
    assert outputs["variables"] == {"name": "other.txt!"}
    assert Path(outputs["result"]).name == "other.txt"
    assert done.variables == {"name": "mine"}


@pytest.mark.parametrize("detached", [False, True])
async def test_the_error_of_a_subflow_is_that_of_the_step_that_waits(
    kernel: Kernel, tmp_path: Path, detached: bool
) -> None:
    """With the node that failed and the file that it stands in; who handles it goes on."""
    nodes = start("bad", detached=detached), use("wait_subflow", "wait")
    done = await kernel.run(flow(tmp_path, *nodes))
    assert done.status == "failed"
    assert isinstance(done.error, StepFailed)
    assert (done.error.node, Path(str(done.error.file)).name) == ("inner", "bad.yaml")
    handled = await kernel.run(flow(tmp_path, nodes[0], use("wait_subflow", "wait", on_error="continue")))
    assert handled.status == "done"


async def test_an_error_that_nobody_has_got_is_that_of_the_run(kernel: Kernel, tmp_path: Path) -> None:
    """Also if somebody had begun to wait for it, and was gone by then."""
    gone = use("wait_subflow", "gone", timeout=0.01, on_error="continue")
    for nodes in ([start("bad")], [start("bad"), gone]):
        done = await kernel.run(flow(tmp_path, *nodes))
        assert (done.status, str(done.error).count("no stock")) == ("failed", 1)


@pytest.mark.parametrize("detached", [False, True])
async def test_a_subflow_is_looked_at_without_waiting(kernel: Kernel, tmp_path: Path, detached: bool) -> None:
    """Running after its start, ended once it was waited for."""
    before, wait = use("subflow_ended", "before"), use("wait_subflow", "wait", "before")
    after = use("subflow_ended", "after", "wait")
    done = await kernel.run(flow(tmp_path, start("writes", detached=detached), before, wait, after))
    ended = [done.raise_for_error().outputs[id_]["result"] for id_ in ("before", "after")]
    assert ended == [False, True]


@pytest.mark.parametrize("detached", [False, True])
async def test_a_cancelled_subflow_can_not_be_waited_for(kernel: Kernel, tmp_path: Path, detached: bool) -> None:
    """It ends at once, and that is no failure by itself; cancelling it again does nothing."""
    nodes = start("slow", detached=detached), use("cancel_subflow", "stop"), use("cancel_subflow", "again", "stop")
    done = await kernel.run(flow(tmp_path, *nodes))
    assert (done.status, done.seconds < WAIT) == ("done", True)
    waited = await kernel.run(flow(tmp_path, *nodes, use("wait_subflow", "wait", "again")))
    assert "the subflow was cancelled" in str(waited.error)


async def test_a_subflow_does_not_outlive_a_run_that_fails_or_is_cancelled(kernel: Kernel, tmp_path: Path) -> None:
    """Nor one that takes too long: each ends long before the subflow's thirty seconds."""
    pause = Node("pause", "std.wait", {"seconds": 0.05}, after=("start",))  # else it may fail before the subflow begins
    fails = Node("bad", "std.fail", {"message": "broken"}, after=("pause",))
    done = await kernel.run(flow(tmp_path, start("slow"), pause, fails))
    assert (done.status, done.steps["cancelled"], done.seconds < WAIT) == ("failed", 1, True)
    late = await kernel.run(flow(tmp_path, start("slow"), timeout=0.1))
    assert (late.status, late.seconds < WAIT) == ("failed", True)
    handle = await kernel.start(flow(tmp_path, start("slow")))
    await anyio.sleep(0.1)
    handle.cancel()
    assert (await handle.wait()).status == "cancelled"


async def test_a_detached_subflow_outlives_its_run(kernel: Kernel, tmp_path: Path) -> None:
    """The run is done before; the kernel keeps the subflow until it has ended."""
    done = await kernel.run(flow(tmp_path, start("writes", detached=True)))
    assert (done.status, (tmp_path / "out.txt").exists()) == ("done", False)
    await until((tmp_path / "out.txt").exists)


async def test_a_detached_subflow_goes_on_after_its_run_has_failed(kernel: Kernel, tmp_path: Path) -> None:
    """It belongs to the kernel, not to the run."""
    fails = Node("bad", "std.fail", {"message": "broken"}, after=("start",))
    done = await kernel.run(flow(tmp_path, start("writes", detached=True), fails))
    assert done.status == "failed"
    await until((tmp_path / "out.txt").exists)


async def test_a_detached_subflow_that_fails_is_no_failure_of_its_run_but_is_logged(
    kernel: Kernel, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    """With its file and the error, so that nothing goes wrong unseen."""
    done = await kernel.run(flow(tmp_path, start("bad", detached=True)))
    assert (done.status, done.failures) == ("done", ())
    await until(lambda: bool(caplog.records))
    (record,) = caplog.records
    assert record.levelno == logging.ERROR
    assert "bad.yaml has failed: " in record.getMessage()
    assert "no stock" in record.getMessage()


async def test_closing_the_kernel_ends_detached_subflows(
    plugins: Any, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    """At once, and the log says so; who holds the handle is told."""
    with anyio.fail_after(WAIT):
        async with Kernel(packs=[pack], plugins=plugins) as kernel:
            done: RunResult = await kernel.run(flow(tmp_path, start("slow", detached=True)))
            handle = done.raise_for_error().outputs["start"]["handle"]
            assert not handle.done
    assert handle.done
    with pytest.raises(RunError, match="the kernel was closed"):
        await handle.wait()
    assert [record.getMessage() for record in caplog.records] == [
        f"the detached run of {tmp_path / 'slow.yaml'} was cancelled, because the kernel closes"
    ]


async def until(holds: Any) -> None:
    """Waits until a condition holds; raises TimeoutError if it never does."""
    with anyio.fail_after(WAIT):
        while not holds():  # noqa: ASYNC110 - it is a file or a log, which no event tells of
            await anyio.sleep(0.01)
