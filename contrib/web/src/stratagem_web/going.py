"""Going: a navigation that is done again where one from before came between, and leaves nothing behind that harms the next.

Chromium tells that a page can't be reached before it shows its own page of the error. What is opened meanwhile is
interrupted by that one, and so by any that was still on its way.
"""

from __future__ import annotations

import re
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager, suppress
from typing import Final, TypeVar

from anyio import Event, move_on_after, sleep

from stratagem_web.api import Frame, Page
from stratagem_web.diagnosis import PATIENCE, closed, reason_of, waited
from stratagem_web.errors import NavigationFailed, PageClosed

T = TypeVar("T")

_ERROR_PAGE: Final = "chrome-error:"

_BETWEEN: Final = ("is interrupted by another navigation", "Not attached to an active page")
"""Playwright's messages where another document has come between, or comes just now."""

_TRIES: Final = 5
_PAUSE: Final = 0.05
_MOMENT: Final = 0.5
"""Seconds in which a document shows that has ended a navigation."""


async def going(page: Page, url: str, wait_until: str, act: Callable[[], Awaitable[T]]) -> T:
    """Return what ``act`` gives, which goes to ``url``; what Playwright raises is told as a NavigationFailed."""
    from playwright.async_api import Error

    for attempt in range(1, _TRIES):
        try:
            return await _once(page, act)
        except _Interrupted:
            await _settled(page)
            await sleep(_PAUSE * attempt)
        except Error as error:
            raise _told(error, url, wait_until) from error
    try:
        return await _once(page, act)
    except _Interrupted as error:
        raise _told(error.by, url, wait_until) from error.by
    except Error as error:
        raise _told(error, url, wait_until) from error


class _Interrupted(Exception):  # noqa: N818 - named for what has happened
    """Another document has come between; ``by`` is what Playwright said of it."""

    def __init__(self, by: Exception) -> None:
        super().__init__(str(by))
        self.by = by


async def _once(page: Page, act: Callable[[], Awaitable[T]]) -> T:
    """Waits out what a failure leaves on its way: the browser's page of the error, or the page that came too late."""
    from playwright.async_api import Error
    from playwright.async_api import TimeoutError as PlaywrightTimeout

    with _watched(page) as come:
        try:
            answer = await act()
            if page.url.startswith(_ERROR_PAGE):  # what was on its way has come after all
                raise _Interrupted(Error(f"it was replaced by {page.url}"))
            return answer
        except PlaywrightTimeout:
            if not come.is_set():
                await _stop(page)
            raise
        except Error as error:
            if "net::ERR_" in str(error):
                aborted = "ERR_ABORTED" in str(error)  # by another document, or because there is none, as of a download
                with move_on_after(_MOMENT if aborted else PATIENCE):
                    await come.wait()
                if aborted and come.is_set():
                    raise _Interrupted(error) from error
            if any(said in str(error) for said in _BETWEEN):
                raise _Interrupted(error) from error
            raise


@contextmanager
def _watched(page: Page) -> Iterator[Event]:
    """An event that is set once another document is in the tab."""
    come = Event()

    def note(frame: Frame) -> None:
        if frame is page.main_frame:
            come.set()

    page.on("framenavigated", note)
    try:
        yield come
    finally:
        with suppress(KeyError):  # the page is closed, and its listeners with it
            page.remove_listener("framenavigated", note)


async def _settled(page: Page) -> None:
    """Waits until what came between is there, so that it does not do so again."""
    from playwright.async_api import Error

    with suppress(Error):
        await page.wait_for_load_state("domcontentloaded", timeout=1000 * PATIENCE)


async def _stop(page: Page) -> None:
    """Gives up a page that is still on its way."""
    from playwright.async_api import Error

    with move_on_after(PATIENCE), suppress(Error):
        await page.evaluate("window.stop()")


def _told(error: Exception, url: str, wait_until: str) -> Exception:
    from playwright.async_api import TimeoutError as PlaywrightTimeout

    reason = reason_of(error)
    if closed(error):
        return PageClosed(f"the page was closed while {url} was opened: {reason}")
    if isinstance(error, PlaywrightTimeout):
        hint = "Raise timeout, or wait for less with wait_until."
        return NavigationFailed(f"{url} did not come to {wait_until!r} {waited(error)}. {hint}")
    return NavigationFailed(f"{url} can't be opened: {_why(reason)}")


def _why(reason: str) -> str:
    if "Download is starting" in reason:
        return "it is a download; use web.download"
    if "invalid URL" in reason:
        return "it is no URL, which begins with a scheme such as https://"
    net = re.search(r"net::(ERR_\w+)", reason)
    return net[1] if net else reason
