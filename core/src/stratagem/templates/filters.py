"""Filters: the closed list of functions that ``value | name(arguments)`` applies. ``default`` is part of the syntax."""

from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import Any, Final

from attrs import frozen

from stratagem.templates import list_filters as lists
from stratagem.templates import number_filters as numbers
from stratagem.templates import text_filters as texts
from stratagem.templates.kinds import kind_of
from stratagem.templates.operators import contains
from stratagem.templates.secret import Secret
from stratagem.templates.show import has_secret, to_json, to_text


@frozen
class Filter:
    """A filter's function and the least and most arguments it takes beside the value."""

    apply: Callable[..., Any]
    arguments: tuple[int, int] = (0, 0)


FILTERS: Final[Mapping[str, Filter]] = MappingProxyType(
    {
        "length": Filter(lists.length),
        "upper": Filter(texts.upper),
        "lower": Filter(texts.lower),
        "trim": Filter(texts.trim),
        "title": Filter(texts.title),
        "int": Filter(numbers.to_int),
        "float": Filter(numbers.to_float),
        "string": Filter(to_text),
        "bool": Filter(numbers.to_bool),
        "round": Filter(numbers.rounded, (0, 1)),
        "abs": Filter(numbers.absolute),
        "min": Filter(lists.least),
        "max": Filter(lists.greatest),
        "sum": Filter(lists.total),
        "first": Filter(lists.first),
        "last": Filter(lists.last),
        "join": Filter(lists.joined, (0, 1)),
        "split": Filter(texts.split, (0, 1)),
        "replace": Filter(texts.replaced, (2, 2)),
        "sort": Filter(lists.ordered),
        "reverse": Filter(lists.reverse),
        "unique": Filter(lists.unique),
        "keys": Filter(lists.keys),
        "values": Filter(lists.values),
        "items": Filter(lists.items),
        "json": Filter(to_json),
        "contains": Filter(lambda value, item: contains(item, value), (1, 1)),
        "startswith": Filter(texts.begins, (1, 1)),
        "endswith": Filter(texts.ends, (1, 1)),
        "type": Filter(kind_of),
    }
)


def apply_filter(apply: Callable[..., Any], value: Any, arguments: tuple[Any, ...]) -> Any:
    """Return what the filter gives; text made from a secret text is secret."""
    result = apply(value, *arguments)
    if type(value) is Secret or (arguments and has_secret(arguments)):
        return _kept_secret(result)
    return result


def _kept_secret(result: Any) -> Any:
    if isinstance(result, str):
        return Secret(result)
    return [Secret(item) if isinstance(item, str) else item for item in result] if isinstance(result, list) else result
