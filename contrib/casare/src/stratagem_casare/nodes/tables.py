"""CSV and JSON files."""

import csv
import io
from typing import Any

import attrs

from stratagem import NOTHING, Context, Nothing
from stratagem_casare import coerce
from stratagem_casare.nodes.lenient import action_node
from stratagem_casare.storage import existing, path_of, write_whole
from stratagem_std import csv_text, json_data
from stratagem_std.files import text_in


@attrs.frozen(kw_only=True)
class Rows:
    """Rows read: dicts by header where there is one, else lists."""

    data: list[Any] | Nothing = NOTHING
    headers: list[str] | Nothing = NOTHING
    row_count: int | Nothing = NOTHING
    success: bool = True


@attrs.frozen(kw_only=True)
class WrittenRows:
    """A CSV file written."""

    file_path: str | Nothing = NOTHING
    attachment_file: list[str] | Nothing = NOTHING
    row_count: int | Nothing = NOTHING
    success: bool = True


@attrs.frozen(kw_only=True)
class Loaded:
    """The content of a JSON file."""

    data: Any = NOTHING
    success: bool = True


@attrs.frozen(kw_only=True)
class Written:
    """A file written."""

    file_path: str | Nothing = NOTHING
    attachment_file: list[str] | Nothing = NOTHING
    success: bool = True


@action_node("ReadCSVNode", effect="read", reads=("file:*",))
def read_csv(
    context: Context,
    file_path: Any = "",
    delimiter: Any = ",",
    has_header: Any = True,
    encoding: Any = "utf-8",
    quotechar: Any = '"',
    skip_rows: Any = 0,
    max_rows: Any = 0,
    strict: Any = False,
) -> Rows:
    """The rows of a CSV file after ``skip_rows``, at most ``max_rows`` of them; 0 for all."""
    text = text_in(existing(path_of(context, file_path)).read_bytes(), coerce.text(encoding))
    rows = csv_text.rows_of(text, coerce.text(delimiter), coerce.text(quotechar), coerce.truth(strict))[
        coerce.whole(skip_rows) :
    ]
    headers = rows.pop(0) if coerce.truth(has_header) and rows else []
    rows = rows[: coerce.whole(max_rows) or None]
    data: list[Any] = [_by_header(headers, row) for row in rows] if headers else [*rows]
    return Rows(data=data, headers=headers, row_count=len(data))


@action_node("WriteCSVNode", writes=("file:*",))
def write_csv(
    context: Context,
    file_path: Any = "",
    data: Any = None,
    headers: Any = None,
    delimiter: Any = ",",
    write_header: Any = True,
    encoding: Any = "utf-8",
) -> WrittenRows:
    """Writes rows, dicts or lists, to a CSV file; ``headers`` are the first dict's keys where they are missing."""
    path, rows = path_of(context, file_path), _table(data)
    names = coerce.items(headers) or (list(rows[0]) if rows and isinstance(rows[0], dict) else [])
    out = io.StringIO()
    writer = csv.writer(out, delimiter=coerce.text(delimiter))
    if names and coerce.truth(write_header):
        writer.writerow(names)
    for row in rows:
        writer.writerow([row.get(name, "") for name in names] if isinstance(row, dict) else coerce.items(row) or [row])
    write_whole(path, out.getvalue().encode(coerce.text(encoding)))
    return WrittenRows(file_path=str(path), attachment_file=[str(path)], row_count=len(rows))


@action_node("ReadJSONFileNode", effect="read", reads=("file:*",))
def read_json_file(context: Context, file_path: Any = "", encoding: Any = "utf-8") -> Loaded:
    """Return what a JSON file says."""
    return Loaded(data=json_data.json_read(str(path_of(context, file_path)), context, coerce.text(encoding)))


@action_node("WriteJSONFileNode", writes=("file:*",))
def write_json_file(
    context: Context,
    file_path: Any = "",
    data: Any = None,
    encoding: Any = "utf-8",
    indent: Any = 2,
    ensure_ascii: Any = False,
) -> Written:
    """Writes a value to a JSON file; what JSON does not have is written as its text."""
    path = path_of(context, file_path)
    text = coerce.json_of(data, indent, ensure_ascii=coerce.truth(ensure_ascii))
    write_whole(path, text.encode(coerce.text(encoding)))
    return Written(file_path=str(path), attachment_file=[str(path)])


def _by_header(headers: list[str], row: list[str]) -> dict[str, str]:
    """The row by its headers: fields that it lacks are empty, further ones are left out."""
    return dict(zip(headers, row + [""] * (len(headers) - len(row)), strict=False))


def _table(data: Any) -> list[Any]:
    if not isinstance(data, (list, tuple)):
        raise ValueError(f"there are no rows to write: expected a list, got a {type(data).__name__}")
    return list(data)
