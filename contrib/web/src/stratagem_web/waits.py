"""Waiting for what comes up on a page."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any, Literal

from stratagem_std.secret_text import plain, revealed
from stratagem_web.api import Locator, Page
from stratagem_web.diagnosis import PATIENCE
from stratagem_web.elements import FrameSelector, element, frame_of
from stratagem_web.errors import ElementNotReady, ScriptFailed, WaitTimeout
from stratagem_web.limits import ms, within
from stratagem_web.registry import page_node
from stratagem_web.samples import on_page
from stratagem_web.selectors import Selector
from stratagem_web.telling import telling

State = Literal["visible", "hidden", "attached", "detached"]
LoadState = Literal["load", "domcontentloaded", "networkidle"]


@page_node(effect="read", examples=(on_page("wait_for", {"selector": "#late"}, start="slow.html"),))
async def wait_for(
    page: Page, selector: Selector, state: State = "visible", frame: FrameSelector = "", timeout: float = 30.0
) -> None:
    """Waits until the first element that matches is visible, or gone, in the page at all, or out of it.

    ``state`` is ``visible``, ``hidden`` (not there counts), ``attached`` or ``detached``.
    """
    gone = state in ("hidden", "detached")
    async with element(page, selector, frame) as found:
        try:
            await found.first.wait_for(state=state, timeout=ms(timeout))
        except Exception as error:
            if gone and type(error).__name__ == "TimeoutError" and (count := await _count(found, selector)):
                which = "1 element still matches" if count == 1 else f"{count} elements still match"
                raise ElementNotReady(f"{which} {selector!r} on {page.url}, after {timeout:g} s") from error
            raise


@page_node(
    effect="read", examples=(on_page("wait_for_url", {"url": "**/form.html"}, then=("form.html",)),), outputs=("url",)
)
async def wait_for_url(page: Page, url: str, wait_until: LoadState = "load", timeout: float = 30.0) -> str:
    """Waits until the tab is at an address; ``**`` in it stands for anything, ``*`` for anything but a slash."""
    async with _waiting(page, f"the address {url}", timeout):
        await page.wait_for_url(plain(url), wait_until=wait_until, timeout=ms(timeout))
    return page.url


@page_node(effect="read", examples=(on_page("wait_for_load", {"state": "networkidle"}),))
async def wait_for_load(page: Page, state: LoadState = "load", timeout: float = 30.0) -> None:
    """Waits until the page has come to a state, as for open."""
    async with _waiting(page, f"the state {state!r}", timeout):
        await page.wait_for_load_state(state, timeout=ms(timeout))


@page_node(
    examples=(
        on_page(
            "wait_for_script",
            {"script": "n => document.querySelectorAll('li').length >= n", "arg": 2},
            {"result": True},
            start="slow.html",
        ),
    )
)
async def wait_for_script(
    page: Page, script: str, arg: Any = None, frame: FrameSelector = "", timeout: float = 30.0
) -> Any:
    """Runs a JavaScript expression or function over and over until it gives something true, which is handed on."""
    inside = await frame_of(page, frame, timeout)
    async with _waiting(page, "the script to give something true", timeout):
        handle = await inside.wait_for_function(plain(script), arg=revealed(arg), timeout=ms(timeout))
        value = await handle.json_value()
        await handle.dispose()
    return value


async def _count(found: Locator, selector: str) -> int:
    with within(PATIENCE, f"counting {selector!r}"):
        return await found.count()


@asynccontextmanager
async def _waiting(page: Page, what: str, timeout: float) -> AsyncIterator[None]:
    """Tells what Playwright raises within; its own time limit comes first, and tells where the page is."""
    from playwright.async_api import TimeoutError as PlaywrightTimeout

    async with telling(f"waiting for {what}", timeout + PATIENCE, failure=ScriptFailed):
        try:
            yield
        except PlaywrightTimeout as error:
            raise WaitTimeout(f"waited {timeout:g} s for {what}, and the page is {page.url}") from error
