"""Telling what goes wrong in a call of Playwright that concerns no single element."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from stratagem_web.diagnosis import closed, reason_of
from stratagem_web.errors import PageClosed, WaitTimeout, WebError
from stratagem_web.limits import within


@asynccontextmanager
async def telling(
    doing: str, timeout: float, failure: type[WebError] = WebError, late: type[WebError] = WaitTimeout
) -> AsyncIterator[None]:
    """Tells what Playwright raises within as ``failure``, and as ``late`` what takes longer than ``timeout`` seconds.

    ``doing`` is what is done, as in "reading cookies". A page that is gone is told as PageClosed.
    """
    from playwright.async_api import Error  # here, because it is slow to import

    try:
        with within(timeout, doing, late):
            yield
    except Error as error:
        reason = reason_of(error)
        if closed(error):
            raise PageClosed(f"the page was closed while {doing}: {reason}") from error
        raise failure(f"{doing} failed: {reason}") from error
