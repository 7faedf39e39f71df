"""Text: changing its letters and its length."""

from typing import Literal

from stratagem import Example, brief, titled
from stratagem_std.caps import MAX_CHARS
from stratagem_std.registry import pack
from stratagem_std.secret_text import kept

Side = Literal["left", "right", "both"]


@pack.node(effect="pure", examples=(Example({"text": "Straße 5"}, {"result": "STRASSE 5"}),))
def text_upper(text: str) -> str:
    """Turns text into capital letters."""
    return kept(text.upper(), text)


@pack.node(effect="pure", examples=(Example({"text": "Hello World"}, {"result": "hello world"}),))
def text_lower(text: str) -> str:
    """Turns text into small letters."""
    return kept(text.lower(), text)


@pack.node(effect="pure", examples=(Example({"text": "ada lovelace's NOTES"}, {"result": "Ada Lovelace's Notes"}),))
def text_title(text: str) -> str:
    """Gives each word a capital letter, and small ones after it; an apostrophe within a word begins no other one."""
    return kept(titled(text), text)


@pack.node(
    effect="pure",
    examples=(
        Example({"text": "  total \n"}, {"result": "total"}),
        Example({"text": "0042", "side": "left", "characters": "0"}, {"result": "42"}),
    ),
)
def text_trim(text: str, side: Side = "both", characters: str = "") -> str:
    """Cuts white space, or any of ``characters``, off the ends of text."""
    which = characters or None
    cut = {"both": text.strip, "left": text.lstrip, "right": text.rstrip}[side]
    return kept(cut(which), text)


@pack.node(
    effect="pure",
    examples=(
        Example({"text": "42", "length": 5, "fill": "0"}, {"result": "00042"}),
        Example({"text": "name", "length": 6, "side": "right"}, {"result": "name  "}),
    ),
)
def text_pad(text: str, length: int, side: Side = "left", fill: str = " ") -> str:
    """Fills text up to a length; longer text stays as it is.

    ``side`` is where ``fill``, a single character, is added; of an odd number of them ``both`` puts the larger half
    to the right. Raises ValueError for a ``fill`` of another length.
    """
    if len(fill) != 1:
        raise ValueError(f"expected a single character for fill, got {brief(fill)}")
    bound(length)
    missing = max(0, length - len(text))
    left = {"left": missing, "right": 0, "both": missing // 2}[side]
    return kept(f"{fill * left}{str.__str__(text)}{fill * (missing - left)}", text)


@pack.node(effect="pure", examples=(Example({"text": "ab", "times": 3}, {"result": "ababab"}),))
def text_repeat(text: str, times: int) -> str:
    """Puts text after itself a number of times; zero or less gives empty text."""
    bound(len(text) * times)
    return kept(text * times, text)


@pack.node(effect="pure", examples=(Example({"text": "abc"}, {"result": "cba"}),))
def text_reverse(text: str) -> str:
    """Turns the order of the characters around."""
    return text[::-1]


@pack.node(
    effect="pure",
    examples=(
        Example({"text": "INV-2024-001", "start": 4, "end": 8}, {"result": "2024"}),
        Example({"text": "INV-2024-001", "start": -3}, {"result": "001"}),
    ),
)
def text_substring(text: str, start: int = 0, end: int | None = None) -> str:
    """Takes the characters from ``start`` up to and without ``end``.

    Counts from 0; negative numbers count from the end of the text. What lies outside the text is left out.
    """
    return text[start:end]


def bound(length: int) -> None:
    """Nothing, for a length that a text may have; raises ValueError for another."""
    if length > MAX_CHARS:
        raise ValueError(f"the text would have {brief(length)} characters, more than {MAX_CHARS}")
