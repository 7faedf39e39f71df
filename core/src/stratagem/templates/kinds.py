"""The names of values' kinds in messages and by ``| type``, and the refusal that operators and filters share."""

from collections.abc import Mapping
from typing import Any, Final, TypeGuard

from stratagem._support.extent import TooLarge

_NAMES: Final = (
    (str, "string"),
    (bool, "bool"),
    (int, "int"),
    (float, "float"),
    (Mapping, "dict"),
    ((list, tuple), "list"),
)


class OperandsRefused(Exception):  # noqa: N818 - caught within the templates, seen by nobody
    """An operation can't be done with its operands. The message names their kinds, never the values themselves."""


FAILURES: Final = (OperandsRefused, TypeError, ValueError, ArithmeticError, RecursionError)
"""The errors that an operation on any values may raise."""


def failure_text(error: BaseException) -> str:
    """Return what went wrong, without the values: messages of Python's own errors may quote them, and so a secret."""
    return (
        str(error)
        if isinstance(error, (OperandsRefused, TooLarge))
        else f"it can't be computed with these values ({type(error).__name__})"
    )


def kind_of(value: Any) -> str:
    """``string``, ``bool``, ``int``, ``float``, ``null``, ``list``, ``dict``, or the name of another class."""
    if value is None:
        return "null"
    for classes, name in _NAMES:
        if isinstance(value, classes):
            return name
    return type(value).__name__


def is_number(value: Any) -> TypeGuard[int | float]:
    """Return whether it is an int or float; a bool is none."""
    return isinstance(value, (int, float)) and not isinstance(value, bool)
