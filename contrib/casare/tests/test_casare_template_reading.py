"""The dialect's templates beside a reading of their grammar without regular expressions."""

import time
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from stratagem import TemplatePath, UndefinedName
from stratagem_casare.references import Read
from stratagem_casare.template import LenientTemplate

SCOPE: dict[str, Any] = {
    "x": 5,
    "none": None,
    "no": False,
    "s": "bob %x% {{x}}",
    "rows": [{"id": 7}, [1, 2]],
    "user": {"name": "Ann"},
    "user.name": ["exact"],
    "$today": "2024-01-31",
}
NOT_THERE = object()

Parsed = tuple[list[str | int], bool, int]
"""The steps of a path, whether its length is asked for, and where the reference ends."""

BRACKETS = (("{{", "}}"), ("${", "}"), ("%", "%"))


def bind(path: TemplatePath) -> tuple[Read, int]:
    if path.root not in SCOPE:
        raise UndefinedName(f"{path.root!r} is unknown")
    return lambda scope: scope[path.root], 0


def resolved(text: str) -> Any:
    return LenientTemplate(text).bind(bind)(SCOPE)


def read_directly(text: str) -> Any:
    """What the text means, read from left to right."""
    parts: list[Any] = []
    at = 0
    while at < len(text):
        found = reference_at(text, at)
        if found is None:
            parts.append(text[at])
            at += 1
            continue
        steps, length, end = found
        value = value_of(steps, length)
        if value is not NOT_THERE and (at, end) == (0, len(text)):
            return value
        parts.append(text[at:end] if value is NOT_THERE else "" if value is None else str(value))
        at = end
    return "".join(parts)


def reference_at(text: str, at: int) -> Parsed | None:
    for opening, closing in BRACKETS:
        if not text.startswith(opening, at):
            continue
        double = opening == "{{"
        start = at + len(opening)
        path = path_at(text, skipped(text, start) if double else start)
        if path is None:
            continue
        steps, end = path
        length = False
        if double:
            end = skipped(text, end)
            word = skipped(text, end + 1)
            if text.startswith("|", end) and text.startswith("length", word):
                length, end = True, skipped(text, word + len("length"))
        if text.startswith(closing, end):
            return steps, length, end + len(closing)
    return None


def path_at(text: str, at: int) -> tuple[list[str | int], int] | None:
    dollar = text.startswith("$", at)
    end = name_end(text, at + dollar)
    if end is None:
        return None
    steps: list[str | int] = [text[at:end]]
    while True:
        digits = number_end(text, end + 1) if text.startswith("[", end) else end
        if text.startswith(".", end) and (after := name_end(text, end + 1)):
            steps.append(text[end + 1 : after])
            end = after
        elif end + 1 < digits <= end + 10 and text.startswith("]", digits):
            steps.append(int(text[end + 1 : digits]))
            end = digits + 1
        else:
            return steps, end


def name_end(text: str, at: int) -> int | None:
    if at >= len(text) or not is_letter(text[at]) or text[at].isdecimal():
        return None
    while at < len(text) and is_letter(text[at]):
        at += 1
    return at


def number_end(text: str, at: int) -> int:
    while at < len(text) and text[at].isdecimal():
        at += 1
    return at


def is_letter(character: str) -> bool:
    return character.isalnum() or character == "_"


def skipped(text: str, at: int) -> int:
    while at < len(text) and text[at].isspace():
        at += 1
    return at


def value_of(steps: list[str | int], length: bool) -> Any:
    written = "".join(f"[{step}]" if isinstance(step, int) else f".{step}" for step in steps)[1:]
    value = SCOPE[written] if written in SCOPE else descended(steps)
    if length and value is not NOT_THERE:
        return len(value) if isinstance(value, (str, list, dict)) else NOT_THERE
    return value


def descended(steps: list[str | int]) -> Any:
    value: Any = SCOPE
    for step in steps:
        value = entry(value, step)
    return value


def entry(holder: Any, step: str | int) -> Any:
    if isinstance(step, str):
        return holder.get(step, NOT_THERE) if isinstance(holder, dict) else NOT_THERE
    return holder[step] if isinstance(holder, list) and step < len(holder) else NOT_THERE


PIECES = st.sampled_from(
    ["{{", "}}", "${", "}", "%", " ", "\n", "|", "length", ".", "$", "[0]", "[1]", "[9]", "[", "]", "x", "s", "no",
     "none", "rows", "user", "name", "id", "$today", "gone", "5", "ä", "²", "_", "user.name"]
)  # fmt: skip


@given(st.lists(PIECES, max_size=14).map("".join) | st.text(max_size=30))
def test_a_text_means_what_a_reading_by_hand_says(text: str) -> None:
    """Whatever stands in it; a whole reference keeps the type of its value."""
    found, expected = resolved(text), read_directly(text)
    assert (found, type(found)) == (expected, type(expected))


@given(st.sampled_from(sorted(SCOPE)), st.sampled_from(BRACKETS))
def test_a_whole_reference_is_its_value(name: str, brackets: tuple[str, str]) -> None:
    """The very object, not a copy or its text."""
    opening, closing = brackets
    assert resolved(f"{opening}{name}{closing}") is SCOPE[name]


@pytest.mark.parametrize(
    "piece",
    ["{{", "{{x", "{{x.", "${x", "%x", "%", "{{ ", "{{x|", "{{x|length", "$", "x.x", "[0]", "{{x}}", "%x%", "{{x[0]"],
)
def test_reading_takes_time_in_proportion_to_the_text(piece: str) -> None:
    """Twenty thousand of anything are read at once, where a look back from each would take minutes."""
    begun = time.perf_counter()
    resolved(piece * 20_000)
    resolved("{{" + piece * 20_000)
    resolved("{{x" + " " * 20_000 + piece)
    assert time.perf_counter() - begun < 5
