"""Forms: text, choices, keys."""

from stratagem import Duration
from stratagem_std.secret_text import plain
from stratagem_web.api import Page
from stratagem_web.elements import FrameSelector, element
from stratagem_web.errors import NotTaken
from stratagem_web.fields import field_of, took, typed
from stratagem_web.keys import Key, read_key
from stratagem_web.limits import ms, within
from stratagem_web.registry import page_node
from stratagem_web.samples import on_page
from stratagem_web.selectors import Selector

# A field that has had no focus yet has its cursor at the beginning. Fields for numbers and mail do not let it be moved.
_TO_THE_END = """field => {
    try { field.setSelectionRange(field.value.length, field.value.length); return true } catch { return false }
}"""


@page_node(idempotent=True, examples=(on_page("fill", {"selector": "#name", "text": "Ada"}, start="form.html"),))
async def fill(
    page: Page,
    selector: Selector,
    text: str,
    force: bool = False,
    verify: bool = True,
    frame: FrameSelector = "",
    timeout: float = 30.0,
) -> None:
    """Puts text into a field in place of what is there, at once; a secret is entered as it is.

    Raises NotTaken, with what the field wants, where it does not hold the text then: it stays empty or as it was, or has
    a part of it. What a page only reformats counts as taken. Without ``verify`` it is not looked at.
    """
    async with element(page, selector, frame) as found, field_of(found, selector, page.url, timeout) as field:
        before = await field.held()
        try:
            await found.fill(plain(text), force=force, timeout=ms(timeout))
        except Exception as error:
            if before is not None and "Cannot type text into" in str(error):
                raise field.refusal(text, before) from error
            raise
        if verify and (now := await field.held()) is not None and not took(text, before, now):
            raise field.refusal(text, now)


@page_node(examples=(on_page("type", {"selector": "#name", "text": "Ada", "delay": 0.01}, start="form.html"),))
async def type_(
    page: Page, selector: Selector, text: str, delay: Duration = 0.0, frame: FrameSelector = "", timeout: float = 30.0
) -> None:
    """Types text key by key behind what is there, ``delay`` seconds apart: for fields that look at each key.

    Raises NotTaken where the field's own rules have kept it out, such as those of a field for numbers.
    """
    async with element(page, selector, frame) as found, field_of(found, selector, page.url, timeout) as field:
        before = await field.held()
        if before is not None and before.readOnly:
            await field.writable()
        await found.focus(timeout=ms(timeout))
        if not await found.evaluate(_TO_THE_END, timeout=ms(timeout)):
            await found.press("Control+End", timeout=ms(timeout))
        await found.press_sequentially(plain(text), delay=delay * 1000, timeout=ms(timeout))
        if (now := await field.held()) is not None and not typed(text, before, now):
            raise field.refusal(text, now)


@page_node(idempotent=True, examples=(on_page("clear", {"selector": "#name"}, start="form.html"),))
async def clear(
    page: Page, selector: Selector, force: bool = False, frame: FrameSelector = "", timeout: float = 30.0
) -> None:
    """Empties a field; raises NotTaken where something stays in it."""
    await fill(page, selector, "", force, frame=frame, timeout=timeout)


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
    selector: Selector,
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
        chosen = await found.select_option(value, label=label, index=index, force=force, timeout=ms(timeout))
    wanted = next(given for given in (value, label, index) if given is not None)
    if isinstance(wanted, list) and len(chosen) < len(set(wanted)):
        raise NotTaken(f"{selector!r} on {page.url} did not take {wanted!r}: one option of it can be chosen at a time")
    return chosen


@page_node(idempotent=True, examples=(on_page("check", {"selector": "#agree"}, start="form.html"),))
async def check(
    page: Page, selector: Selector, force: bool = False, frame: FrameSelector = "", timeout: float = 30.0
) -> None:
    """Ticks a check box or chooses a radio button; leaves it as it is if it is ticked."""
    async with element(page, selector, frame) as found:
        await found.check(force=force, timeout=ms(timeout))


@page_node(idempotent=True, examples=(on_page("uncheck", {"selector": "#news"}, start="form.html"),))
async def uncheck(
    page: Page, selector: Selector, force: bool = False, frame: FrameSelector = "", timeout: float = 30.0
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
    page: Page,
    key: Key,
    selector: Selector = "",
    delay: Duration = 0.0,
    frame: FrameSelector = "",
    timeout: float = 30.0,
) -> None:
    """Presses a key, such as ``Enter`` or ``Control+A``, in an element, or where the focus is.

    ``delay`` is how many seconds it is held down.
    """
    read_key(key)
    async with element(page, selector or ":root", frame) as found:
        if selector:
            await found.press(key, delay=delay * 1000, timeout=ms(timeout))
        else:
            with within(timeout, f"pressing {key}"):
                await page.keyboard.press(key, delay=delay * 1000)


@page_node(idempotent=True, examples=(on_page("focus", {"selector": "#name"}, start="form.html"),))
async def focus(page: Page, selector: Selector, frame: FrameSelector = "", timeout: float = 30.0) -> None:
    """Gives an element the focus."""
    async with element(page, selector, frame) as found:
        await found.focus(timeout=ms(timeout))
