"""What can't be done on a page is told in one sentence: selector, address, what is there instead, what to do."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Any

import anyio
import pytest
from playwright.async_api import Page

from stratagem import Node, RunResult, StepFailed
from stratagem_web import extract, forms, mouse, navigation, scripts, waits
from stratagem_web.errors import (
    BadSelector,
    ElementNotFound,
    ElementNotReady,
    NavigationFailed,
    PageClosed,
    ScriptFailed,
    SeveralElements,
    WaitTimeout,
    WebError,
)

pytestmark = pytest.mark.anyio

Act = Callable[..., Awaitable[Any]]
SHORT = 0.3

REFUSED: list[tuple[str, Act, dict[str, Any], type[WebError], str]] = [
    (
        "absent",
        mouse.click,
        {"selector": "#absent"},
        ElementNotFound,
        "nothing matches '#absent' on SITE/form.html, after 0.3 s. "
        "Check the selector, or wait first for what brings the element up.",
    ),
    (
        "hidden",
        mouse.click,
        {"selector": "head > title"},
        ElementNotReady,
        "'head > title' matches 1 element which is hidden on SITE/form.html, after 0.3 s",
    ),
    (
        "disabled",
        forms.fill,
        {"selector": "#locked", "text": "x"},
        ElementNotReady,
        "'#locked' matches 1 element which is disabled on SITE/form.html, after 0.3 s",
    ),
    (
        "covered",
        mouse.click,
        {"selector": "#under"},
        ElementNotReady,
        "'#under' matches 1 element which is covered by <div id=\"cover\">Cookies?</div> on SITE/form.html, after 0.3 s. "
        "Close what covers it first, or set force.",
    ),
    (
        "several",
        mouse.click,
        {"selector": ".twin"},
        SeveralElements,
        "'.twin' matches 2 elements on SITE/form.html, and one is needed. "
        "Make the selector narrower, or choose one: put '>> nth=0' behind it for the first.",
    ),
    ("no field", forms.fill, {"selector": "#basket", "text": "x"}, WebError, "Element is not an <input>"),
    ("unreadable", mouse.click, {"selector": "#a[["}, BadSelector, "expected a selector, got '#a[[': "),
    ("no engine", mouse.click, {"selector": "magic=1"}, BadSelector, "expected a selector, got 'magic=1': "),
    (
        "no option",
        forms.select,
        {"selector": "#size", "label": "Huge"},
        ElementNotReady,
        "'#size' matches 1 element which has no such option on SITE/form.html, after 0.3 s",
    ),
    (
        "no frame",
        extract.extract_text,
        {"selector": "p", "frame": "#none"},
        ElementNotFound,
        "nothing matches 'p' on SITE/form.html in the frame '#none', after 0.3 s. There is no frame '#none'.",
    ),
    (
        "another address",
        waits.wait_for_url,
        {"url": "**/elsewhere"},
        WaitTimeout,
        "waited 0.3 s for the address **/elsewhere, and the page is SITE/form.html",
    ),
    (
        "never true",
        waits.wait_for_script,
        {"script": "false"},
        WaitTimeout,
        "waited 0.3 s for the script to give something true, and the page is SITE/form.html",
    ),
    (
        "still there",
        waits.wait_for,
        {"selector": ".twin", "state": "hidden"},
        ElementNotReady,
        "2 elements still match '.twin' on SITE/form.html, after 0.3 s",
    ),
    (
        "throws",
        scripts.evaluate,
        {"script": "() => { throw new Error('boo') }"},
        ScriptFailed,
        "the script on SITE/form.html failed: boo",
    ),
    (
        "no JavaScript",
        scripts.evaluate,
        {"script": "what is this"},
        ScriptFailed,
        "the script on SITE/form.html failed: SyntaxError: Unexpected identifier 'is'",
    ),
    (
        "endless",
        scripts.evaluate,
        {"script": "new Promise(() => 0)"},
        ScriptFailed,
        "the script on SITE/form.html took longer than 0.3 s",
    ),
    (
        "no JSON",
        scripts.evaluate,
        {"script": "({at: new Date()})"},
        ScriptFailed,
        "the script gave what is no JSON: Object of type datetime is not JSON serializable",
    ),
]


@pytest.mark.parametrize(
    ("act", "inputs", "kind", "told"), [each[1:] for each in REFUSED], ids=[each[0] for each in REFUSED]
)
async def test_what_cannot_be_done_is_told_with_what_is_there_instead(
    act: Act, inputs: dict[str, Any], kind: type[WebError], told: str, page: Page, site: str
) -> None:
    """In one line, without the browser's log."""
    await page.goto(f"{site}/form.html")
    with pytest.raises(WebError) as caught:
        await act(page, **inputs, timeout=SHORT)
    assert type(caught.value) is kind
    message = str(caught.value).replace(site, "SITE")
    assert message.startswith(told)
    assert "Call log" not in message
    assert "\n" not in message


async def test_an_element_in_another_frame_is_pointed_to(page: Page, site: str) -> None:
    """Both ways: forgotten frame, and a frame named for what is outside of it."""
    await page.goto(f"{site}/frames.html")
    with pytest.raises(ElementNotFound, match=r"It does match in a frame of .*/inner.html: set frame\.$"):
        await extract.extract_text(page, "#told", timeout=SHORT)
    with pytest.raises(ElementNotFound, match=r"It does match outside of that frame: leave frame out\.$"):
        await extract.extract_text(page, "h1", frame="iframe", timeout=SHORT)


@pytest.mark.parametrize(
    ("url", "told"),
    [
        ("http://127.0.0.1:9/", "http://127.0.0.1:9/ can't be opened: ERR_UNSAFE_PORT"),
        ("shop.html", "shop.html can't be opened: it is no URL, which begins with a scheme such as https://"),
        ("SITE/evil.bin", "SITE/evil.bin can't be opened: it is a download; use web.download"),
        (
            "SITE/hang",
            "SITE/hang did not come to 'load' after 0.3 s. Raise timeout, or wait for less with wait_until.",
        ),
    ],
)
async def test_a_page_that_does_not_come_up_says_why(url: str, told: str, page: Page, site: str) -> None:
    """Whether it can't be reached, is no page, or takes too long."""
    with pytest.raises(NavigationFailed) as caught:
        await navigation.open_(page, url.replace("SITE", site), timeout=SHORT)
    assert str(caught.value).replace(site, "SITE") == told


async def test_an_answer_that_is_an_error_fails_only_where_it_is_told_to(page: Page, site: str) -> None:
    """Else its status is an output like any other."""
    opened = await navigation.open_(page, f"{site}/status/404")
    assert (opened.status, opened.ok, opened.title) == (404, False, "Status")
    with pytest.raises(NavigationFailed, match=r"answered 404$"):
        await navigation.open_(page, f"{site}/status/404", must_succeed=True)


async def test_there_is_no_page_before_the_first(page: Page) -> None:
    """Going back from it is an error."""
    with pytest.raises(NavigationFailed, match="there is no page before about:blank"):
        await navigation.back(page)


async def test_a_page_that_was_closed_says_so(page: Page, site: str) -> None:
    """Whatever was to be done on it."""
    await page.goto(f"{site}/form.html")
    await page.close()
    for act in (mouse.click(page, "#log"), navigation.page_info(page), scripts.evaluate(page, "1")):
        with pytest.raises(PageClosed, match="the page was closed while"):
            await act


HUNG: dict[str, Callable[[Page], Awaitable[Any]]] = {
    "click": lambda page: mouse.click(page, "h1", timeout=SHORT),
    "count": lambda page: extract.count(page, "h1", timeout=SHORT),
    "title": lambda page: navigation.page_info(page, timeout=SHORT),
    "script": lambda page: scripts.evaluate(page, "1", timeout=SHORT),
}


@pytest.mark.parametrize("name", HUNG)
async def test_a_page_that_hangs_is_told_in_time(name: str, page: Page, site: str) -> None:
    """A script that never ends keeps no node longer than its timeout and the time to look at the page."""
    await page.goto(f"{site}/index.html")
    await page.evaluate("setTimeout(() => { for (;;); }, 0)")
    with anyio.fail_after(20), pytest.raises(WebError) as caught:
        await HUNG[name](page)
    assert isinstance(caught.value, ElementNotReady | WaitTimeout | ScriptFailed)


@pytest.mark.parametrize("timeout", [0.0, -1.0, float("inf"), float("nan")])
async def test_a_timeout_is_a_number_of_seconds(timeout: float, page: Page) -> None:
    """Zero would be no limit at all to Playwright."""
    with pytest.raises(ValueError, match="expected a timeout of more than 0 seconds"):
        await mouse.click(page, "#log", timeout=timeout)


async def test_a_user_meets_one_line_with_the_node(run: Callable[..., Awaitable[RunResult]], site: str) -> None:
    """The kernel adds the node to what the pack says; the browser's own error is behind it."""
    result = await run(
        Node("open", "web.open", {"url": f"{site}/form.html"}),
        Node("save", "web.click", {"selector": "#save", "timeout": SHORT}, after=("open",)),
    )
    with pytest.raises(StepFailed) as caught:
        result.raise_for_error()
    assert "node 'save': ElementNotFound: nothing matches '#save' on " in str(caught.value)
    assert "\n" not in str(caught.value)
    assert caught.value.__cause__ is not None
    assert "Call log" in str(caught.value.__cause__.__cause__)
