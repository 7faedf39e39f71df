"""Strict YAML: the core schema, and what is refused."""

import re
import sys
from typing import Any

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from stratagem.errors import BadFile
from stratagem.formats.document import MAX_DEPTH, Document
from stratagem.formats.strict import read_yaml

# PyYAML writes YAML 1.1, which leaves texts such as 1e5 without quotes.
TEXTS = st.text(
    st.characters(min_codepoint=32, max_codepoint=0x2FF, exclude_characters="\x7f\x85\xa0"), max_size=8
).filter(lambda text: not re.match(r"[-+]?\.?[0-9]", text))
SCALARS = st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | TEXTS
VALUES = st.recursive(
    SCALARS, lambda inner: st.lists(inner, max_size=4) | st.dictionaries(TEXTS, inner, max_size=4), max_leaves=20
)


def read(text: str) -> Document:
    return read_yaml(text.encode(), "flow.yaml")


def refused(text: str) -> BadFile:
    with pytest.raises(BadFile) as caught:
        read(text)
    assert caught.value.problems[0].file == "flow.yaml"
    return caught.value


@given(VALUES, st.booleans(), st.sampled_from([None, '"', "'"]))
def test_what_a_yaml_writer_writes_is_read_back(value: Any, flow: bool, style: str | None) -> None:
    """In block and flow style; with everything quoted the writer adds tags to what is no text."""
    assert read(yaml.safe_dump(value, default_flow_style=flow, default_style=style, allow_unicode=True)).data == value


@given(st.text())
def test_no_text_raises_anything_but_a_bad_file(text: str) -> None:
    """Whatever the text, the only error is BadFile."""
    try:
        document = read_yaml(text.encode("utf-8", "surrogatepass"), "flow.yaml")
    except BadFile:
        return
    assert isinstance(document, Document)


@given(st.text("{}[]-?:,&*!|>'\"%#\n a1~", max_size=40))
def test_no_near_miss_of_yaml_raises_anything_but_a_bad_file(text: str) -> None:
    """Indicators in any order can't confuse the builder."""
    try:
        document = read(text)
    except BadFile:
        return
    assert isinstance(document, Document)


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("on", "on"),
        ("off", "off"),
        ("yes", "yes"),
        ("No", "No"),
        ("2024-01-31", "2024-01-31"),
        ("12:30:45", "12:30:45"),
        ("1_000", "1_000"),
        ("0b11", "0b11"),
        ("<<", "<<"),
        ("true", True),
        ("FALSE", False),
        ("~", None),
        ("", None),
        ("null", None),
        ("012", 12),
        ("0o17", 15),
        ("0xff", 255),
        ("-7", -7),
        ("1e3", 1000.0),
        (".5", 0.5),
        ("'1'", "1"),
        ('"true"', "true"),
        ("!!str 1", "1"),
        ("! 1", "1"),
        ("!!int '1'", 1),
        ("!!float 1", 1.0),
        ("!!map {a: !!seq [1]}", {"a": [1]}),
    ],
)
def test_scalars_are_read_by_the_core_schema(text: str, value: object) -> None:
    """Words that YAML 1.1 turned into booleans, dates and odd numbers stay texts."""
    data = read(text).data
    assert data == value
    assert type(data) is type(value)


def test_every_mapping_knows_the_line_on_which_it_begins() -> None:
    """In block and flow style."""
    document = read("a:\n  b: 1\nc:\n- d: 1\n-\n  {e: 1}\n")
    data = document.data
    assert [document.line(part) for part in (data, data["a"], data["c"][0], data["c"][1])] == [1, 2, 4, 6]


@pytest.mark.parametrize(
    ("text", "line", "what"),
    [
        ("a: &x 1\nb: 2", 1, "anchors and aliases are not read"),
        ("a: 1\nb: &x [1]", 2, "anchors and aliases are not read"),
        ("a: 1\nb: *x", 2, "anchors and aliases are not read"),
        ("a: 1\nb: !!python/none x", 2, "the tag 'tag:yaml.org,2002:python/none' is not read"),
        ("a: !mine {b: 1}", 1, "the tag '!mine' is not read"),
        ("a: !!int x", 1, "expected int, got 'x'"),
        ("a: 1\n---\nb: 2", 2, "the file has more than one document"),
        ("a:\n  .inf", 2, "expected a finite number, got '.inf'"),
        ("a: .NaN", 1, "expected a finite number, got '.NaN'"),
        ("a: 1e999", 1, "expected a finite number, got '1e999'"),
        ("a: ]\nb: 1", 1, "this is not YAML"),
        ("a:\n\t- 1", 2, "this is not YAML"),
        ("a: 1\n1: 2", 2, "keys are texts, this one is 1"),
        ("true: 2", 1, "keys are texts, this one is true"),
        ("? [a]\n: 2", 1, "keys are texts, this one is a list"),
    ],
)
def test_what_is_no_plain_data_is_refused_with_its_line(text: str, line: int, what: str) -> None:
    """Each construct that parsers read differently has its own error."""
    error = refused(text)
    assert error.line == line
    assert error.what.startswith(what)


def test_all_duplicate_keys_are_told_together() -> None:
    """Each with its own line and the key."""
    error = refused("a: 1\nb: {x: 1, x: 2}\na: 2\n")
    assert [(problem.line, problem.key) for problem in error.problems] == [(2, "x"), (3, "a")]


def test_nesting_is_bounded() -> None:
    """The bound itself is read, one more is refused, and many more are refused before they are held."""
    assert read("[" * MAX_DEPTH + "]" * MAX_DEPTH).data
    assert "nested" in refused("[" * (MAX_DEPTH + 1) + "]" * (MAX_DEPTH + 1)).what
    assert "nested" in refused("[" * 100_000).what


@pytest.mark.parametrize("end", ["\x85", "\u2028", "\u2029"], ids=ascii)
@pytest.mark.parametrize("parser", ["c", "pure"])
def test_lines_end_as_in_yaml_1_2(end: str, parser: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """What only YAML 1.1 knew as a line end ends neither a comment nor a text, and is kept."""
    if parser == "pure":
        monkeypatch.delattr(yaml, "CSafeLoader", raising=False)
    document = read(f"# note{end}b: 1\na: x {end} y\nc: |\n  x{end}z\nd: '{end}'\ne{end}e: \"\\uE000\\N\ue001\"\n")
    assert document.data == {"a": f"x {end} y", "c": f"x{end}z\n", "d": end, f"e{end}e": "\ue000\x85\ue001"}


def test_without_pyyaml_the_error_says_how_to_install_it(monkeypatch: pytest.MonkeyPatch) -> None:
    """PyYAML is an extra."""
    monkeypatch.setitem(sys.modules, "yaml", None)
    assert refused("a: 1").hint == 'Install it: pip install "stratagem-kernel[yaml]".'


def test_the_pure_parser_serves_where_there_is_no_c_parser(monkeypatch: pytest.MonkeyPatch) -> None:
    """Both give the same data and lines."""
    monkeypatch.delattr(yaml, "CSafeLoader", raising=False)
    document = read("a:\n  b: [1, on]\n")
    assert document.data == {"a": {"b": [1, "on"]}}
    assert document.line(document.data["a"]) == 2
