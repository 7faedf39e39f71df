"""Pictures and prints of a page, written whole or not at all."""

from pathlib import Path
from typing import Literal, TypedDict

from anyio import move_on_after

from stratagem import Context, atomic, run_in_thread
from stratagem_std.paths import writable
from stratagem_web.api import Page
from stratagem_web.diagnosis import PATIENCE, reason_of
from stratagem_web.elements import FrameSelector, element
from stratagem_web.errors import WebError
from stratagem_web.limits import ms
from stratagem_web.registry import page_node
from stratagem_web.samples import on_page
from stratagem_web.selectors import Selector
from stratagem_web.session import Session
from stratagem_web.telling import telling

ImageType = Literal["png", "jpeg"]
JPEG_SUFFIXES = (".jpg", ".jpeg")


class _Shot(TypedDict):
    """The options that pictures of a page and of an element have in common."""

    type: ImageType
    quality: int | None
    omit_background: bool
    scale: Literal["css", "device"]
    animations: Literal["allow", "disabled"]
    timeout: float


@page_node(
    outputs=("path",),
    writes=("file:{path}",),
    examples=(
        on_page("screenshot", {"path": "shots/page.png", "full_page": True}, {"path": "shots/page.png"}),
        on_page("screenshot", {"path": "shots/table.jpg", "selector": "#prices", "quality": 80}),
    ),
)
async def screenshot(
    page: Page,
    path: str,
    context: Context,
    selector: Selector = "",
    full_page: bool = False,
    type: ImageType | None = None,
    quality: int | None = None,
    transparent: bool = False,
    animations: bool = True,
    device_pixels: bool = True,
    overwrite: bool = True,
    frame: FrameSelector = "",
    timeout: float = 30.0,
) -> str:
    """Takes a picture of what is in view, of the whole page, or of an element; gives the file's path.

    ``type`` is ``png`` or ``jpeg``, by default what the path ends with; ``quality`` (0 to 100) is for JPEG alone.
    ``transparent`` leaves the white background out. Without ``animations`` they are shown as they end; without
    ``device_pixels`` the picture has a pixel for each of the page's, however fine the screen is.
    """
    target = writable(path, context, overwrite, parents=True)
    how = _Shot(
        type=type or ("jpeg" if target.suffix.lower() in JPEG_SUFFIXES else "png"),
        quality=quality,
        omit_background=transparent,
        scale="device" if device_pixels else "css",
        animations="allow" if animations else "disabled",
        timeout=ms(timeout),
    )
    async with element(page, selector or ":root", frame) as found:
        image = await (found.screenshot(**how) if selector else page.screenshot(**how, full_page=full_page))
    await run_in_thread(atomic.write_bytes, target, image)
    return path


@page_node(
    outputs=("path",),
    writes=("file:{path}",),
    examples=(on_page("pdf", {"path": "page.pdf"}, {"path": "page.pdf"}),),
)
async def pdf(
    page: Page,
    path: str,
    context: Context,
    format: str = "A4",
    landscape: bool = False,
    background: bool = True,
    scale: float = 1.0,
    pages: str = "",
    overwrite: bool = True,
    timeout: float = 30.0,
) -> str:
    """Prints the page to a PDF file, which only Chromium without a window can; gives the file's path.

    ``pages`` are those to print, as in ``1-3, 5``; all if it is empty.
    """
    target = writable(path, context, overwrite, parents=True)
    async with telling(f"printing {page.url}", timeout):
        content = await page.pdf(
            format=format, landscape=landscape, print_background=background, scale=scale, page_ranges=pages
        )
    await run_in_thread(atomic.write_bytes, target, content)
    return path


async def keep_failure(session: Session, path: str, context: Context) -> None:
    """Keeps a picture of the page on which a node has just failed.

    What hinders that is logged: the node's own failure is what is to be told.
    """
    from playwright.async_api import Error

    try:
        target: Path = writable(path, context, overwrite=True, parents=True)
        with move_on_after(PATIENCE) as patient:
            image = await session.tab.screenshot(timeout=ms(PATIENCE))
        if patient.cancelled_caught:
            raise TimeoutError(f"the page did not answer within {PATIENCE:g} s")
        await run_in_thread(atomic.write_bytes, target, image)
    except (Error, WebError, OSError, ValueError) as error:
        reason = reason_of(error)
        context.log.warning("no picture of the failure could be kept: %s", reason)
    else:
        context.log.warning("a picture of the failure is kept in %s", path)
        context.artifact(target, "screenshot")
