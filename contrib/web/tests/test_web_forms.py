"""Forms and the mouse do to a page what a person would."""

from __future__ import annotations

import pytest
from playwright.async_api import Page

from stratagem import Secret
from stratagem_web import dialogs, extract, forms, mouse, navigation, waits
from stratagem_web.extract import extract_text, extract_value

pytestmark = pytest.mark.anyio


@pytest.fixture
async def form(page: Page, site: str) -> Page:
    """The page with the form."""
    await page.goto(f"{site}/form.html")
    return page


async def test_text_replaces_or_follows_what_is_there(form: Page) -> None:
    """Filled in at once, typed behind, and cleared."""
    await forms.fill(form, "#name", "Ada")
    await forms.type_(form, "#name", " L.", delay=0.001)
    assert await extract_value(form, "#name") == "Ada L."
    await forms.clear(form, "#name")
    assert await extract_value(form, "#name") == ""


@pytest.mark.parametrize("field", ["<input value=ab>", "<input type=email value=ab>", "<textarea>ab</textarea>"])
async def test_typing_goes_on_at_the_end(field: str, page: Page) -> None:
    """Also in a field that has not had the focus, and in one that hides its cursor from scripts."""
    await page.set_content(field)
    await forms.type_(page, "input, textarea", "cd")
    assert await extract_value(page, "input, textarea") == "abcd"


async def test_a_secret_is_entered_as_it_is(form: Page) -> None:
    """The page gets its text, where everything else gets the mask."""
    await forms.fill(form, "#name", Secret("hunter2"))
    await forms.type_(form, "#name", Secret("!"))
    assert await extract_value(form, "#name") == "hunter2!"


async def test_options_are_chosen_by_value_label_or_place(form: Page) -> None:
    """Several where the list allows it; the page has what was given back."""
    assert await forms.select(form, "#size", label="Large") == ["l"]
    assert await extract_value(form, "#size") == "l"
    assert await forms.select(form, "#many", value=["a", "c"]) == ["a", "c"]
    assert await forms.select(form, "#many", index=[1]) == ["b"]
    with pytest.raises(ValueError, match="give one of value, label and index"):
        await forms.select(form, "#size")


async def test_boxes_are_ticked_once(form: Page) -> None:
    """Ticking one that is ticked changes nothing."""
    for _ in range(2):
        await forms.check(form, "#agree")
        await forms.uncheck(form, "#news")
    assert await extract.is_checked(form, "#agree")
    assert not await extract.is_checked(form, "#news")


async def test_keys_go_to_an_element_or_to_what_has_the_focus(form: Page) -> None:
    """Enter sends the form, which takes the name along."""
    await forms.focus(form, "#name")
    await forms.press(form, "A")
    await forms.press(form, "Enter", "#name")
    assert (await navigation.page_info(form)).title == "Sent A"


async def test_clicks_have_buttons_counts_and_keys(form: Page) -> None:
    """The page sees all of it."""
    await mouse.click(form, "#log", count=2, modifiers=["Control"])
    assert await extract_text(form, "#log") == "2 true 0"
    await mouse.click(form, "#log", button="right")
    assert await extract_text(form, "#log") == "menu"
    await mouse.double_click(form, "#log")
    assert await extract_text(form, "#log") == "2 false 0"
    await mouse.click(form, "#under", force=True)


async def test_hovering_is_noticed_by_the_page(form: Page) -> None:
    """It changes its title then."""
    await mouse.hover(form, "#log")
    assert (await navigation.page_info(form)).title == "Over"


async def test_what_is_dragged_is_dropped(form: Page) -> None:
    """With what the page says that it carries."""
    await mouse.drag_and_drop(form, "#card", "#basket")
    assert await extract_text(form, "#basket") == "card"


async def test_dialogs_are_dismissed_until_the_workflow_says_otherwise(form: Page) -> None:
    """Then accepted, with text where one is asked for; all that came up since can be read."""
    await mouse.click(form, "#sure")
    assert await extract_text(form, "#sure") == "false"
    await dialogs.answer_dialogs(form, accept=True, text="Ada")
    await mouse.click(form, "#ask")
    await mouse.click(form, "#sure")
    assert await extract_text(form, "#ask") == "Ada"
    assert await extract_text(form, "#sure") == "true"
    await dialogs.answer_dialogs(form, accept=False)
    await mouse.click(form, "#sure")
    assert await extract_text(form, "#sure") == "false"
    assert [each["message"] for each in await dialogs.list_dialogs(form)] == ["Your name?", "Sure?", "Sure?"]


async def test_a_prompt_without_a_text_keeps_what_it_suggests(form: Page) -> None:
    """As if the user had pressed Enter."""
    await dialogs.answer_dialogs(form)
    await mouse.click(form, "#ask")
    assert await extract_text(form, "#ask") == "nobody"


async def test_scrolling_tells_where_the_page_is(page: Page, site: str) -> None:
    """To an end, by pixels, to an element."""
    await page.goto(f"{site}/index.html")
    assert (await mouse.scroll(page, y=250)).y == 250
    bottom = await mouse.scroll(page, to="bottom")
    assert (await mouse.scroll(page, to="top", y=10)).y == 10
    assert (await mouse.scroll(page, "#end")).y == pytest.approx(bottom.y, abs=40)


async def test_waiting_sees_what_comes_and_what_goes(page: Page, site: str) -> None:
    """Elements, addresses, and whatever a script can tell."""
    await page.goto(f"{site}/slow.html")
    assert (
        await waits.wait_for_script(page, "n => document.querySelectorAll('li').length >= n && 'there'", 2) == "there"
    )
    await waits.wait_for(page, "#late")
    await waits.wait_for(page, "#soon-gone", state="detached")
    assert (await waits.wait_for_url(page, "**/arrived")).endswith("/arrived")
