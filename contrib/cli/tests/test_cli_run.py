"""``stratagem run`` for people: lines, errors, exit codes."""

import json
from collections.abc import Callable
from pathlib import Path

import pytest

Cli = Callable[..., tuple[int, str, str]]
Flow = Callable[..., str]

SEQUENTIAL = ("--set", "strategy.schedule=sequential")
ECHO = ("a", "echo", {"value": 1})


def test_a_run_that_is_done_gives_0_and_a_summary(cli: Cli, flow: Flow) -> None:
    """What was done is told in one line on standard error; standard output stays empty."""
    code, out, err = cli("run", flow(ECHO, ("b", "echo", {"value": "{{ a.result }}"}, {"when": "false"})))
    assert (code, out) == (0, "")
    lines = err.splitlines()
    assert lines[0].startswith("config: default profile, as there is no stratagem.toml")
    assert lines[1] == "running flow.json: 2 steps"
    assert lines[2].startswith("done: 1 step done, 1 skipped in 0.")
    assert len(lines) == 3


def test_a_run_that_fails_gives_1_and_the_error(cli: Cli, flow: Flow) -> None:
    """The failure is told when it happens; the error names file, line, node and provider; no traceback."""
    code, out, err = cli("run", flow(("a", "boom"), ("b", "echo", {"value": 1}, {"after": "a"})), *SEQUENTIAL)
    assert (code, out) == (1, "")
    assert "a (clitest.boom): ValueError: boom" in err
    assert "\nerror: flow.json:4: node 'a': ValueError: boom (provided by cli-test 1.2)\n" in err
    assert "\nfailed: 0 steps done, 1 failed, 1 not run in 0." in err
    assert "Traceback" not in err


def test_a_failure_that_is_gone_on_after_gives_0(cli: Cli, flow: Flow) -> None:
    """A step with on_error = continue is told, and the run is done all the same."""
    code, _, err = cli("run", flow(("a", "boom", {}, {"on_error": "continue"}), ("b", "wait", {"seconds": 0})))
    assert code == 0
    assert "a (clitest.boom): ValueError: boom" in err
    assert "error: " not in err
    assert "\ndone: 1 step done, 1 failed in 0." in err


def test_debug_shows_where_an_error_arose(cli: Cli, flow: Flow) -> None:
    """With --debug the traceback of the node's own error is shown, and the error line still is."""
    code, _, err = cli("run", flow(("a", "boom")), "--debug")
    assert code == 1
    assert "Traceback" in err
    assert "raise ValueError(text)" in err
    assert "\nerror: flow.json" in err


@pytest.mark.parametrize("arguments", [(), ("run",), ("jump",), ("run", "f.json", "--quiet", "--verbose")])
def test_wrong_use_gives_2_and_the_usage(cli: Cli, arguments: tuple[str, ...]) -> None:
    """What can't be understood is answered with the usage."""
    code, out, err = cli(*arguments)
    assert (code, out) == (2, "")
    assert err.startswith("usage: stratagem")


@pytest.mark.parametrize("count", ["0", "-1", "x", "1.5"])
def test_concurrency_must_be_a_whole_number_from_1(cli: Cli, flow: Flow, count: str) -> None:
    """Other values are wrong use."""
    code, _, err = cli("run", flow(ECHO), f"--concurrency={count}")
    assert code == 2
    assert "expected a whole number from 1" in err


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (("none.json",), "error: none.json: the file can't be opened"),
        (("flow.json", "--config", "none.toml"), "error: none.toml: there is no such config file"),
        (("flow.json", "--set", "run.backnd=trio"), "error: --set: key 'run.backnd': nothing reads this key"),
        (("flow.json", "--set", "strategy.schedule=dog"), "no installed distribution offers 'dog'"),
        (("flow.json", "--format", "jsom"), "there is no format 'jsom'"),
        (("flow.json", "--var", "=1"), "error: --var: '=1' gives no variable"),
    ],
)
def test_what_cannot_be_used_gives_2(cli: Cli, flow: Flow, arguments: tuple[str, ...], told: str) -> None:
    """A bad file, config, plugin or option is one error line on standard error, and nothing runs."""
    flow(ECHO)
    code, out, err = cli("run", *arguments)
    assert (code, out) == (2, "")
    assert told in err
    assert "running" not in err
    assert "Traceback" not in err


def test_all_problems_of_a_workflow_are_told_together(cli: Cli, flow: Flow) -> None:
    """Each problem has a line of its own that starts with error."""
    code, _, err = cli("run", flow(("a", "ecko"), ("b", "echo", {"value": "{{ none }}"})))
    assert code == 2
    errors = [line for line in err.splitlines() if line.startswith("error: ")]
    assert len(errors) == 2
    assert "flow.json:4: node 'a': " in errors[0]
    assert "flow.json:9: node 'b': key 'value': " in errors[1]


def test_variables_are_json_or_text(cli: Cli, flow: Flow) -> None:
    """--var gives a value for the run; the last one for a name counts."""
    file = flow(("a", "log", {"message": "{{ n + 1 }} {{ t }}"}), variables={"n": 0, "t": ""})
    code, _, err = cli("run", file, "--var", "n=5", "--var", "t=x", "--var", "t=a=b")
    assert code == 0
    assert "\n[a] 6 a=b\n" in err


def test_a_misspelt_variable_is_warned_of(cli: Cli, flow: Flow) -> None:
    """A name that the workflow does not declare, but nearly, is told; the run goes on."""
    code, _, err = cli("run", flow(ECHO, variables={"name": "x"}), "--var", "nmae=y", "--var", "else=1")
    assert code == 0
    assert [line for line in err.splitlines() if line.startswith("warning: ")] == [
        "warning: --var: the workflow declares no variable 'nmae'. Did you mean 'name'?"
    ]


def test_what_nodes_log_is_shown(cli: Cli, flow: Flow) -> None:
    """Messages from INFO on are shown with their node; control characters are made visible."""
    nodes = [("a", "log", {"message": "hello\x1b[2J"}), ("b", "log", {"message": "look", "level": 30})]
    _, _, err = cli("run", flow(*nodes, ("c", "log", {"message": "detail", "level": 10})))
    assert "\n[a] hello\\x1b[2J\n" in err
    assert "\n[b] warning: look\n" in err
    assert "detail" not in err


def test_quiet_prints_errors_only(cli: Cli, flow: Flow) -> None:
    """A run that is done prints nothing at all, one that fails its error."""
    log = ("l", "log", {"message": "hello"})
    assert cli("run", flow(log), "--quiet") == (0, "", "")
    code, out, err = cli("run", flow(log, ("a", "boom")), "--quiet", *SEQUENTIAL)
    assert (code, out) == (1, "")
    assert err.startswith("error: flow.json:")
    assert err.count("\n") == 1


def test_verbose_prints_every_step(cli: Cli, flow: Flow) -> None:
    """Steps in bodies are told too, further to the right, and so are debug messages and further attempts."""
    body = [("in", "log", {"message": "{{ loop.item }}", "level": 10})]
    nodes = [("loop", "each", {"items": [1, 2]}, {"bodies": {"body": body}}), ("f", "flaky", {}, {"after": "loop"})]
    _, _, err = cli("run", flow(*nodes), "--verbose")
    assert [line for line in err.splitlines() if line.startswith("[")] == [
        "[loop[0] / in (pass 0)] 1",
        "[loop[1] / in (pass 1)] 2",
    ]
    assert sum(line.startswith("  done ") and line.endswith("in (clitest.log)") for line in err.splitlines()) == 2
    assert "\nattempt 2 of f (clitest.flaky)\n" in err


def test_leaving_a_loop_is_no_failure(cli: Cli, flow: Flow) -> None:
    """A break is told as a step that is done."""
    body = [("out", "leave")]
    code, _, err = cli("run", flow(("loop", "each", {"items": [1]}, {"bodies": {"body": body}})), "--verbose")
    assert code == 0
    assert "failed" not in err
    assert "out (clitest.leave)" in err


def test_a_failure_in_a_body_is_told_once(cli: Cli, flow: Flow) -> None:
    """The node that failed is told, not each one around it."""
    body = [("in", "boom")]
    _, _, err = cli("run", flow(("loop", "each", {"items": [1]}, {"bodies": {"body": body}})))
    assert sum("(clitest." in line for line in err.splitlines()) == 1


def test_progress_off_a_terminal_gives_a_line_a_step(cli: Cli, flow: Flow) -> None:
    """With --progress the steps of the workflow itself are told, those in bodies not."""
    body = [("in", "wait", {"seconds": 0})]
    _, _, err = cli("run", flow(("loop", "each", {"items": [1]}, {"bodies": {"body": body}}), ECHO), "--progress")
    told = [line.split()[-2] for line in err.splitlines() if line.endswith(")") and line.startswith("done")]
    assert sorted(told) == ["a", "loop"]


def test_a_config_file_is_not_told_of(cli: Cli, flow: Flow, tmp_path: Path) -> None:
    """Only the profile that stands in for one is; what the file says holds."""
    (tmp_path / "stratagem.toml").write_text("[packs]\nallow = []\n", "utf-8")
    code, _, err = cli("run", flow(ECHO))
    assert code == 2
    assert "config:" not in err
    assert "the config does not allow the pack 'clitest'" in err


@pytest.mark.parametrize("backend", ["asyncio", "trio"])
def test_the_config_chooses_the_event_loop(cli: Cli, flow: Flow, backend: str) -> None:
    """Runs work on both."""
    code, _, err = cli("run", flow(("a", "wait", {"seconds": 0})), "--set", f"run.backend={backend}")
    assert code == 0
    assert "done: 1 step done" in err


def test_a_missing_event_loop_is_told(cli: Cli, flow: Flow, monkeypatch: pytest.MonkeyPatch) -> None:
    """Where trio is not installed, what to install is told."""
    monkeypatch.setattr("stratagem_cli.settings.find_spec", lambda name: None)
    code, _, err = cli("run", flow(ECHO), "--set", "run.backend=trio")
    assert code == 2
    assert "error: --set: key 'run.backend': the backend 'trio' is not installed. Run: pip install" in err


def test_concurrency_bounds_the_steps_at_once(cli: Cli, flow: Flow) -> None:
    """--concurrency 1 runs steps one after the other, in program order, on any schedule."""
    waits = [(name, "wait", {"seconds": seconds}) for name, seconds in (("a", 0.05), ("b", 0.01), ("c", 0))]
    _, _, err = cli("run", flow(*waits), "--verbose", "--concurrency", "1")
    assert [line.split()[-2] for line in err.splitlines() if line.startswith("done ")] == ["a", "b", "c"]


@pytest.mark.parametrize(("arguments", "told"), [((), False), (("--progress",), True)])
def test_a_terminal_without_rich_gets_plain_lines(
    cli: Cli, flow: Flow, monkeypatch: pytest.MonkeyPatch, arguments: tuple[str, ...], told: bool
) -> None:
    """Who asks for progress is told what to install."""
    monkeypatch.setattr("stratagem_cli.display.find_spec", lambda name: None)
    monkeypatch.setattr("stratagem_cli.display._on_terminal", lambda: True)
    code, _, err = cli("run", flow(ECHO), *arguments)
    assert code == 0
    assert ('warning: live progress needs rich. Run: pip install "stratagem-cli[progress]"' in err) == told
    assert "done: 1 step done" in err


def test_lines_are_json_objects_where_that_is_asked(cli: Cli, flow: Flow) -> None:
    """Progress, logs of nodes, failures and errors, each with its level, and node and run where it concerns some."""
    nodes = [("l", "log", {"message": "hello", "level": 30}), ("b", "boom", {}, {"after": "l"})]
    code, _, told = cli("run", flow(*nodes), "--log-format", "json", "--progress")
    lines = [json.loads(line) for line in told.splitlines()]
    assert code == 1
    (logged,) = [line for line in lines if line.get("logger") == "stratagem.node"]
    (begun,) = [line for line in lines if "steps" in line]
    assert (logged["message"], logged["level"], logged["node"]) == ("hello", "warning", "l")
    assert logged["run"] == begun["run"]
    assert [(line["node"], line["outcome"]) for line in lines if "outcome" in line] == [("l", "done"), ("b", "failed")]
    assert [line["level"] for line in lines if "boom" in line["message"] and "outcome" not in line] == ["error"]
    assert all({"time", "level", "message"} <= line.keys() for line in lines)
