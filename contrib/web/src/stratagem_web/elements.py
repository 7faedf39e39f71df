"""Elements of a page: found by selector, and what to say where one can't be worked with."""

from collections.abc import AsyncIterator, Iterable
from contextlib import asynccontextmanager
from typing import Annotated

from stratagem import Reads
from stratagem_std.secret_text import plain
from stratagem_web.api import Frame, FrameLocator, Locator, Page
from stratagem_web.diagnosis import diagnosed
from stratagem_web.errors import ElementNotFound
from stratagem_web.limits import ms
from stratagem_web.selectors import read_selector

FrameSelector = Annotated[str | list[str], Reads(read_selector)]
"""The selector of an ``iframe``; several lead into frames within frames, outermost first."""


def located(page: Page, selector: str, frame: FrameSelector = "") -> Locator:
    """Return what a selector stands for, looked up anew at each use. Raises ValueError for an empty selector."""
    if not selector:
        raise ValueError("the selector is empty")
    return _scope(page, _steps(frame)).locator(plain(selector))


@asynccontextmanager
async def element(page: Page, selector: str, frame: FrameSelector = "") -> AsyncIterator[Locator]:
    """The one element that a selector stands for; what Playwright raises within is told as a WebError."""
    from playwright.async_api import Error  # here, because it is slow to import

    found = located(page, selector, frame)
    try:
        yield found
    except Error as error:
        raise await diagnosed(error, page, found, selector, _steps(frame)) from error


async def frame_of(page: Page, frame: FrameSelector, timeout: float) -> Frame:
    """The frame itself, the page's own without a selector. Raises ElementNotFound where the element is no frame."""
    *outer, last = _steps(frame) or [""]
    if not last:
        return page.main_frame
    async with element(page, last, outer) as found:
        handle = await found.element_handle(timeout=ms(timeout))
        inner = await handle.content_frame()
        await handle.dispose()
    if inner is None:
        raise ElementNotFound(f"{last!r} matches no frame on {page.url}. Name the iframe element itself.")
    return inner


def _steps(frame: FrameSelector) -> list[str]:
    return [each for each in ([frame] if isinstance(frame, str) else frame) if each]


def _scope(page: Page, frames: Iterable[str]) -> Page | FrameLocator:
    scope: Page | FrameLocator = page
    for each in frames:
        scope = scope.frame_locator(plain(each))
    return scope
