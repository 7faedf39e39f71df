"""Regular expressions, and replacing with and without them."""

from typing import Any

import attrs

from stratagem import Example
from stratagem_casare import coerce
from stratagem_casare.nodes.lenient import data_node
from stratagem_std import regex
from stratagem_std.patterns import timely
from stratagem_std.secret_text import kept
from stratagem_std.text import bound


@attrs.frozen
class Matches:
    """The places at which a pattern matches; ``groups`` are those of the first match."""

    match_found: bool
    first_match: str
    all_matches: list[str]
    groups: list[str | None]
    match_count: int


@attrs.frozen
class Replaced:
    """A text after replacing, and how often that was."""

    result: str
    count: int


@attrs.frozen
class TextReplaced:
    """A text after replacing, and how often that was."""

    result: str
    replacements: int


@attrs.frozen
class Extracted:
    """A match and its groups, or lists of them."""

    match: Any
    groups: list[Any]
    found: bool


@data_node(
    "RegexMatchNode",
    examples=(Example({"text": "a1b22", "pattern": "[0-9]+"}, gives={"first_match": "1", "match_count": 2}),),
)
@timely
def regex_match(
    text: Any = "", pattern: Any = "", ignore_case: Any = False, multiline: Any = False, dotall: Any = False
) -> Matches:
    """All matches of a pattern, and the groups of the first."""
    whole, wanted = coerce.text(text), _pattern(pattern)
    case, lines, dots = _flags(ignore_case, multiline, dotall)
    first = regex.regex_match(whole, wanted, ignore_case=case, multiline=lines, dot_all=dots)
    found = regex.regex_find_all(whole, wanted, case, lines, dots)
    return Matches(first.matched, first.match, found, first.groups, len(found))


@data_node(
    "RegexReplaceNode",
    examples=(Example({"text": "a1b2", "pattern": "[0-9]", "replacement": "-"}, gives={"result": "a-b-", "count": 2}),),
)
@timely
def regex_replace(
    text: Any = "",
    pattern: Any = "",
    replacement: Any = "",
    ignore_case: Any = False,
    multiline: Any = False,
    dotall: Any = False,
    max_count: Any = 0,
) -> Replaced:
    """With matches replaced, at most ``max_count`` of them; 0 for all."""
    limit, flags = max(coerce.whole(max_count), 0), _flags(ignore_case, multiline, dotall)
    done = regex.regex_replace(coerce.text(text), _pattern(pattern), coerce.text(replacement), limit, *flags)
    return Replaced(done.result, done.count)


@data_node(
    "TextReplaceNode",
    examples=(
        Example(
            {"text": "aa", "old_value": "a", "new_value": "b", "count": 1}, gives={"result": "ba", "replacements": 1}
        ),
    ),
)
@timely
def text_replace(
    text: Any = "",
    old_value: Any = "",
    new_value: Any = "",
    count: Any = -1,
    use_regex: Any = False,
    ignore_case: Any = False,
    multiline: Any = False,
    dotall: Any = False,
) -> TextReplaced:
    """With ``old_value`` replaced, at most ``count`` times; -1 for all."""
    limit, whole = coerce.whole(count, -1), coerce.text(text)
    old, new = coerce.text(old_value), coerce.text(new_value)
    if coerce.truth(use_regex) and limit != 0:
        done = regex.regex_replace(whole, old, new, max(limit, 0), *_flags(ignore_case, multiline, dotall))
        return TextReplaced(done.result, done.count)
    times = whole.count(old) if limit < 0 else min(limit, whole.count(old))
    bound(len(whole) + times * (len(new) - len(old)))
    return TextReplaced(kept(whole.replace(old, new, times), whole, new), times)


@data_node(
    "TextExtractNode",
    examples=(Example({"text": "a=1", "pattern": "(\\w)=(\\d)"}, gives={"match": "a=1", "groups": ["a", "1"]}),),
)
@timely
def text_extract(
    text: Any = "",
    pattern: Any = "",
    all_matches: Any = False,
    ignore_case: Any = False,
    multiline: Any = False,
    dotall: Any = False,
) -> Extracted:
    """The first match of a pattern and its groups, or lists of all of them."""
    whole, flags = coerce.text(text), _flags(ignore_case, multiline, dotall)
    found = regex.compiled(_pattern(pattern), *flags).all(whole, lambda match: (match[0], match.groups()))
    matches = [kept(match, whole) for match, _ in found]
    groups = [[group and kept(group, whole) for group in each] for _, each in found]
    if coerce.truth(all_matches):
        return Extracted(matches, groups, bool(found))
    return Extracted(matches[0] if found else "", groups[0] if found else [], bool(found))


def _pattern(value: Any) -> str:
    if value in (None, ""):
        raise ValueError("Regex pattern is required")
    return coerce.text(value)


def _flags(ignore_case: Any, multiline: Any, dotall: Any) -> tuple[bool, bool, bool]:
    return coerce.truth(ignore_case), coerce.truth(multiline), coerce.truth(dotall)
