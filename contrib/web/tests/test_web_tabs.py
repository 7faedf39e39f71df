"""Tabs: later nodes work on the one that was chosen, in the order that was drawn."""

from __future__ import annotations

from collections.abc import Awaitable, Callable

import pytest
from playwright.async_api import Page

from stratagem import Node, RunResult
from stratagem_web import navigation, tabs
from stratagem_web.errors import PageClosed, WaitTimeout, WebError
from stratagem_web.session import session_of

pytestmark = pytest.mark.anyio


async def test_nodes_work_on_the_tab_that_was_chosen(run: Callable[..., Awaitable[RunResult]]) -> None:
    """A new one, the one before, and after closing it the one that is left."""
    url = "{{ site }}/index.html"
    result = await run(
        Node("open", "web.open", {"url": url}),
        Node("new", "web.new_tab", {"url": "{{ site }}/form.html"}, after=("open",)),
        Node("there", "web.page_info", after=("new",)),
        Node("back", "web.switch_tab", {"title": "Sh*"}, after=("there",)),
        Node("here", "web.page_info", after=("back",)),
        Node("all", "web.list_tabs", after=("here",)),
        Node("close", "web.close_tab", after=("all",)),
        Node("left", "web.page_info", after=("close",)),
    )
    outputs = result.raise_for_error().outputs
    assert [outputs[node]["title"] for node in ("there", "here", "left")] == ["Form", "Shop", "Form"]
    assert [tab["current"] for tab in outputs["all"]["tabs"]] == [True, False]


async def test_a_tab_that_opens_late_is_waited_for(page: Page, site: str) -> None:
    """One that a click has asked for need not be there at once."""
    await page.goto(f"{site}/form.html")
    await page.evaluate(f"setTimeout(() => open('{site}/slow.html'), 150)")
    found = await tabs.switch_tab(page, url="*/slow.html")
    assert (found.index, found.title) == (1, "Slow")
    assert session_of(page).tab is page.context.pages[1]


async def test_a_tab_that_is_not_there_is_told_with_those_that_are(page: Page, site: str) -> None:
    """By their addresses."""
    await page.goto(f"{site}/form.html")
    with pytest.raises(WaitTimeout, match=f"the tab 3 did not open within 0.1 s; there are: {site}/form.html"):
        await tabs.switch_tab(page, index=3, timeout=0.1)
    with pytest.raises(ValueError, match="give one of index, url and title"):
        await tabs.switch_tab(page)


async def test_the_only_tab_is_not_closed(page: Page) -> None:
    """Nothing could follow."""
    with pytest.raises(WebError, match="this is the only tab"):
        await tabs.close_tab(page)


async def test_another_page_of_the_same_browser_begins_anew(page: Page) -> None:
    """As where a session is lent again: neither tab nor answers to dialogs are those of the lease before."""
    session = session_of(page)
    session.choose(await page.context.new_page(), "other")
    session.asked.choose(True, "")
    another = await page.context.new_page()
    assert session_of(another).tab_for(another) is another
    assert session.named("other") is None
    assert await another.evaluate("confirm('Sure?')") is False


async def test_a_browser_without_tabs_says_what_to_do(page: Page) -> None:
    """As when the page has closed itself."""
    session = session_of(page)
    await page.close()
    with pytest.raises(PageClosed, match=r"every tab of the browser is closed\. Open one with web\.new_tab\."):
        assert session.tab
    assert (await navigation.open_(await page.context.new_page(), "about:blank")).url == "about:blank"
    assert session.tab.url == "about:blank"
