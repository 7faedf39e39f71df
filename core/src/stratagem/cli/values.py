"""Values that are written on the command line: ``--var name=value``."""

import json
from collections.abc import Sequence
from typing import Any

from stratagem.errors import BadInput, WorkflowError
from stratagem.numbers import whole

OPTION = "--var"


def read_variables(written: Sequence[str]) -> dict[str, Any]:
    """Name → value; the last of several for one name counts.

    Raises:
        WorkflowError: those that have no ``=`` or no name, together.
    """
    problems: list[WorkflowError] = []
    found: dict[str, Any] = {}
    for text in written:
        name, equals, value = text.partition("=")
        if equals and name.strip():
            found[name.strip()] = read_value(value)
        else:
            problems.append(BadInput(f"{text!r} gives no variable", file=OPTION, hint="Write name=value."))
    if problems:
        raise WorkflowError.together(problems, "variables can't be read")
    return found


def read_value(text: str) -> Any:
    """The JSON value that the text is, else the text; NaN and the infinities are text."""
    try:
        return json.loads(text, parse_constant=_refuse, parse_int=whole)
    except (ValueError, RecursionError):
        return text


def _refuse(constant: str) -> None:
    raise ValueError(f"{constant} is no JSON")
