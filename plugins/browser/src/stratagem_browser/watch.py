"""Watch: looks after one browser for as long as it lives."""

from __future__ import annotations

import logging
from contextlib import suppress
from typing import TYPE_CHECKING

from anyio import current_time, sleep

from stratagem_browser.chrome import BrowserGone, Chrome

if TYPE_CHECKING:
    from playwright.async_api import BrowserContext

    from stratagem_browser.fleet import Fleet

log = logging.getLogger("stratagem.browser")


async def watch(fleet: Fleet, chrome: Chrome) -> None:
    """Asks the browser at every heartbeat whether it lives, reaps orphans, ends it where it has been idle for long."""
    while chrome.gone is None:
        await sleep(fleet.settings.heartbeat)
        with suppress(BrowserGone):
            await beat(fleet, chrome)


async def beat(fleet: Fleet, chrome: Chrome) -> None:
    """One heartbeat."""
    settings = fleet.settings
    try:
        await chrome.call(settings.heartbeat_timeout, chrome.cdp.send("Browser.getVersion"))
        await reap(chrome, settings.heartbeat_timeout)
    except BrowserGone:
        raise
    except Exception as error:
        if await fleet.driver_works(chrome.driver):
            chrome.die(f"it did not answer: {error}")
        return
    if chrome.retired:
        if not chrome.launch.alone:  # its one page is what it is there for
            fleet.outdate(chrome)
    elif chrome.ledger.empty and current_time() - chrome.busy >= settings.browser_idle:
        fleet.retire(chrome)


async def reap(chrome: Chrome, limit: float) -> int:
    """Closes contexts that are nobody's any more; gives how many it has."""
    found = await chrome.call(limit, chrome.cdp.send("Target.getBrowserContexts"))
    ids = [each for each in found["browserContextIds"] if each not in chrome.ledger.tabs]
    own = {tab.context for tab in chrome.ledger.tabs.values()}
    strangers = [context for context in chrome.browser.contexts if context not in own]
    if not ids and not strangers:
        chrome.ledger.orphans((), current_time(), of_steps=False)
        return 0
    orphans = chrome.ledger.orphans([*strangers, *ids], current_time(), of_steps=bool(strangers))
    for orphan in orphans:
        if isinstance(orphan, str):
            await dispose(chrome, orphan, limit)
        else:
            await close_stranger(chrome, orphan, limit)  # type: ignore[arg-type]  # those that are no ids are contexts
    return len(orphans)


async def close_stranger(chrome: Chrome, context: BrowserContext, limit: float) -> None:
    """Closes a context that Playwright knows, but that is no tab's."""
    from playwright.async_api import Error

    log.debug("a browser context that nobody has closed is closed")
    with suppress(Error, TimeoutError, BrowserGone):
        await chrome.call(limit, context.close())


async def dispose(chrome: Chrome, id: str, limit: float) -> None:
    """Has the browser itself end a context, past Playwright, for which a second `close` is nothing to do."""
    from playwright.async_api import Error

    log.debug("the orphaned browser context %s is disposed of", id)
    with suppress(Error, TimeoutError, BrowserGone):
        await chrome.call(limit, chrome.cdp.send("Target.disposeBrowserContext", {"browserContextId": id}))
