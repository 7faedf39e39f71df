"""Nodes that act on the elements of a page."""

from typing import Any, cast

import anyio
from attrs import frozen

from stratagem import brief
from stratagem_casare import coerce
from stratagem_casare.nodes.browser import until
from stratagem_casare.nodes.browser_node import LIMIT, browser_node, first_of, handle_of, seconds
from stratagem_web import forms, mouse, waits
from stratagem_web.api import Page


@frozen
class Found:
    """The tab, and that the element is as it was waited for."""

    page: str
    found: bool


@browser_node("ClickElementNode", outputs=("page",))
async def click_element(
    page: Page,
    selector: Any = "",
    timeout: Any = LIMIT,
    button: Any = "left",
    click_count: Any = 1,
    delay: Any = 0,
    force: Any = False,
    position_x: Any = None,
    position_y: Any = None,
    modifiers: Any = None,
    fast_mode: Any = False,
    strict: Any = False,
) -> str:
    """Clicks an element; ``delay`` is in milliseconds."""
    await mouse.click(
        page,
        first_of(selector, strict),
        button=cast(mouse.Button, coerce.text(button) or "left"),
        count=coerce.whole(click_count, 1),
        modifiers=cast(list[mouse.Modifier], coerce.items(modifiers)) or None,
        force=coerce.truth(force),
        delay=coerce.number(delay) / 1000,
        at=_position(position_x, position_y),
        timeout=seconds(timeout),
    )
    return handle_of(page)


@browser_node("TypeTextNode", outputs=("page",))
async def type_text(
    page: Page,
    selector: Any = "",
    text: Any = "",
    delay: Any = 0,
    timeout: Any = LIMIT,
    clear_first: Any = True,
    press_sequentially: Any = False,
    force: Any = False,
    press_enter_after: Any = False,
    press_tab_after: Any = False,
    no_wait_after: Any = False,
    fast_mode: Any = False,
    strict: Any = False,
) -> str:
    """Types text into a field, in place of what is there unless ``clear_first`` is false.

    With ``press_sequentially`` or a ``delay`` (milliseconds) it is typed key by key.
    """
    at, limit, what = first_of(selector, strict), seconds(timeout), coerce.text(text)
    clear, by_key = coerce.truth(clear_first), coerce.truth(press_sequentially) or coerce.number(delay) > 0
    if clear:
        await forms.fill(page, at, "" if by_key else what, force=coerce.truth(force), timeout=limit)
    if by_key or not clear:
        await forms.type_(page, at, what, delay=coerce.number(delay) / 1000, timeout=limit)
    for key, wanted in (("Enter", press_enter_after), ("Tab", press_tab_after)):
        if coerce.truth(wanted):
            await forms.press(page, key, at, timeout=limit)
    return handle_of(page)


@browser_node("SelectDropdownNode", outputs=("page",))
async def select_dropdown(
    page: Page,
    selector: Any = "",
    value: Any = "",
    timeout: Any = LIMIT,
    force: Any = False,
    select_by: Any = "value",
    no_wait_after: Any = False,
    strict: Any = False,
) -> str:
    """Chooses an option by its ``value``, its ``label`` or its ``index``."""
    wanted: dict[str, Any] = {"value": coerce.text(value), "label": coerce.text(value)}
    by = coerce.text(select_by).lower() or "value"
    if by == "index":
        wanted["index"] = coerce.whole(value)
    if by not in wanted:
        raise ValueError(f"one can't select by {brief(by)}; there are value, label and index")
    how = {"force": coerce.truth(force), "timeout": seconds(timeout), by: wanted[by]}
    await forms.select(page, first_of(selector, strict), **how)
    return handle_of(page)


@browser_node("PressKeyNode", outputs=("page",))
async def press_key(page: Page, key: Any = "Enter", delay: Any = 0, timeout: Any = LIMIT) -> str:
    """Presses a key where the focus is; ``delay`` is how many milliseconds it is held."""
    await forms.press(page, coerce.text(key) or "Enter", delay=coerce.number(delay) / 1000, timeout=seconds(timeout))
    return handle_of(page)


@browser_node("WaitForElementNode", effect="read")
async def wait_for_element(
    page: Page,
    selector: Any = "",
    timeout: Any = LIMIT,
    state: Any = "visible",
    strict: Any = False,
    highlight_on_find: Any = False,
) -> Found:
    """Waits until an element is visible, hidden, attached or detached; fails if it is not in time."""
    known = cast(waits.State, coerce.text(state).lower() or "visible")
    await waits.wait_for(page, first_of(selector, strict), state=known, timeout=seconds(timeout))
    return Found(handle_of(page), True)


@browser_node("BrowserWaitNode", effect="read", outputs=("page",))
async def browser_wait(
    page: Page, wait_type: Any = "timeout", timeout: Any = 1000, selector: Any = "", state: Any = "visible"
) -> str:
    """Waits ``timeout`` milliseconds, or at most as long for an element or for the page to load, by ``wait_type``."""
    match coerce.text(wait_type).lower():
        case "timeout" | "time" | "":
            await anyio.sleep(max(coerce.number(timeout, 1000), 0) / 1000)
        case "selector" | "element":
            known = cast(waits.State, coerce.text(state).lower() or "visible")
            await waits.wait_for(page, first_of(selector), state=known, timeout=seconds(timeout))
        case "load" | "navigation":
            await waits.wait_for_load(page, timeout=seconds(timeout))
        case other:
            await waits.wait_for_load(page, cast(waits.LoadState, until(other)), timeout=seconds(timeout))
    return handle_of(page)


def _position(x: Any, y: Any) -> list[float] | None:
    """Return where to click in an element: where only one is given, the other is its edge; at 0, 0 it is not given."""
    at = [coerce.number(x), coerce.number(y)]
    return at if any(at) else None
