"""Chrome: one browser process, and the ways to find out that it is no more."""

from __future__ import annotations

import logging
import shutil
from collections.abc import Callable, Coroutine
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import psutil
from anyio import CancelScope, current_time, move_on_after, to_thread
from attrs import define, field

from stratagem import make_folder, remove_folder
from stratagem_browser.ledger import Ledger
from stratagem_browser.processes import Growth, alive, driver_of, group_of, kill_all, profile_of, wait_gone

if TYPE_CHECKING:
    from playwright.async_api import Browser, CDPSession

    from stratagem_browser.driver import Driver
    from stratagem_browser.keys import Launch

T = TypeVar("T")

log = logging.getLogger("stratagem.browser")

GONE = "its process, or the driver's, has ended"

SLACK = 1.0
"""Seconds by which our own time limit of a launch is longer than Playwright's, which cleans up by itself."""


class BrowserGone(Exception):  # noqa: N818 - named for what is wrong, as the errors of the kernel are
    """The browser has ended, or does not answer and was ended."""


@define(eq=False)
class Chrome:
    """A browser. ``gone`` says why it is no more; ``retired`` that it is to end once its last context has.

    ``closing`` that it is being ended. ``made`` counts its contexts; ``busy`` is when one was last made or closed.
    """

    browser: Browser
    driver: Driver
    launch: Launch
    cdp: CDPSession
    process: psutil.Process
    folder: Path
    tell: Callable[[Chrome], None]
    group: int | None = field(init=False)
    profile: str | None = field(init=False)
    born: float = field(factory=current_time)
    busy: float = field(factory=current_time)
    made: int = 0
    memory: Growth = field(factory=Growth)
    gone: str | None = None
    retired: bool = False
    closing: bool = False
    ledger: Ledger = field(factory=Ledger)
    _calls: set[CancelScope] = field(factory=set)

    def __attrs_post_init__(self) -> None:
        self.group = group_of(self.process)
        self.profile = profile_of(self.process)
        self.browser.on("disconnected", lambda _: self.die("it has ended"))

    @property
    def alive(self) -> bool:
        """Return whether browser and driver run, as far as it is known without asking them.

        One that was stopped does.
        """
        return self.gone is None and alive(self.process) and self.driver.alive

    @property
    def growth(self) -> float:
        """MiB by which the browser's own process has grown since it was first looked at."""
        return self.memory.of(self.process)

    async def call(self, limit: float, doing: Coroutine[Any, Any, T]) -> T:
        """Return what a call of Playwright's gives.

        Raises:
            TimeoutError: after ``limit`` seconds.
            BrowserGone: the browser has ended meanwhile; Playwright itself may not notice.
        """
        if self.gone is not None:
            doing.close()
            raise BrowserGone(self.gone)
        with CancelScope(deadline=current_time() + limit) as scope:
            self._calls.add(scope)
            try:
                return await doing
            finally:
                self._calls.discard(scope)
        if self.gone is not None:
            raise BrowserGone(self.gone)
        raise TimeoutError(f"the browser has not answered within {limit:g} s")

    def die(self, why: str) -> None:
        """The browser is no more: ends what may be left of it, and every call that waits for it."""
        if self.gone is not None:
            return
        self.gone = why
        kill_all(self.process, self.group)
        for scope in tuple(self._calls):
            scope.cancel()
        self.tell(self)

    async def close(self, limit: float) -> None:
        """Ends it, by force after ``limit`` seconds, and removes its files."""
        self.closing = True
        if self.gone is None:
            with move_on_after(limit), suppress(Exception):  # what it raises tells only that it is gone
                await self.browser.close()
            self.die("it was closed")
        await to_thread.run_sync(self._bury, limit)

    def _bury(self, limit: float) -> None:
        if not wait_gone(self.process, limit):
            log.warning("the browser with the process id %d has not ended", self.process.pid)
        remove_folder(self.folder)
        if self.profile:
            shutil.rmtree(self.profile, ignore_errors=True)


async def launch(
    driver: Driver,
    wanted: Launch,
    options: dict[str, Any],
    limit: float,
    tell: Callable[[Chrome], None],
) -> Chrome:
    """A new browser. Nobody's cancellation reaches it, because what is half launched would be nobody's.

    Raises:
        TimeoutError: after ``limit`` seconds.
        playwright.async_api.Error: Playwright could not launch it.
    """
    folder = make_folder("browser")
    browser = None
    try:
        with CancelScope(deadline=current_time() + limit + SLACK, shield=True):
            browser = await driver.playwright.chromium.launch(
                **options,
                headless=wanted.headless,
                timeout=1000 * limit,
                artifacts_dir=folder,
                downloads_path=folder,
                traces_dir=folder,
            )
            cdp = await browser.new_browser_cdp_session()
            found = await cdp.send("SystemInfo.getProcessInfo")
            process = _browser_process(found)
            driver.process = driver.process or driver_of(process)
            return Chrome(browser, driver, wanted, cdp, process, folder, tell)
        raise TimeoutError(f"the browser was not up within {limit:g} s")
    except BaseException:
        with CancelScope(shield=True):
            if browser is not None:
                with move_on_after(1), suppress(Exception):
                    await browser.close()
            await to_thread.run_sync(remove_folder, folder)
        raise


def _browser_process(found: dict[str, Any]) -> psutil.Process:
    return next(psutil.Process(each["id"]) for each in found["processInfo"] if each["type"] == "browser")
