"""A file into a Workflow: the format is the one named, else the one that recognises the file."""

from collections.abc import Sequence
from pathlib import Path

from attrs import evolve

from stratagem._support.files import FileTooLarge, read_regular, reason_of
from stratagem._support.suggesting import suggestion
from stratagem._support.uncollected import uncollected
from stratagem.errors import BadFile
from stratagem.formats.base import Format
from stratagem.formats.document import MAX_BYTES, Document, too_large
from stratagem.model import Workflow


def read_workflow(path: str | Path, formats: Sequence[Format], format: str | None = None) -> Workflow:
    """Reads the workflow in a file.

    Args:
        path: the file.
        formats: those that may be used. The builtin ones are asked first; a file that several recognise is refused.
        format: the name of the one to use; left out, it is chosen by the file's suffix and content.

    Raises:
        BadFile: there is no such file, no format reads it, or it is wrong in syntax.
        WorkflowError: with everything that is wrong in content.
    """
    file = Path(path)
    raw = _bytes(file)
    with uncollected():
        if format is not None:
            chosen = _named(format, formats, str(path))
            document = chosen.parse(raw, str(path))
        else:
            chosen, document = _chosen(raw, file, formats)
        return evolve(chosen.read(document, str(path)), format=chosen.name)


def _bytes(file: Path) -> bytes:
    try:
        return read_regular(file, MAX_BYTES)
    except FileTooLarge:
        raise too_large(str(file)) from None
    except OSError as error:
        raise BadFile(f"the file can't be opened: {reason_of(error)}", file=str(file)) from error


def _named(name: str, formats: Sequence[Format], source: str) -> Format:
    for known in formats:
        if known.name == name:
            return known
    hint = suggestion(name, [known.name for known in formats])
    raise BadFile(f"there is no format {name!r}; known are {_listed(formats)}", file=source, hint=hint)


def _chosen(raw: bytes, file: Path, formats: Sequence[Format]) -> tuple[Format, Document]:
    parsed: dict[str, Document] = {}
    asked: list[Format] = []
    for builtin in (True, False):
        fitting = [known for known in formats if known.builtin is builtin and file.suffix.lower() in known.suffixes]
        found = [known for known in fitting if known.recognises(_parsed(known, raw, file, parsed))]
        if len(found) == 1:
            return found[0], parsed[found[0].syntax]
        if found:
            what = "more than one format recognises this file"
            raise BadFile(f"{what}: {_listed(found)}", file=str(file), hint="Name the format.")
        asked += fitting
    if len(asked) == 1:  # its own errors tell more than that nothing recognises the file
        return asked[0], parsed[asked[0].syntax]
    raise _unread(file, formats, asked)


def _parsed(format: Format, raw: bytes, file: Path, parsed: dict[str, Document]) -> Document:
    if format.syntax not in parsed:
        parsed[format.syntax] = format.parse(raw, str(file))
    return parsed[format.syntax]


def _unread(file: Path, formats: Sequence[Format], asked: Sequence[Format]) -> BadFile:
    if asked:
        what = f"no format recognises this file; asked were {_listed(asked)}"
    else:
        start = f"no format reads files that end in {file.suffix!r}" if file.suffix else "the file has no suffix"
        what = f"{start}; known are {_listed(formats)}"
    return BadFile(what, file=str(file), hint="Name the format, or install the distribution that offers it.")


def _listed(formats: Sequence[Format]) -> str:
    return ", ".join(f"{known.name} ({' '.join(known.suffixes) or 'not to be had'})" for known in formats) or "none"
