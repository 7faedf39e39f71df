"""Forms: text, choices, keys."""

from stratagem_std.secret_text import plain
from stratagem_web.api import Page
from stratagem_web.elements import FrameSelector, element
from stratagem_web.limits import ms, within
from stratagem_web.registry import page_node
from stratagem_web.samples import on_page

# A field that has had no focus yet has its cursor at the beginning. Fields for numbers and mail do not let it be moved.
_TO_THE_END = """field => {
    try { field.setSelectionRange(field.value.length, field.value.length); return true } catch { return false }
}"""


@page_node(idempotent=True, examples=(on_page("fill", {"selector": "#name", "text": "Ada"}, start="form.html"),))
async def fill(
    page: Page, selector: str, text: str, force: bool = False, frame: FrameSelector = "", timeout: float = 30.0
) -> None:
    """Puts text into a field in place of what is there, at once; a secret is entered as it is."""
    async with element(page, selector, frame) as found:
        await found.fill(plain(text), force=force, timeout=ms(timeout))


@page_node(examples=(on_page("type", {"selector": "#name", "text": "Ada", "delay": 0.01}, start="form.html"),))
async def type_(
    page: Page, selector: str, text: str, delay: float = 0.0, frame: FrameSelector = "", timeout: float = 30.0
) -> None:
    """Types text key by key behind what is there, ``delay`` seconds apart: for fields that look at each key."""
    async with element(page, selector, frame) as found:
        await found.focus(timeout=ms(timeout))
        if not await found.evaluate(_TO_THE_END, timeout=ms(timeout)):
            await found.press("Control+End", timeout=ms(timeout))
        await found.press_sequentially(plain(text), delay=delay * 1000, timeout=ms(timeout))


@page_node(idempotent=True, examples=(on_page("clear", {"selector": "#name"}, start="form.html"),))
async def clear(
    page: Page, selector: str, force: bool = False, frame: FrameSelector = "", timeout: float = 30.0
) -> None:
    """Empties a field."""
    async with element(page, selector, frame) as found:
        await found.clear(force=force, timeout=ms(timeout))


@page_node(
    idempotent=True,
    examples=(
        on_page("select", {"selector": "#size", "value": "m"}, {"result": ["m"]}, start="form.html"),
        on_page("select", {"selector": "#size", "label": "Large"}, {"result": ["l"]}, start="form.html"),
        on_page("select", {"selector": "#size", "index": 0}, {"result": ["s"]}, start="form.html"),
    ),
)
async def select(
    page: Page,
    selector: str,
    value: str | list[str] | None = None,
    label: str | list[str] | None = None,
    index: int | list[int] | None = None,
    force: bool = False,
    frame: FrameSelector = "",
    timeout: float = 30.0,
) -> list[str]:
    """Chooses options of a drop-down list by their value, their label or their place counted from 0; gives the values.

    What was chosen before is not any more; in a list that allows it, several are chosen at once.
    """
    if sum(given is not None for given in (value, label, index)) != 1:
        raise ValueError("give one of value, label and index")
    async with element(page, selector, frame) as found:
        return await found.select_option(value, label=label, index=index, force=force, timeout=ms(timeout))


@page_node(idempotent=True, examples=(on_page("check", {"selector": "#agree"}, start="form.html"),))
async def check(
    page: Page, selector: str, force: bool = False, frame: FrameSelector = "", timeout: float = 30.0
) -> None:
    """Ticks a check box or chooses a radio button; leaves it as it is if it is ticked."""
    async with element(page, selector, frame) as found:
        await found.check(force=force, timeout=ms(timeout))


@page_node(idempotent=True, examples=(on_page("uncheck", {"selector": "#news"}, start="form.html"),))
async def uncheck(
    page: Page, selector: str, force: bool = False, frame: FrameSelector = "", timeout: float = 30.0
) -> None:
    """Takes the tick out of a check box."""
    async with element(page, selector, frame) as found:
        await found.uncheck(force=force, timeout=ms(timeout))


@page_node(
    examples=(
        on_page("press", {"key": "Enter", "selector": "#name"}, start="form.html"),
        on_page("press", {"key": "Control+A"}, start="form.html"),
    )
)
async def press(
    page: Page, key: str, selector: str = "", delay: float = 0.0, frame: FrameSelector = "", timeout: float = 30.0
) -> None:
    """Presses a key, such as ``Enter`` or ``Control+A``, in an element, or where the focus is.

    ``delay`` is how many seconds it is held down.
    """
    async with element(page, selector or ":root", frame) as found:
        if selector:
            await found.press(key, delay=delay * 1000, timeout=ms(timeout))
        else:
            with within(timeout, f"pressing {key}"):
                await page.keyboard.press(key, delay=delay * 1000)


@page_node(idempotent=True, examples=(on_page("focus", {"selector": "#name"}, start="form.html"),))
async def focus(page: Page, selector: str, frame: FrameSelector = "", timeout: float = 30.0) -> None:
    """Gives an element the focus."""
    async with element(page, selector, frame) as found:
        await found.focus(timeout=ms(timeout))
