"""Variables, log and wait."""

from __future__ import annotations

import logging
from collections.abc import Callable
from typing import Any

import pytest

from stratagem import BadInput, Context, Node, RunResult, Secret, StepFailed
from stratagem_std import pack
from stratagem_std.log import log

pytestmark = pytest.mark.anyio

Run = Callable[..., Any]


async def test_variables_are_set_changed_read_and_removed(run: Run) -> None:
    """In the order of the nodes: they touch the same place."""
    result: RunResult = await run(
        Node("set", "std.set_variable", {"name": "n", "value": 4}),
        Node("more", "std.increment_variable", {"name": "n", "by": 2.5}),
        Node("get", "std.get_variable", {"name": "n"}),
        Node("delete", "std.delete_variable", {"name": "n"}),
        Node("gone", "std.get_variable", {"name": "n", "default": "gone"}),
    )
    assert [result.outputs[name]["result"] for name in ("set", "more", "get", "delete", "gone")] == [
        *(4, 6.5, 6.5, True, "gone")
    ]
    assert result.variables == {}


async def test_reading_an_unknown_variable_is_an_error_that_tells_the_nearest(run: Run) -> None:
    """A typing mistake is found at once."""
    with pytest.raises(StepFailed) as caught:
        await run(Node("get", "std.get_variable", {"name": "totla"}), variables={"total": 1})
    assert isinstance(caught.value.__cause__, LookupError)
    assert str(caught.value.__cause__) == "there is no variable 'totla'. Did you mean 'total'?"


@pytest.mark.parametrize("value", ["4", True, None])
async def test_only_numbers_can_be_incremented(run: Run, value: Any) -> None:
    """Text that looks like one is none."""
    with pytest.raises(StepFailed, match="expected a number in the variable 'n', got a"):
        await run(Node("more", "std.increment_variable", {"name": "n"}), variables={"n": value})


async def test_a_log_message_has_its_level_node_and_data(run: Run, caplog: pytest.LogCaptureFixture) -> None:
    """The record carries what log handlers need."""
    with caplog.at_level(logging.DEBUG, "stratagem.node"):
        await run(Node("tell", "std.log", {"message": "rows", "level": "debug", "data": {"n": 2}}))
    (record,) = caplog.records
    assert (record.getMessage(), record.levelname) == ('rows: {"n":2}', "DEBUG")
    assert vars(record)["node"] == "tell"


async def test_an_unknown_level_is_found_before_anything_runs(run: Run) -> None:
    """It is not of the input's type."""
    with pytest.raises(BadInput, match="got 'loud'"):
        await run(Node("tell", "std.log", {"message": "a", "level": "loud"}))


def test_a_secret_is_masked_in_the_log(context: Context, caplog: pytest.LogCaptureFixture) -> None:
    """In the message and in the data."""
    with caplog.at_level(logging.INFO, "stratagem.node"):
        log(Secret("hunter2"), context)
        log("key", context, data=[Secret("hunter2")])
    assert "hunter2" not in caplog.text
    assert [record.getMessage() for record in caplog.records] == ["***", "key: ***"]


async def test_waits_apart_from_each_other_pass_together(run: Run) -> None:
    """Where the schedule allows it, the longest counts; one after another they add up."""
    one, two = (Node(name, "std.wait", {"seconds": 0.05}) for name in ("one", "two"))
    assert (await run(one, two)).seconds >= 0.1
    assert pack.spec("wait", 1).cost_from == "seconds"


@pytest.mark.parametrize("seconds", [-1, float("inf")])
async def test_a_wait_without_end_is_refused(run: Run, seconds: float) -> None:
    """And so is one that ends before it begins."""
    with pytest.raises(StepFailed, match="one can't wait for"):
        await run(Node("wait", "std.wait", {"seconds": seconds}))
