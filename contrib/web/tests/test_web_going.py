"""An opening that fails leaves nothing behind that harms the next: neither the browser's page of the error nor a late page."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

import pytest
from playwright.async_api import Page

from stratagem_web import mouse, navigation, tabs, transfers
from stratagem_web.errors import NavigationFailed

pytestmark = pytest.mark.anyio

NOWHERE = "http://nope.invalid/"
TIMES = 5


async def click_to_nowhere(page: Page, site: str) -> None:
    """A click is done once it is done, whatever becomes of the page that it leads to."""
    await page.evaluate(f"document.body.innerHTML = '<a href=\"{NOWHERE}\">Nowhere</a>'")
    await mouse.click(page, "a")


async def script_to_nowhere(page: Page, site: str) -> None:
    """A page may leave by itself."""
    await page.evaluate(f"() => {{ location.href = '{NOWHERE}' }}")


async def open_nowhere(page: Page, site: str) -> None:
    with pytest.raises(NavigationFailed, match="ERR_NAME_NOT_RESOLVED"):
        await navigation.open_(page, NOWHERE)


async def open_what_hangs(page: Page, site: str) -> None:
    with pytest.raises(NavigationFailed, match="did not come to 'load'"):
        await navigation.open_(page, f"{site}/hang", timeout=0.2)


async def reload_nowhere(page: Page, site: str) -> None:
    await open_nowhere(page, site)
    with pytest.raises(NavigationFailed):
        await navigation.reload(page)


async def tab_to_nowhere(page: Page, site: str) -> None:
    with pytest.raises(NavigationFailed):
        await tabs.new_tab(page, NOWHERE)


HARMS: dict[str, Callable[[Page, str], Awaitable[None]]] = {
    "open": open_nowhere,
    "open what hangs": open_what_hangs,
    "click": click_to_nowhere,
    "script": script_to_nowhere,
    "reload": reload_nowhere,
    "tab": tab_to_nowhere,
}


@pytest.mark.parametrize("name", HARMS)
async def test_what_failed_before_harms_no_opening(name: str, page: Page, site: str) -> None:
    """Again and again: it hung on who was first."""
    for _ in range(TIMES):
        await navigation.open_(page, f"{site}/index.html")
        await HARMS[name](page, site)
        assert (await navigation.open_(page, f"{site}/form.html")).title == "Form"


async def test_one_goes_back_from_where_nothing_was(page: Page, site: str) -> None:
    """To the page before; and forward from there to the same failure."""
    for _ in range(TIMES):
        await navigation.open_(page, f"{site}/form.html")
        await open_nowhere(page, site)
        assert (await navigation.back(page)).title == "Form"
        with pytest.raises(NavigationFailed):
            await navigation.forward(page)
        assert (await navigation.back(page)).title == "Form"


class Context:
    """As much of a context as a download needs."""

    def __init__(self, directory: Path) -> None:
        self.directory = directory


async def test_a_download_from_nowhere_is_told_at_once(page: Page, site: str, tmp_path: Path) -> None:
    """As an opening is, not as a download that has not begun in time; the next one works."""
    context: Any = Context(tmp_path)
    for _ in range(TIMES):
        with pytest.raises(NavigationFailed, match="ERR_NAME_NOT_RESOLVED"):
            await transfers.download(page, context, url=NOWHERE)
        assert (await transfers.download(page, context, url=f"{site}/evil.bin", name="a.bin")).size == 5
