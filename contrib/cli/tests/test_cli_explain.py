"""``stratagem run --explain``."""

import json
import re
from collections.abc import Callable

Cli = Callable[..., tuple[int, str, str]]
Flow = Callable[..., str]


def lines_of(text: str) -> list[str]:
    """The lines, with one blank between columns and without seconds."""
    return [re.sub(r"\d+\.\d+ s", "TIME", re.sub(r"(?<=\S) +", " ", line)) for line in text.splitlines()]


def test_every_node_has_a_line_in_the_order_of_the_plan(cli: Cli, flow: Flow) -> None:
    """What ran, how often, what was tried again, what was skipped and why; nodes of bodies further to the right."""
    body = [
        ("inner", "echo", {"value": "{{ loop.item }}"}, {"when": "loop.item > 1"}),
        ("gone", "leave", {}, {"when": "loop.item > 2", "after": "inner"}),
        ("late", "echo", {"value": 1}, {"after": "gone"}),
    ]
    file = flow(
        ("again", "flaky"),
        ("loop", "each", {"items": [1, 2, 3]}, {"bodies": {"body": body}, "after": "again"}),
        ("bad", "boom", {}, {"on_error": "continue", "after": "loop"}),
        ("off", "echo", {"value": 1}, {"disabled": True}),
        ("never", "each", {"items": []}, {"bodies": {"body": [("unused", "echo", {"value": 1})]}, "after": "bad"}),
    )
    code, out, err = cli("run", file, "--explain")
    assert code == 0, err
    assert lines_of(out) == [
        "again clitest.flaky ran, TIME in all, tried again",
        "loop clitest.each ran, TIME",
        "  inner clitest.echo ran 2 times, TIME in all, skipped: its 'when' is false: loop.item > 1",
        "  gone clitest.leave ran, TIME, skipped 2 times: its 'when' is false: loop.item > 2",
        "  late clitest.echo ran 2 times, TIME in all",
        "bad clitest.boom failed, TIME",
        "off clitest.echo skipped: disabled",
        "never clitest.each ran, TIME",
        "  unused clitest.echo not run: 'never' did not call 'body'",
    ]
    assert "steps done" in err


def test_a_time_limit_is_told_from_a_cancellation(cli: Cli, flow: Flow) -> None:
    """Also where it was tried again after the first."""
    file = flow(
        ("late", "wait", {"seconds": 9}, {"timeout": 0.01, "retry": {"attempts": 2, "delay": 0}}),
        ("other", "echo", {"value": 1}, {"after": "late"}),
    )
    code, out, _ = cli("run", file, "--explain")
    assert code == 1
    assert lines_of(out)[0] == "late clitest.wait took too long, TIME in all, tried again"


def test_a_value_that_is_refused_is_a_failure(cli: Cli, flow: Flow) -> None:
    """Though the node itself had run well."""
    code, out, _ = cli("run", flow(("bad", "liar")), "--explain")
    assert code == 1
    assert lines_of(out) == ["bad clitest.liar failed, TIME"]


def test_what_was_not_reached_says_why(cli: Cli, flow: Flow) -> None:
    """After a failure, and in a body that was left before."""
    body = [("stop", "boom"), ("after", "echo", {"value": 1}, {"after": "stop"})]
    file = flow(
        ("loop", "each", {"items": [1]}, {"bodies": {"body": body}}),
        ("last", "echo", {"value": 1}, {"after": "loop"}),
    )
    code, out, _ = cli("run", file, "--explain")
    assert code == 1
    assert lines_of(out) == [
        "loop clitest.each failed, TIME",
        "  stop clitest.boom failed, TIME",
        "  after clitest.echo not run: its body was left before",
        "last clitest.echo not run: the run ended with a failure before",
    ]


def test_a_cancelled_run_is_explained_too(cli: Cli, flow: Flow) -> None:
    """What was running, and what was not yet."""
    file = flow(("stop", "interrupted"), ("last", "echo", {"value": 1}, {"after": "stop"}))
    code, out, _ = cli("run", file, "--explain", "--quiet")
    assert code == 130
    assert lines_of(out) == [
        "stop clitest.interrupted was cancelled, TIME",
        "last clitest.echo not run: the run was cancelled before",
    ]


def test_json_has_it_in_its_object(cli: Cli, flow: Flow) -> None:
    """Only if it was asked for."""
    file = flow(("a", "echo", {"value": 1}, {"when": "false"}))
    told = json.loads(cli("run", file, "--json", "--explain")[1])
    assert told["explained"] == [
        {"node": "a", "type": "clitest.echo", "depth": 0, "told": "skipped: its 'when' is false: false"}
    ]
    assert "explained" not in json.loads(cli("run", file, "--json")[1])
