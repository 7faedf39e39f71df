"""Regular expressions, and replacing with and without them."""

import re
from typing import Any

import attrs

from stratagem.nodes import Example
from stratagem_casare import coerce
from stratagem_casare.nodes.registry import pack


@attrs.frozen
class Matches:
    """Where a pattern matches; ``groups`` are those of the first match."""

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


@pack.node(
    "RegexMatchNode",
    effect="pure",
    examples=(Example({"text": "a1b22", "pattern": "[0-9]+"}, gives={"first_match": "1", "match_count": 2}),),
)
def regex_match(
    text: Any = "", pattern: Any = "", ignore_case: Any = False, multiline: Any = False, dotall: Any = False
) -> Matches:
    """All matches of a pattern, and the groups of the first."""
    found = list(_pattern(pattern, ignore_case, multiline, dotall).finditer(coerce.text(text)))
    first = found[0] if found else None
    all_matches = [match[0] for match in found]
    return Matches(
        bool(found), first[0] if first else "", all_matches, list(first.groups()) if first else [], len(found)
    )


@pack.node(
    "RegexReplaceNode",
    effect="pure",
    examples=(Example({"text": "a1b2", "pattern": "[0-9]", "replacement": "-"}, gives={"result": "a-b-", "count": 2}),),
)
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
    compiled = _pattern(pattern, ignore_case, multiline, dotall)
    return Replaced(*compiled.subn(coerce.text(replacement), coerce.text(text), max(coerce.whole(max_count), 0)))


@pack.node(
    "TextReplaceNode",
    effect="pure",
    examples=(
        Example(
            {"text": "aa", "old_value": "a", "new_value": "b", "count": 1}, gives={"result": "ba", "replacements": 1}
        ),
    ),
)
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
        return TextReplaced(*_pattern(old, ignore_case, multiline, dotall).subn(new, whole, max(limit, 0)))
    times = whole.count(old)
    return TextReplaced(whole.replace(old, new, limit), times if limit < 0 else min(limit, times))


@pack.node(
    "TextExtractNode",
    effect="pure",
    examples=(Example({"text": "a=1", "pattern": "(\\w)=(\\d)"}, gives={"match": "a=1", "groups": ["a", "1"]}),),
)
def text_extract(
    text: Any = "",
    pattern: Any = "",
    all_matches: Any = False,
    ignore_case: Any = False,
    multiline: Any = False,
    dotall: Any = False,
) -> Extracted:
    """The first match of a pattern and its groups, or lists of all of them."""
    if not pattern:
        raise ValueError("Regex pattern is required")
    found = list(_pattern(pattern, ignore_case, multiline, dotall).finditer(coerce.text(text)))
    if coerce.truth(all_matches):
        return Extracted([match[0] for match in found], [list(match.groups()) for match in found], bool(found))
    return Extracted(found[0][0] if found else "", list(found[0].groups()) if found else [], bool(found))


def _pattern(pattern: Any, ignore_case: Any, multiline: Any, dotall: Any) -> re.Pattern[str]:
    chosen = ((ignore_case, re.IGNORECASE), (multiline, re.MULTILINE), (dotall, re.DOTALL))
    flags = re.RegexFlag(0)
    for wanted, flag in chosen:
        flags |= flag if coerce.truth(wanted) else re.RegexFlag(0)
    try:
        return re.compile(coerce.text(pattern), flags)
    except re.error as error:
        raise ValueError(f"{pattern!r} is no regular expression: {error}") from None
