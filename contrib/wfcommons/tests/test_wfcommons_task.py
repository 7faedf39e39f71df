"""The node wfcommons.task."""

import pytest

from stratagem import CycleError, Document, Kernel, UnknownNode, Workflow
from stratagem_wfcommons import pack, wfcommons_format
from stratagem_wfcommons.nodes import task

pytestmark = pytest.mark.anyio


async def test_a_task_waits_for_its_runtime_times_the_scale(monkeypatch: pytest.MonkeyPatch) -> None:
    """Told to the clock, not measured."""
    waited = []

    async def sleep(seconds: float) -> None:
        waited.append(seconds)

    monkeypatch.setattr("stratagem_wfcommons.nodes.anyio.sleep", sleep)
    await task(3.0, 0.5, "align")
    await task(2.0)
    assert waited == [1.5, 2.0]


async def test_a_task_can_not_take_less_than_no_time() -> None:
    """A negative scale is a mistake, not an instant."""
    with pytest.raises(ValueError) as caught:
        await task(3.0, -1.0)
    assert str(caught.value) == "a task can't take 3.0 × -1.0 seconds"


def test_the_estimate_of_a_task_is_its_recorded_runtime() -> None:
    """So the critical path of a plan is that of the recording."""
    assert pack.spec("task", 1).cost_from == "seconds"
    assert pack.spec("task", 1).effect == "pure"


def recording(parents: dict[str, list[str]]) -> Workflow:
    tasks = [{"id": id_, "name": id_, "parents": names} for id_, names in parents.items()]
    runs = [{"id": id_, "runtimeInSeconds": 5} for id_ in parents]
    workflow = {"specification": {"tasks": tasks}, "execution": {"tasks": runs}}
    return wfcommons_format.read(Document({"schemaVersion": "1.5", "workflow": workflow}), "x.json")


async def test_a_recording_runs_at_the_scale_that_is_given() -> None:
    """At scale 0 an hour is over at once."""
    async with Kernel(packs=[pack]) as kernel:
        result = await kernel.run(recording({"a": [], "b.1": ["a"], "c": ["a", "b.1"]}), variables={"scale": 0.0})
    assert (result.status, result.steps["done"]) == ("done", 3)


async def test_cyclic_and_missing_parents_are_refused_before_anything_runs() -> None:
    """With the tasks that are concerned."""
    async with Kernel(packs=[pack]) as kernel:
        with pytest.raises(CycleError) as cyclic:
            kernel.compile(recording({"a": ["b"], "b": ["a"]}))
        with pytest.raises(UnknownNode) as missing:
            kernel.compile(recording({"a": [], "b": ["aa"]}))
    assert "a → b" in cyclic.value.what
    assert missing.value.node == "b"
