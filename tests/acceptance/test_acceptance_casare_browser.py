"""CasareRPA's browser flows run whole, as they are written, in a real browser and against a site on loopback.

Playwright works on asyncio alone, and so do these tests.
"""

from __future__ import annotations

import json
import shutil
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import asynccontextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from importlib.util import find_spec
from pathlib import Path
from threading import Thread
from typing import Any
from urllib.parse import urlsplit

import pytest
from playwright.async_api import Page, Route

from corpora import ABSENT, casare_files
from real_browser import needs_chromium
from stratagem import Config, Kernel, ResourceProvider, ResourceRequest, RunResult, StepRun, Strategy, hookimpl
from stratagem import Run as StratagemRun
from stratagem_browser import Artifacts, BrowserSettings, PlaywrightPlugin

TITLE = "Example Domain"
PAGE = f"<!doctype html><html><head><title>{TITLE}</title></head><body><h1>{TITLE}</h1></body></html>"


def uses_a_browser(path: Path) -> bool:
    """Whether some node of a flow has a browser in its name."""
    data = json.loads(path.read_text("utf-8"))
    nodes = data.get("base_workflow", data)["nodes"]
    listed = nodes.values() if isinstance(nodes, dict) else nodes
    return any("Browser" in node["node_type"] for node in listed)


FLOWS = [path for path in casare_files() if uses_a_browser(path)]

pytestmark = [
    pytest.mark.anyio,
    needs_chromium,
    pytest.mark.skipif(find_spec("stratagem_casare") is None, reason="stratagem-casare is not installed"),
    pytest.mark.skipif(not FLOWS, reason=ABSENT),
]


@pytest.fixture(scope="module")
def anyio_backend() -> str:
    """Playwright knows asyncio alone."""
    return "asyncio"


class Site(BaseHTTPRequestHandler):
    """Answers every address with the same page."""

    def do_GET(self) -> None:
        content = PAGE.encode()
        self.send_response(200)
        self.send_header("content-type", "text/html")
        self.send_header("content-length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)

    def log_message(self, format: str, *args: Any) -> None:
        """Says nothing."""


@pytest.fixture
def site() -> Iterator[str]:
    with ThreadingHTTPServer(("127.0.0.1", 0), Site) as server:
        thread = Thread(target=server.serve_forever, args=(0.01,))
        thread.start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()
        thread.join()


class OnSite(ResourceProvider):
    """Leases pages for which the site stands for every other on the web."""

    def __init__(self, pages: ResourceProvider, site: str) -> None:
        self._pages, self._site = pages, site

    @asynccontextmanager
    async def lease(self, step: StepRun, request: ResourceRequest) -> AsyncIterator[Page]:
        """A page of the pool."""

        async def from_site(route: Route) -> None:
            answer = await route.fetch(url=self._site + urlsplit(route.request.url).path)
            await route.fulfill(response=answer)

        async with self._pages.lease(step, request) as page:
            await page.context.route("**/*", from_site)
            yield page


class PagesOnSite(PlaywrightPlugin):
    """The pool of pages, as a config chooses it, all on one site."""

    def __init__(self, site: str, folder: Path) -> None:
        super().__init__(BrowserSettings(artifacts=Artifacts(folder=folder)))
        self._site = site

    @hookimpl
    def acquire_resource(self, run: StratagemRun, kind: str) -> ResourceProvider | None:
        pages = super().acquire_resource(run, kind)
        return None if pages is None else OnSite(pages, self._site)


Run = Callable[..., Awaitable[RunResult]]


@pytest.fixture
def run(anyio_backend: str, site: str, tmp_path: Path) -> Run:
    """Runs a copy of a flow in a folder of its own, settings and all; no page of it may stay in use."""

    async def run(path: Path, schedule: str = "sequential") -> RunResult:
        config, plugin = Config(strategy=Strategy(schedule=schedule)), PagesOnSite(site, tmp_path / "runs")
        async with Kernel(config, plugins=[plugin]) as kernel:
            result = await kernel.run(kernel.load(shutil.copy(path, tmp_path)))
            assert [pool.stats.in_use for pool in plugin.pools.values()] == [0]
        assert (plugin.fleet.browsers, plugin.fleet.drivers) == (set(), set())
        return result

    return run


@pytest.mark.parametrize("schedule", ["sequential", "dag"])
@pytest.mark.parametrize("path", FLOWS, ids=lambda path: path.stem)
async def test_a_browser_flow_runs_whole(path: Path, schedule: str, run: Run) -> None:
    """Nothing fails, and nothing is left out."""
    result = (await run(path, schedule)).raise_for_error()
    assert (result.status, result.steps["not_run"], result.steps["failed"]) == ("done", 0, 0)
    for node, ports in WANTED.get(path.stem, {}).items():
        assert {name: result.outputs[node][name] for name in ports} == ports


WANTED: dict[str, dict[str, dict[str, Any]]] = {
    "batch_3_1_browser_core": {
        "get_page_title": {"text": TITLE},
        "browser_screenshot": {"file_path": "test_output/browser_test_screenshot.png"},
    },
    "batch_3_2_browser_interaction": {"get_url": {"url": "https://example.com/"}},
    "task_5": {"extract_theme": {"result": "dark", "success": True}},
}
"""What the nodes of the flows that we know must give."""


async def test_the_screenshot_of_a_flow_is_beside_it(run: Run, tmp_path: Path) -> None:
    """Where its config says, a whole picture."""
    path = next((each for each in FLOWS if each.stem == "batch_3_1_browser_core"), None)
    if path is None:
        pytest.skip(ABSENT)
    await run(path, "dag")
    assert (tmp_path / "test_output/browser_test_screenshot.png").read_bytes().startswith(b"\x89PNG")


async def test_what_a_flow_reads_is_in_what_it_logs(run: Run, caplog: pytest.LogCaptureFixture) -> None:
    """References to outputs of browser nodes are resolved like any others."""
    for path in FLOWS:
        await run(path)
    said = caplog.messages
    told = [
        f"Browser core tests passed! Page title: {TITLE}",
        "Browser interaction tests passed! URL: https://example.com/",
        "The extracted theme is: dark",
    ]
    assert [line for line in told if line not in said] == []
