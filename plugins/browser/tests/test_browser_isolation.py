"""What one lease leaves in the browser, the next does not find: forty kinds of state, each set and looked for."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any

import pytest
from attrs import frozen
from playwright.async_api import Error, Geolocation, Page

from page_pool import Opened, until
from rough_site import Site

pytestmark = pytest.mark.anyio

Deed = Callable[[Page, str], Awaitable[Any]]


@frozen
class Kind:
    """A kind of state: how it is set, and how it is found out whether it is there."""

    name: str
    leave: Deed
    find: Deed


def js(name: str, leave: str, find: str, path: str = "/") -> Kind:
    """A kind that scripts in the page set and look for."""

    async def do(page: Page, site: str) -> None:
        await page.goto(site + path)
        await page.evaluate(leave)

    async def look(page: Page, site: str) -> Any:
        if not page.url.startswith(site):
            await page.goto(site + path)
        return await page.evaluate(find)

    return Kind(name, do, look)


DATABASE = "new Promise((ok, no) => { const o = indexedDB.open('kept', 1); o.onupgradeneeded = () => o.result.createObjectStore('s'); o.onsuccess = () => { o.result.close(); ok() }; o.onerror = no })"
IN_PAGE = [
    js("cookie of a script", "document.cookie = 'a=1; max-age=999'", "document.cookie.includes('a=1')"),
    js("local storage", "localStorage.setItem('a', 1)", "localStorage.getItem('a') !== null"),
    js("session storage", "sessionStorage.setItem('a', 1)", "sessionStorage.getItem('a') !== null"),
    js("IndexedDB", DATABASE, "indexedDB.databases().then(all => all.length > 0)"),
    js(
        "private file system",
        "navigator.storage.getDirectory().then(d => d.getFileHandle('f', {create: true})).then(() => 1)",
        "navigator.storage.getDirectory().then(d => d.getFileHandle('f')).then(() => true, () => false)",
    ),
    js("cache storage", "caches.open('kept').then(() => 1)", "caches.has('kept')"),
    js(
        "service worker",
        "navigator.serviceWorker.register('/sw.js').then(() => navigator.serviceWorker.ready).then(() => 1)",
        "navigator.serviceWorker.getRegistrations().then(all => all.length > 0)",
    ),
    js("window name", "window.name = 'kept'", "window.name === 'kept'"),
    js("history", "history.pushState({}, '', '#a')", "history.length > 2"),
    js("global variable", "window.kept = 1", "window.kept === 1"),
    js("timer", "setInterval(() => { document.title = 'ticking' }, 1)", "new Promise(ok => setTimeout(() => ok(document.title === 'ticking'), 30))"),
    js("changed prototype", "Array.prototype.kept = 1", "[].kept === 1"),
    js("scroll position", "document.body.style.height = '9999px'; window.scrollTo(0, 500)", "window.scrollY > 0"),
    js("focus", "document.body.innerHTML = '<input id=i>'; document.getElementById('i').focus()", "document.activeElement.id === 'i'"),
    js("open broadcast channel", "window.bc = new BroadcastChannel('kept'); bc.onmessage = e => bc.postMessage('heard')", "new Promise(ok => { const c = new BroadcastChannel('kept'); c.onmessage = () => ok(true); c.postMessage('?'); setTimeout(() => ok(false), 200) })"),
    js("shared worker", "new SharedWorker(URL.createObjectURL(new Blob(['self.n = 0; self.onconnect = e => e.ports[0].postMessage(++self.n)'])), 'kept'); window.kept = 1", "window.kept === 1"),
    js("blocking beforeunload", "window.onbeforeunload = () => 'stay'", "window.onbeforeunload !== null"),
    js("web lock", "navigator.locks.request('kept', () => new Promise(() => {})); new Promise(ok => setTimeout(ok, 50))", "navigator.locks.query().then(all => all.held.length > 0)"),
]  # fmt: skip


def call(name: str, leave: Callable[[Page, str], Any], find: Callable[[Page, str], Any]) -> Kind:
    """A kind that is set and looked for through Playwright; what is given may be awaitable or not."""

    async def run(deed: Callable[[Page, str], Any], page: Page, site: str) -> Any:
        found = deed(page, site)
        return await found if asyncio.iscoroutine(found) else found

    return Kind(name, lambda page, site: run(leave, page, site), lambda page, site: run(find, page, site))


async def at(page: Page, site: str, script: str) -> Any:
    """What a script gives on the site."""
    await page.goto(site)
    return await page.evaluate(script)


async def answers(page: Page) -> bool:
    """Whether the page is of use."""
    try:
        async with asyncio.timeout(0.5):
            return bool(await page.evaluate("1") == 1)
    except (TimeoutError, Error):
        return False


async def unusable(page: Page, site: str) -> bool:
    return not await answers(page)


async def open_dialog(page: Page, site: str) -> None:
    """One that nobody answers."""
    page.on("dialog", lambda dialog: None)
    await page.goto(site)
    asked = asyncio.ensure_future(page.evaluate("alert('kept')"))
    asked.add_done_callback(lambda done: done.cancelled() or done.exception())
    await asyncio.sleep(0.1)


async def hang(page: Page, site: str) -> None:
    hung = asyncio.ensure_future(page.evaluate("for (;;) {}"))
    hung.add_done_callback(lambda done: done.cancelled() or done.exception())
    await asyncio.sleep(0.1)


async def crash(page: Page, site: str) -> None:
    with pytest.raises(Error):
        await page.goto("chrome://crash")


async def through_auth(page: Page, site: str) -> None:
    await page.goto(site.replace("//", "//ada:secret@") + "/auth")


async def authorized(page: Page, site: str) -> bool:
    response = await page.goto(site + "/auth")
    return response is not None and response.status == 200


async def agent(page: Page, site: str) -> None:
    session = await page.context.new_cdp_session(page)
    await session.send("Network.setUserAgentOverride", {"userAgent": "kept"})


async def traced(page: Page, site: str) -> bool:
    try:
        await page.context.tracing.start()
    except Error:
        return True
    return False


async def bound(page: Page, site: str) -> bool:
    return bool(await at(page, site, "typeof window.kept === 'function'"))


async def routed(page: Page, site: str) -> bool:
    await page.goto(site)
    return await page.title() == "routed"


async def failed_offline(page: Page, site: str) -> bool:
    try:
        await page.goto(site)
    except Error:
        return True
    return False


def double(number: int) -> int:
    return 2 * number


async def reply(route: Any) -> None:
    await route.fulfill(body="<title>routed</title>", content_type="text/html")


GRANTED = "navigator.permissions.query({name: 'geolocation'}).then(p => p.state === 'granted')"
PLACE: Geolocation = {"latitude": 50.0, "longitude": 8.0}
BY_PLAYWRIGHT = [
    call("cookie of the API", lambda p, s: p.context.add_cookies([{"name": "a", "value": "1", "url": s}]), lambda p, s: p.context.cookies()),
    call("cookie of a server", lambda p, s: p.goto(s + "/cookie"), lambda p, s: p.context.cookies()),
    call("credentials", through_auth, authorized),
    call("permission", lambda p, s: p.context.grant_permissions(["geolocation"]), lambda p, s: at(p, s, GRANTED)),
    call("geolocation", lambda p, s: p.context.set_geolocation(PLACE), lambda p, s: located(p, s)),
    call("offline", lambda p, s: p.context.set_offline(True), failed_offline),
    call("init script of the context", lambda p, s: p.context.add_init_script("window.kept = 1"), lambda p, s: at(p, s, "window.kept === 1")),
    call("init script of the page", lambda p, s: p.add_init_script("window.kept = 1"), lambda p, s: at(p, s, "window.kept === 1")),
    call("binding of the context", lambda p, s: p.context.expose_function("kept", double), bound),
    call("binding of the page", lambda p, s: p.expose_function("kept", double), bound),
    call("route of the context", lambda p, s: p.context.route("**/*", reply), routed),
    call("route of the page", lambda p, s: p.route("**/*", reply), routed),
    call("clock", lambda p, s: p.clock.set_fixed_time(1000), lambda p, s: at(p, s, "Date.now() < 9999999")),
    call("tracing", lambda p, s: p.context.tracing.start(), traced),
    call("viewport", lambda p, s: p.set_viewport_size({"width": 333, "height": 444}), lambda p, s: p.evaluate("innerWidth === 333")),
    call("media", lambda p, s: p.emulate_media(color_scheme="dark"), lambda p, s: p.evaluate("matchMedia('(prefers-color-scheme: dark)').matches")),
    call("user agent", agent, lambda p, s: p.evaluate("navigator.userAgent === 'kept'")),
    call("another tab", lambda p, s: p.context.new_page(), lambda p, s: len(p.context.pages) > 1),
    call("content", lambda p, s: p.set_content("<p id=kept>"), lambda p, s: p.query_selector("#kept")),
    call("open dialog", open_dialog, unusable),
    call("hung script", hang, unusable),
    call("crashed page", crash, unusable),
    call("closed page", lambda p, s: p.close(), unusable),
]  # fmt: skip


async def located(page: Page, site: str) -> bool:
    await page.context.grant_permissions(["geolocation"])
    script = "new Promise(ok => navigator.geolocation.getCurrentPosition(p => ok(p.coords.latitude === 50), () => ok(false), {timeout: 300}))"
    return bool(await at(page, site, script))


KINDS = [*IN_PAGE, *BY_PLAYWRIGHT]


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.name)
async def test_nothing_is_left_for_the_next_lease(opened: Opened, site: Site, kind: Kind) -> None:
    """It is there in the lease that has set it, and in the next one, of the same browser, it is not."""
    first = await opened.lease()
    await kind.leave(first.value.page, site.address)
    assert await kind.find(first.value.page, site.address)
    browser = first.value.chrome
    opened.back(first)
    second = await opened.lease()
    assert second.value.chrome is browser
    assert not await kind.find(second.value.page, site.address)
    opened.back(second)


async def test_what_was_cached_is_fetched_again(opened: Opened, site: Site) -> None:
    """The HTTP cache of one lease serves itself, but no other."""
    before = site.hits["/cached"]
    for fetched in (1, 2):
        lease = await opened.lease()
        for _ in range(2):
            await lease.value.page.goto(site.address)
            await lease.value.page.evaluate("fetch('/cached').then(r => r.text())")
        assert site.hits["/cached"] - before == fetched
        opened.back(lease)


async def test_headers_of_one_lease_are_not_sent_by_the_next(opened: Opened, site: Site) -> None:
    """Neither those of the page nor those of the context."""
    lease = await opened.lease()
    await lease.value.page.set_extra_http_headers({"x-page": "1"})
    await lease.value.page.context.set_extra_http_headers({"x-context": "1"})
    await lease.value.page.goto(site.address)
    assert {"x-page", "x-context"} <= set(site.headers)
    opened.back(lease)
    lease = await opened.lease()
    await lease.value.page.goto(site.address)
    assert not {"x-page", "x-context"} & set(site.headers)
    opened.back(lease)


async def test_a_listener_hears_nothing_of_the_next_lease(opened: Opened) -> None:
    """Listeners end with what they listen to."""
    heard: list[str] = []
    lease = await opened.lease()
    lease.value.page.on("console", lambda message: heard.append(message.text))
    lease.value.page.context.on("console", lambda message: heard.append(message.text))
    await lease.value.page.evaluate("console.log('first')")
    opened.back(lease)
    lease = await opened.lease()
    await lease.value.page.evaluate("console.log('second')")
    opened.back(lease)
    assert heard == ["first", "first"]


async def test_what_was_downloaded_is_gone(opened: Opened, site: Site) -> None:
    """With its context, and the file with it."""
    lease = await opened.lease()
    await lease.value.page.goto(site.address)
    async with lease.value.page.expect_download() as info:
        await lease.value.page.evaluate("location.href = '/file'")
    path = await (await info.value).path()
    assert path.read_bytes() == b"content"
    tab = lease.value
    opened.back(lease)
    await until(lambda: tab.closed)
    assert not path.exists()


async def test_a_default_time_limit_is_the_settings_own_again(opened: Opened, site: Site) -> None:
    """What a step has set for its page and context counts for them alone."""
    lease = await opened.lease()
    lease.value.page.set_default_timeout(1)
    with pytest.raises(Error):
        await lease.value.page.goto(site.address + "/hang")
    opened.back(lease)
    lease = await opened.lease()
    await lease.value.page.goto(site.address)
    opened.back(lease)


async def test_the_clipboard_is_shared_within_a_browser_and_no_further(opened: Opened, site: Site) -> None:
    """It is the one thing that a browser keeps for all its pages; a page that is alone in its browser shares it not."""

    async def clipped(lease: Any, script: str) -> Any:
        await lease.value.page.context.grant_permissions(["clipboard-read", "clipboard-write"])
        return await at(lease.value.page, site.address, script)

    first, second, alone = await opened.lease(), await opened.lease(), await opened.lease(alone=True)
    await clipped(first, "navigator.clipboard.writeText('kept')")
    assert await clipped(second, "navigator.clipboard.readText()") == "kept"
    assert await clipped(alone, "navigator.clipboard.readText()") == ""
    assert first.value.chrome is second.value.chrome is not alone.value.chrome
    for lease in (first, second, alone):
        opened.back(lease)
