"""Dicts. Every node gives a new dict and leaves the given one as it was."""

from collections.abc import Mapping
from typing import Any

from attrs import frozen

from stratagem import Example, require_walkable
from stratagem_std.look_up import NO_DEFAULT, missing_key
from stratagem_std.registry import pack


@frozen
class Found:
    """The value, and whether the key was there; else the value is the default."""

    result: Any
    found: bool


@frozen
class Removed:
    """The dict without the key, and the value that it had."""

    result: dict[str, Any]
    removed: Any


@pack.node(effect="pure", examples=(Example({"name": "Ada", "age": 36}, {"result": {"name": "Ada", "age": 36}}),))
def dict_create(**entries: Any) -> dict[str, Any]:
    """Makes a dict of the inputs given: each input's name is a key."""
    return dict(entries)


@pack.node(
    effect="pure",
    examples=(
        Example({"data": {"a": 1}, "key": "a"}, {"result": 1, "found": True}),
        Example({"data": {"a": 1}, "key": "b", "default": 0}, {"result": 0, "found": False}),
    ),
)
def dict_get(data: dict[str, Any], key: str, default: Any = NO_DEFAULT) -> Found:
    """Gives the value of a key.

    ``default`` is given where there is no such key; left out, that raises LookupError. Values further down have a
    path: see json_get.
    """
    if key in data:
        return Found(data[key], True)
    if default is NO_DEFAULT:
        raise LookupError(missing_key(data, key))
    return Found(default, False)


@pack.node(effect="pure", examples=(Example({"data": {"a": 1}, "key": "b", "value": 2}, {"result": {"a": 1, "b": 2}}),))
def dict_set(data: dict[str, Any], key: str, value: Any) -> dict[str, Any]:
    """Gives the dict with a key set to a value; a new key comes last."""
    return {**data, key: value}


@pack.node(
    effect="pure",
    examples=(
        Example({"data": {"a": 1, "b": 2}, "key": "a"}, {"result": {"b": 2}, "removed": 1}),
        Example({"data": {}, "key": "a", "missing_ok": True}, {"result": {}, "removed": None}),
    ),
)
def dict_remove(data: dict[str, Any], key: str, missing_ok: bool = False) -> Removed:
    """Gives the dict without a key; raises LookupError where there is none, unless ``missing_ok``."""
    if key not in data and not missing_ok:
        raise LookupError(missing_key(data, key))
    return Removed({known: value for known, value in data.items() if known != key}, data.get(key))


@pack.node(
    effect="pure",
    examples=(
        Example({"first": {"a": 1, "b": 1}, "second": {"b": 2}}, {"result": {"a": 1, "b": 2}}),
        Example(
            {"first": {"db": {"host": "a", "port": 1}}, "second": {"db": {"host": "b"}}, "deep": True},
            {"result": {"db": {"host": "b", "port": 1}}},
        ),
    ),
)
def dict_merge(first: dict[str, Any], second: dict[str, Any], deep: bool = False) -> dict[str, Any]:
    """Puts two dicts into one; where both have a key, the value of ``second`` counts.

    With ``deep``, values that are dicts in both are put together in the same way.
    """
    if deep:
        require_walkable(first, "merged")
        require_walkable(second, "merged")
    return merged(first, second) if deep else {**first, **second}


@pack.node(effect="pure", examples=(Example({"data": {"a": 1, "b": 2}}, {"result": ["a", "b"]}),))
def dict_keys(data: dict[str, Any]) -> list[str]:
    """Lists the keys of a dict, in order."""
    return list(data)


@pack.node(effect="pure", examples=(Example({"data": {"a": 1, "b": 2}}, {"result": [1, 2]}),))
def dict_values(data: dict[str, Any]) -> list[Any]:
    """Lists the values of a dict, in order."""
    return list(data.values())


@pack.node(effect="pure", examples=(Example({"data": {"a": 1}}, {"result": [{"key": "a", "value": 1}]}),))
def dict_items(data: dict[str, Any]) -> list[dict[str, Any]]:
    """Lists the entries of a dict, in order, each as a dict with ``key`` and ``value``."""
    return [{"key": key, "value": value} for key, value in data.items()]


@pack.node(effect="pure", examples=(Example({"data": {"a": None}, "key": "a"}, {"result": True}),))
def dict_has(data: dict[str, Any], key: str) -> bool:
    """Tells whether a dict has a key, whatever its value."""
    return key in data


def merged(first: Mapping[str, Any], second: Mapping[str, Any]) -> dict[str, Any]:
    """Both in one dict, those within them too; else the value of ``second`` counts."""
    result = dict(first)
    for key, value in second.items():
        known = result.get(key)
        inner = isinstance(known, Mapping) and isinstance(value, Mapping)
        result[key] = merged(known, value) if inner else value  # type: ignore[arg-type]  # inner has looked at its type
    return result
