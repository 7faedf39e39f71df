"""Filters for lists and dicts."""

from collections.abc import Mapping
from typing import Any

from stratagem._support.extent import require_walkable
from stratagem.templates.caps import VALUE_DEPTH
from stratagem.templates.kinds import OperandsRefused, is_number, kind_of
from stratagem.templates.operators import add
from stratagem.templates.secret import Secret
from stratagem.templates.show import has_secret, to_text, within_bounds
from stratagem.templates.text_filters import want_text


def length(value: Any) -> int:
    """The number of characters, entries or keys."""
    if not isinstance(value, (str, list, tuple, Mapping)):
        raise OperandsRefused(f"{kind_of(value)} has no length")
    return len(value)


def first(value: Any) -> Any:
    """The first entry, or character of a text."""
    return _sequence(value, least=1)[0]


def last(value: Any) -> Any:
    """The last entry, or character of a text."""
    return _sequence(value, least=1)[-1]


def reverse(value: Any) -> Any:
    """Entries, or the characters of a text, from last to first."""
    backwards = _sequence(value)[::-1]
    return backwards if isinstance(backwards, str) else list(backwards)


def least(value: Any) -> Any:
    """The smallest of numbers, or the first of texts by their order."""
    return min(_comparable(value, least=1))


def greatest(value: Any) -> Any:
    """The largest of numbers, or the last of texts by their order."""
    return max(_comparable(value, least=1))


def ordered(value: Any) -> list[Any]:
    """Numbers or texts in ascending order."""
    return sorted(_comparable(value))


def total(value: Any) -> Any:
    """The sum of numbers; 0 of an empty list."""
    result: Any = 0
    for item in _list(value):
        if not is_number(item):
            raise OperandsRefused(f"only numbers can be summed, not {kind_of(item)}")
        result = add(result, item)
    return result


def joined(value: Any, separator: Any = "") -> str:
    """The texts of the entries with ``separator`` between them."""
    between = want_text(separator)
    parts, size = [], 0
    for item in _list(value):
        part = to_text(item)
        size += len(part) + len(between)
        within_bounds(size)
        parts.append(part)
    text = between.join(parts)
    return Secret(text) if has_secret(parts) else text


def unique(value: Any) -> list[Any]:
    """The entries without those that are equal to an earlier one."""
    require_walkable(_list(value), "compared")
    seen: dict[Any, Any] = {}
    for item in value:
        seen.setdefault(_frozen(item, VALUE_DEPTH), item)
    return list(seen.values())


def keys(value: Any) -> list[Any]:
    """The keys of a dict."""
    return list(_dict(value))


def values(value: Any) -> list[Any]:
    """The values of a dict."""
    return list(_dict(value).values())


def items(value: Any) -> list[list[Any]]:
    """A list ``[key, value]`` for each key of a dict."""
    return [list(pair) for pair in _dict(value).items()]


def _list(value: Any) -> list[Any] | tuple[Any, ...]:
    if not isinstance(value, (list, tuple)):
        raise OperandsRefused(f"a list is needed, not {kind_of(value)}")
    return value


def _dict(value: Any) -> Mapping[Any, Any]:
    if not isinstance(value, Mapping):
        raise OperandsRefused(f"a dict is needed, not {kind_of(value)}")
    return value


def _sequence(value: Any, least: int = 0) -> Any:
    sequence = value if isinstance(value, str) else _list(value)
    if len(sequence) < least:
        raise OperandsRefused(f"the {kind_of(value)} is empty")
    return sequence


def _comparable(value: Any, least: int = 0) -> Any:
    sequence = _list(value)
    if len(sequence) < least:
        raise OperandsRefused("the list is empty")
    if all(map(is_number, sequence)) or all(isinstance(item, str) for item in sequence):
        return sequence
    raise OperandsRefused("only a list of numbers, or of strings, can be put in order")


def _frozen(value: Any, depth: int) -> Any:
    """A hashable stand-in that is equal exactly where the values are."""
    if not depth:
        raise OperandsRefused(f"a value nested more than {VALUE_DEPTH} deep can't be compared")
    if isinstance(value, (list, tuple)):
        kind = "list" if isinstance(value, list) else "tuple"
        return kind, tuple([_frozen(item, depth - 1) for item in value])
    if isinstance(value, Mapping):
        return "dict", frozenset([(key, _frozen(item, depth - 1)) for key, item in value.items()])
    return value
