"""What the tests of the pack share: a real browser, a site on loopback, a kernel whose steps share a page.

Playwright works on asyncio alone, and so do these tests. Those of a file share an event loop, and in it one browser; no
longer, because as long as that loop is there no other test can run one of its own.
"""

from __future__ import annotations

import threading
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator, Mapping
from contextlib import suppress
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest
from playwright.async_api import Browser, Page

from real_browser import Fresh, Held, fresh_page, launched
from stratagem import Graph, Kernel, Node, ResourceProvider, RunResult, Settings, Workflow
from stratagem_std import pack as std
from stratagem_testing import provided
from stratagem_web import pack

SITE = Path(__file__).parent / "site"

Run = Callable[..., Awaitable[RunResult]]


@pytest.fixture(scope="module")
def anyio_backend() -> str:
    """Playwright knows asyncio alone."""
    return "asyncio"


@pytest.fixture(scope="module")
async def browser(anyio_backend: str) -> AsyncIterator[Browser]:
    """A real browser for all tests of a file."""
    async with launched() as browser:
        yield browser


@pytest.fixture
async def page(browser: Browser) -> AsyncIterator[Page]:
    """A page of its own for each test."""
    async with fresh_page(browser) as page:
        yield page


def runner(make: Callable[[], ResourceProvider], site: str, folder: Path) -> Run:
    async def run(graph: Graph, variables: Mapping[str, Any] | None = None, **settings: Any) -> RunResult:
        workflow = Workflow(
            graph.nodes,
            graph.connections,
            graph.result,
            variables={"site": site, **(variables or {})},
            settings=Settings(**{"timeout": 60.0, **settings}),
            source=str(folder / "flow.yaml"),
        )
        async with Kernel(packs=[pack, std], plugins=[provided("browser", make)]) as kernel:
            return await kernel.run(workflow)

    return run


@pytest.fixture
def run(page: Page, site: str, tmp_path: Path) -> Run:
    """Runs nodes, all on the same page, with the variable ``site``; the result tells how it went."""
    on_page = runner(lambda: Held(page), site, tmp_path)

    async def run(*nodes: Node, **settings: Any) -> RunResult:
        return await on_page(Graph({node.id: node for node in nodes}), **settings)

    return run


@pytest.fixture
def run_graph(browser: Browser, site: str, tmp_path: Path) -> Run:
    """Runs a graph whose nodes get new pages, or those that it holds; none is left open."""
    return runner(lambda: Fresh(browser), site, tmp_path)


class _Handler(SimpleHTTPRequestHandler):
    """The files of the site; /status/<n>, /hang, /cookie, /headers, /broken-download are made."""

    protocol_version = "HTTP/1.1"
    release = threading.Event()

    def do_GET(self) -> None:
        match self.path.split("?")[0].split("/")[1:]:
            case ["status", code]:
                self._answer(int(code), b"<title>Status</title>")
            case ["hang"]:
                self.release.wait(30)
                self.close_connection = True
            case ["cookie"]:
                self._answer(200, (self.headers["cookie"] or "none").encode())
            case ["headers"]:
                self._answer(200, (self.headers["x-robot"] or "none").encode())
            case ["broken.bin"]:
                self.send_response(200)
                self.send_header("content-type", "application/octet-stream")
                self.send_header("content-disposition", 'attachment; filename="../../evil.bin"')
                self.send_header("content-length", "1000")
                self.end_headers()
                self.wfile.write(b"half")
                self.close_connection = True
            case ["evil.bin"]:
                self._answer(200, b"whole", **{"content-disposition": 'attachment; filename="../../evil.bin"'})
            case _:
                super().do_GET()

    def _answer(self, status: int, content: bytes, **headers: str) -> None:
        self.send_response(status)
        for name, value in {"content-type": "text/html", "content-length": str(len(content)), **headers}.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(content)

    def copyfile(self, source: Any, outputfile: Any) -> None:
        with suppress(ConnectionError):  # who asked may have gone
            super().copyfile(source, outputfile)

    def log_message(self, format: str, *args: Any) -> None:
        """Tests are quiet."""


@pytest.fixture(scope="session")
def site() -> Iterator[str]:
    """The address of the site, which runs in a thread as long as the tests."""
    _Handler.release.clear()
    with ThreadingHTTPServer(("127.0.0.1", 0), partial(_Handler, directory=str(SITE))) as httpd:
        httpd.daemon_threads = True
        thread = threading.Thread(target=httpd.serve_forever, kwargs={"poll_interval": 0.02})
        thread.start()
        yield f"http://127.0.0.1:{httpd.server_port}"
        _Handler.release.set()
        httpd.shutdown()
        thread.join()
