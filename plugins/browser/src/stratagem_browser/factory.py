"""The factory of the pool: makes, checks and closes pages, each in a fresh browser context of its own."""

from __future__ import annotations

import logging
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, suppress
from typing import TYPE_CHECKING, Any, ClassVar

from anyio import current_time

from stratagem import ResourceLost, ResourceRequest, ResourceUnavailable
from stratagem_browser.chrome import GONE, BrowserGone, Chrome
from stratagem_browser.dialogs import answer_dialogs
from stratagem_browser.fleet import Fleet
from stratagem_browser.keys import LABELS, Launch, PageKey, key_of, unusable
from stratagem_browser.settings import BrowserSettings
from stratagem_browser.states import StateCache
from stratagem_browser.tab import Tab, told
from stratagem_browser.watch import dispose
from stratagem_pools import Factory

if TYPE_CHECKING:
    from playwright.async_api import BrowserContext, Page

    from stratagem import StepRun
    from stratagem_browser.artifacts import LeaseArtifacts

log = logging.getLogger("stratagem.browser")

LAST_RESORT = 1.0
"""Seconds that a browser which does not close a context is given to dispose of it."""


class PageFactory(Factory[Tab]):
    """Makes pages in the browsers of a fleet.

    Args:
        artifacts: gives what keeps a lease's artifacts.
    """

    labels: ClassVar[tuple[str, ...]] = LABELS
    paths: ClassVar[tuple[str, ...]] = ("storage_state",)

    def __init__(
        self,
        settings: BrowserSettings,
        fleet: Callable[[], Fleet],
        artifacts: Callable[[Tab, StepRun], LeaseArtifacts],
    ) -> None:
        self._settings = settings
        self._fleet = fleet
        self._artifacts = artifacts
        self._states = StateCache(settings.state_ttl)
        self._launch = Launch(settings.headless, settings.channel)

    def key(self, request: ResourceRequest) -> PageKey:
        super().key(request)  # refuses what is no label
        name = request.labels.get("state")
        return key_of(request, self._settings.context, self._launch, None if name is None else self._states.get(name))

    def uses(self, key: PageKey, limit: int | None) -> int | None:
        return limit if key.session is None else None

    async def create(self, key: PageKey) -> Tab:
        """A page in a fresh context.

        Raises:
            ResourceUnavailable: there is no such browser, or it can't open such a context or the page asked for.
        """
        for last in (False, True):
            try:
                async with self._fleet().place(key.launch) as chrome:
                    return await self._make(chrome, key)
            except BrowserGone as error:
                if last:
                    raise ResourceUnavailable(f"the browser ended while it made a page: {error}") from error
        raise AssertionError("the last try gives or raises")

    async def _make(self, chrome: Chrome, key: PageKey) -> Tab:
        from playwright.async_api import Error

        limit, context = self._settings.create_timeout, None
        try:
            context = await chrome.call(limit, chrome.browser.new_context(**self._options(chrome, key)))
            chrome.made += 1
            tab = await chrome.call(limit, self._furnish(chrome, key, context))
        except BaseException as error:
            if context is not None:
                self._fleet().abandon(chrome, context)
            if not isinstance(error, Error):
                raise
            if not chrome.alive:
                raise BrowserGone(error.message) from error
            raise ResourceUnavailable(f"the page could not be made: {error.message}") from error
        chrome.ledger.tabs[tab.id] = tab
        return tab

    async def _furnish(self, chrome: Chrome, key: PageKey, context: BrowserContext) -> Tab:
        """Opens the page, and finds out what the browser itself calls the context."""
        context.set_default_timeout(1000 * self._settings.timeout)
        page = await context.new_page()
        session = await context.new_cdp_session(page)
        target = await session.send("Target.getTargetInfo")
        await session.detach()
        tab = Tab(chrome, key, target["targetInfo"]["browserContextId"], context, page)
        told(context).update(timeout=self._settings.timeout, dialogs=self._settings.dialogs)
        answer_dialogs(tab, accept=self._settings.dialogs == "accept")
        if key.open is not None:
            await page.goto(key.open)
        return tab

    def _options(self, chrome: Chrome, key: PageKey) -> dict[str, Any]:
        options: dict[str, Any] = {"accept_downloads": self._settings.artifacts.downloads != "refuse"}
        if key.device is not None:
            devices = chrome.driver.playwright.devices
            if key.device not in devices:
                raise unusable("browser", f"name the device {key.device!r}, which Playwright does not know")
            options |= {name: value for name, value in devices[key.device].items() if name != "default_browser_type"}
        return {**options, **key.options}

    async def close(self, member: Tab) -> None:
        chrome, limit = member.chrome, self._settings.close_timeout
        try:
            with suppress(BrowserGone):
                await self._close(member, limit)
        finally:
            member.closed = True
            chrome.ledger.tabs.pop(member.id, None)
            self._fleet().left(chrome)

    async def _close(self, member: Tab, limit: float) -> None:
        from playwright.async_api import Error

        chrome = member.chrome
        try:
            await chrome.call(limit, member.own_context.close())
        except (TimeoutError, Error) as error:
            if not chrome.alive:
                chrome.die(GONE)
                return
            log.debug("a browser context was not closed: %s", error)
            await dispose(chrome, member.id, LAST_RESORT)

    async def check(self, member: Tab) -> bool:
        """Return whether the page answers; a named session is given another one where only its page is gone."""
        if not (member.fit and member.alive):
            return False
        if await self._answers(member):
            return True
        if member.key.session is None or not member.chrome.alive:
            return False
        member.crashed = True  # it may be some milliseconds until that is heard
        await self.reset(member)
        return await self._answers(member)

    async def _answers(self, member: Tab) -> bool:
        from playwright.async_api import Error

        try:
            await member.chrome.call(self._settings.heartbeat_timeout, member.own_page.evaluate("0"))
        except (TimeoutError, Error, BrowserGone):
            return False
        return True

    async def reset(self, member: Tab) -> None:
        """A named session keeps all that it has; it is only given a page where its own was closed or has crashed."""
        if member.own_page.is_closed() or member.crashed:
            limit = self._settings.heartbeat_timeout
            if member.crashed:
                await member.chrome.call(limit, member.own_page.close())
            member.adopt(await member.chrome.call(limit, member.own_context.new_page()))

    @asynccontextmanager
    async def lend(self, member: Tab, step: StepRun, request: ResourceRequest) -> AsyncIterator[Page]:
        ledger = member.chrome.ledger
        ledger.lent[member] = current_time()
        try:
            async with self._artifacts(member, step).kept():
                with member.used_by(step):
                    yield member.page
                if member.key.state is not None:
                    await self._snapshot(member, member.key.state)
        finally:
            del ledger.lent[member]
            if member.key.session is None:
                member.revoke()

    @asynccontextmanager
    async def use(self, member: Tab, step: StepRun, given: Page) -> AsyncIterator[Page]:
        """A page that another step holds: pictures of failures are named for the step that has failed."""
        if member.crashed or member.chrome.gone is not None:
            raise self._ended(member, step)
        try:
            async with self._kept(member, step):
                yield given
        except Exception as error:
            if not member.alive:
                raise self._ended(member, step) from error
            raise

    @asynccontextmanager
    async def _kept(self, member: Tab, step: StepRun) -> AsyncIterator[None]:
        with member.used_by(step):
            if member.artifacts is None:
                yield
                return
            async with member.artifacts.used(step):
                yield

    def _ended(self, member: Tab, step: StepRun) -> ResourceLost:
        """The error for a step that uses a page which is held by another one."""
        what = f"{self.describe(member)} {'has crashed' if member.chrome.alive else 'ended with it'}"
        hint = "Open another page, or retry the step that holds this one."
        return ResourceLost(what, node=step.step.id, hint=hint)

    async def _snapshot(self, member: Tab, name: str) -> None:
        """Keeps what sites have stored, for contexts that are to begin with it."""
        from playwright.async_api import Error

        limit = self._settings.artifacts.timeout
        try:
            state = await member.chrome.call(limit, member.own_context.storage_state(indexed_db=True))
        except (TimeoutError, Error, BrowserGone) as error:
            log.warning("the state %r was not kept: %s: %s", name, type(error).__name__, error)
        else:
            self._states.put(name, state)

    def fit(self, member: Tab) -> bool:
        return member.fit

    def lost(self, member: Tab, error: Exception) -> bool:
        return not member.alive

    def describe(self, member: Tab) -> str:
        return f"the page of the browser with the process id {member.chrome.process.pid}"
