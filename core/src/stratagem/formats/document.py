"""Document: what a strict parser makes of a file – plain data, and where each table of it begins."""

from collections.abc import Mapping
from typing import Any

from attrs import field, frozen

from stratagem.errors import BadFile

MAX_BYTES = 64 * 1024 * 1024
"""The largest file that is read, in bytes."""

MAX_DEPTH = 100
"""The depth to which lists and tables may be nested."""


@frozen(eq=False)
class Document:
    """Plain data: dicts with text keys, lists, texts, finite numbers, booleans and None.

    ``lines`` maps the ``id()`` of a dict in ``data`` to the line, counted from 1, on which it begins.
    """

    data: Any
    lines: Mapping[int, int] = field(factory=dict)

    def line(self, part: object) -> int | None:
        """The line on which this dict of the document begins, where that is known."""
        return self.lines.get(id(part))


def decode(raw: bytes, source: str) -> str:
    """The bytes as text, without a byte order mark.

    Raises:
        BadFile: there are more than `MAX_BYTES`, or they are not UTF-8.
    """
    if len(raw) > MAX_BYTES:
        raise too_large(source)
    try:
        return raw.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = raw.count(b"\n", 0, error.start) + 1
        raise BadFile(
            f"this is not UTF-8 text (byte {error.start})", file=source, line=line, hint="Save the file as UTF-8."
        ) from None


def too_large(source: str) -> BadFile:
    """The error for a file of more than `MAX_BYTES`."""
    return BadFile(f"the file is larger than {MAX_BYTES // 1024**2} MiB", file=source, hint="Split it into subflows.")


def too_deep(source: str, line: int) -> BadFile:
    """The error for lists and tables that are nested deeper than `MAX_DEPTH`."""
    return BadFile(f"lists and tables are nested more than {MAX_DEPTH} deep", file=source, line=line)
