"""Strict JSON: what is refused, and where lines come from."""

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from stratagem.errors import BadFile
from stratagem.formats.document import MAX_BYTES, MAX_DEPTH, Document
from stratagem.formats.strict import read_json

SCALARS = st.none() | st.booleans() | st.integers(-(10**30), 10**30) | st.floats(allow_nan=False, allow_infinity=False)
TEXTS = st.text(st.characters(exclude_categories=["Cs"]), max_size=8)
VALUES = st.recursive(
    SCALARS | TEXTS,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(TEXTS, inner, max_size=4),
    max_leaves=20,
)


def read(text: str) -> Document:
    return read_json(text.encode(), "flow.json")


def refused(text: str | bytes) -> BadFile:
    with pytest.raises(BadFile) as caught:
        read_json(text if isinstance(text, bytes) else text.encode(), "flow.json")
    assert caught.value.problems[0].file == "flow.json"
    return caught.value


@given(VALUES, st.sampled_from([None, 0, 2]), st.booleans())
def test_any_plain_value_is_read_as_the_standard_library_reads_it(value: Any, indent: int | None, ascii_: bool) -> None:
    """Strictness changes nothing about good files, however they are laid out."""
    text = json.dumps(value, indent=indent, ensure_ascii=ascii_)
    assert read(text).data == json.loads(text)


@given(st.text())
def test_no_text_raises_anything_but_a_bad_file(text: str) -> None:
    """Whatever the text, the only error is BadFile."""
    try:
        document = read_json(text.encode("utf-8", "surrogatepass"), "flow.json")
    except BadFile:
        return
    assert document.data == json.loads(text.removeprefix("\ufeff"))


@given(st.text('{}[]":,\\ \n0aNI', max_size=40))
def test_no_near_miss_of_json_raises_anything_but_a_bad_file(text: str) -> None:
    """Brackets and quotes in any order can't confuse the scan for lines."""
    try:
        document = read(text)
    except BadFile:
        return
    assert document.data == json.loads(text)


def test_every_object_knows_the_line_on_which_it_begins() -> None:
    """Nested, empty and repeated objects, and brackets and quotes in strings, don't shift lines."""
    document = read('{"a{[": {},\n"b": [{"c\\"}": 1},\n\n{"c": {\n}}]\n}')
    data = document.data
    lines = [document.line(part) for part in (data, data["a{["], data["b"][0], data["b"][1], data["b"][1]["c"])]
    assert lines == [1, 1, 2, 4, 4]
    assert document.line(data["b"]) is None


def test_a_byte_order_mark_is_accepted() -> None:
    """Some editors write one."""
    assert read_json(b'\xef\xbb\xbf{"a": 1}', "flow.json").data == {"a": 1}


def test_a_syntax_error_tells_line_and_column() -> None:
    """The place is that of the offending character."""
    error = refused('{"a": 1,\n "b": }')
    assert (error.line, error.what) == (2, "this is not JSON: Expecting value (column 7)")


def test_all_duplicate_keys_are_told_together() -> None:
    """Each with its object's line and the key."""
    error = refused('{"a": {"x": 1, "x": 2},\n"b": {\n"y": 1, "z": 2, "y": 1}}')
    assert [(problem.line, problem.key) for problem in error.problems] == [(1, "x"), (2, "y")]


@pytest.mark.parametrize("literal", ["NaN", "Infinity", "-Infinity", "1e999", "-1e999", "9" * 5000])
def test_a_number_that_is_none_is_refused_with_its_line(literal: str) -> None:
    """The same characters in a string before it are no reason to name another line."""
    error = refused(f'{{"a": "{literal}",\n"b": {literal}}}')
    assert error.line == 2
    assert "expected a finite number, got " in error.what
    assert len(error.what) < 80


def test_half_a_surrogate_pair_is_refused() -> None:
    """Such a text could never be written to a file or sent."""
    assert "surrogate" in refused(r'["\ud83d"]').what
    assert read(r'["\ud83d\ude00"]').data == ["😀"]


def test_text_that_is_not_utf8_is_refused_with_its_line() -> None:
    """UTF-16 and Latin-1 files are refused rather than guessed."""
    error = refused('{"a":\n"\u00e9"}'.encode("latin-1"))
    assert (error.line, error.what) == (2, "this is not UTF-8 text (byte 7)")


def test_nesting_is_bounded() -> None:
    """The bound itself is read; one more is refused with its line, and a million of them don't exhaust the stack."""
    assert read("[" * MAX_DEPTH + "]" * MAX_DEPTH).data
    assert refused("[" * MAX_DEPTH + "\n[" + "]" * MAX_DEPTH + "]").line == 2
    assert "nested" in refused('{"a":' * 1_000_000).what


def test_size_is_bounded() -> None:
    """A file over the bound is refused before it is parsed."""
    assert "64 MiB" in refused(b" " * (MAX_BYTES + 1)).what
