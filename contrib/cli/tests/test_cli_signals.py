"""Signals, and readers that go away: in processes of their own."""

import json
import signal
import subprocess
from collections.abc import Callable

import pytest

Flow = Callable[..., str]
Process = Callable[..., "subprocess.Popen[str]"]

TRIO = ("--set", "run.backend=trio")
backends = pytest.mark.parametrize("backend", [(), TRIO], ids=["asyncio", "trio"])


@backends
@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_a_signal_cancels_the_run(
    process: Process, flow: Flow, backend: tuple[str, ...], number: signal.Signals
) -> None:
    """What was done is told with the nodes that were cancelled; the exit code is 128 and the signal's number."""
    nodes = [("a", "echo", {"value": 1}), ("b", "interrupted", {"signum": int(number)}, {"after": "a"})]
    file = flow(*nodes, ("c", "echo", {"value": 1}, {"after": "b"}))
    ended = process("run", file, *backend)
    out, err = ended.communicate(timeout=60)
    assert (ended.returncode, out) == (128 + number, "")
    lines = err.splitlines()
    assert f"{number.name}: cancelling the run; once more ends it at once" in lines
    assert "cancelled nodes: b" in lines
    assert lines[-1].startswith("cancelled: 1 step done, 1 cancelled, 1 not run in ")
    assert "Traceback" not in err


def test_a_cancelled_run_is_told_as_json(process: Process, flow: Flow) -> None:
    """What was done until then is in the object."""
    ended = process("run", flow(("a", "echo", {"value": 1}), ("b", "interrupted", {}, {"after": "a"})), "--json")
    out, _ = ended.communicate(timeout=60)
    found = json.loads(out)
    assert ended.returncode == 130
    assert (found["status"], found["outputs"], found["error"]) == ("cancelled", {"a": {"result": 1}}, None)


@backends
def test_a_signal_that_comes_twice_at_once_is_one(process: Process, flow: Flow, backend: tuple[str, ...]) -> None:
    """As from ``timeout``, which sends it to the process and to its group: the run is cancelled, and tells how it ended."""
    ended = process("run", flow(("a", "doubled")), *backend)
    _, err = ended.communicate(timeout=30)
    assert ended.returncode == 130
    assert "cancelled: 0 steps done, 1 cancelled" in err


@backends
@pytest.mark.parametrize("node", [("a", "interrupted", {"times": 2, "shielded": True}), ("a", "blocked")])
def test_a_second_signal_ends_at_once(
    process: Process, flow: Flow, backend: tuple[str, ...], node: tuple[object, ...]
) -> None:
    """Neither a node that refuses to be cancelled nor one that blocks the event loop can hold the process."""
    ended = process("run", flow(node), *backend)
    _, err = ended.communicate(timeout=30)
    assert ended.returncode == 130
    assert "cancelled:" not in err


@pytest.mark.parametrize("arguments", [("nodes", "list"), ("run", "flow.json", "--json")])
def test_a_reader_that_goes_away_ends_the_command_quietly(
    process: Process, flow: Flow, arguments: tuple[str, ...]
) -> None:
    """As other commands do, with 141, and without a traceback."""
    flow(("a", "wait", {"seconds": 0.2}))
    ended = process(*arguments)
    assert ended.stdout is not None
    assert ended.stderr is not None
    ended.stdout.close()
    err = ended.stderr.read()
    ended.stderr.close()
    assert ended.wait(60) == 141
    assert "Traceback" not in err
    assert "Exception ignored" not in err


def test_a_run_goes_on_where_nobody_reads_its_lines(process: Process, flow: Flow) -> None:
    """Standard error that is closed harms nothing."""
    ended = process(
        "run", flow(("w", "wait", {"seconds": 0.2}), ("l", "log", {"message": "x"}, {"after": "w"})), "--json"
    )
    assert ended.stdout is not None
    assert ended.stderr is not None
    ended.stderr.close()
    found = json.loads(ended.stdout.read())
    ended.stdout.close()
    assert (ended.wait(60), found["status"]) == (0, "done")
