"""Texts: cut, change, look into."""

from typing import Any

import attrs

from stratagem.nodes import Example
from stratagem_casare import coerce
from stratagem_casare.nodes.registry import pack


@attrs.frozen
class Counted:
    """A result and a count."""

    result: list[str]
    count: int


@attrs.frozen
class Lines:
    """Lines and how many there are."""

    lines: list[str]
    count: int


@attrs.frozen
class Part:
    """A part of a text."""

    result: str
    length: int


@attrs.frozen
class Found:
    """Whether, where (-1 if not) and how often a text is found."""

    contains: bool
    position: int
    count: int


@pack.node(
    "ConcatenateNode", effect="pure", examples=(Example({"string_1": "a", "string_2": 1}, gives={"result": "a1"}),)
)
def concatenate(string_1: Any = "", string_2: Any = "", separator: Any = "") -> str:
    """Both texts with ``separator`` between them."""
    return coerce.text(separator).join((coerce.text(string_1), coerce.text(string_2))) if string_2 or string_1 else ""


@pack.node(
    "FormatStringNode",
    effect="pure",
    examples=(Example({"template": "{a}-{b}", "variables": {"a": 1}}, gives={"result": "1-{b}"}),),
)
def format_string(template: Any = "", variables: Any = None) -> str:
    """``template`` with ``{name}`` replaced by what ``variables`` has under that name; other braces stay."""
    names = coerce.table(variables)
    pieces = coerce.text(template).split("{")
    done = [pieces[0]]
    for piece in pieces[1:]:
        name, brace, rest = piece.partition("}")
        known = brace and name in names
        done.append(coerce.text(names[name]) + rest if known else "{" + piece)
    return "".join(done)


@pack.node("TextSplitNode", effect="pure", examples=(Example({"text": "a,b", "separator": ","}, gives={"count": 2}),))
def text_split(text: Any = "", separator: Any = None, max_split: Any = -1) -> Counted:
    """The parts between separators, or between white space where there is none."""
    parts = coerce.text(text).split(coerce.text(separator) or None, coerce.whole(max_split, -1))
    return Counted(parts, len(parts))


@pack.node("TextTrimNode", effect="pure", examples=(Example({"text": " a "}, gives={"result": "a"}),))
def text_trim(text: Any = "", mode: Any = "both", characters: Any = "") -> str:
    """Without white space, or ``characters``, at its ``left``, ``right`` or ``both`` ends."""
    cut = {"left": str.lstrip, "right": str.rstrip}.get(coerce.text(mode), str.strip)
    return cut(coerce.text(text), coerce.text(characters) or None)


@pack.node("TextCaseNode", effect="pure", examples=(Example({"text": "aB", "case": "upper"}, gives={"result": "AB"}),))
def text_case(text: Any = "", case: Any = "lower") -> str:
    """In ``upper``, ``lower``, ``title``, ``capitalize`` or ``swapcase``."""
    change = {
        "upper": str.upper,
        "lower": str.lower,
        "title": str.title,
        "capitalize": str.capitalize,
        "swapcase": str.swapcase,
    }.get(coerce.text(case), str)
    return change(coerce.text(text))


@pack.node(
    "TextPadNode",
    effect="pure",
    examples=(Example({"text": "7", "length": 3, "fill_char": "0"}, gives={"result": "007"}),),
)
def text_pad(text: Any = "", length: Any = 0, mode: Any = "left", fill_char: Any = " ") -> str:
    """Filled up to ``length`` at its ``left``, ``right`` or both sides (``center``)."""
    fill = coerce.text(fill_char)
    pad = {"right": str.ljust, "center": str.center}.get(coerce.text(mode), str.rjust)
    return pad(coerce.text(text), coerce.whole(length), fill if len(fill) == 1 else " ")


@pack.node("TextReverseNode", effect="pure", examples=(Example({"text": "abc"}, gives={"result": "cba"}),))
def text_reverse(text: Any = "") -> str:
    """Back to front."""
    return coerce.text(text)[::-1]


@pack.node(
    "TextLinesNode", effect="pure", examples=(Example({"text": "a\nb"}, gives={"lines": ["a", "b"], "count": 2}),)
)
def text_lines(text: Any = "") -> Lines:
    """The lines."""
    lines = coerce.text(text).splitlines()
    return Lines(lines, len(lines))


@pack.node(
    "TextCountNode",
    effect="pure",
    outputs=("count",),
    examples=(Example({"text": "a b", "mode": "words"}, gives={"count": 2}),),
)
def text_count(text: Any = "", mode: Any = "characters", exclude_whitespace: Any = False) -> int:
    """How many ``characters``, ``words`` or ``lines``."""
    given = coerce.text(text)
    if mode == "words":
        return len(given.split())
    if mode == "lines":
        return len(given.splitlines())
    return len("".join(given.split())) if coerce.truth(exclude_whitespace) else len(given)


@pack.node(
    "TextSubstringNode",
    effect="pure",
    examples=(Example({"text": "abc", "start": 1}, gives={"result": "bc", "length": 2}),),
)
def text_substring(text: Any = "", start: Any = 0, end: Any = None) -> Part:
    """From ``start`` up to before ``end``."""
    part = coerce.text(text)[coerce.whole(start) : coerce.optional_whole(end)]
    return Part(part, len(part))


@pack.node(
    "TextJoinNode", effect="pure", examples=(Example({"items": ["a", 1], "separator": "-"}, gives={"result": "a-1"}),)
)
def text_join(items: Any = None, separator: Any = "") -> str:
    """All items with ``separator`` between them; what is no list counts as its one item."""
    listed = list(items) if isinstance(items, (list, tuple)) else [] if items is None else [items]
    return coerce.text(separator).join(map(coerce.text, listed))


@pack.node(
    "TextContainsNode",
    effect="pure",
    examples=(Example({"text": "abab", "search": "b"}, gives={"position": 1, "count": 2}),),
)
def text_contains(text: Any = "", search: Any = "", case_sensitive: Any = True) -> Found:
    """Whether, where and how often ``search`` is in the text."""
    whole, wanted = _cased(case_sensitive, text, search)
    return Found(wanted in whole, whole.find(wanted), whole.count(wanted))


@pack.node(
    "TextStartsWithNode", effect="pure", examples=(Example({"text": "ab", "prefix": "a"}, gives={"result": True}),)
)
def text_starts_with(text: Any = "", prefix: Any = "", case_sensitive: Any = True) -> bool:
    """Whether it begins with ``prefix``."""
    whole, wanted = _cased(case_sensitive, text, prefix)
    return whole.startswith(wanted)


@pack.node(
    "TextEndsWithNode", effect="pure", examples=(Example({"text": "ab", "suffix": "b"}, gives={"result": True}),)
)
def text_ends_with(text: Any = "", suffix: Any = "", case_sensitive: Any = True) -> bool:
    """Whether it ends with ``suffix``."""
    whole, wanted = _cased(case_sensitive, text, suffix)
    return whole.endswith(wanted)


def _cased(case_sensitive: Any, *texts: Any) -> list[str]:
    plain = map(coerce.text, texts)
    return list(plain) if coerce.truth(case_sensitive) else [text.lower() for text in plain]
