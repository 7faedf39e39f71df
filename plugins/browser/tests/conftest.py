"""What the tests of the pages' provider share: a kernel with a real browser, and a site on loopback that behaves badly.

Playwright works on asyncio alone, and so do these tests. Those of a file share an event loop, and in it one kernel where
they do it no harm.
"""

from __future__ import annotations

import os
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from pathlib import Path
from typing import Any

import pytest
from attrs import evolve

from page_pool import NO_BROWSER, SETTINGS, Open, Opened, processes, started_since, until
from rough_site import Site, served
from stratagem import Kernel
from stratagem_browser import PlaywrightPlugin, best


@pytest.fixture(scope="module")
def anyio_backend() -> str:
    """Playwright knows asyncio alone."""
    return "asyncio"


@pytest.fixture
async def opens(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Open]:
    """Opens kernels with settings of their own; at the end no process and no file that they made is left."""
    if best() is None:
        pytest.skip(NO_BROWSER)
    before = processes()
    scratch = tmp_path / "scratch"
    scratch.mkdir()
    monkeypatch.setenv("TMPDIR", str(scratch))
    monkeypatch.setattr("tempfile.tempdir", str(scratch))
    async with AsyncExitStack() as stack:

        async def open_one(packs: Any = (), plugins: Any = (), **changes: Any) -> Opened:
            plugin = PlaywrightPlugin(evolve(SETTINGS, **changes))
            kernel = await stack.enter_async_context(Kernel(plugins=[plugin, *plugins], packs=packs))
            return Opened(plugin, kernel)

        yield open_one
    await until(lambda: not started_since(before))
    ledgers = f"stratagem-{os.getuid()}"  # the process's own, which lists what its successor is to clear
    await until(lambda: all(path.name == ledgers for path in scratch.iterdir()))


@pytest.fixture(scope="module")
async def opened(anyio_backend: str) -> AsyncIterator[Opened]:
    """One kernel for all tests of a file that do it no harm."""
    if best() is None:
        pytest.skip(NO_BROWSER)
    plugin = PlaywrightPlugin(SETTINGS)
    async with Kernel(plugins=[plugin]) as kernel:
        yield Opened(plugin, kernel)


@pytest.fixture(scope="module")
async def site(anyio_backend: str) -> AsyncIterator[Site]:
    """The server, for the tests of a file."""
    async with served() as site:
        yield site
