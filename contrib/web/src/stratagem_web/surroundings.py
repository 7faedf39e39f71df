"""Facts that a site gets to know of the browser: the size of its window, headers, where it is."""

from stratagem_std.secret_text import revealed
from stratagem_web.api import Page
from stratagem_web.registry import page_node
from stratagem_web.samples import on_page
from stratagem_web.telling import telling


@page_node(idempotent=True, examples=(on_page("set_viewport", {"width": 800, "height": 600}),))
async def set_viewport(page: Page, width: int, height: int, timeout: float = 30.0) -> None:
    """Sets the size of what the current tab shows, in pixels."""
    async with telling("setting the size of the window", timeout):
        await page.set_viewport_size({"width": width, "height": height})


@page_node(idempotent=True, examples=(on_page("set_headers", {"headers": {"X-Robot": "stratagem"}}),))
async def set_headers(page: Page, headers: dict[str, str], timeout: float = 30.0) -> None:
    """Sets headers that all requests of the current tab carry from now on, in place of those set before."""
    async with telling("setting headers", timeout):
        await page.set_extra_http_headers(revealed(headers))


@page_node(idempotent=True, examples=(on_page("set_geolocation", {"latitude": 52.5, "longitude": 13.4}),))
async def set_geolocation(
    page: Page, latitude: float, longitude: float, accuracy: float = 0.0, timeout: float = 30.0
) -> None:
    """Sets where the browser is, in degrees, and lets every site ask for it; ``accuracy`` is in metres."""
    async with telling("setting the place", timeout):
        await page.context.grant_permissions(["geolocation"])
        await page.context.set_geolocation({"latitude": latitude, "longitude": longitude, "accuracy": accuracy})
