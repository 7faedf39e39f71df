"""A real browser for tests of nodes: found on this machine, and lent to the steps of a run."""

from __future__ import annotations

import shutil
from collections.abc import AsyncIterator
from contextlib import AbstractAsyncContextManager, asynccontextmanager

import pytest
from playwright.async_api import Browser, Page, async_playwright

from stratagem import ResourceProvider, ResourceRequest, StepRun

CHROMIUM = next(filter(None, map(shutil.which, ("chromium-headless-shell", "chromium", "google-chrome"))), None)
ARGS = ("--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking")

needs_chromium = pytest.mark.skipif(
    CHROMIUM is None, reason="there is no Chromium here: install chromium or chromium-headless-shell"
)


@asynccontextmanager
async def launched() -> AsyncIterator[Browser]:
    """A browser of its own, which must have nothing open at the end."""
    if CHROMIUM is None:
        pytest.skip("there is no Chromium here: install chromium or chromium-headless-shell")
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=CHROMIUM, args=ARGS)
        yield browser
        assert browser.contexts == []
        await browser.close()


@asynccontextmanager
async def fresh_page(browser: Browser) -> AsyncIterator[Page]:
    """A page in a context of its own."""
    context = await browser.new_context()
    try:
        yield await context.new_page()
    finally:
        await context.close()


class Held(ResourceProvider):
    """Leases the same page to every step, as a workflow does that holds one."""

    def __init__(self, page: Page) -> None:
        self._page = page

    @asynccontextmanager
    async def lease(self, step: StepRun, request: ResourceRequest) -> AsyncIterator[Page]:
        """The page; who has opened it closes it."""
        yield self._page


class Fresh(ResourceProvider):
    """Leases a new page each time."""

    def __init__(self, browser: Browser) -> None:
        self._browser = browser

    def lease(self, step: StepRun, request: ResourceRequest) -> AbstractAsyncContextManager[Page]:
        """A page in a context of its own, closed with the lease."""
        return fresh_page(self._browser)
