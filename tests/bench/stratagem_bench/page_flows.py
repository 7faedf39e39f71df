"""The same work on a page in several ways: open it, read its title, close it – with the kernel and by hand."""

from __future__ import annotations

import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

from attrs import define
from playwright.async_api import Browser, BrowserType, Page, Playwright, async_playwright

from page_pool import SETTINGS, Opened, until
from stratagem import Kernel, Node, Pack, Plan, Workflow
from stratagem_browser import BrowserSettings, PlaywrightPlugin
from stratagem_browser.keys import Launch
from stratagem_browser.launching import launch_options

TITLE = "A page"
HEADLESS = Launch(headless=True, channel=None)

pack = Pack("bench_pages")


@pack.node(resources={"page": "browser"})
async def title(page: Page, url: str) -> str:
    """Opens a page, and reads its title."""
    await page.goto(url)
    return await page.title()


def flow(url: str, steps: int = 1) -> Workflow:
    """So many steps, each on a page of its own, one after the other."""
    nodes = {f"n{i}": Node(f"n{i}", "bench_pages.title", {"url": url}) for i in range(steps)}
    return Workflow(nodes)


@define
class Warm:
    """A kernel that has a browser."""

    opened: Opened
    plan: Plan

    async def ready(self) -> None:
        """Waits until a page is ready, and nothing is done beside it."""
        stats = self.opened.pool.stats
        await until(lambda: self._rests(), limit=60)
        assert stats.waiters == 0

    def _rests(self) -> bool:
        stats = self.opened.pool.stats
        return stats.idle >= 1 and not (stats.making or stats.closing)

    async def run(self) -> str:
        """One run; the title that it has read."""
        outputs = (await self.opened.kernel.run(self.plan)).raise_for_error().outputs
        return str(outputs["n0"]["result"])


@asynccontextmanager
async def warm(url: str, settings: BrowserSettings = SETTINGS) -> AsyncIterator[Warm]:
    """A kernel that has run the flow before."""
    plugin = PlaywrightPlugin(settings)
    async with Kernel(plugins=[plugin], packs=[pack]) as kernel:
        it = Warm(Opened(plugin, kernel), kernel.compile(flow(url)))
        await it.run()
        await it.ready()
        yield it


@asynccontextmanager
async def by_hand() -> AsyncIterator[Playwright]:
    """Playwright's driver."""
    async with async_playwright() as playwright:
        yield playwright


async def launched(chromium: BrowserType) -> Browser:
    """The browser that the pool would launch, launched by hand."""
    options: dict[str, Any] = launch_options(SETTINGS, HEADLESS)
    return await chromium.launch(**options, headless=True)


async def launch_for_each(chromium: BrowserType, url: str) -> str:
    """The work with a browser of its own."""
    browser = await launched(chromium)
    page = await browser.new_page()
    await page.goto(url)
    found = await page.title()
    await browser.close()
    return found


BY_HAND = """
import asyncio, sys
from playwright.async_api import async_playwright

async def main():
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=sys.argv[2], headless=True, args={args})
        page = await browser.new_page()
        await page.goto(sys.argv[1])
        print(await page.title(), flush=True)
        await browser.close()

asyncio.run(main())
"""
"""The work as a program; it prints the title as soon as it knows it."""

WITH_KERNEL = """
import asyncio, sys
from stratagem import Kernel, Node, Pack, Workflow
from stratagem_browser import BrowserSettings, PlaywrightPlugin

pack = Pack("cold")

@pack.node(resources={"page": "browser"})
async def title(page: object, url: str) -> None:
    await page.goto(url)
    print(await page.title(), flush=True)

async def main():
    plugin = PlaywrightPlugin(BrowserSettings(launch={launch!r}))
    async with Kernel(plugins=[plugin], packs=[pack]) as kernel:
        result = await kernel.run(Workflow({"n": Node("n", "cold.title", {"url": sys.argv[1]})}))
        result.raise_for_error()

asyncio.run(main())
"""
"""The same with the kernel."""


def program(url: str, *, launch: str | None = None) -> list[str]:
    """The command of one of the programs: by hand, or with a kernel that launches its browser when ``launch`` says."""
    options = launch_options(SETTINGS, HEADLESS)
    by_hand = BY_HAND.replace("{args}", repr(options["args"]))
    code = by_hand if launch is None else WITH_KERNEL.replace("{launch!r}", repr(launch))
    return [sys.executable, "-c", code, url, str(options["executable_path"])]
