"""Pages come from the pool as the contract says, ready ahead, and as the labels of a request ask for."""

from __future__ import annotations

import asyncio
import json
from pathlib import Path
from typing import Any

import pytest
from attrs import evolve
from playwright.async_api import Page

from page_pool import NO_BROWSER, SETTINGS, Open, Opened, until
from rough_site import Site
from stratagem import Kernel, Node, Pack, PoolExhausted, ResourceLost, ResourceRequest, ResourceUnavailable, Workflow
from stratagem_browser import PlaywrightPlugin, best
from stratagem_browser.factory import PageFactory
from stratagem_browser.processes import drivers
from stratagem_pools import PoolSettings
from stratagem_testing import PoolContract

pytestmark = pytest.mark.anyio


class Counted(PlaywrightPlugin):
    """Remembers its factories, and takes limits as the contract gives them."""

    def __init__(self, limits: PoolSettings) -> None:
        names = ("size", "quota", "acquire_timeout")
        super().__init__(evolve(SETTINGS, **{name: getattr(limits, name) for name in names}))
        self.factories: list[PageFactory] = []

    def factory(self, kind: str) -> PageFactory:
        self.factories.append(super().factory(kind))
        return self.factories[-1]


@pytest.mark.skipif(best() is None, reason=NO_BROWSER)
class TestPages(PoolContract):
    backends = ("asyncio",)
    turns = 12
    patience = 5.0

    def setup_method(self) -> None:
        self.plugins: list[Counted] = []

    def pooled(self, limits: PoolSettings) -> PlaywrightPlugin:
        self.plugins.append(Counted(limits))
        return self.plugins[-1]

    def open_now(self) -> int:
        browsers = [chrome for plugin in self.plugins for chrome in plugin.fleet.browsers]
        return sum(len(chrome.ledger.lent) for chrome in browsers)

    def left_over(self) -> int:
        fleets = [plugin.fleet for plugin in self.plugins]
        return sum(len(fleet.browsers) + len(fleet.drivers) for fleet in fleets)

    async def use(self, leased: Page) -> str:
        return await leased.title()


pack = Pack("pages")


@pack.node(resources={"page": "browser"})
async def visit(page: Page, url: str) -> str:
    """Opens a page."""
    await page.goto(url)
    return await page.title()


async def test_a_page_is_ready_before_it_is_asked_for(opened: Opened) -> None:
    """After each lease another context with a page is made; the next request gets it in no time."""
    opened.back(await opened.lease())
    for _ in range(3):
        await until(lambda: opened.pool.stats.idle == 1)
        made = opened.pool.stats.created
        lease = await opened.lease()
        assert lease.waited < 0.05
        assert opened.pool.stats.created == made
        opened.back(lease)


async def test_what_a_lease_gave_is_of_no_use_at_once(opened: Opened, site: Site) -> None:
    """Not only once the context is closed: a call that comes at the very next moment is refused, of all tabs."""
    for _ in range(5):
        lease = await opened.lease()
        page = lease.value.page
        context = page.context
        other = await context.new_page()
        opened.back(lease)
        for call in (page.title, other.title, context.new_page):
            with pytest.raises(ResourceLost) as caught:
                await call()
            assert "lease of this page has ended" in str(caught.value)


async def test_labels_say_what_a_context_is_like(opened: Opened, site: Site) -> None:
    """By the names that Playwright has for its options, and over those of the config."""
    labels: dict[str, Any] = {
        "viewport": {"width": 640, "height": 480},
        "locale": "de-DE",
        "timezone_id": "Asia/Tokyo",
        "user_agent": "robot/1",
        "extra_http_headers": {"x-robot": "1"},
        "http_credentials": {"username": "ada", "password": "secret"},
        "color_scheme": "dark",
    }
    lease = await opened.lease(**labels)
    page = lease.value.page
    response = await page.goto(site.address + "/auth")
    assert response is not None
    assert (response.status, site.headers["user-agent"], site.headers["x-robot"]) == (200, "robot/1", "1")
    script = "[innerWidth, navigator.language, Intl.DateTimeFormat().resolvedOptions().timeZone]"
    assert await page.evaluate(script) == [640, "de-DE", "Asia/Tokyo"]
    opened.back(lease)


async def test_a_device_is_what_playwright_knows_of_it(opened: Opened) -> None:
    """Viewport, user agent, touch; a device that it does not know is named."""
    lease = await opened.lease(device="iPhone 13")
    assert "iPhone" in await lease.value.page.evaluate("navigator.userAgent")
    opened.back(lease)
    with pytest.raises(ResourceUnavailable) as caught:
        await opened.lease(device="Abacus 3")
    assert "'Abacus 3', which Playwright does not know" in str(caught.value)
    assert not caught.value.retryable


async def test_a_page_may_be_at_its_address_already(opened: Opened, site: Site) -> None:
    """With `open` it is there when it is leased; pages for other addresses are not given."""
    lease = await opened.lease(open=site.address + "/start")
    assert lease.value.page.url == site.address + "/start"
    opened.back(lease)
    lease = await opened.lease()
    assert lease.value.page.url == "about:blank"
    opened.back(lease)


async def test_an_address_that_can_not_be_opened_is_told(opened: Opened, site: Site) -> None:
    """As something that may be tried again."""
    with pytest.raises(ResourceUnavailable) as caught:
        await opened.lease(open=site.address + "/reset")
    assert "the page could not be made" in str(caught.value)
    assert caught.value.retryable


async def test_a_storage_state_is_there_from_the_start(opened: Opened, site: Site, tmp_path: Path) -> None:
    """Given as it is, or as the file that holds it; a file that can't be read is told at once."""
    origin = {"origin": site.address, "localStorage": [{"name": "a", "value": "kept"}]}
    state: dict[str, Any] = {"cookies": [], "origins": [origin]}
    file = tmp_path / "state.json"
    file.write_text(json.dumps(state))
    for given in (state, str(file)):
        lease = await opened.lease(storage_state=given)
        await lease.value.page.goto(site.address)
        assert await lease.value.page.evaluate("localStorage.a") == "kept"
        opened.back(lease)
    with pytest.raises(ResourceUnavailable) as caught:
        await opened.lease(storage_state=str(tmp_path / "none.json"))
    assert "can't be read" in str(caught.value)


async def test_a_label_that_there_is_not_is_refused(opened: Opened) -> None:
    """With the nearest that there is."""
    with pytest.raises(ResourceUnavailable) as caught:
        await opened.lease(view_port={"width": 1, "height": 1})
    assert "has no label 'view_port'. Did you mean 'viewport'?" in str(caught.value)


async def test_a_named_session_keeps_its_page(opened: Opened, site: Site) -> None:
    """All that ask for it get the same page as it was left, in the place of a closed one a new one."""
    lease = await opened.lease("crm")
    page = lease.value.page
    await page.goto(site.address)
    await page.evaluate("window.kept = 1; localStorage.a = 1")
    opened.back(lease)
    lease = await opened.lease("crm")
    assert lease.value.page is page
    assert await page.evaluate("window.kept") == 1
    await page.close()
    opened.back(lease)
    lease = await opened.lease("crm")
    await lease.value.page.goto(site.address)
    assert await lease.value.page.evaluate("localStorage.a") == "1"
    opened.back(lease)
    lease = await opened.lease("other")
    await lease.value.page.goto(site.address)
    assert await lease.value.page.evaluate("localStorage.a") is None
    opened.back(lease)


async def test_a_session_has_one_owner_at_a_time(opened: Opened) -> None:
    """Others wait for it, though pages are free."""
    lease = await opened.lease("one")
    waiting = asyncio.ensure_future(opened.lease("one"))
    await asyncio.sleep(0.3)
    assert not waiting.done()
    opened.back(lease)
    opened.back(await waiting)


async def test_a_state_is_handed_on_and_no_page(opens: Open, site: Site) -> None:
    """What a site has stored is there in fresh contexts of later runs, as it was at the end of a lease that went well."""
    opened = await opens(packs=[stateful])

    async def run(**config: Any) -> Any:
        asked = {"page": ResourceRequest(labels={"state": "login"})}
        node = Node("n", "stateful.keep", {"url": site.address, **config}, resources=asked)
        return await opened.kernel.run(Workflow({"n": node}))

    assert (await run(value="first")).raise_for_error().outputs["n"]["result"] == "null/blank"
    assert (await run(value="bad", fail=True)).status == "failed"
    assert (await run(value="second")).raise_for_error().outputs["n"]["result"] == "first/blank"
    assert (await run(value="third")).raise_for_error().outputs["n"]["result"] == "second/blank"


stateful = Pack("stateful")


@stateful.node(resources={"page": "browser"})
async def keep(page: Page, url: str, value: str, fail: bool = False) -> str:
    """Tells what was stored and how the page is named, and stores and names something else."""
    await page.goto(url)
    found = await page.evaluate("[localStorage.a ?? null, window.name]")
    await page.evaluate("v => { localStorage.a = v; window.name = v }", value)
    if fail:
        raise ValueError("on purpose")
    return f"{found[0] or 'null'}/{found[1] or 'blank'}"


async def test_a_page_that_is_alone_in_its_browser_is_kept_ready(opens: Open) -> None:
    """Heartbeats leave it alone; its browser ends with its lease."""
    opened = await opens(heartbeat=0.1)
    opened.back(await opened.lease(alone=True))
    await until(lambda: opened.pool.stats.idle == 1)
    await asyncio.sleep(0.5)
    assert opened.pool.stats.idle == 1
    lease = await opened.lease(alone=True)
    chrome = lease.value.chrome
    opened.back(lease)
    await until(lambda: chrome not in opened.plugin.fleet.browsers)


async def test_a_browser_can_be_launched_with_the_kernel(opens: Open) -> None:
    """By the setting ``launch = "start"``: a run need not wait for more than what is left of it."""
    opened = await opens(launch="start")
    await until(lambda: opened.plugin.fleet.browsers)
    lease = await opened.lease()
    assert len(opened.plugin.fleet.browsers) == 1
    opened.back(lease)


async def test_a_kernel_that_is_closed_while_its_browser_is_launched_leaves_nothing(opens: Open) -> None:
    """Not even the driver, whose start nothing can interrupt."""
    before = drivers()
    opened = await opens(launch="start")
    assert drivers() - before
    await opened.kernel.__aexit__(None, None, None)
    assert not drivers() - before


async def test_a_kernel_whose_browser_can_not_be_launched_is_open_all_the_same(opens: Open, tmp_path: Path) -> None:
    """Who needs the browser is told."""
    opened = await opens(launch="start", executable_path=tmp_path / "none")
    with pytest.raises(ResourceUnavailable, match="there is no browser at"):
        await opened.lease()


async def test_runs_on_one_kernel_share_a_browser(opens: Open, site: Site) -> None:
    """It is launched when the first run that needs one begins, and stays for the others."""
    opened = await opens(packs=[pack])
    assert not opened.plugin.fleet.browsers
    flow = Workflow({"n": Node("n", "pages.visit", {"url": site.address})})
    results = [await opened.kernel.run(flow) for _ in range(3)]
    assert [result.raise_for_error().outputs["n"]["result"] for result in results] == ["A page"] * 3
    assert opened.chrome.made >= 3


async def test_a_step_that_would_wait_for_itself_is_refused(opens: Open) -> None:
    """With the words of the pool: its size is one, and the step has it."""
    two = Pack("two")

    @two.node(resources={"first": "browser", "second": "browser"})
    async def pages(first: Page, second: Page) -> None:
        """Wants two."""

    opened = await opens(packs=[two], size=1)
    result = await opened.kernel.run(Workflow({"n": Node("n", "two.pages")}))
    assert isinstance(result.error and result.error.__cause__, PoolExhausted)


async def test_without_a_browser_the_error_says_how_to_get_one(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Nothing is downloaded, and trying again is of no use."""
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.setenv("PLAYWRIGHT_BROWSERS_PATH", str(tmp_path))
    monkeypatch.setattr("stratagem_browser.finder.CHANNELS", {})
    plugin = PlaywrightPlugin(SETTINGS)
    async with Kernel(plugins=[plugin]) as kernel:
        with pytest.raises(ResourceUnavailable) as caught:
            await Opened(plugin, kernel).lease()
    assert not caught.value.retryable
    assert "there is no browser on this machine" in str(caught.value)
    assert "apt-get install chromium-headless-shell" in str(caught.value)
