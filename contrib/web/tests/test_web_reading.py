"""What is read off a page: texts, tables, links, frames."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from playwright.async_api import Page

from hypothesis_profiles import examples
from stratagem_web import extract, forms, scripts, tables, waits
from stratagem_web.tables import _different, extract_table, grid_of

pytestmark = pytest.mark.anyio


@pytest.fixture
async def shop(page: Page, site: str) -> Page:
    """The page with the tables."""
    await page.goto(f"{site}/index.html")
    return page


async def test_text_is_what_is_seen_unless_all_is_asked_for(shop: Page) -> None:
    """Hidden parts are left out of it, and white space around it."""
    assert await extract.extract_text(shop, "#both") == "Seen"
    assert await extract.extract_text(shop, "#both", visible_only=False) == "Seen unseen"
    assert await extract.extract_text(shop, "#both", visible_only=False, trim=False) == "Seen unseen"
    assert await extract.extract_texts(shop, ".none") == []


async def test_html_is_of_an_element_or_of_the_page(shop: Page) -> None:
    """Around an element, within it, or the whole document."""
    assert await extract.extract_html(shop, "#hidden", inner=True) == "Secret sale <b>today</b>"
    assert (await extract.extract_html(shop, "li >> nth=0")) == "<li>Apples</li>"
    assert (await extract.extract_html(shop)).startswith("<!DOCTYPE html><html>")


async def test_what_is_not_there_is_counted_as_none(shop: Page) -> None:
    """Without waiting for it."""
    assert await extract.count(shop, "li") == 2
    assert (await extract.exists(shop, "#hidden"), await extract.is_visible(shop, "#hidden")) == (True, False)
    assert (await extract.exists(shop, "#none"), await extract.is_visible(shop, "#none")) == (False, False)
    assert await extract.extract_attribute(shop, "h1", "class") is None


@pytest.mark.parametrize("selector", ["#prices", "xpath=//table[1]", "//table[1]", "table:has-text('Pears') >> nth=0"])
async def test_selectors_are_those_of_playwright(selector: str, shop: Page) -> None:
    """CSS, XPath, texts, and chains of them."""
    assert (await extract_table(shop, selector)).rows[1] == {"Fruit": "Pears", "Price": "2.50"}


async def test_cells_that_span_rows_and_columns_are_in_each(shop: Page) -> None:
    """Headers without a text, or there again, get names that differ."""
    table = await extract_table(shop, "#spans")
    assert table.headers == ["Kind", "column_2", "Price", "Price_2"]
    assert table.rows == [
        {"Kind": "Fruit", "column_2": "Apple", "Price": "1", "Price_2": "1"},
        {"Kind": "Fruit", "column_2": "Pear", "Price": "2", "Price_2": ""},
    ]
    headers, rows = await grid_of(shop, "#prices", "", 5.0, header=False)
    assert (headers, rows[0]) == (["column_1", "column_2"], ["Fruit", "Price"])


async def test_a_table_without_rows_is_an_empty_one(shop: Page) -> None:
    """As one that is filled later."""
    await shop.set_content("<table></table>")
    table = await extract_table(shop)
    assert (table.rows, table.headers, table.count) == ([], [], 0)


@given(st.lists(st.sampled_from(["", "a", "a_2", "column_1", "b"]), max_size=8))
@settings(max_examples=examples(100))
def test_headers_are_made_different_and_keep_their_order(names: list[str]) -> None:
    """Each begins as it was, and no two are equal."""
    found = _different(names)
    assert len(set(found)) == len(found) == len(names)
    assert all(new.startswith(old) for old, new in zip(names, found, strict=True))


async def test_links_are_absolute(shop: Page, site: str) -> None:
    """Anchors that lead nowhere are none."""
    links = await tables.extract_links(shop, "a")
    assert links[0] == {"text": "Form", "url": f"{site}/form.html"}
    assert len(links) == 3


async def test_frames_are_reached_by_their_selectors(page: Page, site: str) -> None:
    """Also those within frames, outermost first; scripts run in the one that is named."""
    await page.goto(f"{site}/frames.html")
    assert await extract.extract_text(page, "#told", frame="iframe[name=inner]") == "From within"
    assert await extract.extract_text(page, "#deepest", frame=["iframe", "iframe"]) == "Deep"
    await forms.fill(page, "#inside", "x", frame="iframe")
    assert await extract.extract_value(page, "#inside", frame="iframe") == "x"
    assert await scripts.evaluate(page, "document.title", frame="iframe") == "Inner"
    assert await waits.wait_for_script(page, "document.title", frame="iframe") == "Inner"


async def test_scripts_take_and_give_json(shop: Page) -> None:
    """Nested as it may be; an async function is waited for."""
    value = {"a": [1, 2.5, None, True, {"b": "ü"}]}
    assert await scripts.evaluate(shop, "async given => given", value) == value
    assert await scripts.evaluate(shop, "undefined") is None
