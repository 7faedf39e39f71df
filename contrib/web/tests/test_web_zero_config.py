"""Flows on web pages run without a config, once the driver of browsers is installed."""

import subprocess
import sys
from pathlib import Path

import pytest

from real_browser import needs_chromium

FLOW = """
stratagem: 1
nodes:
  - { id: browser, type: web.open_browser }
  - { id: open, type: web.open, config: { url: "file://PAGE" }, after: [browser] }
  - { id: text, type: web.extract_text, config: { selector: h1 }, after: [open] }
result: "{{ text.text }}"
"""


def stratagem(folder: Path, *arguments: str) -> "subprocess.CompletedProcess[str]":
    """Carries out a command in ``folder``, in a process of its own that tells what it imports."""
    argv = [sys.executable, "-X", "importtime", "-m", "stratagem", *arguments]
    return subprocess.run(argv, cwd=folder, capture_output=True, text=True)


@pytest.fixture
def flow(tmp_path: Path) -> Path:
    """A flow that reads the heading of a page beside it."""
    (tmp_path / "page.html").write_text("<h1>No config at all</h1>", "utf-8")
    (tmp_path / "flow.yaml").write_text(FLOW.replace("PAGE", str(tmp_path / "page.html")), "utf-8")
    return tmp_path


@needs_chromium
@pytest.mark.parametrize("schedule", ["dag", "sequential"])
def test_a_browser_flow_runs_without_a_config(schedule: str, flow: Path) -> None:
    """On either schedule; one line tells the driver."""
    options = () if schedule == "dag" else ("--set", "strategy.schedule=sequential")
    ran = stratagem(flow, "run", "--json", *options, "flow.yaml")
    assert ran.returncode == 0, ran.stderr
    assert "No config at all" in ran.stdout
    assert 'resources.browser = "playwright" because stratagem-browser 0.1.0 is installed' in ran.stderr


def test_playwright_is_imported_only_where_a_page_is_needed(flow: Path) -> None:
    """Not by a check of the flow, which says ok, nor by a run of another one."""
    checked = stratagem(flow, "check", "flow.yaml")
    assert checked.stdout.startswith("ok: flow.yaml"), checked.stderr
    (flow / "hello.yaml").write_text(
        "stratagem: 1\nnodes: [{ id: say, type: std.log, config: { message: hello } }]", "utf-8"
    )
    ran = stratagem(flow, "run", "hello.yaml")
    assert ran.returncode == 0, ran.stderr
    imported = [{line.rpartition("|")[2].strip() for line in each.stderr.splitlines()} for each in (checked, ran)]
    assert [{"playwright", "playwright.async_api"} & names for names in imported] == [set(), set()]
    assert [any(name.startswith("stratagem_browser") for name in names) for names in imported] == [True, False]
