"""Checks of values against annotations, for ports."""

import sys
import types
from collections.abc import Callable, Mapping, Sequence
from typing import Annotated, Any, Literal, Union, get_args, get_origin

from attrs import frozen

from stratagem.config.duration import SECONDS, seconds

Check = Callable[[Any], bool]
Read = Callable[[Any], Any]
"""Makes of a value what the node is given."""


@frozen
class Reads:
    """Marks an input's annotation: ``Annotated[str, Reads(function)]``.

    The node is given what ``function`` makes of each value that is not None; a constant of the config is read when the
    workflow is compiled. It raises ValueError, with what is wrong and what to do, for a value that is of no use.
    """

    function: Read


_LARGEST = sys.float_info.max


def fits(value: Any, annotation: Any) -> bool:
    """Return whether ``value`` may be given where ``annotation`` is asked for, down into lists and dicts.

    An int serves as a float, a bool not as an int. Annotations that are neither classes, unions, literals nor
    generics of list, tuple, set, dict and their abstract forms are not checked.
    """
    return checker(annotation)(value)


def checker(annotation: Any) -> Check:
    """The function that `fits` would apply for this annotation, to be kept where it is used often."""
    origin, args = get_origin(annotation), get_args(annotation)
    if origin in (Union, types.UnionType):
        checks = [checker(arg) for arg in args]
        return lambda value: any(check(value) for check in checks)
    if origin is Literal:
        return lambda value: value in args
    if origin in (dict, Mapping) and args:
        return _mapping(checker(args[0]), checker(args[1]))
    if origin in (list, set, frozenset, Sequence) and args:
        return _collection(_class_check(origin), checker(args[0]))
    return _class_check(origin or annotation)


def shallow_checker(annotation: Any) -> Check | None:
    """Like `checker`, but looks only at the value itself, not into it; None if anything fits."""
    origin = get_origin(annotation)
    if origin in (Union, types.UnionType):
        checks = [shallow_checker(arg) for arg in get_args(annotation)]
        known = [check for check in checks if check]
        return (lambda value: any(check(value) for check in known)) if len(known) == len(checks) else None
    if origin is Literal:
        return checker(annotation)
    plain = origin or annotation
    return _class_check(plain) if plain is None or (isinstance(plain, type) and plain not in (object, Any)) else None


def name_of(annotation: Any) -> str:
    """The annotation as an author would write it."""
    return annotation.__name__ if isinstance(annotation, type) and not get_args(annotation) else str(annotation).replace(
        "typing.", ""
    )  # fmt: skip


def reader_of(annotation: Any) -> Read | None:
    """The function by which values are read, if the annotation, or a part of a union, is marked with `Reads` or is a
    `Duration`."""
    if get_origin(annotation) in (Union, types.UnionType):
        return next(filter(None, map(reader_of, get_args(annotation))), None)
    for mark in getattr(annotation, "__metadata__", ()):
        if isinstance(mark, Reads):
            return mark.function
        if mark == SECONDS:
            return seconds
    return None


def unmarked(annotation: Any) -> Any:
    """The annotation without its marks."""
    origin, args = get_origin(annotation), get_args(annotation)
    if origin is Annotated:
        return unmarked(args[0])
    if origin in (None, Literal) or (plain := tuple(map(unmarked, args))) == args:
        return annotation
    return Union[plain] if origin in (Union, types.UnionType) else origin[plain]  # noqa: UP007 - the parts are only known here


def _class_check(cls: Any) -> Check:
    if cls is None:
        cls = type(None)
    if not isinstance(cls, type) or cls in (object, Any) or getattr(cls, "_is_protocol", False):
        return lambda value: True
    if cls is float:
        return _is_number
    if cls is int:
        return lambda value: isinstance(value, int) and not isinstance(value, bool)
    if cls is Sequence:
        return lambda value: isinstance(value, Sequence) and not isinstance(value, (str, bytes))
    return lambda value: isinstance(value, cls)


def _is_number(value: Any) -> bool:
    """Return whether it is a float, or a whole number that is one too.

    Larger ones fail wherever they are calculated with.
    """
    if isinstance(value, float):
        return True
    return isinstance(value, int) and not isinstance(value, bool) and abs(value) <= _LARGEST


def _mapping(key_check: Check, value_check: Check) -> Check:
    return lambda value: (
        isinstance(value, Mapping) and all(key_check(key) and value_check(item) for key, item in value.items())
    )


def _collection(outer: Check, inner: Check) -> Check:
    return lambda value: outer(value) and all(inner(item) for item in value)
