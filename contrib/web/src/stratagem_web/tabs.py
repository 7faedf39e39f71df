"""Tabs and frames."""

from fnmatch import fnmatchcase

from anyio import sleep
from attrs import frozen

from stratagem_std.secret_text import plain
from stratagem_web.api import Page
from stratagem_web.diagnosis import PATIENCE
from stratagem_web.errors import PageClosed, WaitTimeout, WebError
from stratagem_web.limits import within
from stratagem_web.navigation import WaitUntil, open_, title_of
from stratagem_web.registry import page_node
from stratagem_web.samples import on_page
from stratagem_web.session import Session, session_of
from stratagem_web.telling import telling

_LOOK_AGAIN = 0.05


@frozen
class TabInfo:
    """A tab: its place, counted from 0, its address and its title."""

    index: int
    url: str
    title: str


@page_node(
    effect="read",
    outputs=("tabs",),
    examples=(
        on_page("list_tabs", {}, {"tabs": [{"index": 0, "url": "http://localhost:8000/index.html", "title": "Shop", "current": True}]}),
    ),
)  # fmt: skip
async def list_tabs(page: Page, timeout: float = 30.0) -> list[dict[str, object]]:
    """Lists the open tabs in the order in which they were opened: ``index``, ``url``, ``title``, ``current``."""
    with within(timeout, "listing the tabs"):
        return [
            {"index": index, "url": tab.url, "title": await _title(tab), "current": tab is page}
            for index, tab in enumerate(page.context.pages)
        ]


@page_node(examples=(on_page("new_tab", {"url": "{{ site }}/form.html"}, {"index": 1, "title": "Form"}),))
async def new_tab(page: Page, url: str = "", wait_until: WaitUntil = "load", timeout: float = 30.0) -> TabInfo:
    """Opens another tab, with a page if a URL is given; the nodes that follow work on it."""
    tab = await opened_tab(page, timeout)
    if url:
        await open_(tab, url, wait_until=wait_until, timeout=timeout)
    return await _told(tab)


@page_node(
    examples=(
        on_page("switch_tab", {"index": 0}, {"title": "Shop"}, more=(("web.new_tab", {}),)),
        on_page(
            "switch_tab",
            {"url": "*/form.html"},
            {"index": 0},
            start="form.html",
            more=(("web.click", {"selector": "#in_new_tab"}),),
        ),
    )
)
async def switch_tab(
    page: Page, index: int | None = None, url: str = "", title: str = "", timeout: float = 30.0
) -> TabInfo:
    """Goes to another tab, which the nodes that follow work on; waits for one that is about to open.

    It is chosen by its place (from 0, or from the end if negative), by its address or by its title, in which ``*``
    stands for anything. Raises WaitTimeout, with the tabs that there are.
    """
    if sum((index is not None, bool(url), bool(title))) != 1:
        raise ValueError("give one of index, url and title")
    wanted = f"the tab {index if index is not None else url or title}"
    try:
        with within(timeout, wanted):
            # Titles and addresses change without an event that could be waited for.
            while (found := await _matching(page, index, plain(url), title)) is None:  # noqa: ASYNC110 - as said above
                await sleep(_LOOK_AGAIN)
    except WaitTimeout:
        tabs = ", ".join(tab.url for tab in page.context.pages)
        raise WaitTimeout(f"{wanted} did not open within {timeout:g} s; there are: {tabs}") from None
    session_of(page).choose(found)
    return await _told(found)


@page_node(examples=(on_page("close_tab", {}, {"index": 0, "title": "Shop"}, more=(("web.new_tab", {}),)),))
async def close_tab(page: Page, timeout: float = 30.0) -> TabInfo:
    """Closes the current tab; the nodes that follow work on the one that was opened last. Tells which that is.

    Raises WebError for the only tab.
    """
    if len(page.context.pages) == 1:
        raise WebError(f"this is the only tab, with {page.url}; it is closed with its browser")
    session: Session = session_of(page)
    with within(timeout, "closing the tab"):
        await page.close()
    return await _told(session.tab)


@page_node(
    effect="read",
    outputs=("frames",),
    examples=(
        on_page("list_frames", {}, {"frames": [{"name": "inner", "url": "http://localhost:8000/inner.html"}, {"name": "deep", "url": "about:srcdoc"}]}, start="frames.html"),
    ),
)  # fmt: skip
async def list_frames(page: Page) -> list[dict[str, str]]:
    """Lists the frames in the page, those within frames included: ``name`` and ``url``."""
    return [{"name": frame.name, "url": frame.url} for frame in page.frames if frame is not page.main_frame]


async def opened_tab(page: Page, timeout: float, name: str = "") -> Page:
    """A new tab beside ``page``, which is the current one from now on; by ``name`` it is found again."""
    async with telling("opening a tab", timeout):
        tab = await page.context.new_page()
    return session_of(page).choose(tab, name)


async def _title(tab: Page) -> str:
    """The title of a tab; empty for one that is closed meanwhile, or does not answer."""
    try:
        return await title_of(tab, PATIENCE)
    except (PageClosed, WaitTimeout):
        return ""


async def _matching(page: Page, index: int | None, url: str, title: str) -> Page | None:
    tabs = page.context.pages
    if index is not None:
        return tabs[index] if -len(tabs) <= index < len(tabs) else None
    for tab in tabs:
        if fnmatchcase(tab.url, url) if url else fnmatchcase(await _title(tab), title):
            return tab
    return None


async def _told(tab: Page) -> TabInfo:
    tabs = tab.context.pages
    return TabInfo(tabs.index(tab) if tab in tabs else -1, tab.url, await _title(tab))
