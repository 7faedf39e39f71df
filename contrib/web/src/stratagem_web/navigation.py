"""Going from page to page, and where one is."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Literal

from attrs import frozen

from stratagem_std.secret_text import plain
from stratagem_web.api import Page
from stratagem_web.errors import NavigationFailed
from stratagem_web.going import going
from stratagem_web.limits import ms
from stratagem_web.registry import page_node
from stratagem_web.samples import on_page
from stratagem_web.telling import telling

if TYPE_CHECKING:
    from playwright.async_api import Response

WaitUntil = Literal["load", "domcontentloaded", "networkidle", "commit"]


@frozen
class Opened:
    """The page that came up: its address after redirects, its title, and the server's status if there was an answer."""

    url: str
    title: str
    status: int | None
    ok: bool


@frozen
class PageInfo:
    """The address and title of the current tab."""

    url: str
    title: str


@page_node(
    idempotent=True,
    examples=(on_page("open", {"url": "{{ site }}/index.html"}, {"title": "Shop", "status": 200}, start=""),),
)
async def open_(
    page: Page,
    url: str,
    wait_until: WaitUntil = "load",
    timeout: float = 30.0,
    referer: str = "",
    must_succeed: bool = False,
) -> Opened:
    """Opens a URL in the current tab, and waits until the page is loaded.

    ``wait_until`` says when it counts as loaded: ``load`` with all it shows, ``domcontentloaded`` with its text,
    ``networkidle`` after half a second without traffic, ``commit`` as soon as an answer arrives. With ``must_succeed`` a
    status of 400 or more fails. ``timeout`` is in seconds. Raises NavigationFailed.
    """
    answer = await going(
        page,
        f"{url}",
        wait_until,
        lambda: page.goto(plain(url), wait_until=wait_until, timeout=ms(timeout), referer=plain(referer) or None),
    )
    opened = await _opened(page, answer, timeout)
    if must_succeed and not opened.ok:
        raise NavigationFailed(f"{url} answered {opened.status}")
    return opened


@page_node(examples=(on_page("back", {}, {"title": "Shop"}, then=("form.html",)),))
async def back(page: Page, wait_until: WaitUntil = "load", timeout: float = 30.0) -> Opened:
    """Goes back to the page before; raises NavigationFailed where there is none."""
    turn = partial(page.go_back, wait_until=wait_until)
    answer = await going(page, "the page before", wait_until, lambda: turn(timeout=ms(timeout)))
    return await _turned(page, answer, "before", timeout)


@page_node(examples=(on_page("forward", {}, {"title": "Form"}, then=("form.html",), more=(("web.back", {}),)),))
async def forward(page: Page, wait_until: WaitUntil = "load", timeout: float = 30.0) -> Opened:
    """Goes forward to the page from which one went back; raises NavigationFailed where there is none."""
    turn = partial(page.go_forward, wait_until=wait_until)
    answer = await going(page, "the page after", wait_until, lambda: turn(timeout=ms(timeout)))
    return await _turned(page, answer, "after", timeout)


@page_node(examples=(on_page("reload", {}, {"title": "Shop"}),))
async def reload(page: Page, wait_until: WaitUntil = "load", timeout: float = 30.0) -> Opened:
    """Loads the page again."""
    again = partial(page.reload, wait_until=wait_until)
    answer = await going(page, page.url, wait_until, lambda: again(timeout=ms(timeout)))
    return await _opened(page, answer, timeout)


@page_node(effect="read", examples=(on_page("page_info", {}, {"title": "Shop"}),))
async def page_info(page: Page, timeout: float = 30.0) -> PageInfo:
    """Tells the address and the title of the current tab."""
    return PageInfo(page.url, await title_of(page, timeout))


async def _turned(page: Page, answer: Response | None, which: str, timeout: float) -> Opened:
    if answer is None:
        raise NavigationFailed(f"there is no page {which} {page.url}")
    return await _opened(page, answer, timeout)


async def _opened(page: Page, answer: Response | None, timeout: float) -> Opened:
    status = answer.status if answer is not None else None
    return Opened(page.url, await title_of(page, timeout), status, status is None or status < 400)


async def title_of(page: Page, timeout: float) -> str:
    """The title of a tab. Raises PageClosed, WaitTimeout."""
    async with telling(f"reading the title of {page.url}", timeout):
        return await page.title()
