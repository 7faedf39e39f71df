"""Browser nodes under CasareRPA's names do in a real browser what their configs say.

Playwright works on asyncio alone, and so do these tests.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pytest
from playwright.async_api import Browser, Page

from real_browser import Fresh, Held, fresh_page, launched
from stratagem import Kernel, Node, RunResult, Settings, Workflow
from stratagem_casare import pack
from stratagem_casare.nodes.browser import address, until
from stratagem_casare.nodes.browser_node import UNLIMITED, first_of, seconds
from stratagem_casare.nodes.browser_scripts import runnable
from stratagem_testing import provided

pytestmark = pytest.mark.anyio

Run = Callable[..., Awaitable[RunResult]]


def page_of(body: str) -> str:
    """The address of a page with this body."""
    return "data:text/html," + quote(f"<!doctype html><title>Page</title>{body}")


FORM = page_of(
    "<input id=name value=old onkeydown=\"this.dataset.keys = (this.dataset.keys || '') + event.key + ' '\">"
    "<select id=size><option value=s>Small<option value=l>Large</select>"
    "<button id=count onclick=\"this.textContent = event.detail + ' ' + event.shiftKey\">0</button>"
    "<a id=link href='https://example.com/x'>One</a><p>First <b hidden>unseen</b></p><p>Second</p>"
    "<table><tr><th>A<th>B<tr><td>1<td>2<tr><td>3<td>4<tr><td>5<td>6</table>"
)


@pytest.fixture(scope="module")
def anyio_backend() -> str:
    """Playwright knows asyncio alone."""
    return "asyncio"


@pytest.fixture(scope="module")
async def browser(anyio_backend: str) -> AsyncIterator[Browser]:
    async with launched() as browser:
        yield browser


@pytest.fixture
async def page(browser: Browser) -> AsyncIterator[Page]:
    async with fresh_page(browser) as page:
        yield page


@pytest.fixture
def run(page: Page, tmp_path: Path) -> Run:
    """Runs nodes ``n1``, ``n2`` … one after the other, after a launch that opens ``url``."""

    async def run(*steps: tuple[str, dict[str, Any]], url: str = FORM, **settings: Any) -> RunResult:
        nodes = {"n0": Node("n0", "casare.LaunchBrowserNode", {"url": url})}
        for number, (type_, config) in enumerate(steps, 1):
            nodes[f"n{number}"] = Node(f"n{number}", f"casare.{type_}", config, after=(f"n{number - 1}",))
        flow = Workflow(nodes, settings=Settings(timeout=60.0, **settings), source=str(tmp_path / "flow.json"))
        async with Kernel(packs=[pack], plugins=[provided("browser", lambda: Held(page))]) as kernel:
            return await kernel.run(flow)

    return run


async def given(run: Run, *steps: tuple[str, dict[str, Any]]) -> dict[str, Any]:
    """The outputs of the last of some nodes."""
    result = (await run(*steps)).raise_for_error()
    return dict(result.outputs[f"n{len(steps)}"])


@pytest.mark.parametrize(
    ("config", "value", "keys"),
    [
        ({"text": "Ada"}, "Ada", None),
        ({"text": " and new", "clear_first": False}, "old and new", " a n d   n e w "),
        ({"text": "ab", "press_sequentially": True}, "ab", "a b "),
        ({"text": "ab", "delay": 1, "press_enter_after": True}, "ab", "a b Enter "),
        ({"text": None}, "", None),
    ],
)
async def test_text_is_typed_as_the_config_says(
    config: dict[str, Any], value: str, keys: str | None, run: Run, page: Page
) -> None:
    """At once or key by key, in place of what is there or behind it."""
    await given(run, ("TypeTextNode", {"selector": "#name", **config}))
    assert await page.input_value("#name") == value
    seen = await page.get_attribute("#name", "data-keys")
    assert [key for key in (seen or "").split() if key != "Delete"] == (keys or "").split()  # which empties the field


@pytest.mark.parametrize("config", [{"value": "l"}, {"value": "Large", "select_by": "label"}, {"value": 1, "select_by": "index"}])  # fmt: skip
async def test_options_are_selected_by_value_label_or_index(config: dict[str, Any], run: Run, page: Page) -> None:
    """Whichever the config says."""
    await given(run, ("SelectDropdownNode", {"selector": "#size", **config}))
    assert await page.input_value("#size") == "l"


async def test_clicks_keys_and_waits(run: Run, page: Page) -> None:
    """The page sees them; a wait tells that it has found."""
    click = {"selector": "#count", "click_count": 2, "modifiers": ["Shift"], "position_x": 3, "position_y": 3}
    waited = ("WaitForElementNode", {"selector": "text=2 true", "timeout": 2000})
    assert await given(run, ("ClickElementNode", click), waited) == {"page": "n0", "found": True}
    await given(run, ("TypeTextNode", {"selector": "#name", "text": ""}), ("PressKeyNode", {"key": "x"}))
    assert await page.input_value("#name") == "x"
    for config in ({"timeout": 1}, {"wait_type": "selector", "selector": "p"}, {"wait_type": "networkidle"}):
        await given(run, ("BrowserWaitNode", config))


async def test_the_first_element_is_meant_unless_the_flow_is_strict(run: Run) -> None:
    """As the product does."""
    assert await given(run, ("ExtractTextNode", {"selector": "p"})) == {"text": "First unseen"}
    assert await given(run, ("ExtractTextNode", {"selector": "p", "use_inner_text": True})) == {"text": "First"}
    result = await run(("ExtractTextNode", {"selector": "p", "strict": True}))
    assert "'p' matches 2 elements" in str(result.error)


async def test_what_is_read_goes_into_a_variable_too(run: Run) -> None:
    """Under the name that the config gives, or the product's own."""
    result = await run(
        ("ExtractTextNode", {"selector": "p >> nth=1"}),
        ("GetAttributeNode", {"selector": "#link", "attribute": "href", "variable_name": "target"}),
        ("TableScraperNode", {"skip_rows": 1, "max_rows": 1}),
        ("BrowserEvaluateNode", {"script": "document.title", "store_variable": "title"}),
    )
    assert result.raise_for_error().variables == {
        "extracted_text": "Second",
        "target": "https://example.com/x",
        "table_data": [{"A": "3", "B": "4"}],
        "title": "Page",
    }


@pytest.mark.parametrize(
    ("config", "data"),
    [
        ({}, [{"A": "1", "B": "2"}, {"A": "3", "B": "4"}, {"A": "5", "B": "6"}]),
        ({"output_format": "list_of_lists", "max_rows": 1}, [["A", "B"], ["1", "2"]]),
        ({"output_format": "list_of_lists", "include_headers": False, "skip_rows": 3}, [["5", "6"]]),
        ({"output_format": "csv_string", "max_rows": 2}, "A,B\n1,2\n3,4\n"),
    ],
)
async def test_tables_come_in_the_format_that_is_asked_for(config: dict[str, Any], data: Any, run: Run) -> None:
    """With or without headers, as many rows as are wanted."""
    assert (await given(run, ("TableScraperNode", config)))["data"] == data


@pytest.mark.parametrize(
    ("script", "result"),
    [
        ("1 + 1", 2),
        ("() => document.title", "Page"),
        ("x => x * 2", 14),
        ("async function twice(x) { return x * 2 }", 14),
        ("const n = arg + 1; return n;", 8),
        ("const a = 'x';\\nreturn a + 'y'", "xy"),
        ("return 'a\\nb'", "a\nb"),
        ("(() => { return 3 })()", 3),
    ],
)
async def test_scripts_are_run_as_they_are_meant(script: str, result: Any, run: Run) -> None:
    """Expressions, functions, and bodies of functions, line ends written out or not."""
    told = await given(run, ("BrowserEvaluateNode", {"script": script, "arg": 7}))
    assert told == {"result": result, "success": True, "error": ""}


async def test_a_script_that_fails_is_no_success(run: Run) -> None:
    """The flow goes on, and has the reason."""
    told = await given(run, ("BrowserEvaluateNode", {"script": "null.x"}))
    assert told["success"] is False
    assert "Cannot read properties of null" in told["error"]
    assert "result" not in told


async def test_tabs_are_chosen_by_the_lines_that_carry_them(run: Run, page: Page) -> None:
    """A new tab is where the nodes that follow work, unless one is handed the first."""
    other = page_of("<p>Other</p>")
    new = ("NewTabNode", {"url": other})
    assert await given(run, new, ("ExtractTextNode", {"selector": "p"})) == {"text": "Other"}
    first = ("ExtractTextNode", {"selector": "p", "page": "{{ n0.page }}"})
    assert await given(run, new, first) == {"text": "First unseen"}


async def test_two_browsers_are_apart(browser: Browser, tmp_path: Path) -> None:
    """Nodes work on the one launched last; a line to the other's tab is refused, and closing one leaves the other."""
    steps = [
        ("LaunchBrowserNode", {"url": page_of("<p>A</p>")}),
        ("LaunchBrowserNode", {"url": page_of("<p>B</p>")}),
        ("BrowserGetTextNode", {"selector": "p"}),
        ("BrowserGetTextNode", {"selector": "p", "page": "n0"}),
        ("CloseBrowserNode", {"browser": "n1"}),
        ("BrowserGetTextNode", {"selector": "p", "page": "n0"}),
        ("CloseBrowserNode", {}),
        ("GetCurrentUrlNode", {}),
    ]
    nodes = [
        Node(f"n{number}", f"casare.{type_}", config, after=(f"n{number - 1}",) if number else (), on_error="continue")
        for number, (type_, config) in enumerate(steps)
    ]
    flow = Workflow({node.id: node for node in nodes}, source=str(tmp_path / "flow.json"))
    async with Kernel(packs=[pack], plugins=[provided("browser", lambda: Fresh(browser))]) as kernel:
        result = await kernel.run(flow)
    assert (result.outputs["n2"], result.outputs["n5"]) == ({"text": "B"}, {"text": "A"})
    assert "the tab that 'n0' has opened is closed, or belongs to another browser" in str(result.failures[0])
    assert result.outputs["n7"]["url"] == "about:blank"
    assert browser.contexts == []


async def test_addresses_and_sources_are_read(run: Run) -> None:
    """Both names of the source have it."""
    go = ("GoToURLNode", {"url": page_of("<p>There</p>"), "wait_until": "domcontentloaded"})
    assert (await given(run, go, ("GetCurrentUrlNode", {})))["url"].endswith(quote("<p>There</p>"))
    source = await given(run, go, ("GetPageSourceNode", {}))
    assert source["html"] == source["source"]
    assert "<p>There</p>" in source["html"]


async def test_a_node_is_tried_again_and_its_failure_is_kept(run: Run, page: Page, tmp_path: Path) -> None:
    """As often as the config says; the picture is where it says, or under the node's id."""
    late = "<script>setTimeout(() => document.body.append(document.createElement('hr')), 250)</script>"
    again = {"selector": "hr", "state": "attached", "timeout": 100, "retry_count": 20, "retry_interval": 10}
    await page.goto("about:blank")
    result = await run(("GoToURLNode", {"url": page_of(late)}), ("WaitForElementNode", again))
    assert result.raise_for_error().outputs["n2"]["found"] is True
    for config, kept in (({}, "runs/n1.png"), ({"screenshot_path": "shots/no.png"}, "shots/no.png")):
        absent = {"selector": "#absent", "timeout": 100, "screenshot_on_fail": True, **config}
        assert (await run(("ClickElementNode", absent))).status == "failed"
        assert (tmp_path / kept).read_bytes().startswith(b"\x89PNG")


async def test_pictures_are_where_the_config_says(run: Run, tmp_path: Path) -> None:
    """Of the page or of an element, of either type; a node that sends files can take them."""
    told = await given(run, ("ScreenshotNode", {"file_path": "a.png", "full_page": True, "scale": "css"}))
    assert told == {"file_path": "a.png", "attachment_file": [str(tmp_path / "a.png")]}
    await given(run, ("ScreenshotNode", {"file_path": "b", "selector": "p", "type": "jpeg", "quality": 50}))
    assert (tmp_path / "b").read_bytes().startswith(b"\xff\xd8\xff")


@pytest.mark.parametrize(
    ("type_", "config", "told"),
    [
        ("ClickElementNode", {}, "Selector is required"),
        ("GoToURLNode", {}, "URL is required"),
        ("GoToURLNode", {"url": "x", "wait_until": "soon"}, "there is no state 'soon' of a page"),
        ("GetAttributeNode", {"selector": "p"}, "Attribute name is required"),
        ("SelectDropdownNode", {"selector": "#size", "select_by": "luck"}, "one can't select by 'luck'"),
        ("TableScraperNode", {"output_format": "xml"}, "there is no format 'xml'"),
    ],
)
async def test_a_config_that_is_wrong_fails(type_: str, config: dict[str, Any], told: str, run: Run) -> None:
    """It is a mistake in the flow."""
    assert told in str((await run((type_, config))).error)


def test_milliseconds_selectors_and_addresses_are_read_as_the_product_does() -> None:
    """0 is no limit; an address without a scheme is https."""
    assert (seconds("1500"), seconds(None), seconds(0)) == (1.5, 30.0, UNLIMITED)
    assert (first_of("a"), first_of("a", "true")) == ("a >> nth=0", "a")
    assert (address("example.com/a"), address("about:blank")) == ("https://example.com/a", "about:blank")
    assert until("") == "load"


async def test_an_empty_script_is_refused(page: Page) -> None:
    """As any input that a node can't do without."""
    with pytest.raises(ValueError, match="Script is required"):
        await runnable(page, " ")
