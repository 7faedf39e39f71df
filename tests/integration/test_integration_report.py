"""The report of a real run in a real browser: what its nodes kept is on the page, and times and leases are in it."""

from __future__ import annotations

import base64
import json
from pathlib import Path

import pytest

from real_browser import needs_chromium
from stratagem_cli import main

CONFIG = 'schema = 1\n[strategy]\nschedule = "dag"\n[resources]\nbrowser = "playwright"\n'


@needs_chromium
def test_a_failed_click_is_shown_with_its_picture(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The picture that a web node keeps of its failure is within the page, beside the error."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "stratagem.toml").write_text(CONFIG, "utf-8")
    (tmp_path / "shop.html").write_text(
        "<!doctype html><title>Shop</title><h1>Shop</h1><button>Search</button>", "utf-8"
    )
    click = {"selector": "text=Serach", "timeout": 0.3, "failure_screenshot": "runs/go.png"}
    inside = [
        {"id": "open", "type": "web.open", "config": {"url": (tmp_path / "shop.html").as_uri()}},
        {"id": "go", "type": "web.click", "config": click, "after": "open"},
    ]
    flow = {"stratagem": 1, "nodes": [{"id": "shop", "type": "web.browser", "bodies": {"body": {"nodes": inside}}}]}
    (tmp_path / "flow.json").write_text(json.dumps(flow), "utf-8")
    assert main(["run", "flow.json", "--quiet", "--report", "page.html"]) == 1
    page = (tmp_path / "page.html").read_text("utf-8")
    picture = (tmp_path / "runs/go.png").read_bytes()
    assert f'src="data:image/png;base64,{base64.b64encode(picture).decode()}"' in page
    problems = page.partition('id="problems"')[2].partition("</section>")[0]
    assert problems.count("data:image/png;base64,") == 2  # the plugin that lends the page keeps one too
    assert "ElementNotFound" in problems
    assert 'data-n="2">go</button>' in problems
