"""Diagnosis: what the page has in place of what was looked for, and what to do about it."""

import re
from collections.abc import Sequence
from contextlib import suppress

from anyio import move_on_after

from stratagem_std.secret_text import plain
from stratagem_web.api import Locator, Page
from stratagem_web.errors import BadSelector, ElementNotFound, ElementNotReady, PageClosed, SeveralElements, WebError
from stratagem_web.selectors import read_selector

PATIENCE = 2.0
"""Seconds that looking at the page may take: it may be what hangs."""

_UNREADABLE = re.compile(
    r"while parsing|Unexpected token|Unknown engine|not a valid (?:selector|XPath)|Malformed", re.I
)
_TOO_MANY = re.compile(r"strict mode violation: .* resolved to (\d+) elements")
_COVERING = re.compile(r"(<.*>) (?:from .* )?(?:subtree )?intercepts pointer events")
_HINTS = {
    'Input of type "checkbox"': "Use web.check or web.uncheck.",
    'Input of type "radio"': "Use web.check.",
    'Input of type "file"': "Use web.upload.",
    "cannot be filled": "Use web.click.",
    "is not an <input>, <textarea>": "Name the field itself; for a drop-down list use web.select.",
    "is not a <select>": "Use web.fill for a field, and web.click for a list that the page has made itself.",
    "Not a checkbox or radio button": "Name the box itself, or use web.click.",
    "Non-multiple file input": "Its page lets one file be chosen.",
}
"""The remedies, by what Playwright says."""

_PREFIX = re.compile(r"^(?:\w+\.\w+: )?(?:Error: )?")


def reason_of(error: Exception) -> str:
    """The first line of what Playwright says: without the method's name, and without its log of calls."""
    return _PREFIX.sub("", str(error).partition("\n")[0]).rstrip(". ")


def closed(error: Exception) -> bool:
    """Return whether it says that the page or its browser is gone."""
    return type(error).__name__ == "TargetClosedError" or "Target crashed" in str(error)


async def diagnosed(error: Exception, page: Page, found: Locator, selector: str, frames: Sequence[str]) -> WebError:
    """The error to tell of an element that Playwright could not work with."""
    from playwright.async_api import Error as PlaywrightError
    from playwright.async_api import TimeoutError as PlaywrightTimeout

    if closed(error):
        return PageClosed(f"the page was closed while {selector!r} was looked for: {reason_of(error)}")
    if (many := _TOO_MANY.search(str(error))) is not None:
        hint = "Make the selector narrower, or choose one: put '>> nth=0' behind it for the first."
        return SeveralElements(f"{selector!r} matches {many[1]} elements on {page.url}, and one is needed. {hint}")
    if _UNREADABLE.search(reason_of(error)):
        return BadSelector(_unreadable(error, selector, frames))
    if not isinstance(error, PlaywrightTimeout):
        told = f"{reason_of(error)}: {selector!r} on {page.url}"
        hint = next((hint for said, hint in _HINTS.items() if said in str(error)), "")
        return WebError(f"{told}. {hint}" if hint else told)
    try:
        with move_on_after(PATIENCE):
            return await _late(error, page, found, selector, frames)
    except PlaywrightError as gone:  # it changed while it was looked at
        return ElementNotReady(f"{selector!r} on {page.url}, {waited(error)}: {reason_of(gone)}")
    return ElementNotReady(f"{selector!r} on {page.url}: {waited(error)}, and the page does not answer any more")


def _unreadable(error: Exception, selector: str, frames: Sequence[str]) -> str:
    for each in (selector, *frames):
        try:
            read_selector(each)
        except ValueError as found:
            return str(found)
    return f"expected a selector, got {selector!r}: {reason_of(error)}"


async def _late(error: Exception, page: Page, found: Locator, selector: str, frames: Sequence[str]) -> WebError:
    count = await found.count()
    if not count:
        where = f"{page.url}{' in the frame ' + ' in '.join(map(repr, reversed(frames))) if frames else ''}"
        instead = await _instead(page, selector, frames)
        return ElementNotFound(f"nothing matches {selector!r} on {where}, {waited(error)}. {instead}")
    which = "1 element" if count == 1 else f"{count} elements, the first of"
    state, hint = await _state(error, found.first)
    what = f"{selector!r} matches {which} which {state} on {page.url}, {waited(error)}"
    return ElementNotReady(f"{what}. {hint}" if hint else what)


async def _state(error: Exception, found: Locator) -> tuple[str, str]:
    """Return what keeps an element from being worked with, and what to do.

    The page may have changed since: then nothing.
    """
    said = str(error)
    if covering := _COVERING.findall(said):
        return f"is covered by {covering[-1]}", "Close what covers it first, or set force."
    if not await found.is_visible():
        return "is hidden", ""
    if "not enabled" in said:
        return "is disabled", ""
    if "not editable" in said:
        return "is read-only", ""
    if "did not find some options" in said:
        return "has no such option", ""
    return ("does not keep still" if "not stable" in said else "was not as it had to be"), ""


async def _instead(page: Page, selector: str, frames: Sequence[str]) -> str:
    """Return where else the selector matches: in another frame, or outside of the one named."""
    from playwright.async_api import Error

    if frames and not await page.locator(plain(frames[0])).count():
        return f"There is no frame {frames[0]!r}."
    for frame in page.frames:
        with suppress(Error):  # a frame may go while it is looked at
            if await frame.locator(plain(selector)).count():
                where = "outside of that frame" if frame is page.main_frame else f"in a frame of {frame.url}"
                return f"It does match {where}: {'leave frame out' if frame is page.main_frame else 'set frame'}."
    if page.url == "about:blank":
        return "Nothing is open in this page: steps share one in the body of web.browser, or after web.open_browser."
    return "Check the selector, or wait first for what brings the element up."


def waited(error: Exception) -> str:
    """Return how long Playwright has waited before it gave up, as it says."""
    limit = re.search(r"Timeout ([\d.]+)ms exceeded", str(error))
    if limit is None:
        return "in time"
    seconds = float(limit[1]) / 1000
    return f"after {round(seconds, 1 if seconds > 1 else 2):g} s"  # what earlier calls of a node took is left out
