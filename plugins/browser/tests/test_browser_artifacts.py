"""What a lease leaves as artifacts is found in the run's folder, within bounds, and is told."""

from __future__ import annotations

import asyncio
import json
import logging
from collections.abc import Callable
from pathlib import Path
from typing import Any
from zipfile import ZipFile

import anyio
import pytest
from playwright.async_api import Page

from page_pool import Open
from rough_site import Site
from stratagem import BreakLoop, Node, Pack, Plugin, Recorder, RunResult, Workflow, hookimpl
from stratagem_browser import Artifacts
from stratagem_browser.artifacts import LeaseArtifacts
from stratagem_browser.run_folder import INDEX, RunFolder

pytestmark = pytest.mark.anyio

pack = Pack("kept")


@pack.node(resources={"page": "browser"})
async def visit(page: Page, url: str, file: bool = False, fail: bool = False, wait: float = 0.0) -> str:
    """Opens a page, downloads a file, waits, fails."""
    await page.goto(url)
    if file:
        await page.evaluate("location.href = '/file'")
        await page.wait_for_timeout(200)
    await anyio.sleep(wait)
    if fail:
        raise ValueError("on purpose")
    return await page.title()


Runs = Callable[..., Any]


@pytest.fixture
def runs(opens: Open, site: Site, tmp_path: Path) -> Runs:
    """Runs the node with settings of artifacts; gives the result and the files of its run."""

    async def run(config: dict[str, Any], timeout: float | None = None, **artifacts: Any) -> tuple[RunResult, Path]:
        opened = await opens(packs=[pack], artifacts=Artifacts(folder=tmp_path / "runs", **artifacts))
        node = Node("n/1", "kept.visit", {"url": site.address, **config}, timeout=timeout)
        result = await opened.kernel.run(Workflow({"n/1": node}))
        folders = list((tmp_path / "runs").glob("*"))
        return result, folders[0] if folders else tmp_path / "none"

    return run


async def test_a_failed_step_leaves_a_screenshot(runs: Runs) -> None:
    """Its path stands with the error; the index of the folder and the metrics of the result list it."""
    result, folder = await runs({"fail": True})
    (shot,) = folder.glob("*.png")
    assert shot.name == "n_1-failure.png"
    assert shot.read_bytes().startswith(b"\x89PNG")
    assert result.error is not None
    assert result.error.__cause__ is not None
    assert result.error.__cause__.__notes__ == [f"screenshot: {shot}"]
    assert result.metrics["browser.artifacts{kind=screenshot}"].total == 1
    entry = json.loads((folder / INDEX).read_text())
    assert (entry["node"], entry["kind"], entry["file"]) == ("n/1", "screenshot", shot.name)


async def test_a_step_that_is_late_leaves_a_screenshot(runs: Runs) -> None:
    """Of what was there when its time was up."""
    result, folder = await runs({"wait": 60.0}, timeout=5.0)
    assert result.status == "failed"
    assert [path.name for path in folder.glob("*.png")] == ["n_1-failure.png"]


async def test_a_cancelled_run_leaves_nothing(opens: Open, site: Site, tmp_path: Path) -> None:
    """It ends at once, as it was asked to."""
    opened = await opens(packs=[pack], artifacts=Artifacts(folder=tmp_path / "runs"))
    node = Node("n", "kept.visit", {"url": site.address, "wait": 60.0})
    handle = await opened.kernel.start(Workflow({"n": node}))
    await asyncio.sleep(1.5)
    handle.cancel()
    assert (await handle.wait()).status == "cancelled"
    assert not (tmp_path / "runs").exists()


async def test_what_goes_well_leaves_nothing(runs: Runs) -> None:
    """No folder either."""
    result, folder = await runs({})
    assert result.status == "done"
    assert not folder.exists()


async def test_downloads_are_kept(runs: Runs) -> None:
    """Under a name that leads nowhere else."""
    result, folder = await runs({"file": True})
    assert result.status == "done"
    (file,) = [path for path in folder.iterdir() if path.name != INDEX]
    assert file.read_bytes() == b"content"
    assert file.name == "n_1-_a_file.txt"


@pytest.mark.parametrize("downloads", ["discard", "refuse"])
async def test_downloads_are_kept_only_if_they_are_wanted(runs: Runs, downloads: str) -> None:
    """They may be left to the steps, or refused."""
    result, folder = await runs({"file": True}, downloads=downloads)
    assert result.status == "done"
    assert not folder.exists()


@pytest.mark.parametrize(
    ("tracing", "fail", "kept"), [("on", False, True), ("on-failure", False, False), ("on-failure", True, True)]
)
async def test_traces_are_kept(runs: Runs, tracing: str, fail: bool, kept: bool) -> None:
    """Always, or where the step has failed; Playwright's own viewer opens them."""
    _, folder = await runs({"fail": fail}, tracing=tracing, screenshots="off")
    traces = list(folder.glob("*trace.zip")) if folder.exists() else []
    assert len(traces) == kept
    for trace in traces:
        assert any(name.endswith(".trace") for name in ZipFile(trace).namelist())


async def test_recorders_are_told(opens: Open, site: Site, tmp_path: Path) -> None:
    """By the event `artifact`, with its kind and path."""
    told: list[dict[str, Any]] = []

    class Listener(Recorder):
        def event(self, step: Any, name: str, **attributes: Any) -> None:
            if name == "artifact":
                told.append(attributes)

    class Listening(Plugin):
        @hookimpl
        def record_metric(self, run: Any) -> Recorder:
            return Listener()

    opened = await opens(packs=[pack], plugins=[Listening()], artifacts=Artifacts(folder=tmp_path / "runs"))
    await opened.kernel.run(Workflow({"n": Node("n", "kept.visit", {"url": site.address, "fail": True})}))
    assert [each["kind"] for each in told] == ["screenshot"]
    assert Path(told[0]["path"]).name == "n-failure.png"


async def test_leaving_a_loop_is_no_failure(opens: Open, tmp_path: Path) -> None:
    """No screenshot is kept of it."""
    opened = await opens(artifacts=Artifacts(folder=tmp_path / "runs"))
    async with opened.pool.lease(opened.key()) as lease:
        kept = LeaseArtifacts(opened.plugin.settings.artifacts, lease.value, AStep())  # type: ignore[arg-type]  # no step
        with pytest.raises(BreakLoop):
            async with kept.kept():
                raise BreakLoop
    assert not (tmp_path / "runs").exists()


class ARun:
    """Stands in for a run."""

    id = "run"
    error = None


class AStep:
    """Stands in for a step."""

    run = ARun


def test_a_run_keeps_no_more_than_it_may(tmp_path: Path) -> None:
    """Neither files nor megabytes; equal names are numbered."""
    few = RunFolder(Artifacts(folder=tmp_path, files=3), "few")
    names = [few.place("n", "a.png") for _ in range(4)]
    assert [path and path.name for path in names] == ["n-a.png", "n-a-2.png", "n-a-3.png", None]
    large = RunFolder(Artifacts(folder=tmp_path, megabytes=1), "large")
    first = large.place("n", "a.bin")
    assert first is not None
    first.write_bytes(b"x" * 1024 * 1024)
    assert large.place("n", "a.bin") is None


def test_the_oldest_runs_make_place_for_new_ones(tmp_path: Path) -> None:
    """Only folders of ours are removed: others that stand beside them are left alone."""
    (tmp_path / "mine").mkdir()
    (tmp_path / "mine" / "file").touch()
    limits = Artifacts(folder=tmp_path, runs=2)
    for number in range(4):
        folder = RunFolder(limits, f"run{number}")
        path = folder.place("n", "a.png")
        assert path is not None
        folder.note("n", "screenshot", path)
    assert sorted(path.name for path in tmp_path.iterdir()) == ["mine", "run2", "run3"]


@pytest.mark.parametrize("name", ["../../etc/passwd", "..", "/", "a\0b", "x" * 300, ".hidden", "sp ace.txt"])
def test_no_name_leads_out_of_the_folder(tmp_path: Path, name: str) -> None:
    """Whatever a server calls its file."""
    path = RunFolder(Artifacts(folder=tmp_path / "runs"), "run").place("n", name)
    assert path is not None
    assert path.parent == tmp_path / "runs" / "run"
    assert path.is_file()


async def test_what_can_not_be_kept_is_told_and_harms_nobody(
    runs: Runs, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    """The step's own error stays what it is."""
    caplog.set_level(logging.WARNING, logger="stratagem.browser")
    (tmp_path / "runs").touch()
    result, _ = await runs({"fail": True})
    assert isinstance(result.error and result.error.__cause__, ValueError)
    assert "node n/1: no screenshot is kept: " in caplog.text
