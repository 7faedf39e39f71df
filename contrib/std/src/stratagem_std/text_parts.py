"""Text: taking it apart, putting it together, and looking for parts of it."""

import re
from typing import Any, Final

from stratagem import Example, require_walkable
from stratagem_std.as_text import as_text
from stratagem_std.caps import MAX_ITEMS
from stratagem_std.registry import pack
from stratagem_std.secret_text import all_kept, kept
from stratagem_std.text import bound

_END: Final = re.compile(r"\r\n|\r|\n")


def lines_of(text: str) -> list[str]:
    """The lines of a text without their ends."""
    lines = _END.split(text)
    return lines if lines[-1] else lines[:-1]


@pack.node(
    effect="pure",
    examples=(
        Example({"text": "a,b,,c", "separator": ","}, {"result": ["a", "b", "", "c"]}),
        Example({"text": "  two  words "}, {"result": ["two", "words"]}),
        Example({"text": "key=a=b", "separator": "=", "limit": 1}, {"result": ["key", "a=b"]}),
    ),
)
def text_split(text: str, separator: str = "", limit: int = -1) -> list[str]:
    """Splits text at each separator; without one, into the words between white space.

    ``limit`` is the most splits made, from the left; -1 makes all.
    """
    parts = text.split(separator or None, limit if 0 <= limit < MAX_ITEMS else MAX_ITEMS)
    if len(parts) > MAX_ITEMS:
        raise ValueError(f"the text has more than {MAX_ITEMS} parts")
    return all_kept(parts, text)


@pack.node(
    effect="pure",
    examples=(
        Example({"items": ["a", 2, True], "separator": "-"}, {"result": "a-2-true"}),
        Example({"items": []}, {"result": ""}),
    ),
)
def text_join(items: list[Any], separator: str = "") -> str:
    """Joins the items of a list to one text, each written as templates write it."""
    require_walkable(items, "joined")
    bound(len(separator) * len(items))
    texts = [as_text(item) for item in items]
    bound(sum(map(len, texts)) + len(separator) * len(texts))
    return kept(separator.join(texts), separator, *texts)


@pack.node(effect="pure", examples=(Example({"text": "one\ntwo\r\nthree\n"}, {"result": ["one", "two", "three"]}),))
def text_lines(text: str) -> list[str]:
    r"""Splits text into its lines, without the line ends; the end of the last line starts no further one.

    Lines end at ``\n``, ``\r\n`` and ``\r``, and at nothing else that Unicode has for it.
    """
    return all_kept(lines_of(text), text)


@pack.node(
    effect="pure",
    examples=(
        Example({"text": "1.234.567", "old": ".", "new": ""}, {"result": "1234567"}),
        Example({"text": "aaa", "old": "a", "new": "b", "limit": 1}, {"result": "baa"}),
    ),
)
def text_replace(text: str, old: str, new: str, limit: int = -1) -> str:
    """Replaces each ``old`` in text by ``new``; ``limit`` is the most replacements made, from the left."""
    if not old:
        raise ValueError("the text to be replaced is empty")
    times = text.count(old) if limit < 0 else min(limit, text.count(old))
    bound(len(text) + times * (len(new) - len(old)))
    return kept(text.replace(old, new, times), text, new)


@pack.node(
    effect="pure",
    examples=(
        Example({"text": "Invoice 12", "search": "voice"}, {"result": True}),
        Example({"text": "Invoice 12", "search": "INVOICE", "ignore_case": True}, {"result": True}),
    ),
)
def text_contains(text: str, search: str, ignore_case: bool = False) -> bool:
    """Tells whether ``search`` occurs in text."""
    return search.casefold() in text.casefold() if ignore_case else search in text


@pack.node(effect="pure", examples=(Example({"text": "INV-1", "prefix": "INV"}, {"result": True}),))
def text_starts_with(text: str, prefix: str, ignore_case: bool = False) -> bool:
    """Tells whether text begins with ``prefix``."""
    return text.casefold().startswith(prefix.casefold()) if ignore_case else text.startswith(prefix)


@pack.node(effect="pure", examples=(Example({"text": "report.PDF", "suffix": ".pdf"}, {"result": False}),))
def text_ends_with(text: str, suffix: str, ignore_case: bool = False) -> bool:
    """Tells whether text ends with ``suffix``."""
    return text.casefold().endswith(suffix.casefold()) if ignore_case else text.endswith(suffix)


@pack.node(effect="pure", examples=(Example({"text": "banana", "search": "an"}, {"result": 2}),))
def text_count(text: str, search: str) -> int:
    """Counts how often ``search`` occurs in text, without overlaps."""
    if not search:
        raise ValueError("the text to be counted is empty")
    return text.count(search)


@pack.node(effect="pure", examples=(Example({"text": "größe"}, {"result": 5}),))
def text_length(text: str) -> int:
    """Counts the characters of text."""
    return len(text)
