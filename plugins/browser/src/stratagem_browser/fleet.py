"""Fleet: the browsers and drivers of a kernel, launched when they are wanted and replaced when they are worn."""

from __future__ import annotations

import logging
from collections import defaultdict
from collections.abc import AsyncIterator, Callable, Iterable
from contextlib import ExitStack, asynccontextmanager
from typing import TYPE_CHECKING

from anyio import CancelScope, Event, Lock, create_task_group, current_time
from anyio.abc import TaskGroup

from stratagem_browser.chrome import GONE, Chrome, launch
from stratagem_browser.driver import Driver
from stratagem_browser.keys import Launch
from stratagem_browser.launching import launch_options
from stratagem_browser.settings import BrowserSettings
from stratagem_browser.tab import Tab
from stratagem_browser.watch import close_stranger, watch
from stratagem_pools import Pool

if TYPE_CHECKING:
    from playwright.async_api import BrowserContext

log = logging.getLogger("stratagem.browser")


class Fleet:
    """Browsers by what they were launched for, one current one each.

    All that takes time runs in tasks of ``group``, or of the pool, and has limits of its own. Once it is ``closing``,
    no more tasks are begun.

    Args:
        pools: gives the pools whose tabs are in the browsers; they are told of what becomes of these.
    """

    def __init__(self, settings: BrowserSettings, group: TaskGroup, pools: Callable[[], Iterable[Pool[Tab]]]) -> None:
        self.settings = settings
        self.browsers: set[Chrome] = set()
        self.drivers: set[Driver] = set()
        self._group = group
        self._pools = pools
        self._current: dict[Launch, Chrome] = {}
        self._locks: defaultdict[Launch, Lock] = defaultdict(Lock)
        self._driver_lock = Lock()
        self._driver: Driver | None = None
        self._replacing: set[Launch] = set()
        self.closing = False

    @asynccontextmanager
    async def place(self, wanted: Launch) -> AsyncIterator[Chrome]:
        """A browser that does not end before a context has been made in it.

        Raises:
            ResourceUnavailable: there is no such browser.
            Exception: it can't be launched.
        """
        with ExitStack() as stack:
            async with self._locks[wanted]:
                chrome = await self._ready(wanted)
                stack.callback(self.left, chrome)
                stack.enter_context(chrome.ledger.making(current_time()))
            yield chrome

    def prelaunch(self, wanted: Launch) -> Event:
        """Begins to launch a browser that will be wanted soon; what it gives is set once that has ended, well or not."""
        ended = Event()
        if wanted in self._current:
            ended.set()
        else:
            self._group.start_soon(self._prelaunch, wanted, ended)
        return ended

    def left(self, chrome: Chrome) -> None:
        """A context of the browser has been closed, or was not made: ends it if it was the last of a retired one."""
        chrome.busy = current_time()
        if chrome.retired and not chrome.closing and chrome.ledger.empty and not self.closing:
            self._group.start_soon(self._end, chrome)

    def abandon(self, chrome: Chrome, context: BrowserContext) -> None:
        """Closes a context that never became a tab; where that fails, the next heartbeat finds it."""
        if not self.closing:
            self._group.start_soon(close_stranger, chrome, context, self.settings.close_timeout)

    def retire(self, chrome: Chrome) -> None:
        """No more contexts are made in this browser; it ends when the last one has."""
        chrome.retired = True
        if self._current.get(chrome.launch) is chrome:
            del self._current[chrome.launch]
        self.left(chrome)

    def outdate(self, chrome: Chrome) -> None:
        """Closes pages that are ready in a retired browser; sessions keep theirs for as long as they last."""
        self._each_tab(chrome, Pool.outdate, lambda tab: tab.key.session is None)

    async def close(self) -> None:
        """Ends everything; whatever runs in the group must have ended."""
        async with create_task_group() as group:
            for chrome in tuple(self.browsers):
                group.start_soon(self._end, chrome)
        async with create_task_group() as group:
            for driver in tuple(self.drivers):
                group.start_soon(driver.stop, self.settings.close_timeout)
        self.drivers.clear()

    async def _prelaunch(self, wanted: Launch, ended: Event) -> None:
        try:
            async with self.place(wanted):
                pass
        except Exception as error:
            log.debug("no browser was launched ahead: %s: %s", type(error).__name__, error)  # who needs one is told
        finally:
            ended.set()

    async def _ready(self, wanted: Launch) -> Chrome:
        if wanted.alone:
            own = await self._launch(wanted)
            own.retired = True
            return own
        chrome = self._current.get(wanted)
        if chrome is not None and not chrome.alive:
            chrome.die(GONE)
        elif chrome is not None:
            if (why := self.worn(chrome)) is not None and wanted not in self._replacing:
                self._replacing.add(wanted)
                self._group.start_soon(self._replace, chrome, why)
            return chrome
        self._current[wanted] = launched = await self._launch(wanted)
        return launched

    def worn(self, chrome: Chrome) -> str | None:
        """Return why the browser is to be replaced."""
        limits = self.settings
        if chrome.made >= limits.max_contexts:
            return f"it has made {chrome.made} contexts"
        if current_time() - chrome.born >= limits.max_browser_age:
            return f"it is {limits.max_browser_age:g} s old"
        if chrome.growth >= limits.max_growth:
            return f"it has grown by {limits.max_growth} MiB"
        if chrome.driver.growth >= limits.max_growth:
            return f"Playwright's driver has grown by {limits.max_growth} MiB"
        return None

    async def _replace(self, old: Chrome, why: str) -> None:
        """Launches another browser first, then retires the old one."""
        log.info("the browser with the process id %d is replaced: %s", old.process.pid, why)
        try:
            new = await self._launch(old.launch)
        except Exception as error:
            log.warning("a browser could not be replaced: %s: %s", type(error).__name__, error)
        else:
            self.retire(old)
            self._current[old.launch] = new
        finally:
            self._replacing.discard(old.launch)

    async def _launch(self, wanted: Launch) -> Chrome:
        """Tries once more with another driver if it was the driver that has failed."""
        options = launch_options(self.settings, wanted)
        for last in (False, True):
            driver = await self._a_driver()
            try:
                chrome = await launch(driver, wanted, options, self.settings.launch_timeout, self._gone)
            except Exception:
                if last or await self.driver_works(driver):
                    raise
            else:
                self._enter(chrome)
                return chrome
        raise AssertionError("the last try gives or raises")

    def _enter(self, chrome: Chrome) -> None:
        chrome.driver.launched += 1
        chrome.driver.browsers.add(chrome)
        self.browsers.add(chrome)
        self._group.start_soon(watch, self, chrome)

    async def driver_works(self, driver: Driver) -> bool:
        """Return whether a driver answers; one that does not is ended, and its browsers with it."""
        if driver.alive and await driver.answers(self.settings.heartbeat_timeout):
            return True
        driver.kill()
        if self._driver is driver:
            self._driver = None
        for chrome in tuple(driver.browsers):
            chrome.die("Playwright's driver has ended, or did not answer")
        await self._stop_unused(driver)
        return False

    async def _a_driver(self) -> Driver:
        async with self._driver_lock:
            old = self._driver
            if old is None or not old.alive or self._spent(old):
                self._driver = await Driver.start(
                    self.settings.launch_timeout, compile_cache=self.settings.compile_cache
                )
                self.drivers.add(self._driver)
                if old is not None:
                    await self._stop_unused(old)
            return self._driver  # type: ignore[return-value]  # mypy does not see that it was just set

    def _spent(self, driver: Driver) -> bool:
        return driver.launched >= self.settings.browsers_per_driver or driver.growth >= self.settings.max_growth

    async def _stop_unused(self, driver: Driver) -> None:
        """Stops a driver that nothing is launched with any more, once its last browser has ended."""
        if driver is not self._driver and not driver.browsers and driver in self.drivers:
            self.drivers.discard(driver)
            await driver.stop(self.settings.close_timeout)

    def _gone(self, chrome: Chrome) -> None:
        """A browser is no more."""
        if self._current.get(chrome.launch) is chrome:
            del self._current[chrome.launch]
        if chrome.closing:
            return
        self._each_tab(chrome, Pool.lose)
        if not self.closing:
            self._group.start_soon(self._mourn, chrome)

    async def _mourn(self, chrome: Chrome) -> None:
        await self._end(chrome)
        if not self.closing:  # what ends the kernel, such as Ctrl-C, ends the driver too
            log.warning("the browser with the process id %d was lost: %s", chrome.process.pid, chrome.gone)

    def _each_tab(
        self, chrome: Chrome, tell: Callable[[Pool[Tab], Tab], None], which: Callable[[Tab], bool] = lambda tab: True
    ) -> None:
        for tab in filter(which, tuple(chrome.ledger.tabs.values())):
            for pool in self._pools():
                tell(pool, tab)

    async def _end(self, chrome: Chrome) -> None:
        if chrome not in self.browsers:
            return
        self.browsers.discard(chrome)
        with CancelScope(shield=True):
            await chrome.close(self.settings.close_timeout)
            chrome.driver.browsers.discard(chrome)
            await self._stop_unused(chrome.driver)
