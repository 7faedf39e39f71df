"""Values that are written on the command line: ``--var name=value``."""

from collections.abc import Sequence
from typing import Any

from stratagem import BadInput, WorkflowError, strict_json

OPTION = "--var"


def read_variables(written: Sequence[str]) -> dict[str, Any]:
    """Name → value; the last of several for one name counts.

    Raises:
        WorkflowError: those that have no ``=`` or no name, or have a key of an object twice, together.
    """
    problems: list[WorkflowError] = []
    found: dict[str, Any] = {}
    for text in written:
        name, equals, value = text.partition("=")
        if not equals or not name.strip():
            problems.append(BadInput(f"{text!r} gives no variable", file=OPTION, hint="Write name=value."))
            continue
        try:
            found[name.strip()] = read_value(value)
        except strict_json.KeyTwice as error:
            problems.append(BadInput(str(error), file=OPTION, key=name.strip(), hint="Keep one of them."))
    if problems:
        raise WorkflowError.together(problems, "variables can't be read")
    return found


def read_value(text: str) -> Any:
    """The JSON value that the text is, else the text; NaN, the infinities and what is larger than a float are text.

    Raises:
        KeyTwice: it is JSON, and has a key twice in one object.
    """
    try:
        return strict_json.parse(text)
    except strict_json.KeyTwice:
        raise
    except ValueError:
        return text
