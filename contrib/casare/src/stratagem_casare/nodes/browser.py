"""Browsers: launched and closed, tabs, addresses."""

from collections.abc import Callable
from typing import Any, TypeVar, cast

from attrs import frozen

from stratagem import Context, Leases
from stratagem_casare import coerce
from stratagem_casare.nodes.browser_node import LIMIT, browser_node, handle_of, seconds
from stratagem_casare.nodes.registry import pack
from stratagem_web import navigation, surroundings, tabs
from stratagem_web.api import Page
from stratagem_web.registry import BROWSER
from stratagem_web.session import session_of

F = TypeVar("F", bound=Callable[..., Any])

_SCHEMES = ("about:", "data:", "file:", "blob:", "chrome:")


@frozen
class Launched:
    """Stand-ins for the browser, its first tab and its window where lines carry them on."""

    browser: str
    page: str
    window: str


def _opens_or_closes(*names: str) -> Callable[[F], F]:
    """Registers a function that opens or closes a browser for other nodes, under both its names."""

    def register(function: F) -> F:
        for name in names:
            pack.node(name, opens=(f"{BROWSER}:*",))(function)
        return function

    return register


@_opens_or_closes("LaunchBrowserNode", "BrowserLaunchNode")
async def launch_browser(
    leases: Leases,
    context: Context,
    url: Any = "",
    browser_type: Any = "chromium",
    headless: Any = False,
    window_state: Any = "normal",
    do_not_close: Any = True,
    profile_mode: Any = "none",
    slow_mo: Any = 0,
    channel: Any = "",
    viewport_width: Any = 1280,
    viewport_height: Any = 720,
    timeout: Any = LIMIT,
) -> Launched:
    """Gets a browser for the nodes that follow, and opens ``url`` in it.

    Which browser that is, and whether it has a window, is up to the config of the machine. Where the flow does not close
    it, the end of the run does.
    """
    page = await leases.open(BROWSER, context.node_id)
    session_of(page).choose(page, context.node_id)
    width, height = coerce.whole(viewport_width, 1280), coerce.whole(viewport_height, 720)
    if width > 0 and height > 0:
        await surroundings.set_viewport(page, width, height, seconds(timeout))
    if coerce.text(url):
        await navigation.open_(page, address(url), timeout=seconds(timeout))
    return Launched(context.node_id, context.node_id, context.node_id)


@_opens_or_closes("CloseBrowserNode", "BrowserCloseNode")
async def close_browser(leases: Leases, browser: Any = "", timeout: Any = LIMIT, force_close: Any = False) -> None:
    """Closes the browser that a line leads to, else the one that was launched last, with all that it has open."""
    await leases.close(BROWSER, coerce.text(browser) or None)


@browser_node("NewTabNode", outputs=("page",))
async def new_tab(
    page: Page,
    context: Context,
    tab_name: Any = "main",
    url: Any = "",
    timeout: Any = LIMIT,
    wait_until: Any = "load",
) -> str:
    """Opens another tab, which the nodes that follow work on, with ``url`` in it."""
    tab = await tabs.opened_tab(page, seconds(timeout), context.node_id)
    if coerce.text(url):
        await navigation.open_(tab, address(url), wait_until=until(wait_until), timeout=seconds(timeout))
    return context.node_id


@browser_node("GoToURLNode", "BrowserNavigateNode", outputs=("page",))
async def go_to_url(
    page: Page,
    url: Any = "",
    timeout: Any = LIMIT,
    wait_until: Any = "load",
    referer: Any = "",
    ignore_https_errors: Any = False,
) -> str:
    """Opens an address; one without a scheme is taken for https."""
    await navigation.open_(
        page, address(url), wait_until=until(wait_until), timeout=seconds(timeout), referer=coerce.text(referer)
    )
    return handle_of(page)


@browser_node("GetCurrentUrlNode", effect="read", outputs=("url",))
async def get_current_url(page: Page) -> str:
    """The address of the page."""
    return (await navigation.page_info(page)).url


def address(url: Any) -> str:
    """An address that a browser takes. Raises ValueError if none is given."""
    text = coerce.text(url)
    if not text.strip():
        raise ValueError("URL is required")
    known = "://" in text or text.startswith(_SCHEMES)
    return text if known else "https://" + text


def until(state: Any) -> navigation.WaitUntil:
    """When a page counts as loaded. Raises ValueError for what is no such state."""
    known = ("load", "domcontentloaded", "networkidle", "commit")
    text = coerce.text(state).lower() or "load"
    if text not in known:
        raise ValueError(f"there is no state {text!r} of a page; there are {', '.join(known)}")
    return cast(navigation.WaitUntil, text)
