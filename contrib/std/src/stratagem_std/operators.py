"""Comparisons by name, the same as in templates, and some that are asked of a single value."""

from collections.abc import Callable, Mapping, Sequence, Sized
from types import MappingProxyType
from typing import Any, Final, Literal

from stratagem import COMPARISONS, SCALARS, OperandsRefused, brief, require_comparable, require_findable

Operator = Literal[
    "==", "!=", "<", "<=", ">", ">=", "in", "not in", "contains", "starts_with", "ends_with", "is_none", "is_not_none",
    "is_empty", "is_not_empty", "is_true", "is_false",
]  # fmt: skip
"""``contains`` is ``in`` the other way round; those that begin with ``is_`` look at the left value alone."""


def holds(operator: str, left: Any, right: Any = None) -> bool:
    """Return whether ``left operator right`` is true.

    Raises:
        TypeError: values of these types can't be compared so.
        ValueError: there is no such operator.
    """
    compare = _OPERATORS.get(operator)
    if compare is None:
        raise ValueError(f"{brief(operator)} is no operator; there are {', '.join(_OPERATORS)}")
    try:
        return bool(compare(left, right))
    except OperandsRefused as refused:
        raise TypeError(str(refused)) from None


def same(left: Any, right: Any) -> bool:
    """Return whether two values are equal; unlike in Python, true is not 1, nor is it in lists and dicts.

    Raises:
        ValueError: both are so large that it might take forever.
    """
    if not (type(left) in SCALARS or type(right) in SCALARS):
        require_comparable(left, right)
    return _same(left, right)


def place_of(items: Sequence[Any], item: Any) -> int | None:
    """The place of the first item that is the `same`, counted from 0; raises ValueError as that does."""
    require_findable(item, items)
    return next((place for place, other in enumerate(items) if _same(other, item)), None)


def _same(left: Any, right: Any) -> bool:
    if isinstance(left, list) and isinstance(right, list):
        return len(left) == len(right) and all(map(_same, left, right))
    if isinstance(left, Mapping) and isinstance(right, Mapping):
        return left.keys() == right.keys() and all(_same(value, right[key]) for key, value in left.items())
    return isinstance(left, bool) == isinstance(right, bool) and bool(left == right)


def is_empty(value: Any) -> bool:
    """Return whether it is None, or a text, list or dict without anything in it."""
    return value is None or (isinstance(value, Sized) and len(value) == 0)


def _text_test(name: str) -> Callable[[Any, Any], bool]:
    def test(left: Any, right: Any) -> bool:
        if not isinstance(left, str) or not isinstance(right, str):
            raise TypeError(f"{name} compares texts, not {type(left).__name__} with {type(right).__name__}")
        return bool(left.startswith(right) if name == "starts_with" else left.endswith(right))

    return test


_OPERATORS: Final[Mapping[str, Callable[[Any, Any], Any]]] = MappingProxyType(
    {
        **COMPARISONS,
        "contains": lambda left, right: COMPARISONS["in"](right, left),
        "starts_with": _text_test("starts_with"),
        "ends_with": _text_test("ends_with"),
        "is_none": lambda left, _: left is None,
        "is_not_none": lambda left, _: left is not None,
        "is_empty": lambda left, _: is_empty(left),
        "is_not_empty": lambda left, _: not is_empty(left),
        "is_true": lambda left, _: left is True,
        "is_false": lambda left, _: left is False,
    }
)
