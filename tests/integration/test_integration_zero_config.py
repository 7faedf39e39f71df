"""Without a config file: what is installed is taken, and one line says so."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from subprocess import run

import pytest

from otlp_receiver import http_receiver
from real_browser import CHROMIUM

PAGE = {"nodes": [{"id": "page", "type": "web.open", "config": {"url": "data:text/html,<title>hi</title>"}}]}
TOLD = 'resources.browser = "playwright" because stratagem-browser '


def stratagem(folder: Path, *arguments: str, code: int = 0) -> tuple[str, str]:
    """What the command prints on standard output and standard error."""
    ended = run([sys.executable, "-m", "stratagem", *arguments], cwd=folder, capture_output=True, text=True)
    assert ended.returncode == code, ended.stderr
    return ended.stdout, ended.stderr


@pytest.fixture
def flow(tmp_path: Path) -> Path:
    """A folder with a workflow that needs a browser, and no config in it or above it."""
    (tmp_path / "flow.json").write_text(json.dumps(PAGE), "utf-8")
    return tmp_path


@pytest.mark.skipif(CHROMIUM is None, reason="there is no Chromium on this machine")
def test_a_browser_flow_runs(flow: Path) -> None:
    """On the driver that is installed."""
    _, told = stratagem(flow, "run", "flow.json")
    assert told.count("config: ") == told.count(TOLD) == 1
    assert "done: 1 step done" in told


@pytest.mark.parametrize("command", ["check", "plan"])
def test_a_browser_flow_is_known_to_run(flow: Path, command: str) -> None:
    """By ``check`` and ``plan``, in the same words."""
    _, told = stratagem(flow, command, "flow.json")
    assert told.count("config: ") == told.count(TOLD) == 1


def test_a_workflow_without_pages_has_no_driver(tmp_path: Path) -> None:
    """Nothing is taken that it does not need."""
    (tmp_path / "flow.json").write_text(
        '{"nodes": [{"id": "a", "type": "std.log", "config": {"message": "x"}}]}', "utf-8"
    )
    _, told = stratagem(tmp_path, "run", "flow.json")
    assert 'schedule = "dag"' in told
    assert "playwright" not in told


def test_what_else_is_wrong_is_told_without_the_driver(tmp_path: Path) -> None:
    """A misspelt node keeps nobody from knowing the kinds of the others."""
    nodes = [*PAGE["nodes"], {"id": "b", "type": "web.opne", "config": {}}]
    (tmp_path / "flow.json").write_text(json.dumps({"nodes": nodes}), "utf-8")
    _, told = stratagem(tmp_path, "check", "flow.json", code=2)
    assert "did you mean" in told.lower()
    assert "nothing provides that" not in told


def test_a_table_of_resources_is_taken_as_it_is(flow: Path) -> None:
    """Where it names no driver for the kind, that is an error with what to do."""
    (flow / "stratagem.toml").write_text("[resources]\n", "utf-8")
    _, told = stratagem(flow, "check", "flow.json", code=2)
    assert "needs a 'browser', and nothing provides that" in told


def test_the_config_beside_the_workflow_is_taken(flow: Path) -> None:
    """Wherever the command is given."""
    (flow / "stratagem.toml").write_text('[strategy]\nschedule = "sequential"\n', "utf-8")
    inside = flow / "elsewhere"
    inside.mkdir()
    (inside / "stratagem.toml").write_text("[run]\nconcurrency = 3\n", "utf-8")
    _, told = stratagem(inside, "run", "../flow.json", "--verbose", code=0 if CHROMIUM else 1)
    assert f"config: {flow / 'stratagem.toml'}" in told.replace("/elsewhere/..", "")


@pytest.mark.parametrize("schedule", ["dag", "sequential"])
def test_runs_are_traced_where_the_environment_names_a_receiver(
    tmp_path: Path, schedule: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """And not where it says no, nor where a config names its plugins itself."""
    log = {"id": "a", "type": "std.log", "config": {"message": "x"}}
    (tmp_path / "flow.json").write_text(json.dumps({"nodes": [log]}), "utf-8")
    options = ("--set", f"strategy.schedule={schedule}")
    with http_receiver() as receiver:
        monkeypatch.setenv("OTEL_EXPORTER_OTLP_ENDPOINT", receiver.url)
        _, told = stratagem(tmp_path, "run", *options, "flow.json")
        assert 'plugin "otel" because OTEL_EXPORTER_OTLP_ENDPOINT is set' in told
        seen = len(receiver.spans)
        assert seen >= 2
        monkeypatch.setenv("OTEL_SDK_DISABLED", "true")
        _, told = stratagem(tmp_path, "run", *options, "flow.json")
        assert "otel" not in told
        monkeypatch.delenv("OTEL_SDK_DISABLED")
        _, told = stratagem(tmp_path, "run", *options, "--set", "plugins.use=[]", "flow.json")
        assert "otel" not in told
        assert len(receiver.spans) == seen


def test_config_show_tells_which_config_a_workflow_gets(flow: Path) -> None:
    """And why it is that one."""
    told, _ = stratagem(flow, "config", "show", "flow.json")
    assert told.startswith("# default profile, as there is no stratagem.toml: ")
    assert '[resources]\nbrowser = "playwright"' in told
    (flow / "stratagem.toml").write_text("[run]\nconcurrency = 3\n", "utf-8")
    told, _ = stratagem(flow, "config", "show", "flow.json")
    first = told.splitlines()[0]
    assert first.startswith(f"# {flow / 'stratagem.toml'}")
    assert first.endswith("(beside the workflow)")
    (flow / "broken.json").write_text("{", "utf-8")
    _, told = stratagem(flow, "config", "show", "broken.json", code=2)
    assert told.startswith("error: broken.json:1: this is not JSON")
