"""Selectors, keys and timeouts that are constant are read before anything runs, as the browser itself would."""

from __future__ import annotations

import re
from time import perf_counter
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from playwright.async_api import Error, Page

from hypothesis_profiles import examples
from stratagem import Kernel, Node, Secret, Workflow, WorkflowError
from stratagem_testing import provided
from stratagem_web import forms, mouse, pack
from stratagem_web.keys import KNOWN_AS, NAMED, PLACED, read_key
from stratagem_web.selectors import read_selector

BAD = [
    ("#a[[", "a bracket '[' is not closed"),
    ("div[href", "a bracket '[' is not closed"),
    ("a:has(b", "a bracket '(' is not closed"),
    ("tr:has(td >> text=x)", "'>>' can't stand in one"),
    ("div >", "it ends too early"),
    ("a > > b", "'>' can't stand there"),
    ("a,,b", "',' can't stand there"),
    ("#", "'#' can't stand there"),
    ("a]", "']' can't stand there"),
    ("a/b", "'/' can't stand there"),
    ("[x]div", "'div' can't stand there"),
    (":not()", "')' can't stand there"),
    ("a::before", "a pseudo-element"),
    ("#1abc", "an id that begins with a digit is written [id='1abc']"),
    ("[data-id=5]", "the value in '[data-id=5]' must be in quotes"),
    ("[a b]", "'[a b]' can't be read"),
    ("/html/body", "an XPath that begins with one slash is written xpath=/html/body"),
    ("xpath=//a[", "the XPath can't be read at its sign 4: unexpected end"),
    ("//div[@id='x'", "unexpected end"),
    ("//a[@]", "the XPath can't be read at its sign 6"),
    ("//a[lower-case(.)='x']", "unknown function 'lower-case'"),
    ("magic=1", "there is no engine 'magic'"),
    ("Text=Save", "Engines are written small: text=."),
    ("label=Name", 'write role=textbox[name="Name"]'),
    ("placeholder=Name", 'Write [placeholder="Name"].'),
    ("form >> button=Save", 'Write role=button[name="Save"].'),
    ("role=", 'as in role=button[name="Save"]'),
    ('role=button[name="Save', "can't be read"),
    ("form >> >> a", "it ends too early"),
    (">> a", "it ends too early"),
]

GOOD = [
    "#total", "table.prices td:nth-child(2)", "*", ".über", r"#\31 abc", r".sm\:flex", ".--x", ".-x",
    "a[href^='/x'] > img + b ~ c, d", '[data-id="5" i]', "[a='b]']", "input[type=submit],button", "a /* c */ b",
    ":nth-match(:text('Buy'), 3)", 'input:right-of(:text("Name"), 120)', ":scope > a", ":has(> img)",
    "li:nth-child(odd of .x)", 'tr:has(td:text("Pears"))', "button:visible", 'td:text-matches("x", "i")',
    "//table[2]//a", "xpath=//a[contains(., 'x') and not(@x)]", "(//a)[last()]", "..", "xpath=/html/body",
    "text=Search", 'text="Search', '"Search"', "text=it's >> b", "text=/reg[ex]/i", "form >> text=Search",
    'role=button[name="Save" i]', "role=button[name=Save][pressed]", "role=button[name=/sa[v/]e/i]", "role=heading[level=2]",
    "li >> nth=-1", "td >> visible=true", "id=foo", "data-testid=x", "*css=div >> a", 'internal:label="Name"i',
    'input[name="a>>b"]',
]  # fmt: skip


@pytest.mark.parametrize(("selector", "told"), BAD)
def test_a_selector_that_nothing_can_match_is_refused(selector: str, told: str) -> None:
    """With what is wrong, and where people write it so, with what to write."""
    with pytest.raises(ValueError, match="expected a selector, got ") as caught:
        read_selector(selector)
    assert told in str(caught.value)


@pytest.mark.parametrize("selector", GOOD)
def test_a_selector_of_the_browser_is_taken(selector: str) -> None:
    """As it is; and so are several, for frames within frames."""
    assert read_selector(selector) == selector
    assert read_selector([selector, "iframe"]) == [selector, "iframe"]


@given(st.text(st.sampled_from("a1 .#[]()'\"=>:,*/\\|~+-@")) | st.text())
@settings(max_examples=examples(300), deadline=None)
def test_whatever_is_written_is_taken_or_refused(text: str) -> None:
    """With an error of one sort, never another."""
    try:
        assert read_selector(text) == text
    except ValueError as error:
        assert "expected a selector, got " in str(error)  # noqa: PT017 - either outcome is right


@pytest.mark.parametrize(
    "selector",
    [
        ":is(" * 20_000,
        "a>>" + "'\"" * 20_000,
        "role=b" + "[a='x']" * 9_000 + "!",
        "//a" + "[" * 9_000,
        "/*" * 30_000,
        "a," * 30_000,
    ],
    ids=["nested", "quotes", "role", "xpath", "comments", "list"],
)
def test_a_hostile_selector_is_refused_at_once_and_in_short(selector: str) -> None:
    """Time and text stay within bounds."""
    begun = perf_counter()
    try:
        read_selector(selector)
    except ValueError as error:
        assert len(str(error)) < 600  # noqa: PT017 - one of them is a selector
    assert perf_counter() - begun < 2


def test_nothing_of_a_secret_selector_is_told() -> None:
    """Not even what is wrong with it, which shows parts of it."""
    with pytest.raises(ValueError, match="it can't be read") as caught:
        read_selector(Secret("[id=5hidden]"))
    assert "hidden" not in str(caught.value)


@pytest.fixture(scope="module")
def anyio_backend() -> str:
    """Playwright knows asyncio alone."""
    return "asyncio"


@pytest.mark.anyio
async def test_the_browser_is_of_the_same_opinion(page: Page) -> None:
    """About each of those above."""
    await page.set_content("<form><a>x</a></form>")
    for selector, _ in BAD:
        with pytest.raises(Error):
            await page.locator(selector).count()
    for selector in GOOD:
        assert await page.locator(selector).count() >= 0


@pytest.mark.anyio
async def test_the_browser_knows_the_keys_and_not_their_other_names(page: Page) -> None:
    """Neither list is longer than it may be."""
    await page.set_content("<input>")
    for key in (*NAMED, *PLACED):
        if key not in ("F5", "BrowserBack"):
            await page.keyboard.down(key)
            await page.keyboard.up(key)
    for key in KNOWN_AS:
        for name in (key, key.capitalize()):
            if name not in (*NAMED, *PLACED):
                with pytest.raises(Error, match="Unknown key"):
                    await page.keyboard.down(name)


@pytest.mark.parametrize(
    ("key", "told"),
    [
        ("Ctrl", "there is no key 'Ctrl'. It is called Control."),
        ("Ctrl+A", "there is no key 'Ctrl' in 'Ctrl+A'. It is called Control."),
        ("control+a", "It is called Control."),
        ("Strg+Shift+T", "It is called Control."),
        ("esc", "It is called Escape."),
        ("Return", "It is called Enter."),
        ("PageDwon", "Did you mean 'PageDown'?"),
        ("ä", "enter it with web.type"),
        ("Ctrl+", "It is called Control."),
    ],
)
def test_a_key_that_is_not_called_so_is_told_with_its_name(key: str, told: str) -> None:
    """Alone or with others."""
    with pytest.raises(ValueError, match=re.escape(told)):
        read_key(key)


@pytest.mark.parametrize(
    "key", ["Enter", "Control+A", "Control++", "+", "a", "Shift+ArrowDown", "KeyA", "ControlOrMeta+c"]
)
def test_keys_are_taken_by_their_names(key: str) -> None:
    """A plus may be one of them."""
    assert read_key(key) == key


def problems(**config: Any) -> list[str]:
    """What compiling tells of a node with this config."""
    type_ = config.pop("type", "web.click")
    kernel = Kernel(packs=[pack], plugins=[provided("browser", lambda: None)])  # type: ignore[arg-type, return-value]  # it is not asked
    try:
        kernel.compile(Workflow({"n": Node("n", type_, config)}))
    except WorkflowError as error:
        return [str(each) for each in error.problems]
    return []


def test_everything_constant_is_read_before_anything_runs() -> None:
    """Each with its node and key, all together."""
    told = problems(selector="#a[[", frame=["iframe", "//a["], modifiers=["Ctrl"], delay="5 sec", timeout=0)
    assert [each.split(": ")[1] for each in told] == [
        "key 'selector'", "key 'frame'", "key 'modifiers'", "key 'delay'", "key 'timeout'",
    ]  # fmt: skip
    assert "it is called Control" in told[2].replace("It", "it")
    assert problems(type="web.press", key="Ctrl+A")
    assert problems(type="web.drag_and_drop", source="magic=1", target="a]")[1:]


@pytest.mark.parametrize("timeout", [5, 0.5, "5s", "250ms", "2 m"])
def test_a_timeout_is_a_number_of_seconds_or_a_text_with_its_unit(timeout: Any) -> None:
    """Wherever a node takes one."""
    for type_ in ("web.click", "web.open", "web.browser", "web.open_browser", "web.download"):
        found = problems(type=type_, timeout=timeout)
        assert not [each for each in found if "timeout" in each]


def test_every_node_on_a_page_reads_its_selectors_and_timeouts() -> None:
    """None was forgotten."""
    for name in pack.names():
        inputs = pack.spec(name, 1).inputs
        for port in ("selector", "source", "target", "frame", "timeout", "delay", "key"):
            assert port not in inputs or inputs[port].read is not None, f"{name}.{port}"


@pytest.mark.anyio
async def test_what_only_the_run_tells_is_told_as_well(page: Page, site: str) -> None:
    """Functions of the pack that others call say the same."""
    await page.goto(f"{site}/form.html")
    with pytest.raises(Exception, match=r"there is no engine 'label'\. For a field by its label write role=textbox"):
        await mouse.click(page, "label=Name", timeout=0.3)
    with pytest.raises(ValueError, match="It is called Control"):
        await forms.press(page, "Ctrl+A")
