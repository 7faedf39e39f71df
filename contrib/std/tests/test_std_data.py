"""JSON and CSV nodes."""

from __future__ import annotations

import csv
import sys
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from stratagem import Context, Secret
from stratagem_std.csv_data import csv_dump, csv_parse, csv_read, csv_write
from stratagem_std.json_data import json_dump, json_parse, json_read, json_write

SCALARS = st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text()
JSON = st.recursive(SCALARS, lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner), max_leaves=20)
CELLS = st.text(st.characters(exclude_categories=["Cs"]), max_size=8)


@st.composite
def tables(draw: st.DrawFn) -> list[dict[str, str]]:
    """Rows with the same headers, at least one of each."""
    headers = draw(st.lists(CELLS, min_size=1, max_size=4, unique=True))
    row = st.tuples(*([CELLS] * len(headers)))
    return [dict(zip(headers, cells, strict=True)) for cells in draw(st.lists(row, min_size=1, max_size=6))]


@given(JSON, st.none() | st.integers(0, 3), st.booleans())
def test_json_comes_back_as_it_was(value: Any, indent: int | None, sort_keys: bool) -> None:
    """However it is laid out."""
    assert json_parse(json_dump(value, indent, sort_keys)) == value


@given(tables(), st.sampled_from([",", ";", "\t", "|"]), st.sampled_from(['"', "'"]))
def test_tables_come_back_as_they_were(rows: list[dict[str, str]], delimiter: str, quote: str) -> None:
    """Whatever is in their cells and headers: separators, quotes, line ends."""
    table = csv_parse(csv_dump(rows, delimiter=delimiter, quote=quote), delimiter, quote=quote)
    assert table.rows == rows
    assert table.headers == list(rows[0])
    assert table.count == len(rows)


@given(st.lists(st.lists(CELLS, min_size=1, max_size=4), max_size=6))
def test_rows_without_headers_come_back_as_they_were(rows: list[list[str]]) -> None:
    """Even of different lengths."""
    assert csv_parse(csv_dump(rows), header=False).rows == rows


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ('{"a": 1, "a": 2}', "an object of the JSON has the key 'a' twice"),
        ("[NaN]", "expected a JSON value, got NaN"),
        ("[-Infinity]", "expected a JSON value, got -Infinity"),
        ("[-1e999]", "-1e999 is larger than any number can be"),
        ('{"a":\n ]', "this is no JSON: Expecting value at line 2, column 2"),
        ("[" * 100_000, "the JSON is nested too deeply"),
    ],
)
def test_what_is_no_json_is_an_error_that_says_why(text: str, message: str) -> None:
    """Duplicate keys, numbers that are none, mistakes with their place, nesting without end."""
    with pytest.raises(ValueError) as caught:
        json_parse(text)
    assert str(caught.value) == message


def test_values_that_json_does_not_have_are_refused() -> None:
    """Instead of being written as something that can't be read."""
    with pytest.raises(ValueError):
        json_dump(float("nan"))
    with pytest.raises(TypeError):
        json_dump({1, 2})
    deep: list[Any] = []
    for _ in range(sys.getrecursionlimit() * 20):
        deep = [deep]
    with pytest.raises(ValueError, match="nested more than 100 deep"):
        json_dump(deep)


def test_text_made_of_a_secret_is_secret() -> None:
    """JSON and CSV alike; the real value is in it."""
    secret = Secret("hunter2")
    assert str(json_dump({"a": [secret]})) == str(csv_dump([{"a": secret}])) == "***"
    assert json_dump({"a": [secret]}) == '{"a": ["hunter2"]}'
    assert csv_dump([{"a": secret}]) == "a\nhunter2\n"


def test_a_secret_is_written_to_files_as_it_is(context: Context, sandbox: Path) -> None:
    """A file of asterisks would help nobody."""
    json_write("out.json", {"key": Secret("hunter2")}, context, indent=None)
    csv_write("out.csv", [[Secret("hunter2")]], context)
    assert (sandbox / "out.json").read_text("utf-8") == '{"key": "hunter2"}\n'
    assert (sandbox / "out.csv").read_text("utf-8") == "hunter2\n"


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("a,b\n1\n", "row 1 has 1 fields and there are 2 headers"),
        ("a,b\n1,2\n1,2,3\n", "row 2 has 3 fields and there are 2 headers"),
        ("a,b,a\n", "the header 'a' is there twice"),
        ('a\n"open', "line 2 is no CSV: unexpected end of data"),
    ],
)
def test_what_is_no_table_is_an_error_that_says_where(text: str, message: str) -> None:
    """The row, or the line, and what is wrong with it."""
    with pytest.raises(ValueError) as caught:
        csv_parse(text)
    assert str(caught.value) == message


def test_rows_of_uneven_length_are_read_if_that_is_asked_for() -> None:
    """What lacks is empty, what is too much has the name of its place."""
    assert csv_parse("a,b\n1\n1,2,3\n", strict=False).rows == [
        {"a": "1", "b": ""},
        {"a": "1", "b": "2", "column_3": "3"},
    ]


def test_headers_choose_and_order_the_columns() -> None:
    """A key that is none of them is an error, not lost."""
    assert csv_dump([{"b": 1}], headers=["a", "b"]) == "a,b\n,1\n"
    with pytest.raises(ValueError) as caught:
        csv_dump([{"c": 1}], headers=["a"])
    assert str(caught.value) == "row 1 has the key 'c', which is no header"


@pytest.mark.parametrize("rows", [[{"a": 1}, [1]], ["text"]])
def test_rows_that_are_neither_dicts_nor_lists_are_refused(rows: list[Any]) -> None:
    """And so are both together."""
    with pytest.raises(TypeError, match=r"in row \d, got a"):
        csv_dump(rows)


def test_no_rows_are_no_text() -> None:
    """With headers, they alone are."""
    assert csv_dump([]) == ""
    assert csv_dump([], headers=["a", "b"]) == "a,b\n"
    assert csv_parse("").rows == []


def test_a_byte_order_mark_is_no_part_of_the_first_header(context: Context, sandbox: Path) -> None:
    """As spreadsheets write it."""
    (sandbox / "marked.csv").write_bytes(b"\xef\xbb\xbfa\n1\n")
    (sandbox / "marked.json").write_bytes(b"\xef\xbb\xbf[1]")
    assert csv_read("marked.csv", context).headers == ["a"]
    assert json_read("marked.json", context) == [1]
    assert csv_parse("\ufeffa\n1\n").rows == [{"a": "1"}]
    assert json_parse("\ufeff[1]") == [1]


@given(tables())
def test_a_table_that_begins_with_a_mark_comes_back_too(rows: list[dict[str, str]]) -> None:
    """It is a part of its header if the table had it."""
    marked = [{f"\ufeff{name}": cell for name, cell in row.items()} for row in rows]
    assert csv_parse(csv_dump(marked)).rows == marked


def test_large_cells_are_read(context: Context) -> None:
    """Without a change to how much others in the process may read."""
    before = csv.field_size_limit()
    rows = [{"id": "1", "body": "x" * (2 * before)}]
    csv_write("large.csv", rows, context)
    assert csv_read("large.csv", context).rows == csv_parse(csv_dump(rows)).rows == rows
    assert csv.field_size_limit() == before


def test_other_encodings_are_read_and_written(context: Context, sandbox: Path) -> None:
    """By the names that Python has for them."""
    csv_write("latin.csv", [["Größe"]], context, encoding="latin-1")
    assert (sandbox / "latin.csv").read_bytes() == b"Gr\xf6\xdfe\n"
    assert csv_read("latin.csv", context, header=False, encoding="latin-1").rows == [["Größe"]]


def test_nothing_is_written_of_what_can_not_be_written(context: Context, sandbox: Path) -> None:
    """The old file stays whole."""
    with pytest.raises(TypeError):
        json_write("data/order.json", {"a": object()}, context)
    with pytest.raises(UnicodeEncodeError):
        csv_write("data/people.csv", [["€"]], context, encoding="latin-1")
    assert (sandbox / "data/order.json").read_text("utf-8") == '{"id": 7}\n'
    assert (sandbox / "data/people.csv").read_text("utf-8").startswith("name,born")
