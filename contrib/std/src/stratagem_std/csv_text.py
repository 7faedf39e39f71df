"""CSV as text, with or without a line of headers."""

import csv
import importlib.util
import io
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Final

from attrs import frozen

from stratagem import brief, require_walkable, strict_json
from stratagem_std.as_text import as_text
from stratagem_std.caps import MAX_CHARS
from stratagem_std.secret_text import kept

MAX_CELL: Final = 2**31 - 1
"""Characters of one cell: what is written can be read."""


def _own_csv() -> Any:
    """The library's engine once more, with a limit of its own to the size of cells.

    That limit belongs to the whole module, so that raising it would raise it for everyone in the process.
    """
    spec = importlib.util.find_spec("_csv")
    assert spec is not None
    assert spec.loader is not None  # it is part of the standard library
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    module.field_size_limit(MAX_CELL)
    return module


_CSV: Final = _own_csv()


@frozen
class Table:
    """The rows in order, each a dict by header, or a list where there are no headers; the headers; how many rows."""

    rows: list[Any]
    headers: list[str]
    count: int


def parse(text: str, delimiter: str = ",", header: bool = True, quote: str = '"', strict: bool = True) -> Table:
    """The table that CSV text stands for; all values are text, empty lines and a byte order mark are passed over.

    Raises:
        ValueError: it is no CSV, has a header twice, or with ``strict`` a row longer or shorter than the headers.
    """
    rows = [row for row in rows_of(text, delimiter, quote) if row]
    if not header:
        return Table(rows, [], len(rows))
    headers = rows[0] if rows else []
    twice = sorted({name for name in headers if headers.count(name) > 1})
    if twice:
        raise ValueError(f"the header {', '.join(map(repr, twice))} is there twice")
    found = [_by_header(number, row, headers, strict) for number, row in enumerate(rows[1:], 1)]
    return Table(found, headers, len(found))


def dump(
    rows: Sequence[Any],
    headers: Sequence[str] | None = None,
    delimiter: str = ",",
    header: bool = True,
    quote: str = '"',
) -> str:
    """CSV text for rows that are all dicts or all lists, each line ended by a line feed.

    Left out, ``headers`` are the keys of dicts in the order in which they come up; keys that a row lacks are empty.

    Raises:
        ValueError: a row has a key that is no header.
        TypeError: a row is neither dict nor list, or they are mixed.
    """
    require_walkable(rows, "written as CSV", most_chars=MAX_CHARS)
    by_name = any(isinstance(row, Mapping) for row in rows)
    names = list(headers or (_keys(rows) if by_name else ()))
    lines = [_cells(number, row, names if by_name else None) for number, row in enumerate(rows, 1)]
    if header and names:
        lines.insert(0, names)
    return kept(_written(lines, delimiter, quote), *(cell for line in lines for cell in line))


def _written(lines: list[list[str]], delimiter: str, quote: str) -> str:
    # With this line terminator both characters that may end a line are quoted in cells; what is written has plain ones.
    writer = csv.writer(rows := _Rows(), delimiter=delimiter, quotechar=quote, lineterminator="\r\n")
    try:
        writer.writerows(lines)
    except csv.Error as error:
        raise ValueError(f"this can't be written as CSV: {error}") from None
    text = "".join(f"{row[:-2]}\n" for row in rows)
    return (
        strict_json.MARK + text if text.startswith(strict_json.MARK) else text
    )  # one of them is left out when it is read


class _Rows(list[str]):
    """The rows that the writer writes, one by one."""

    def write(self, row: str) -> None:
        self.append(row)


def rows_of(text: str, delimiter: str, quote: str, strict: bool = True) -> list[list[str]]:
    """The rows of CSV text, empty ones too, a byte order mark left out; raises ValueError for what is no CSV."""
    lines = io.StringIO(text.removeprefix(strict_json.MARK), newline="")
    reader = _CSV.reader(lines, delimiter=delimiter, quotechar=quote, strict=strict)
    try:
        return list(reader)
    except _CSV.Error as error:
        raise ValueError(f"line {reader.line_num} is no CSV: {error}") from None


def _by_header(number: int, row: list[str], headers: list[str], strict: bool) -> dict[str, str]:
    if strict and len(row) != len(headers):
        raise ValueError(f"row {number} has {len(row)} fields and there are {len(headers)} headers")
    extra = [f"column_{place}" for place in range(len(headers) + 1, len(row) + 1)]
    filled = row + [""] * (len(headers) - len(row))
    return dict(zip([*headers, *extra], filled, strict=True))


def _keys(rows: Iterable[Any]) -> dict[str, None]:
    return dict.fromkeys(key for row in rows if isinstance(row, Mapping) for key in row)


def _cells(number: int, row: Any, names: Sequence[str] | None) -> list[str]:
    if names is None:
        if not isinstance(row, (list, tuple)):
            raise TypeError(f"expected a list in row {number}, got a {type(row).__name__}")
        return [as_text(value) for value in row]
    if not isinstance(row, Mapping):
        raise TypeError(f"expected a dict in row {number}, got a {type(row).__name__}")
    unknown = [key for key in row if key not in names]
    if unknown:
        raise ValueError(f"row {number} has the key {brief(unknown[0])}, which is no header")
    return [as_text(row.get(name)) for name in names]
