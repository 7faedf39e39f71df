"""A pool of real pages, as tests and benchmarks use it, and a look at the processes behind it."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from contextlib import suppress
from typing import Any

import psutil

from stratagem import Kernel, ResourceRequest
from stratagem_browser import Artifacts, BrowserSettings, PlaywrightPlugin
from stratagem_browser.processes import kill
from stratagem_browser.tab import Tab
from stratagem_pools import Asker, Pool

NO_BROWSER = "there is no Chromium here: install chromium-headless-shell or chromium"

SETTINGS = BrowserSettings(size=4, warm=1, heartbeat=60.0, artifacts=Artifacts(screenshots="off", downloads="discard"))
"""A heartbeat that no test waits for: those that want one ask for it."""


class Opened:
    """A kernel's provider of pages, as tests use it."""

    def __init__(self, plugin: PlaywrightPlugin, kernel: Kernel) -> None:
        self.plugin = plugin
        self.kernel = kernel

    @property
    def pool(self) -> Pool[Tab]:
        """The pool of pages."""
        return self.plugin.pools["browser"]

    @property
    def chrome(self) -> Any:
        """The one browser that is there."""
        (chrome,) = self.plugin.fleet.browsers
        return chrome

    def key(self, session: str | None = None, **labels: Any) -> Any:
        """The key of a request."""
        return self.pool.factory.key(ResourceRequest("browser", labels, session))

    async def lease(self, session: str | None = None, **labels: Any) -> Any:
        """The tab of a lease, which the caller gives back by `back`."""
        return await self.pool.acquire(self.key(session, **labels), Asker())

    def back(self, lease: Any, *, soiled: bool = False) -> None:
        """Ends a lease as a step does."""
        if lease.value.key.session is None:
            lease.value.revoke()
        self.pool.give_back(lease, soiled=soiled)

    async def contexts(self) -> int:
        """Return how many contexts the browsers themselves say that they have."""
        found = [await each.cdp.send("Target.getBrowserContexts") for each in self.plugin.fleet.browsers]
        return sum(len(each["browserContextIds"]) for each in found)


Open = Callable[..., Awaitable[Opened]]


async def until(condition: Callable[[], Any], limit: float = 15.0) -> None:
    """Waits for what comes by itself."""
    async with asyncio.timeout(limit):
        while True:
            found = condition()
            if await found if asyncio.iscoroutine(found) else found:
                return
            await asyncio.sleep(0.01)


def started_since(before: set[psutil.Process]) -> set[psutil.Process]:
    """Return what was started since then and runs, save by those that ran already: a browser has pages come and go."""
    found = set()
    for each in processes() - before:
        with suppress(psutil.NoSuchProcess):
            if each.is_running() and before.isdisjoint(each.parents()):
                found.add(each)
    return found


def processes() -> set[psutil.Process]:
    """All that this process has started, itself or by others."""
    return set(psutil.Process().children(recursive=True))


def renderers(browser: psutil.Process) -> list[psutil.Process]:
    """The processes that draw a browser's pages; those that end while they are asked are none."""
    return [each for each in browser.children(recursive=True) if _renders(each)]


def kill_renderers(browser: psutil.Process) -> None:
    """Ends them, also those that end by themselves meanwhile."""
    for each in renderers(browser):
        kill(each)


def _renders(process: psutil.Process) -> bool:
    with suppress(psutil.NoSuchProcess):  # a zombie too
        return "--type=renderer" in process.cmdline()
    return False
