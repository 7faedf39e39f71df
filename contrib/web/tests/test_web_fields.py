"""A field that did not take what was entered fails its step, and says what it wants; what a page reformats is taken."""

from __future__ import annotations

import pytest
from playwright.async_api import Page

from stratagem import Secret
from stratagem_web import forms
from stratagem_web.errors import ElementNotReady, NotTaken, WebError

pytestmark = pytest.mark.anyio

SHORT = 0.5
PHONE = "this.value = this.value.replace(/\\D/g, '').replace(/(\\d{3})(\\d{3})(\\d{4})/, '($1) $2-$3')"
MONEY = "this.value = '$' + Number(this.value).toLocaleString('en')"
SPREAD = "if (this.value.length > 1) { this.value = this.value[0]; this.nextSibling.focus() }"

TAKEN = [
    ("<input>", "Ada"),
    ("<input>", "Ada\n"),
    ("<input>", " "),
    ("<input type=date>", "2024-12-24"),
    ("<input type=time>", "18:30"),
    ("<input type=datetime-local>", "2024-12-24 18:30"),
    ("<input type=month>", "2024-12"),
    ("<input type=week>", "2024-W05"),
    ("<input type=number>", " 12.5 "),
    ("<input type=number>", "1e3"),
    ("<input type=range min=1 max=10>", "5"),
    ("<input type=color>", "#FF0000"),
    ("<input type=email>", "ada at home"),
    ("<input maxlength=5>", "12345"),
    ("<textarea></textarea>", "a\r\nb"),
    ("<div contenteditable>old</div>", "two\nlines"),
    ("<label>Name <input></label>", "Ada"),
    (f'<input oninput="{PHONE}">', "1234567890"),
    (f'<input oninput="{MONEY}">', "1234.5"),
    (f'<input oninput="{SPREAD}"><input>', "123456"),
    ('<input oninput="this.value = this.value.toUpperCase()">', "abc"),
    ('<input oninput="this.value = this.value.trim()">', "  Ada  "),
    ("<input oninput=\"this.value += ' (Berlin)'\">", "Ber"),
    ('<input oninput="this.remove()">', "x"),
    ("<input oninput=\"location.hash = 'next'\">", "x"),
]

REFUSED = [
    ("<input type=date>", "24.12.2024", "It wants a date such as 2024-12-31 (year-month-day)"),
    ("<input type=time>", "6pm", "It wants a time such as 18:30"),
    ("<input type=datetime-local>", "24.12.2024 18:30", "It wants a date and a time such as 2024-12-31T18:30"),
    ("<input type=month>", "12/2024", "It wants a month such as 2024-12"),
    ("<input type=week>", "5", "It wants a week such as 2024-W52"),
    ("<input type=number>", "12,5", "It wants a number such as 1234.5"),
    ("<input type=number>", "many", "It wants a number such as 1234.5"),
    ("<input type=range min=1 max=10>", "50", "and holds '10'. It wants a number from 1 to 10"),
    ("<input type=color>", "nix", "It wants a colour such as #ff8800"),
    ("<input maxlength=5>", "1234567", "and holds '12345'. It takes 5 characters at most"),
    ("<textarea maxlength=3></textarea>", "1234", "It takes 3 characters at most"),
    ("<input>", "a\nb", "It has one line"),
    ("<input oninput=\"this.value = ''\">", "x", "and holds ''"),
    ("<input value=old oninput=\"this.value = 'old'\">", "new", "and holds 'old'"),
    ("<input oninput=\"this.value = this.value.replace(/\\D/g, '')\">", "12a", "and holds '12'"),
]

FIELD = "input, textarea, [contenteditable], label"


@pytest.mark.parametrize(("field", "text"), TAKEN)
async def test_what_a_field_takes_or_only_reformats_is_filled_in(field: str, text: str, page: Page) -> None:
    """Masks, capital letters, currencies, and fields that pass what they get on to the next."""
    await page.set_content(field)
    await forms.fill(page, f"{FIELD} >> nth=0", text, timeout=SHORT)


@pytest.mark.parametrize(("field", "text", "told"), REFUSED)
async def test_what_a_field_does_not_take_fails_and_says_what_it_wants(
    field: str, text: str, told: str, page: Page
) -> None:
    """Nothing goes on with a field that is empty, or holds a part."""
    await page.set_content(field)
    with pytest.raises(NotTaken) as caught:
        await forms.fill(page, FIELD, text, timeout=SHORT)
    assert told in str(caught.value)
    assert repr(text) in str(caught.value)


async def test_a_page_may_be_meant_to_change_what_is_entered(page: Page) -> None:
    """As one that takes what it is given and empties its field."""
    await page.set_content("<input oninput=\"this.value = ''\">")
    await forms.fill(page, "input", "x", verify=False, timeout=SHORT)


async def test_nothing_of_a_secret_is_told(page: Page) -> None:
    """Not even the part that the field holds."""
    await page.set_content("<input maxlength=4>")
    with pytest.raises(NotTaken, match=r"did not take the text, of which it holds 4 characters\.") as caught:
        await forms.fill(page, "input", Secret("hunter2"), timeout=SHORT)
    assert "hunt" not in str(caught.value)


@pytest.mark.parametrize("act", [forms.fill, forms.type_])
async def test_a_field_that_can_only_be_read_is_told_as_such(act: type, page: Page) -> None:
    """Whether it is filled or typed into; it is waited for, as it may come to be editable."""
    await page.set_content("<input readonly value=x>")
    with pytest.raises(ElementNotReady, match="matches 1 element which is read-only"):
        await act(page, "input", "y", timeout=SHORT)
    with pytest.raises(NotTaken, match="It is read-only"):
        await forms.fill(page, "input", "y", force=True, timeout=SHORT)


@pytest.mark.parametrize(
    ("field", "hint"),
    [
        ("<select><option>a</select>", r"use web\.select"),
        ("<input type=checkbox>", r"Use web\.check or web\.uncheck"),
        ("<input type=radio>", r"Use web\.check"),
        ("<input type=file>", r"Use web\.upload"),
        ("<input type=submit>", r"Use web\.click"),
    ],
)
async def test_what_is_no_field_for_text_says_which_node_is_for_it(field: str, hint: str, page: Page) -> None:
    """As drop-down lists and boxes are not."""
    await page.set_content(field)
    with pytest.raises(WebError, match=hint):
        await forms.fill(page, "input, select", "x", timeout=SHORT)


@pytest.mark.parametrize(
    ("field", "keys", "right"),
    [
        ("<input type=number>", "12,5", False),
        ("<input type=number value=1>", "2.5", True),
        ("<input type=date>", "24.12.2024", False),
        ("<input type=date>", "12242024", True),
        ("<input type=time>", "six", False),
        ("<input maxlength=3 value=ab>", "cd", False),
        ("<input maxlength=4 value=ab>", "cd", True),
        ("<input onkeyup=\"if (event.key === ',') this.value = ''\">", "tag,", True),
    ],
)
async def test_keys_that_a_field_keeps_out_are_told(field: str, keys: str, right: bool, page: Page) -> None:
    """By its own rules; what a script does with keys is its own affair."""
    await page.set_content(field)
    if right:
        await forms.type_(page, "input", keys, timeout=SHORT)
        return
    with pytest.raises(NotTaken):
        await forms.type_(page, "input", keys, timeout=SHORT)


async def test_a_field_that_can_not_be_emptied_fails(page: Page) -> None:
    """A mask without any letter or digit is empty."""
    await page.set_content(
        "<input value=x oninput=\"this.value = 'x'\"><textarea oninput=\"this.value = '__.__'\">1</textarea>"
    )
    with pytest.raises(NotTaken):
        await forms.clear(page, "input", timeout=SHORT)
    await forms.clear(page, "textarea", timeout=SHORT)


async def test_a_list_of_one_option_does_not_take_two(page: Page) -> None:
    """The second would be lost."""
    await page.set_content("<select><option>a<option>b</select>")
    with pytest.raises(NotTaken, match="one option of it can be chosen at a time"):
        await forms.select(page, "select", label=["a", "b"], timeout=SHORT)
