"""The mouse: click, hover, drag, scroll."""

from typing import Annotated, Literal

from attrs import frozen

from stratagem import Duration, Reads
from stratagem_web.api import Page, Position
from stratagem_web.elements import FrameSelector, element, located
from stratagem_web.keys import read_modifiers
from stratagem_web.limits import ms
from stratagem_web.registry import page_node
from stratagem_web.samples import on_page
from stratagem_web.selectors import Selector

Button = Literal["left", "right", "middle"]
Modifier = Literal["Alt", "Control", "ControlOrMeta", "Meta", "Shift"]
Modifiers = Annotated[list[Modifier] | None, Reads(read_modifiers)]
Edge = Literal["", "top", "bottom"]

_SCROLL = """(_, [edge, x, y]) => {
    const page = document.scrollingElement || document.documentElement;
    if (edge) window.scrollTo({left: 0, top: edge === "top" ? 0 : page.scrollHeight, behavior: "instant"});
    window.scrollBy({left: x, top: y, behavior: "instant"});
    return [window.scrollX, window.scrollY];
}"""


@frozen
class Scrolled:
    """The scroll position of the page, or the frame, in pixels."""

    x: float
    y: float


@page_node(examples=(on_page("click", {"selector": "#more"}),))
async def click(
    page: Page,
    selector: Selector,
    button: Button = "left",
    count: int = 1,
    modifiers: Modifiers = None,
    force: bool = False,
    delay: Duration = 0.0,
    at: list[float] | None = None,
    frame: FrameSelector = "",
    timeout: float = 30.0,
) -> None:
    """Clicks an element, once it is visible, still, enabled and not covered.

    ``force`` clicks without waiting for that. ``count`` is the number of clicks, ``delay`` the seconds that the button
    is held down, ``modifiers`` the keys that are held meanwhile. ``at`` is where in the element, in pixels from its left
    and its top; left out, in its middle.
    """
    where: Position | None = None if at is None else {"x": at[0], "y": at[1]}
    async with element(page, selector, frame) as found:
        await found.click(
            button=button,
            click_count=count,
            modifiers=modifiers,
            force=force,
            delay=delay * 1000,
            position=where,
            timeout=ms(timeout),
        )


@page_node(examples=(on_page("double_click", {"selector": "#more"}),))
async def double_click(
    page: Page,
    selector: Selector,
    button: Button = "left",
    modifiers: Modifiers = None,
    force: bool = False,
    frame: FrameSelector = "",
    timeout: float = 30.0,
) -> None:
    """Clicks an element twice; inputs as for click."""
    async with element(page, selector, frame) as found:
        await found.dblclick(button=button, modifiers=modifiers, force=force, timeout=ms(timeout))


@page_node(examples=(on_page("hover", {"selector": "#more"}),))
async def hover(
    page: Page,
    selector: Selector,
    modifiers: Modifiers = None,
    force: bool = False,
    frame: FrameSelector = "",
    timeout: float = 30.0,
) -> None:
    """Moves the mouse over an element."""
    async with element(page, selector, frame) as found:
        await found.hover(modifiers=modifiers, force=force, timeout=ms(timeout))


@page_node(examples=(on_page("drag_and_drop", {"source": "#card", "target": "#basket"}, start="form.html"),))
async def drag_and_drop(
    page: Page,
    source: Selector,
    target: Selector,
    force: bool = False,
    frame: FrameSelector = "",
    timeout: float = 30.0,
) -> None:
    """Drags one element onto another, both in the same frame."""
    async with element(page, target, frame) as goal:
        await goal.wait_for(state="visible", timeout=ms(timeout))
    async with element(page, source, frame) as found:
        await found.drag_to(located(page, target, frame), force=force, timeout=ms(timeout))


@page_node(examples=(on_page("scroll", {"to": "bottom"}, {"x": 0}),))
async def scroll(
    page: Page,
    selector: Selector = "",
    to: Edge = "",
    x: float = 0.0,
    y: float = 0.0,
    frame: FrameSelector = "",
    timeout: float = 30.0,
) -> Scrolled:
    """Scrolls an element into view, or the page to its ``top`` or ``bottom``, then by ``x`` and ``y`` pixels."""
    if selector:
        async with element(page, selector, frame) as found:
            await found.scroll_into_view_if_needed(timeout=ms(timeout))
    async with element(page, ":root", frame) as root:
        at = await root.evaluate(_SCROLL, [to, x, y], timeout=ms(timeout))
    return Scrolled(*at)
