"""Texts that are one path in braces are read without the parser, and mean what it would make of them."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from stratagem.errors import StratagemError
from stratagem.templates.parser import Parser
from stratagem.templates.parsing import parse
from stratagem.templates.paths import by_name
from stratagem.templates.source_text import SourceText
from stratagem.templates.template import Template
from stratagem.templates.whole_path import WholePath, whole_path

names = st.sampled_from(["a", "b", "and", "if", "secrets", "null", "True", "_x1", "é", "$now", "9", "a b", ""])
paths = st.lists(names, min_size=1, max_size=4).map(".".join)
texts = st.builds(
    "{{{{{}{}{}}}}}{}".format,
    st.sampled_from(["", " ", "\n"]),
    paths,
    st.sampled_from(["", " ", "|"]),
    st.sampled_from(["", " "]),
)


def parsed(text: str) -> Template | None:
    """What the parser makes of the text; None where it refuses it."""
    parser = Parser(SourceText(text))
    try:
        root = parser.text(0)
    except StratagemError:
        return None
    return Template(text, root, tuple(dict.fromkeys(each.path for each in parser.references)))


def outcome(template: Template, scope: dict[str, Any]) -> object:
    """The value, or what the error says."""
    try:
        return template.bind(by_name)(scope)
    except StratagemError as error:
        return type(error), str(error)


@given(texts)
@example("{{ a.b }}")
@example("{{ secrets.a }}")
@example("{{ null }}")
@example("{{ a.b\n}}")
def test_it_means_what_the_parser_says(text: str) -> None:
    """The same paths, the same values, the same errors."""
    quick, slow = whole_path(text), parsed(text)
    if quick is None:
        return
    assert slow is not None
    assert (quick.paths, quick.constant, quick.text) == (slow.paths, slow.constant, slow.text)
    for scope in ({}, {"a": 1}, {"a": {"b": {"a": 2}}}, {"_x1": [1], "é": {"if": 3}}):
        assert outcome(quick, scope) == outcome(slow, scope)


@pytest.mark.parametrize("text", ["{{ a }}", "{{a.b}}", "{{  a.b.c  }}", "{{ $run }}"])
def test_plain_paths_go_without_the_parser(text: str) -> None:
    """The frequent forms do; the syntax tree is made for whoever asks for it."""
    template = parse(text)
    assert isinstance(template, WholePath)
    assert template.root is template.root


@pytest.mark.parametrize(
    "text", ["{{ a[0] }}", "{{ a }} ", "{{ secrets.x }}", "{{ true }}", "{{ 1 }}", "{{ a | upper }}"]
)
def test_anything_else_is_left_to_the_parser(text: str) -> None:
    """Subscripts, other text, reserved words, literals, filters."""
    assert not isinstance(parse(text), WholePath)
