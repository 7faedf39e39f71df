"""Fresh: constants that are handed out as new containers each time, so that nobody changes another's."""

from collections.abc import Callable, Mapping
from typing import Any

_CONTAINERS = (list, dict, tuple)
_SCALARS = frozenset((str, int, float, bool, type(None)))


def fresh(value: Any) -> Any:
    """The value with all its lists, mappings and tuples copied as plain ones; what is no container is itself."""
    if type(value) in _SCALARS:
        return value
    if isinstance(value, Mapping):
        return {key: fresh(item) for key, item in value.items()}
    if isinstance(value, list):
        return [fresh(item) for item in value]
    return tuple([fresh(item) for item in value]) if isinstance(value, tuple) else value


def constant_getter(value: Any) -> Callable[[Any], Any]:
    """A function of a scope that gives the constant: itself if it can't change, else a copy made the quickest way."""
    if not _changeable(value):
        return lambda scope: value
    if type(value) is tuple or any(type(item) in _CONTAINERS for item in _entries(value)):
        return lambda scope: fresh(value)
    copy = value.copy
    return lambda scope: copy()


def _changeable(value: Any) -> bool:
    return type(value) in (list, dict) or (type(value) is tuple and any(_changeable(item) for item in value))


def _entries(value: Any) -> Any:
    return value.values() if type(value) is dict else value
