"""CSV: reading and writing tables."""

from typing import Any

from stratagem import Context, Example, atomic
from stratagem_std import csv_text
from stratagem_std.csv_text import Table
from stratagem_std.paths import resolved, writable
from stratagem_std.registry import pack
from stratagem_std.secret_text import plain

_PEOPLE = [{"name": "Ada", "born": "1815"}, {"name": "Alan", "born": "1912"}]


@pack.node(
    effect="pure",
    examples=(
        Example(
            {"text": "name,born\nAda,1815\nAlan,1912\n"}, {"rows": _PEOPLE, "headers": ["name", "born"], "count": 2}
        ),
        Example({"text": "a;b\n", "delimiter": ";", "header": False}, {"rows": [["a", "b"]], "headers": []}),
    ),
)
def csv_parse(text: str, delimiter: str = ",", header: bool = True, quote: str = '"', strict: bool = True) -> Table:
    """Turns CSV text into rows: dicts by the headers of the first line, or lists where ``header`` is false.

    All values are text; empty lines are passed over. Raises ValueError for what is no CSV, a header that is there
    twice, and rows longer or shorter than the headers; where ``strict`` is false, missing fields are empty and further
    ones are named ``column_4`` by their place.
    """
    return csv_text.parse(text, delimiter, header, quote, strict)


@pack.node(effect="pure", examples=(Example({"rows": _PEOPLE}, {"result": "name,born\nAda,1815\nAlan,1912\n"}),))
def csv_dump(
    rows: list[Any], headers: list[str] | None = None, delimiter: str = ",", header: bool = True, quote: str = '"'
) -> str:
    """Turns rows, all dicts or all lists, into CSV text.

    ``headers`` names and orders the columns; left out, they are the keys as they come up. What a row lacks is empty.
    Raises ValueError for a key that is no header, TypeError for rows that are neither dicts nor lists.
    """
    return csv_text.dump(rows, headers, delimiter, header, quote)


@pack.node(
    effect="read",
    reads=("file:{path}",),
    examples=(Example({"path": "data/people.csv"}, {"rows": _PEOPLE, "headers": ["name", "born"], "count": 2}),),
)
def csv_read(
    path: str,
    context: Context,
    delimiter: str = ",",
    header: bool = True,
    quote: str = '"',
    strict: bool = True,
    encoding: str = "utf-8",
) -> Table:
    """Reads a CSV file; inputs and errors as for csv_parse. Raises OSError, UnicodeDecodeError."""
    text = resolved(path, context).read_bytes().decode(encoding)
    return csv_text.parse(text, delimiter, header, quote, strict)


@pack.node(
    writes=("file:{path}",),
    idempotent=True,
    examples=(Example({"path": "out/people.csv", "rows": _PEOPLE}, {"result": "out/people.csv"}),),
)
def csv_write(
    path: str,
    rows: list[Any],
    context: Context,
    headers: list[str] | None = None,
    delimiter: str = ",",
    header: bool = True,
    quote: str = '"',
    encoding: str = "utf-8",
    overwrite: bool = True,
    parents: bool = True,
) -> str:
    """Writes rows to a CSV file, all of it or nothing; gives the file's path. As csv_dump; raises OSError."""
    content = plain(csv_text.dump(rows, headers, delimiter, header, quote)).encode(encoding)
    atomic.write_bytes(writable(path, context, overwrite, parents), content)
    return path
