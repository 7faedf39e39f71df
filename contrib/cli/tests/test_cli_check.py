"""``stratagem check`` and ``plan``: what can be known before a run."""

import json
from collections.abc import Callable
from pathlib import Path

import pytest

Cli = Callable[..., tuple[int, str, str]]
Flow = Callable[..., str]

SEQUENTIAL = ("--set", "strategy.schedule=sequential")
CHAIN = [
    ("a", "echo", {"value": 1}),
    ("b", "echo", {"value": "{{ a.result }}"}),
    ("c", "wait", {"seconds": 0}, {"after": "b"}),
]


def test_a_file_without_problems_is_ok(cli: Cli, flow: Flow) -> None:
    """Its size is told, and the exit code is 0."""
    code, out, err = cli("check", flow(*CHAIN))
    assert (code, out) == (0, "ok: flow.json: 3 steps in 3 levels\n")
    assert err.count("\n") == 1


def test_every_file_is_checked(cli: Cli, flow: Flow, tmp_path: Path) -> None:
    """All problems of all files are told with file, line, node and key, then a summary; the exit code is 2."""
    (tmp_path / "broken.json").write_text("{", "utf-8")
    wrong = flow(("a", "echo", {"valeu": 1}), ("b", "ecko"), name="wrong.json")
    code, out, err = cli("check", wrong, flow(*CHAIN), "broken.json", "none.json")
    told = [line for line in err.splitlines() if line.startswith("error: ")]
    assert code == 2
    assert out.splitlines() == ["ok: flow.json: 3 steps in 3 levels", "checked 4 files: 5 problems in 3 of them"]
    places = ["wrong.json:4:", "wrong.json:4:", "wrong.json:11:", "broken.json:1:", "none.json:"]
    assert [line.split()[1] for line in told] == places
    assert "error: wrong.json:4: node 'a': key 'valeu': clitest.echo has no input 'valeu'" in err


def test_a_missing_provider_is_found_before_a_run(cli: Cli, flow: Flow, tmp_path: Path) -> None:
    """A resource kind that nothing provides is a problem of the workflow."""
    (tmp_path / "stratagem.toml").write_text("[resources]\n", "utf-8")  # none of what is installed is taken
    code, _, err = cli("check", flow(("a", "click")))
    assert code == 2
    assert "error: flow.json:4: node 'a': " in err
    assert "'browser'" in err


def test_given_variables_are_known_to_a_check(cli: Cli, flow: Flow) -> None:
    """A name that only the command line gives exists."""
    file = flow(("a", "echo", {"value": "{{ given }}"}))
    assert cli("check", file)[0] == 2
    assert cli("check", file, "--var", "given=1")[0] == 0


def test_a_plan_tells_levels_path_and_estimates(cli: Cli, flow: Flow) -> None:
    """Levels, the critical path, T1, T∞ and the bound for the config's concurrency."""
    parallel = [(name, "echo", {"value": 1}) for name in "abcd"]
    code, out, _ = cli(
        "plan", flow(*parallel, ("e", "echo", {"value": "{{ a.result }}"})), "--json", "--concurrency", "2"
    )
    plan = json.loads(out)
    workers = plan["seconds"]["workers"]
    assert code == 0
    assert plan["levels"] == [["a", "b", "c", "d"], ["e"]]
    assert plan["critical_path"] == ["a", "e"]
    assert (plan["seconds"]["work"], plan["seconds"]["span"]) == (2.5, 1.0)
    assert plan["seconds"]["estimate"] == {1: 2.5, 2: 1.75}[workers]


def test_the_sequential_schedule_is_estimated_as_one_worker(cli: Cli, flow: Flow) -> None:
    """However many steps the config would allow at once."""
    _, out, _ = cli("plan", flow(*CHAIN), "--json", *SEQUENTIAL)
    seconds = json.loads(out)["seconds"]
    assert (seconds["workers"], seconds["estimate"]) == (1, seconds["work"])


def test_a_plan_tells_why_steps_wait(cli: Cli, flow: Flow) -> None:
    """For each step what it waits for, as a control line, data, a reference or an 'after'."""
    lines = [{"from": "c", "to": "d"}, {"from": "a.result", "to": "d.value"}]
    _, out, _ = cli("plan", flow(*CHAIN, ("d", "echo"), connections=lines))
    assert "  b  clitest.echo@1  (level 2, pure, 0.5 s)\n    waits for a: reference (a template reads" in out
    assert "    waits for b: after ('after' names it)\n" in out
    assert "    waits for a: data (result → value)\n" in out
    assert "    waits for c: control (exec_out → exec_in)" in out


def test_a_plan_shows_bodies_inside_their_owners(cli: Cli, flow: Flow) -> None:
    """A body is a plan of its own, further to the right."""
    body = [("x", "echo", {"value": "{{ loop.item }}"}), ("y", "echo", {"value": "{{ x.result }}"})]
    _, out, _ = cli("plan", flow(("loop", "each", {"items": []}, {"bodies": {"body": body}})))
    assert "\n    body: 2 steps in 2 levels\n      level 1 " in out
    assert "\n      y  clitest.echo@1  (level 2, pure, 0.5 s)\n        waits for x: " in out


def test_an_empty_workflow_has_a_plan(cli: Cli, flow: Flow) -> None:
    """Of nothing."""
    code, out, _ = cli("plan", flow())
    assert code == 0
    assert out.startswith("flow.json: 0 steps in 0 levels")


@pytest.mark.parametrize("command", ["plan", "check"])
def test_a_plan_of_a_bad_file_gives_2(cli: Cli, command: str) -> None:
    """With the error that a run would give."""
    code, out, err = cli(command, "none.json")
    assert code == 2
    assert "levels" not in out
    assert "error: none.json: the file can't be opened" in err
