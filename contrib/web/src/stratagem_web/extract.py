"""Reading single things off a page."""

from stratagem_web.api import Page
from stratagem_web.elements import FrameSelector, element
from stratagem_web.limits import ms, within
from stratagem_web.registry import page_node
from stratagem_web.samples import on_page
from stratagem_web.selectors import Selector


@page_node(
    effect="read",
    outputs=("text",),
    examples=(on_page("extract_text", {"selector": "h1"}, {"text": "Shop"}),),
)
async def extract_text(
    page: Page,
    selector: Selector,
    visible_only: bool = True,
    trim: bool = True,
    frame: FrameSelector = "",
    timeout: float = 30.0,
) -> str:
    """Reads the text of an element, as it is seen; without ``visible_only`` also what is hidden in it."""
    async with element(page, selector, frame) as found:
        if visible_only:
            text = await found.inner_text(timeout=ms(timeout))
        else:
            text = await found.text_content(timeout=ms(timeout)) or ""
    return text.strip() if trim else text


@page_node(
    effect="read",
    outputs=("texts",),
    examples=(on_page("extract_texts", {"selector": "li"}, {"texts": ["Apples", "Pears"]}),),
)
async def extract_texts(
    page: Page, selector: Selector, trim: bool = True, frame: FrameSelector = "", timeout: float = 30.0
) -> list[str]:
    """Reads the texts of all elements that match, in their order; an empty list if there are none, without waiting."""
    async with element(page, selector, frame) as found:
        with within(timeout, f"reading the texts of {selector!r}"):
            texts = await found.all_inner_texts()
    return [text.strip() for text in texts] if trim else texts


@page_node(
    effect="read",
    outputs=("value",),
    examples=(on_page("extract_attribute", {"selector": "#more", "name": "href"}, {"value": "form.html"}),),
)
async def extract_attribute(
    page: Page, selector: Selector, name: str, frame: FrameSelector = "", timeout: float = 30.0
) -> str | None:
    """Reads an attribute of an element; None where it has no such attribute."""
    async with element(page, selector, frame) as found:
        return await found.get_attribute(name, timeout=ms(timeout))


@page_node(
    effect="read",
    outputs=("html",),
    examples=(on_page("extract_html", {"selector": "h1"}, {"html": "<h1>Shop</h1>"}),),
)
async def extract_html(
    page: Page, selector: Selector = "", inner: bool = False, frame: FrameSelector = "", timeout: float = 30.0
) -> str:
    """Reads the HTML of an element, or with ``inner`` of what is in it; of the whole page without a selector."""
    script = "(at, inner) => inner ? at.innerHTML : at === document.documentElement && document.doctype ? new XMLSerializer().serializeToString(document.doctype) + at.outerHTML : at.outerHTML"
    async with element(page, selector or ":root", frame) as found:
        html: str = await found.evaluate(script, inner, timeout=ms(timeout))
        return html


@page_node(
    effect="read",
    outputs=("value",),
    examples=(on_page("extract_value", {"selector": "#size"}, {"value": "s"}, start="form.html"),),
)
async def extract_value(page: Page, selector: Selector, frame: FrameSelector = "", timeout: float = 30.0) -> str:
    """Reads what is in a field of a form."""
    async with element(page, selector, frame) as found:
        return await found.input_value(timeout=ms(timeout))


@page_node(
    effect="read",
    outputs=("count",),
    examples=(on_page("count", {"selector": "li"}, {"count": 2}),),
)
async def count(page: Page, selector: Selector, frame: FrameSelector = "", timeout: float = 30.0) -> int:
    """Counts the elements that match now, without waiting for any."""
    async with element(page, selector, frame) as found:
        with within(timeout, f"counting {selector!r}"):
            return await found.count()


@page_node(effect="read", examples=(on_page("exists", {"selector": "#nothing"}, {"result": False}),))
async def exists(page: Page, selector: Selector, frame: FrameSelector = "", timeout: float = 30.0) -> bool:
    """Tells whether an element matches now, visible or not, without waiting for one."""
    return await count(page, selector, frame, timeout) > 0


@page_node(effect="read", examples=(on_page("is_visible", {"selector": "h1"}, {"result": True}),))
async def is_visible(page: Page, selector: Selector, frame: FrameSelector = "", timeout: float = 30.0) -> bool:
    """Tells whether the first element that matches now is visible; false if there is none."""
    async with element(page, selector, frame) as found:
        with within(timeout, f"looking at {selector!r}"):
            return await found.first.is_visible()


@page_node(effect="read", examples=(on_page("is_checked", {"selector": "#news"}, {"result": True}, start="form.html"),))
async def is_checked(page: Page, selector: Selector, frame: FrameSelector = "", timeout: float = 30.0) -> bool:
    """Tells whether a check box or radio button is ticked."""
    async with element(page, selector, frame) as found:
        return await found.is_checked(timeout=ms(timeout))
