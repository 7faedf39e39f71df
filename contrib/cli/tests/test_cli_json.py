"""``stratagem run --json``: exactly one object, whatever happens."""

import json
import subprocess
from collections.abc import Callable
from typing import Any

import pytest

Cli = Callable[..., tuple[int, str, str]]
Flow = Callable[..., str]
Process = Callable[..., "subprocess.Popen[str]"]

KEYS = ["status", "variables", "outputs", "result", "steps", "seconds", "metrics", "error", "failures"]


def told(out: str) -> dict[str, Any]:
    """The one object on one line."""
    assert out.endswith("\n")
    assert out.count("\n") == 1
    found: dict[str, Any] = json.loads(out, parse_constant=pytest.fail)
    assert list(found) == KEYS
    return found


def test_a_run_is_told_as_one_object(cli: Cli, flow: Flow) -> None:
    """Values of variables, outputs and result are there, and the steps by outcome."""
    nodes = [("a", "echo", {"value": "{{ n }}"}), ("b", "echo", {"value": 1}, {"when": "false"})]
    code, out, _ = cli("run", flow(*nodes, variables={"n": [1, None]}, result="{{ a.result }}"), "--json")
    found = told(out)
    assert code == 0
    assert 0 < found.pop("seconds") < 60
    assert isinstance(found.pop("metrics"), dict)
    assert found == {
        "status": "done",
        "variables": {"n": [1, None]},
        "outputs": {"a": {"result": [1, None]}},
        "result": [1, None],
        "steps": {"done": 1, "skipped": 1, "failed": 0, "cancelled": 0, "not_run": 0},
        "error": None,
        "failures": [],
    }


def test_a_failure_is_told_with_node_and_file(cli: Cli, flow: Flow) -> None:
    """What ended the run is the error; failures that were gone on after are listed beside it."""
    nodes = [("a", "boom", {"text": "one"}, {"on_error": "continue"}), ("b", "boom", {"text": "two"}, {"after": "a"})]
    code, out, err = cli("run", flow(*nodes), "--json")
    found = told(out)
    first, second = (
        {"type": "StepFailed", "message": f"ValueError: {text}", "node": node, "file": "flow.json"}
        for node, text in (("a", "one"), ("b", "two"))
    )
    assert (code, found["status"]) == (1, "failed")
    assert (found["error"], found["failures"]) == (second, [first, second])
    assert "error: flow.json" in err


@pytest.mark.parametrize(
    ("arguments", "type_", "file"),
    [
        (("none.json",), "BadFile", "none.json"),
        (("flow.json", "--set", "nothing=1"), "UnknownKey", "--set"),
        (("flow.json", "--set", "plugins.use=['none']"), "PluginNotFound", "--set"),
        (("flow.json", "--var", "x"), "BadInput", "--var"),
    ],
)
def test_what_cannot_be_run_is_told_as_an_object_too(
    cli: Cli, flow: Flow, arguments: tuple[str, ...], type_: str, file: str
) -> None:
    """The status is invalid, the exit code 2, and the error lines are on standard error all the same."""
    flow(("a", "echo", {"value": 1}))
    code, out, err = cli("run", *arguments, "--json")
    found = told(out)
    assert (code, found["status"], found["steps"]) == (2, "invalid", {})
    assert (found["error"]["type"], found["error"]["file"]) == (type_, file)
    assert "error: " in err


def test_several_problems_are_in_one_message(cli: Cli, flow: Flow) -> None:
    """A workflow with many problems gives one error with all of them."""
    code, out, _ = cli("run", flow(("a", "echo", {"value": "{{ x }}"}), ("b", "echo", {"value": "{{ y }}"})), "--json")
    message = told(out)["error"]["message"]
    assert code == 2
    assert "'x' is neither a variable nor a node" in message
    assert "'y' is neither a variable nor a node" in message


def test_only_the_object_is_on_standard_output(process: Process, flow: Flow) -> None:
    """What nodes and their child processes print goes to standard error, and odd values are text."""
    out, err = process("run", flow(("a", "noisy")), "--json").communicate(timeout=60)
    assert told(out)["outputs"]["a"]["result"] == {"nan": "NaN", "day": "2020-01-02", "path": "/a", "3": "<odd>"}
    assert "from python\n" in err
    assert "from a child\n" in err


def test_without_json_nodes_print_where_they_will(process: Process, flow: Flow) -> None:
    """Standard output is theirs."""
    out, err = process("run", flow(("a", "noisy"))).communicate(timeout=60)
    assert sorted(out.splitlines()) == ["from a child", "from python"]
    assert "done: 1 step done" in err


def test_secrets_are_masked_everywhere(cli: Cli, flow: Flow, monkeypatch: pytest.MonkeyPatch) -> None:
    """Neither output, error, log nor traceback shows one, also where a node has made plain text of it."""
    monkeypatch.setenv("PASSWORD", "hunter2")
    nodes = [
        ("a", "echo", {"value": ["{{ secrets.PASSWORD }}", "as hunter2 it is", {"hunter2": 1}]}),
        ("l", "log", {"message": "it is hunter2"}),
        ("b", "boom", {"text": "{{ 'no ' + secrets.PASSWORD }}"}, {"after": ["a", "l"]}),
    ]
    _, out, err = cli("run", flow(*nodes, variables={"v": "hunter2"}), "--json", "--verbose", "--debug")
    assert "hunter2" not in out + err
    found = told(out)
    assert found["outputs"]["a"]["result"] == ["***", "as *** it is", {"***": 1}]
    assert found["variables"] == {"v": "***"}
    assert "[l] it is ***" in err


def test_text_that_a_secret_has_leaked_into_is_masked(cli: Cli, flow: Flow, monkeypatch: pytest.MonkeyPatch) -> None:
    """An error whose text holds a secret is masked although it is a plain str by then."""
    monkeypatch.setenv("PASSWORD", "hunter2")
    nodes = [
        ("a", "echo", {"value": "{{ secrets.PASSWORD }}"}),
        ("b", "boom", {"text": "hunter2 leaks"}, {"after": "a"}),
    ]
    _, out, err = cli("run", flow(*nodes), "--json")
    assert told(out)["error"]["message"] == "ValueError: *** leaks"
    assert "hunter2" not in err
