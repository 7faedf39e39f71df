"""A page that died while it was ready is handed to nobody: another is made, and a session's goes on with what it had."""

from __future__ import annotations

import asyncio
import sys

import psutil
import pytest

from page_pool import Open, Opened, kill_renderers, until

pytestmark = [
    pytest.mark.anyio,
    pytest.mark.skipif(sys.platform == "win32", reason="the signals that these tests send are those of POSIX"),
]

SOON = 0.3
"""Seconds after which a page that is ready is asked before it is handed out."""


@pytest.fixture
async def ready(opens: Open) -> Opened:
    """A kernel that has pages ready for a while."""
    opened = await opens(warm=2)
    opened.back(await opened.lease())
    await rested(opened)
    return opened


async def rested(opened: Opened, pages: int = 2) -> None:
    """Waits until as many pages have been ready for a while; one that is ready since just now is handed out unasked."""
    await until(lambda: opened.pool.stats.idle >= pages)
    await asyncio.sleep(SOON)


async def works(opened: Opened, session: str | None = None) -> None:
    """The next lease is of a page that answers."""
    lease = await opened.lease(session)
    assert await lease.value.page.evaluate("1 + 1") == 2
    opened.back(lease)


@pytest.mark.parametrize("later", [0.0, 0.005, 0.05, 0.5])
async def test_a_killed_renderer_of_a_page_that_is_ready_is_noticed(ready: Opened, later: float) -> None:
    """At once, before anything is heard of it, as much as later."""
    for _ in range(3):
        kill_renderers(ready.chrome.process)
        await asyncio.sleep(later)
        await works(ready)
        await rested(ready)


async def test_a_killed_browser_is_noticed_while_its_pages_are_ready(ready: Opened) -> None:
    """Another is launched."""
    chrome = ready.chrome
    chrome.process.kill()
    await works(ready)
    assert ready.chrome is not chrome
    await until(lambda: not psutil.pid_exists(chrome.process.pid) or chrome.gone)


async def test_a_session_goes_on_with_what_it_had(ready: Opened) -> None:
    """Its cookies are the browser's, not the page's."""
    lease = await ready.lease("ada")
    await lease.value.page.context.add_cookies([{"name": "a", "value": "b", "url": "http://localhost"}])
    ready.back(lease)
    await rested(ready)
    kill_renderers(ready.chrome.process)
    await works(ready, "ada")
    again = await ready.lease("ada")
    assert [each["name"] for each in await again.value.page.context.cookies()] == ["a"]
    ready.back(again)


async def test_a_session_whose_page_closes_itself_gets_another(ready: Opened) -> None:
    """As sites do that log out."""
    lease = await ready.lease("ada")
    page = lease.value.page
    await page.evaluate("() => { setTimeout(() => window.close(), 100) }")
    ready.back(lease)
    await until(page.is_closed)
    await works(ready, "ada")
