"""What the tests of reports share: runs with their records, and a real browser to open pages in."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import sync_playwright

from real_browser import ARGS, CHROMIUM
from stratagem import Config, RunResult, Strategy, Workflow
from stratagem_report import ReportPlugin, ReportSettings
from stratagem_report.reading import read_record
from stratagem_report.record import RunRecord
from stratagem_report.shelf import Shelf
from stratagem_testing import run_once, sample

Recorded = Callable[..., Any]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Where records are kept."""
    return tmp_path / "runs"


@pytest.fixture
def run_recorded(folder: Path) -> Recorded:
    """Runs a workflow of the test pack with a record; gives the result and what was read of the record."""

    async def run(
        workflow: Workflow, packs: Any = (), plugins: Any = (), **options: Any
    ) -> tuple[RunResult, RunRecord]:
        settings = options.pop("settings", None) or ReportSettings(folder=folder)
        config = options.pop("config", None) or Config(strategy=Strategy(schedule="dag"))
        own = [*plugins, ReportPlugin(settings)]
        result = await run_once(workflow, packs=[sample, *packs], plugins=own, config=config, **options)
        return result, read_record(Shelf(folder).find(result.id))

    return run


@pytest.fixture(scope="module")
def chromium() -> Iterator[Any]:
    """A real Chromium without a window, one for all tests of a file."""
    if CHROMIUM is None:
        pytest.skip("there is no Chromium here to open the page in")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=ARGS)
        yield browser
        browser.close()
