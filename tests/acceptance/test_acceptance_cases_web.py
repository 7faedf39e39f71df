"""The given cases of web pages: what is told, kept and refused, with a real browser."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from given_cases import PAGES, Ended, case_server, command, needs_cases, prepared
from stratagem_browser.finder import best

pytestmark = [
    needs_cases,
    pytest.mark.slow,
    pytest.mark.skipif(best() is None, reason="there is no Chromium here: make browser installs it"),
]


@pytest.fixture(scope="module")
def port() -> Iterator[int]:
    """The cases' own server."""
    with case_server() as found:
        yield found


def run(name: str, folder: Path, port: int, *options: str) -> Ended:
    """Runs a case of pages, with a report as ``page.html``."""
    case = prepared(f"web/{name}.yaml", folder, port)
    return command("run", "--report", "page.html", *options, case.name, folder=folder, config=PAGES, limit=90)


def test_a_dismissed_dialog_is_told_where_its_consequence_is(port: int, tmp_path: Path) -> None:
    """The error, the log and the report say what was asked, by which step it came up, and which node answers it."""
    ended = run("w1-confirm", tmp_path, port)
    error = next(line for line in ended.text.splitlines() if line.startswith("error: "))
    for text in (error, (tmp_path / "page.html").read_text()):
        for part in ("Delete?", "dismissed", "del", "web.answer_dialogs"):
            assert part in text
    assert "[b / del] warning: the page asked" in ended.text


def test_each_failing_step_keeps_its_picture(port: int, tmp_path: Path) -> None:
    """Of an opened page, inside a try, and where the run goes on."""
    ended = run("w2-picture-of-failure", tmp_path, port)
    assert ended.code == 0, ended.text
    assert {path.name for path in tmp_path.glob("runs/*/*.png")} == {
        f"{id}-failure.png" for id in ("one", "two", "three")
    }
    for way in ("one", "c / t / two", "c / three"):
        assert f"node {way}: screenshot kept as" in ended.text


def test_what_follows_a_failed_opening_succeeds(port: int, tmp_path: Path) -> None:
    """Ten times out of ten."""
    ended = run("w3-after-a-failed-open", tmp_path, port)
    assert ended.code == 0, ended.text
    assert "done: 21 steps done, 10 failed" in ended.text


def test_a_failure_in_a_loop_names_its_row(port: int, tmp_path: Path) -> None:
    """On the console, in ``--json`` and in the report."""
    ended = run("w4-which-row", tmp_path, port)
    assert "node 'each[3] / b / c' (row 3 of 5: 'd')" in ended.text
    told: Any = json.loads(run("w4-which-row", tmp_path, port, "--json", "--quiet").text.splitlines()[-1])
    assert [(each["way"], each["pass"], each["of"], each["item"]) for each in told["failures"]] == [
        ("each[3] / b / c", 3, 5, "'d'")
    ]
    page = (tmp_path / "page.html").read_text()
    assert "each[3] / b / c" in page
    assert "row 3 of 5" in page


def test_a_field_that_takes_no_such_text_fails(port: int, tmp_path: Path) -> None:
    """And what it wants is told."""
    ended = run("w5-date-field", tmp_path, port)
    assert ended.code == 1
    assert "did not take '24.12.2024'" in ended.text
    assert "2024-12-31" in ended.text


def test_steps_that_lease_a_page_each_are_warned_of(tmp_path: Path) -> None:
    """By check, which says what to put around them."""
    ended = command("check", prepared("web/w6-forgotten-browser.yaml", tmp_path), folder=tmp_path, config=PAGES)
    assert ended.code == 0
    for part in ("warning", "'open'", "'name'", "web.browser"):
        assert part in ended.text


def test_waiting_for_a_page_is_no_work(port: int, tmp_path: Path) -> None:
    """Twenty steps of a second each are some twenty seconds of work; what waited for a page, and how long, is told."""
    ended = run("w7-waits-are-not-work", tmp_path, port)
    assert ended.code == 0, ended.text
    page = " ".join(re.sub("<[^>]+>", " ", (tmp_path / "page.html").read_text()).split())
    work = re.search(r"([\d.]+)\s+s\s+on one place, waiting for resources not counted", page)
    assert work is not None
    assert 20 < float(work[1]) < 30
    waited = re.search(r"(\d+) steps waited for a browser, ([\d.]+) s in all", page)
    assert waited is not None
    assert int(waited[1]) >= 17  # three of twenty may find a page ready
    assert float(waited[2]) > 40
