"""Fields: what one holds after something was entered, and what it wants where it did not take it.

Pages reformat what is entered – grouped digits, capital letters, dates in another order – and that is no failure. It is
one where the field stays as it was or empty, or has only a part of the text.
"""

from __future__ import annotations

import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from typing import TYPE_CHECKING, Any, Final
from unicodedata import normalize

from attrs import frozen

from stratagem import Secret
from stratagem_std.secret_text import plain
from stratagem_web.api import Locator
from stratagem_web.errors import NotTaken
from stratagem_web.limits import ms, within

if TYPE_CHECKING:
    from playwright.async_api import ElementHandle

_LONGEST: Final = 60

WANTED: Final = {
    "date": "a date such as 2024-12-31 (year-month-day)",
    "time": "a time such as 18:30",
    "datetime-local": "a date and a time such as 2024-12-31T18:30",
    "month": "a month such as 2024-12 (year-month)",
    "week": "a week such as 2024-W52",
    "number": "a number such as 1234.5",
    "color": "a colour such as #ff8800",
}
"""The text that fields of a type take, however they show it to people."""

_ONE_LINE: Final = ("text", "search", "email", "url", "tel", "password")

_READ = """at => {
    const field = at.matches("input, textarea, select") || at.isContentEditable ? at : at.closest("label")?.control ?? at;
    const isField = "value" in field && !field.isContentEditable;
    return {
        there: field.isConnected, focused: field.getRootNode().activeElement === field,
        type: field.matches("input") ? field.type : field.tagName.toLowerCase(),
        text: isField ? field.value : field.innerText,
        readOnly: Boolean(field.readOnly || field.disabled),
        most: field.maxLength > 0 ? field.maxLength : null, least: field.min ?? "", greatest: field.max ?? "",
    };
}"""


@frozen
class Held:
    """A field at one moment: its ``type``, or the name of its element; what is in it, and what it allows.

    ``most`` is how many characters it takes, ``least`` and ``greatest`` are of its value.
    """

    there: bool
    focused: bool
    type: str
    text: str
    readOnly: bool  # noqa: N815 - as the page has it
    most: int | None
    least: str
    greatest: str

    def wants(self) -> str:
        """Return what it takes, as a sentence; empty where that is not known."""
        if self.readOnly:
            return "It is read-only."
        if self.type == "range":
            return f"It wants a number from {self.least or 0} to {self.greatest or 100}."
        if self.type in WANTED:
            return f"It wants {WANTED[self.type]}."
        return f"It takes {self.most} characters at most." if self.most is not None else ""


class Field:
    """The field that a locator stands for, kept hold of so that it is known after its page has changed."""

    def __init__(self, handle: ElementHandle, selector: str, url: str, timeout: float) -> None:
        self._handle = handle
        self._selector = selector
        self._url = url
        self._timeout = timeout

    async def held(self) -> Held | None:
        """Return what it holds; None where the page has gone on, or does not answer any more."""
        from playwright.async_api import Error

        with suppress(Error), within(self._timeout, f"looking at {self._selector!r}"):
            return Held(**await self._handle.evaluate(_READ))
        return None

    async def writable(self) -> None:
        """Waits until it can be edited."""
        await self._handle.wait_for_element_state("editable", timeout=ms(self._timeout))

    def refusal(self, text: str, held: Held) -> NotTaken:
        """The error for a text that the field did not take; nothing of a secret is shown."""
        hidden = isinstance(text, Secret) or held.type == "password"
        now = f"{len(held.text)} characters" if hidden else _cut(held.text)
        what = f"the text, of which it holds {now}" if hidden else f"{_cut(plain(text))}, and holds {now}"
        if _too_many_lines(plain(text), held):
            wants = "It has one line."
        else:
            wants = held.wants() or "Where its page is meant to change it, set verify to false."
        return NotTaken(f"{self._selector!r} on {self._url} did not take {what}. {wants}")


@asynccontextmanager
async def field_of(found: Locator, selector: str, url: str, timeout: float) -> AsyncIterator[Field]:
    """The field of a locator; waits until it is there."""
    from playwright.async_api import Error

    handle = await found.element_handle(timeout=ms(timeout))
    try:
        yield Field(handle, selector, url, timeout)
    finally:
        with suppress(Error):  # it goes with its page
            await handle.dispose()


def took(text: str, before: Held | None, held: Held) -> bool:
    """Return whether a field has taken a text in place of what was in it ``before``."""
    wanted, now = plain(text).replace("\r\n", "\n"), held.text
    if now == wanted or not held.there:
        return True
    if not wanted.strip():
        return not _marks(now)
    if held.type in WANTED or held.type == "range":
        return _took_value(wanted.strip(), held)
    if not now.strip() or (before is not None and now == before.text):
        return False
    if _too_many_lines(wanted, held):
        return False
    return not held.focused or _same_number(wanted, now) or not _is_part(_marks(now), _marks(wanted))


def typed(text: str, before: Held | None, held: Held) -> bool:
    """Return whether a field has taken what was typed into it, as far as its own rules tell.

    Scripts may do with keys as they like.
    """
    keys = plain(text)
    if before is None or not held.there or not keys.strip():
        return True
    if held.type == "number":
        return _equal(f"{before.text}{keys}", held.text)
    if held.type in WANTED and held.text == before.text:
        return False
    if held.type == "date" and not before.text:
        return len(held.text) == len("2024-12-31") and _digits(keys) == _digits(held.text)
    return held.most is None or len(held.text) < held.most or held.text.endswith(keys)


def _digits(text: str) -> list[str]:
    """The digits of a date in whatever order, zeros left out, which may be filled in."""
    return sorted(filter("123456789".__contains__, text))


def _too_many_lines(text: str, held: Held) -> bool:
    return held.type in _ONE_LINE and "\n" in text.strip()


def _took_value(wanted: str, held: Held) -> bool:
    """Return whether a field that holds values of its own form has taken one."""
    if held.type in ("number", "range"):
        return _equal(wanted, held.text)
    if held.type == "color":
        return held.text.casefold() == wanted.casefold() or (wanted[:1] != "#" and held.text != "#000000")
    return bool(held.text)


def _equal(wanted: str, now: str) -> bool:
    with suppress(ValueError):
        return float(wanted) == float(now)
    return False


def _marks(text: str) -> str:
    """The letters and digits of a text, which no reformatting takes away."""
    return "".join(filter(str.isalnum, normalize("NFKC", text).casefold()))


def _is_part(part: str, whole: str) -> bool:
    """Return whether ``part`` is ``whole`` with something left out."""
    rest = iter(whole)
    return len(part) < len(whole) and all(mark in rest for mark in part)


def _same_number(wanted: str, now: str) -> bool:
    """Return whether a field shows the number that is wanted, grouped or with a currency."""
    return _equal(re.sub(r"[,\s'_]", "", wanted), re.sub(r"[,\s'_]|^[^\d.+-]+|[^\d.]+$", "", now))


def _cut(text: Any) -> str:
    return repr(text if len(text) <= _LONGEST else f"{text[:_LONGEST]}…")
