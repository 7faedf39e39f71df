"""Texts: cut, change, look into."""

from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import Any, Literal

import attrs

from stratagem import Example
from stratagem_casare import coerce
from stratagem_casare.nodes.lenient import data_node
from stratagem_std import text as std_text
from stratagem_std import text_parts as std_parts
from stratagem_std.secret_text import kept


@attrs.frozen
class Counted:
    """Parts and how many there are."""

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


_SIDES: Mapping[str, Literal["left", "right"]] = MappingProxyType({"left": "left", "right": "right"})
_CASES: Mapping[str, Callable[[str], str]] = MappingProxyType(
    {
        "upper": std_text.text_upper,
        "lower": std_text.text_lower,
        "title": std_text.text_title,
        "capitalize": lambda text: kept(text.capitalize(), text),
        "swapcase": lambda text: kept(text.swapcase(), text),
    }
)


@data_node("ConcatenateNode", examples=(Example({"string_1": "a", "string_2": 1}, gives={"result": "a1"}),))
def concatenate(string_1: Any = "", string_2: Any = "", separator: Any = "") -> str:
    """Both texts with ``separator`` between them; without any text an empty one."""
    if string_1 in (None, "") and string_2 in (None, ""):
        return ""
    return std_parts.text_join([coerce.text(string_1), coerce.text(string_2)], coerce.text(separator))


@data_node(
    "FormatStringNode",
    examples=(Example({"template": "{a}-{b}", "variables": {"a": 1}}, gives={"result": "1-{b}"}),),
)
def format_string(template: Any = "", variables: Any = None) -> str:
    """``template`` with ``{name}`` replaced by what ``variables`` has under that name; other braces stay."""
    names = {name: coerce.text(value) for name, value in coerce.table(variables).items()}
    pieces = coerce.text(template).split("{")
    done, size = [pieces[0]], len(pieces[0])
    for piece in pieces[1:]:
        name, brace, rest = piece.partition("}")
        done.append(str.__str__(names[name]) + rest if brace and name in names else "{" + piece)
        size += len(done[-1])
        std_text.bound(size)
    return kept("".join(done), template, *names.values())


@data_node("TextSplitNode", examples=(Example({"text": "a,b", "separator": ","}, gives={"count": 2}),))
def text_split(text: Any = "", separator: Any = None, max_split: Any = -1) -> Counted:
    """The parts between separators, or between white space where there is none."""
    parts = std_parts.text_split(coerce.text(text), coerce.text(separator), coerce.whole(max_split, -1))
    return Counted(parts, len(parts))


@data_node("TextTrimNode", examples=(Example({"text": " a "}, gives={"result": "a"}),))
def text_trim(text: Any = "", mode: Any = "both", characters: Any = "") -> str:
    """Without white space, or ``characters``, at its ``left``, ``right`` or ``both`` ends."""
    return std_text.text_trim(coerce.text(text), _SIDES.get(coerce.text(mode), "both"), coerce.text(characters))


@data_node("TextCaseNode", examples=(Example({"text": "aB", "case": "upper"}, gives={"result": "AB"}),))
def text_case(text: Any = "", case: Any = "lower") -> str:
    """In ``upper``, ``lower``, ``title``, ``capitalize`` or ``swapcase``; unchanged for any other case."""
    given = coerce.text(text)
    change = _CASES.get(coerce.text(case))
    return change(given) if change else given


@data_node("TextPadNode", examples=(Example({"text": "7", "length": 3, "fill_char": "0"}, gives={"result": "007"}),))
def text_pad(text: Any = "", length: Any = 0, mode: Any = "left", fill_char: Any = " ") -> str:
    """Filled up to ``length`` at its ``left``, ``right`` or both sides (``center``)."""
    side: Literal["left", "right", "both"] = "both" if mode == "center" else _SIDES.get(coerce.text(mode), "left")
    fill = coerce.text(fill_char)
    return std_text.text_pad(coerce.text(text), coerce.whole(length), side, fill if len(fill) == 1 else " ")


@data_node("TextReverseNode", examples=(Example({"text": "abc"}, gives={"result": "cba"}),))
def text_reverse(text: Any = "") -> str:
    """Back to front."""
    return std_text.text_reverse(coerce.text(text))


@data_node("TextLinesNode", examples=(Example({"text": "a\nb"}, gives={"lines": ["a", "b"], "count": 2}),))
def text_lines(text: Any = "") -> Lines:
    """The lines."""
    lines = std_parts.text_lines(coerce.text(text))
    return Lines(lines, len(lines))


@data_node(
    "TextCountNode", outputs=("count",), examples=(Example({"text": "a b", "mode": "words"}, gives={"count": 2}),)
)
def text_count(text: Any = "", mode: Any = "characters", exclude_whitespace: Any = False) -> int:
    """Return how many ``characters``, ``words`` or ``lines``."""
    given = coerce.text(text)
    if mode == "words":
        return len(std_parts.text_split(given))
    if mode == "lines":
        return len(std_parts.text_lines(given))
    return std_parts.text_length("".join(given.split()) if coerce.truth(exclude_whitespace) else given)


@data_node("TextSubstringNode", examples=(Example({"text": "abc", "start": 1}, gives={"result": "bc", "length": 2}),))
def text_substring(text: Any = "", start: Any = 0, end: Any = None) -> Part:
    """From ``start`` up to before ``end``."""
    part = std_text.text_substring(coerce.text(text), coerce.whole(start), coerce.optional_whole(end))
    return Part(part, len(part))


@data_node("TextJoinNode", examples=(Example({"items": ["a", 1], "separator": "-"}, gives={"result": "a-1"}),))
def text_join(items: Any = None, separator: Any = "") -> str:
    """All items with ``separator`` between them; what is no list counts as its one item."""
    listed = list(items) if isinstance(items, (list, tuple)) else [] if items is None else [items]
    return std_parts.text_join([coerce.text(item) for item in listed], coerce.text(separator))


@data_node("TextContainsNode", examples=(Example({"text": "abab", "search": "b"}, gives={"position": 1, "count": 2}),))
def text_contains(text: Any = "", search: Any = "", case_sensitive: Any = True) -> Found:
    """Whether, where and how often ``search`` is in the text."""
    whole, wanted = coerce.text(text), coerce.text(search)
    if not coerce.truth(case_sensitive):
        whole, wanted = whole.lower(), wanted.lower()
    return Found(wanted in whole, whole.find(wanted), whole.count(wanted))


@data_node("TextStartsWithNode", examples=(Example({"text": "ab", "prefix": "a"}, gives={"result": True}),))
def text_starts_with(text: Any = "", prefix: Any = "", case_sensitive: Any = True) -> bool:
    """Return whether it begins with ``prefix``."""
    return std_parts.text_starts_with(coerce.text(text), coerce.text(prefix), not coerce.truth(case_sensitive))


@data_node("TextEndsWithNode", examples=(Example({"text": "ab", "suffix": "b"}, gives={"result": True}),))
def text_ends_with(text: Any = "", suffix: Any = "", case_sensitive: Any = True) -> bool:
    """Return whether it ends with ``suffix``."""
    return std_parts.text_ends_with(coerce.text(text), coerce.text(suffix), not coerce.truth(case_sensitive))
