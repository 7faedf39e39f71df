"""Reports from the command line: of a run as it is made, and from records."""

from __future__ import annotations

import json
import logging
import os
from collections.abc import Callable
from pathlib import Path
from threading import Thread

import pytest

from stratagem import Run
from stratagem_cli import main
from stratagem_report.learn import usual_times
from stratagem_report.shelf import Shelf

Cli = Callable[..., tuple[int, str, str]]

FLOW = {
    "stratagem": 1,
    "name": "two",
    "variables": {"text": "hello"},
    "nodes": [
        {"id": "wait", "type": "std.wait", "config": {"seconds": 0.02}},
        {"id": "say", "type": "std.log", "config": {"message": "{{ text }}"}, "after": "wait"},
    ],
    "result": "{{ text }}",
}

KEPT = 'schema = 1\n[strategy]\nschedule = "dag"\n[plugins]\nuse = ["report"]\n[settings.report]\nlearn = 2\n'

pytest.importorskip("stratagem_std")


@pytest.fixture(autouse=True)
def _surroundings(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("STRATAGEM_CONFIG", raising=False)
    (tmp_path / "flow.json").write_text(json.dumps(FLOW), "utf-8")


@pytest.fixture
def cli(capsys: pytest.CaptureFixture[str]) -> Cli:
    """Carries out a command in this process: exit code, standard output, standard error."""

    def call(*arguments: str) -> tuple[int, str, str]:
        capsys.readouterr()
        code = main(arguments)
        told = capsys.readouterr()
        return code, told.out, told.err

    return call


def test_a_run_is_drawn_without_any_config(cli: Cli, tmp_path: Path) -> None:
    """The page is all that is left behind."""
    code, _, told = cli("run", "flow.json", "--report", "out/page.html")
    assert code == 0
    assert "report: out/page.html" in told
    assert "<h1>two</h1>" in (tmp_path / "out/page.html").read_text("utf-8")
    assert {path.name for path in tmp_path.iterdir()} == {"flow.json", "out"}


def test_a_run_that_fails_is_drawn_too(cli: Cli, tmp_path: Path) -> None:
    """With its exit code, and beside --json, which stays one object."""
    broken = {**FLOW, "nodes": [{"id": "x", "type": "std.fail", "config": {"message": "</script>no"}}]}
    (tmp_path / "flow.json").write_text(json.dumps(broken), "utf-8")
    code, out, _ = cli("run", "flow.json", "--report", "page.html", "--json", "--quiet")
    assert (code, json.loads(out)["status"]) == (1, "failed")
    page = (tmp_path / "page.html").read_text("utf-8")
    assert "What went wrong" in page
    assert page.count("</script>") == 2


def test_a_page_that_can_not_be_written_is_told_before_the_run(cli: Cli, tmp_path: Path) -> None:
    """And nothing is run."""
    (tmp_path / "folder").mkdir()
    code, _, told = cli("run", "flow.json", "--report", "folder")
    assert code == 2
    assert "error: folder: the report can't be written there" in told
    assert "running" not in told


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="there are no named pipes")
def test_a_page_is_written_into_a_pipe(cli: Cli, tmp_path: Path) -> None:
    """Its reader gets the page, and the pipe stays one."""
    os.mkfifo(tmp_path / "pipe")
    found: list[str] = []
    reader = Thread(target=lambda: found.append((tmp_path / "pipe").read_text("utf-8")), daemon=True)
    reader.start()
    assert cli("run", "flow.json", "--report", "pipe")[0] == 0
    reader.join(10)
    assert "<h1>two</h1>" in found[0]
    assert (tmp_path / "pipe").is_fifo()


def test_reports_need_their_distribution(cli: Cli, monkeypatch: pytest.MonkeyPatch) -> None:
    """Without it, one line says what to install."""
    monkeypatch.setattr("stratagem_cli.report.PACKAGE", "stratagem_not_there")
    code, _, told = cli("run", "flow.json", "--report", "x.html")
    assert code == 2
    assert "error: reports need stratagem-report. Run: pip install stratagem-report" in told


def test_kept_records_are_shown_and_compared(cli: Cli, tmp_path: Path) -> None:
    """By age or id; a difference makes the exit code 1."""
    (tmp_path / "stratagem.toml").write_text(KEPT, "utf-8")
    for text in ("hello", "hello", "other"):
        assert cli("run", "flow.json", "--quiet", "--var", f"text={text}")[0] == 0
    paths = Shelf(tmp_path / "runs").records()
    assert len(paths) == 3
    named = [str(path) for path in paths]
    assert cli("report", "compare", named[0], named[0])[0] == 0
    code, out, _ = cli("report", "show")
    assert code == 0
    assert "status         done in" in out
    code, _, told = cli("report", "show", "last", "--output", "page.html")
    assert (code, "report: page.html" in told) == (0, True)
    code, out, _ = cli("report", "compare", "last", "nothing")
    assert code == 2


def test_a_comparison_tells_programs_too(cli: Cli, tmp_path: Path) -> None:
    """As one JSON object."""
    (tmp_path / "stratagem.toml").write_text(KEPT, "utf-8")
    ids = []
    for text in ("hello", "other"):
        before = {path.name for path in (tmp_path / "runs").glob("*")}
        cli("run", "flow.json", "--quiet", "--var", f"text={text}")
        (new,) = {path.name for path in (tmp_path / "runs").glob("*")} - before
        ids.append(str(tmp_path / "runs" / new))
    code, out, _ = cli("report", "compare", *ids, "--json")
    told = json.loads(out)
    assert code == 1
    assert told["same"] is False
    assert told["results"] == ["result", "the variable 'text'"]


def test_times_of_earlier_runs_are_learned(
    cli: Cli, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    """From as many executions as the settings ask for, and only of the same workflow."""
    (tmp_path / "stratagem.toml").write_text(KEPT, "utf-8")
    seen: list[dict[str, int]] = []

    def learned(records: list[Path], run: Run, least: int, most: int) -> object:
        found = usual_times(records, run, least, most)
        seen.append({node: usual.count for node, usual in found.items()})
        return found

    monkeypatch.setattr("stratagem_report.plugin.usual_times", learned)
    for _ in range(3):
        cli("run", "flow.json", "--quiet")
    assert seen == [{}, {}, {"wait": 2, "say": 2}]
    (tmp_path / "other.json").write_text(json.dumps(FLOW), "utf-8")
    cli("run", "other.json", "--quiet")
    assert seen[-1] == {}
    assert [r for r in caplog.records if r.levelno >= logging.WARNING] == []


def test_a_slow_step_is_warned_of_once_its_times_are_learned(cli: Cli, tmp_path: Path) -> None:
    """By the watchdog, in the run that goes on."""
    (tmp_path / "stratagem.toml").write_text(KEPT + "[run]\nblock_limit = 0.1\n", "utf-8")
    flow = {**FLOW, "variables": {"text": "x", "pause": 0.01}}
    flow["nodes"] = [{"id": "wait", "type": "std.wait", "config": {"seconds": "{{ pause }}"}}]
    (tmp_path / "flow.json").write_text(json.dumps(flow), "utf-8")
    for _ in range(2):
        cli("run", "flow.json", "--quiet")
    _, _, told = cli("run", "flow.json", "--var", "pause=0.6")
    assert told.count("warning: node 'wait' of type std.wait") == 1
    assert "of 2 earlier executions half took at most 0.01" in told
