"""Whatever ends, stops or talks nonsense – renderer, browser, driver, server – is noticed, told, and replaced."""

from __future__ import annotations

import asyncio
import logging
import os
import signal
import sys
from typing import Any

import pytest
from playwright.async_api import Error, Page

from page_pool import Open, Opened, kill_renderers, renderers, until
from rough_site import Site
from stratagem import Node, Pack, ResourceLost, Retry, Workflow
from stratagem_browser.processes import alive
from stratagem_browser.watch import beat, reap

pytestmark = [
    pytest.mark.anyio,
    pytest.mark.skipif(sys.platform == "win32", reason="the signals that these tests send are those of POSIX"),
]

QUICK = {"heartbeat": 0.2, "heartbeat_timeout": 0.5, "close_timeout": 1.0}
"""So that a test need not wait long for what is noticed by asking."""


@pytest.fixture
async def quick(opens: Open) -> Opened:
    """A kernel that asks its browser often whether it is well, and has one."""
    opened = await opens(packs=[pack], **QUICK)
    opened.back(await opened.lease())
    return opened


pack = Pack("faults")
attempts: list[int] = []


@pack.node(resources={"page": "browser"}, idempotent=True)
async def strike(page: Page, pid: int, number: int, url: str) -> str:
    """Does harm the first time, and opens a page."""
    attempts.append(1)
    if len(attempts) == 1:
        os.kill(pid, number)
    await page.goto(url, timeout=20_000)
    return await page.title()


async def usable(opened: Opened, site: Site) -> None:
    """A lease works, and its browser is another one than those that have ended."""
    lease = await opened.lease()
    await lease.value.page.goto(site.address)
    assert await lease.value.page.title() == "A page"
    opened.back(lease)


async def lost(opened: Opened, during: Any) -> ResourceLost:
    """The error that a lease ends with in which ``during`` fails."""
    with pytest.raises(ResourceLost) as caught:
        async with opened.pool.lease(opened.key()) as lease:
            await during(lease.value)
    assert caught.value.retryable
    return caught.value


async def test_a_killed_renderer_costs_its_page_alone(quick: Opened, site: Site) -> None:
    """The step is told that its page was lost; the browser goes on, and other leases in it."""
    chrome = quick.chrome

    async def kill(tab: Any) -> None:
        await tab.page.goto(site.address)
        other = await quick.lease(locale="de-DE")
        await other.value.page.goto(site.address + "/other")
        mine = {each.pid for each in renderers(chrome.process)}
        session = await tab.page.context.new_cdp_session(tab.page)
        crashing = asyncio.ensure_future(session.send("Page.crash"))
        crashing.add_done_callback(lambda done: done.cancelled() or done.exception())
        await until(lambda: tab.crashed)
        crashing.cancel()
        assert mine - {each.pid for each in renderers(chrome.process)}
        assert await other.value.page.title() == "A page"
        quick.back(other)
        await tab.page.evaluate("1")

    await lost(quick, kill)
    await usable(quick, site)
    assert quick.chrome is chrome


async def test_killed_renderers_of_all_pages_are_replaced(quick: Opened, site: Site) -> None:
    """Also those of pages that are ready: what was idle is looked at before it is handed out, or lost at once."""
    await until(lambda: quick.pool.stats.idle == 1)

    async def kill(tab: Any) -> None:
        kill_renderers(quick.chrome.process)
        await tab.page.evaluate("new Promise(() => {})")

    await lost(quick, kill)
    await until(lambda: quick.pool.stats.idle >= 1 or quick.pool.stats.making)
    await until(lambda: all(tab.alive for tab in quick.chrome.ledger.tabs.values()))
    await usable(quick, site)


async def test_a_killed_browser_is_noticed_and_replaced(quick: Opened, site: Site) -> None:
    """At once: leased pages are lost, pages that were ready are given to nobody."""
    await until(lambda: quick.pool.stats.idle == 1)
    chrome = quick.chrome

    async def kill(tab: Any) -> None:
        chrome.process.kill()
        await tab.page.goto(site.address)

    await lost(quick, kill)
    assert chrome.gone is not None
    await usable(quick, site)
    assert quick.chrome is not chrome
    assert quick.pool.stats.retired["lost"] >= 1


async def test_a_killed_driver_takes_its_browsers_along_and_is_replaced(quick: Opened, site: Site) -> None:
    """Playwright goes on to call the browser connected; its processes and folders are gone all the same."""
    chrome = quick.chrome
    driver = chrome.driver
    assert driver.process is not None

    async def kill(tab: Any) -> None:
        driver.process.kill()
        await tab.page.goto(site.address)

    await lost(quick, kill)
    await usable(quick, site)
    assert quick.chrome.driver is not driver
    await until(lambda: driver not in quick.plugin.fleet.drivers)
    await until(lambda: not chrome.process.is_running() and not chrome.folder.exists())
    assert chrome.profile is not None
    await until(lambda: not os.path.exists(chrome.profile))


async def test_a_stopped_browser_is_ended_by_force(quick: Opened, site: Site) -> None:
    """It neither answers nor closes; the heartbeat finds it, and kills it with all its children."""
    chrome = quick.chrome

    async def stop(tab: Any) -> None:
        os.killpg(chrome.group, signal.SIGSTOP)
        await tab.page.goto(site.address)

    await lost(quick, stop)
    assert "has not answered" in chrome.gone
    await usable(quick, site)
    await until(lambda: not chrome.process.is_running())


async def test_a_stopped_driver_is_found_out_and_replaced(quick: Opened, site: Site) -> None:
    """It is the driver that does not answer, and not its browser: another one is started."""
    driver = quick.chrome.driver
    assert driver.process is not None

    async def stop(tab: Any) -> None:
        driver.process.suspend()
        await tab.page.goto(site.address)

    await lost(quick, stop)
    await usable(quick, site)
    await until(lambda: not alive(driver.process))


async def test_who_waits_for_a_page_of_a_stopped_browser_gets_one_of_another(quick: Opened, site: Site) -> None:
    """The page is being made when the heartbeat finds out."""
    os.killpg(quick.chrome.group, signal.SIGSTOP)
    lease = await quick.lease(locale="fr-FR")
    await lease.value.page.goto(site.address)
    quick.back(lease)


async def test_the_kernel_closes_whatever_has_happened_to_the_browser(opens: Open) -> None:
    """With the browser stopped while it has leases and pages that are ready, it takes no longer than its limits."""
    opened = await opens(close_timeout=0.5, grace=0.1)
    lease = await opened.lease()
    await until(lambda: opened.pool.stats.idle == 1)
    os.killpg(opened.chrome.group, signal.SIGSTOP)
    opened.back(lease)


@pytest.mark.parametrize("number", [signal.SIGKILL, signal.SIGSTOP], ids=lambda number: number.name)
async def test_a_step_that_may_be_tried_again_gets_over_it(quick: Opened, site: Site, number: int) -> None:
    """The workflow ends as if nothing had happened."""
    attempts.clear()
    config = {"pid": quick.chrome.process.pid, "number": int(number), "url": site.address}
    node = Node("n", "faults.strike", config, retry=Retry(attempts=3))
    result = await quick.kernel.run(Workflow({"n": node}))
    assert result.raise_for_error().outputs["n"]["result"] == "A page"
    assert len(attempts) == 2


@pytest.mark.parametrize("path", ["/reset", "/garbage", "/hang", "/half"])
async def test_a_server_that_misbehaves_harms_its_own_lease_alone(quick: Opened, site: Site, path: str) -> None:
    """The step gets Playwright's own error; the next lease finds all as it should be."""
    chrome = quick.chrome
    with pytest.raises(Error):
        async with quick.pool.lease(quick.key()) as lease:
            await lease.value.page.goto(site.address + path, timeout=500)
    await usable(quick, site)
    assert quick.chrome is chrome


async def test_a_new_context_that_was_cancelled_is_found_and_closed(quick: Opened) -> None:
    """Playwright knows nothing of it any more; the browser does."""
    await until(lambda: quick.pool.stats.idle == 1)
    chrome = quick.chrome
    before = await quick.contexts()
    for seconds in (0.0, 0.0005, 0.001, 0.002):
        making = asyncio.ensure_future(chrome.browser.new_context())
        await asyncio.sleep(seconds)
        making.cancel()
        await asyncio.wait({making})
    assert await quick.contexts() > before
    await until(lambda: not chrome.gone and _reaped(quick, before))


async def _reaped(opened: Opened, before: int) -> bool:
    await reap(opened.chrome, 1.0)
    return await opened.contexts() == before


async def test_a_context_that_a_step_has_made_ends_after_its_lease(quick: Opened, site: Site) -> None:
    """Not before: as long as a lease is open that may have made it, it stays."""
    from anyio import current_time

    async with quick.pool.lease(quick.key()) as lease:
        chrome = lease.value.chrome
        chrome.ledger.lent[lease.value] = current_time()
        own = await chrome.browser.new_context()
        page = await own.new_page()
        await reap(chrome, 1.0)
        await reap(chrome, 1.0)
        await page.goto(site.address)
        del chrome.ledger.lent[lease.value]
    await until(lambda: _closed(quick, page))


async def _closed(opened: Opened, page: Page) -> bool:
    await reap(opened.chrome, 1.0)
    return page.is_closed()


async def test_a_worn_browser_is_replaced_before_it_ends(opens: Open, site: Site) -> None:
    """After so many contexts another one is launched; the old one serves until that is up, and ends with its last page."""
    opened = await opens(max_contexts=3, warm=0)
    old = None
    for _ in range(8):
        lease = await opened.lease()
        old = old or lease.value.chrome
        await lease.value.page.goto(site.address)
        opened.back(lease)
        await asyncio.sleep(0.1)
    assert old is not None
    await until(lambda: old not in opened.plugin.fleet.browsers)
    assert opened.pool.stats.retired["lost"] == 0
    await usable(opened, site)


async def test_a_browser_that_has_grown_is_replaced(opens: Open, site: Site, caplog: pytest.LogCaptureFixture) -> None:
    """What it holds more than at first counts."""
    caplog.set_level(logging.INFO, logger="stratagem.browser")
    opened = await opens(max_growth=64, heartbeat=0.2)
    opened.back(await opened.lease())
    old = opened.chrome
    assert old.growth < 64
    old.memory.first -= 100 * 1024 * 1024
    opened.back(await opened.lease())
    await until(lambda: old.gone)
    assert "is replaced: it has grown by 64 MiB" in caplog.text
    await usable(opened, site)


async def test_the_driver_is_replaced_with_its_browsers(opens: Open, site: Site) -> None:
    """After so many browsers the next one gets another driver; the old one ends with its last browser."""
    opened = await opens(max_contexts=1, browsers_per_driver=1, warm=0)
    drivers = set()
    for _ in range(4):
        lease = await opened.lease()
        drivers.add(lease.value.chrome.driver)
        opened.back(lease)
        await asyncio.sleep(0.7)
    assert len(drivers) > 1
    await until(lambda: len(opened.plugin.fleet.drivers) == 1)


async def test_a_browser_that_nothing_uses_is_ended(opens: Open) -> None:
    """And launched again for the next lease."""
    opened = await opens(warm=0, browser_idle=0.2, **QUICK)
    opened.back(await opened.lease())
    await until(lambda: not opened.plugin.fleet.browsers)
    opened.back(await opened.lease())


async def test_a_heartbeat_that_is_answered_changes_nothing(quick: Opened) -> None:
    """The browser is the same afterwards, and well."""
    chrome = quick.chrome
    await beat(quick.plugin.fleet, chrome)
    assert chrome.alive
    assert quick.chrome is chrome
