"""CSV and JSON files."""

import csv
import io
import json
from typing import Any

import attrs

from stratagem.nodes import Context
from stratagem_casare import coerce
from stratagem_casare.nodes.registry import pack
from stratagem_casare.storage import existing, path_of, write_whole


@attrs.frozen
class Rows:
    """Rows read: dicts by header where there is one, else lists."""

    data: list[Any]
    headers: list[str]
    row_count: int
    success: bool


@attrs.frozen
class WrittenRows:
    """A CSV file written."""

    file_path: str
    attachment_file: list[str]
    row_count: int
    success: bool


@attrs.frozen
class Loaded:
    """What a JSON file says."""

    data: Any
    success: bool


@attrs.frozen
class Written:
    """A file written."""

    file_path: str
    attachment_file: list[str]
    success: bool


@pack.node("ReadCSVNode", effect="read", reads=("file:*",))
def read_csv(
    context: Context,
    file_path: Any = "",
    delimiter: str = ",",
    has_header: Any = True,
    encoding: str = "utf-8",
    quotechar: str = '"',
    skip_rows: Any = 0,
    max_rows: Any = 0,
    strict: Any = False,
) -> Rows:
    """The rows of a CSV file after ``skip_rows``, at most ``max_rows`` of them; 0 for all."""
    text = existing(path_of(context, file_path)).read_bytes().decode(encoding)
    reader = csv.reader(
        io.StringIO(text.removeprefix("\ufeff")), delimiter=delimiter, quotechar=quotechar, strict=coerce.truth(strict)
    )
    rows = list(reader)[coerce.whole(skip_rows) :]
    headers = rows.pop(0) if coerce.truth(has_header) and rows else []
    rows = rows[: coerce.whole(max_rows) or None]
    data: list[Any] = [dict(zip(headers, row, strict=False)) for row in rows] if headers else [*rows]
    return Rows(data, headers, len(data), True)


@pack.node("WriteCSVNode", writes=("file:*",))
def write_csv(
    context: Context,
    file_path: Any = "",
    data: Any = None,
    headers: Any = None,
    delimiter: str = ",",
    write_header: Any = True,
    encoding: str = "utf-8",
) -> WrittenRows:
    """Writes rows, dicts or lists, to a CSV file; ``headers`` are the first dict's keys where they are missing."""
    path, rows = path_of(context, file_path), coerce.items(data)
    names = coerce.items(headers) or (list(rows[0]) if rows and isinstance(rows[0], dict) else [])
    out = io.StringIO()
    writer = csv.writer(out, delimiter=delimiter)
    if names and coerce.truth(write_header):
        writer.writerow(names)
    for row in rows:
        writer.writerow([row.get(name, "") for name in names] if isinstance(row, dict) else coerce.items(row) or [row])
    write_whole(path, out.getvalue().encode(encoding))
    return WrittenRows(str(path), [str(path)], len(rows), True)


@pack.node("ReadJSONFileNode", effect="read", reads=("file:*",))
def read_json_file(context: Context, file_path: Any = "", encoding: str = "utf-8") -> Loaded:
    """What a JSON file says."""
    raw = existing(path_of(context, file_path)).read_bytes()
    return Loaded(json.loads(raw.decode(encoding).removeprefix("\ufeff")), True)


@pack.node("WriteJSONFileNode", writes=("file:*",))
def write_json_file(
    context: Context,
    file_path: Any = "",
    data: Any = None,
    encoding: str = "utf-8",
    indent: Any = 2,
    ensure_ascii: Any = False,
) -> Written:
    """Writes a value to a JSON file."""
    path = path_of(context, file_path)
    text = json.dumps(data, indent=coerce.optional_whole(indent), ensure_ascii=coerce.truth(ensure_ascii), default=str)
    write_whole(path, text.encode(encoding))
    return Written(str(path), [str(path)], True)
