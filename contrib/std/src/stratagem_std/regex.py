"""Text: regular expressions, in Python's own syntax."""

from collections.abc import Callable
from typing import Any, TypeVar

from attrs import frozen

from stratagem import Example
from stratagem_std.patterns import Pattern, timely
from stratagem_std.registry import pack
from stratagem_std.secret_text import all_kept, kept

F = TypeVar("F", bound=Callable[..., Any])


def _node(**traits: Any) -> Callable[[F], F]:
    """Registers a function that matches patterns as a node; the function itself is handed back."""

    def register(function: F) -> F:
        pack.node(**traits)(timely(function))
        return function

    return register


@frozen
class Match:
    """The first match: whether there is one, its text, its groups in order, and its named groups."""

    matched: bool
    match: str
    groups: list[str | None]
    names: dict[str, str | None]


@frozen
class Replaced:
    """The text with its replacements, and how many there were."""

    result: str
    count: int


@_node(
    effect="pure",
    examples=(
        Example(
            {"text": "Order 1234 of 2024", "pattern": r"Order (?P<number>\d+)"},
            {"matched": True, "match": "Order 1234", "groups": ["1234"], "names": {"number": "1234"}},
        ),
        Example({"text": "none", "pattern": r"\d"}, {"matched": False, "match": "", "groups": []}),
        Example({"text": "12a", "pattern": r"\d+", "whole": True}, {"matched": False}),
    ),
)
def regex_match(
    text: str,
    pattern: str,
    whole: bool = False,
    ignore_case: bool = False,
    multiline: bool = False,
    dot_all: bool = False,
) -> Match:
    """Looks for the first place in text that matches a regular expression.

    With ``whole`` the text has to match from its beginning to its end. Groups that took no part are None. Raises
    ValueError if ``pattern`` is no regular expression.
    """
    found = compiled(pattern, ignore_case, multiline, dot_all).first(text, whole=whole)
    if found is None:
        return Match(False, "", [], {})
    names = {name: _kept(value, text) for name, value in found.groupdict().items()}
    return Match(True, kept(found[0], text), [_kept(value, text) for value in found.groups()], names)


@_node(effect="pure", examples=(Example({"text": "a1 b22 c", "pattern": r"\w\d+"}, {"result": ["a1", "b22"]}),))
def regex_find_all(
    text: str, pattern: str, ignore_case: bool = False, multiline: bool = False, dot_all: bool = False
) -> list[str]:
    """Lists every part of text that matches a regular expression: whole matches, whatever groups it has."""
    found = compiled(pattern, ignore_case, multiline, dot_all).all(text, lambda match: match[0])
    return all_kept(found, text)


@_node(
    effect="pure",
    examples=(
        Example(
            {"text": "2024-03-31", "pattern": r"(\d+)-(\d+)-(\d+)", "replacement": r"\3.\2.\1"},
            {"result": "31.03.2024", "count": 1},
        ),
    ),
)
def regex_replace(
    text: str,
    pattern: str,
    replacement: str,
    limit: int = 0,
    ignore_case: bool = False,
    multiline: bool = False,
    dot_all: bool = False,
) -> Replaced:
    r"""Replaces what matches a regular expression.

    ``replacement`` may name groups as ``\1`` or ``\g<name>``. ``limit`` is the most replacements made; 0 makes all.
    """
    result, count = compiled(pattern, ignore_case, multiline, dot_all).replaced(text, replacement, limit)
    return Replaced(kept(result, text, replacement), count)


def compiled(pattern: str, ignore_case: bool, multiline: bool, dot_all: bool) -> Pattern:
    """The regular expression with these flags; raises ValueError if ``pattern`` is none."""
    return Pattern(pattern, ignore_case=ignore_case, multiline=multiline, dot_all=dot_all)


def _kept(value: str | None, *sources: Any) -> str | None:
    return None if value is None else kept(value, *sources)
