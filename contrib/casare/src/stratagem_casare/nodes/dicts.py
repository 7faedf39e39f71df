"""Dicts: make, look into, change, merge."""

from typing import Any

import attrs

from stratagem import Example
from stratagem_casare import coerce
from stratagem_casare.nodes.lenient import data_node
from stratagem_std import dicts


@attrs.frozen
class Got:
    """A value, and whether it was there."""

    value: Any
    found: bool


@attrs.frozen
class Removed:
    """A dict without a key, and what was there."""

    result: dict[str, Any]
    removed_value: Any


@attrs.frozen
class Keys:
    """Keys and how many there are."""

    keys: list[Any]
    count: int


@attrs.frozen
class Values:
    """Values and how many there are."""

    values: list[Any]
    count: int


@attrs.frozen
class Items:
    """Keys with their values, and how many there are."""

    items: list[dict[str, Any]]
    count: int


@data_node(
    "CreateDictNode",
    outputs=("dict",),
    examples=(Example({"key_1": "a", "value_1": 1, "value_2": 2}, gives={"dict": {"a": 1}}),),
)
def create_dict(
    key_1: Any = None,
    value_1: Any = None,
    key_2: Any = None,
    value_2: Any = None,
    key_3: Any = None,
    value_3: Any = None,
) -> dict[str, Any]:
    """A dict of the keys that are given."""
    pairs = ((key_1, value_1), (key_2, value_2), (key_3, value_3))
    return {coerce.text(key): value for key, value in pairs if key not in (None, "")}


@data_node("DictGetNode", examples=(Example({"dict": {"a": 1}, "key": "a"}, gives={"value": 1, "found": True}),))
def dict_get(dict_: Any = None, key: Any = "", default: Any = None) -> Got:
    """The value under ``key``, or ``default``."""
    found = dicts.dict_get(coerce.table(dict_), coerce.text(key), default)
    return Got(found.result, found.found)


@data_node(
    "DictSetNode",
    examples=(Example({"dict": {"a": 1}, "key": "b", "value": 2}, gives={"result": {"a": 1, "b": 2}}),),
)
def dict_set(dict_: Any = None, key: Any = "", value: Any = None) -> dict[str, Any]:
    """With ``value`` under ``key``; what is no dict counts as an empty one."""
    if not key:
        raise ValueError("Key is required")
    return dicts.dict_set(dict_ if isinstance(dict_, dict) else {}, coerce.text(key), value)


@data_node(
    "DictRemoveNode",
    examples=(Example({"dict": {"a": 1}, "key": "a"}, gives={"result": {}, "removed_value": 1}),),
)
def dict_remove(dict_: Any = None, key: Any = "") -> Removed:
    """Without ``key``."""
    found = dicts.dict_remove(coerce.table(dict_), coerce.text(key), missing_ok=True)
    return Removed(found.result, found.removed)


@data_node(
    "DictMergeNode",
    examples=(Example({"dict_1": {"a": 1}, "dict_2": {"a": 2}}, gives={"result": {"a": 2}}),),
)
def dict_merge(dict_1: Any = None, dict_2: Any = None) -> dict[str, Any]:
    """Both in one; the second wins. What is no dict counts as an empty one."""
    first, second = (each if isinstance(each, dict) else {} for each in (dict_1, dict_2))
    return dicts.dict_merge(first, second)


@data_node("DictKeysNode", examples=(Example({"dict": {"a": 1}}, gives={"keys": ["a"], "count": 1}),))
def dict_keys(dict_: Any = None) -> Keys:
    """Its keys."""
    keys = dicts.dict_keys(coerce.table(dict_))
    return Keys(keys, len(keys))


@data_node("DictValuesNode", examples=(Example({"dict": {"a": 1}}, gives={"values": [1], "count": 1}),))
def dict_values(dict_: Any = None) -> Values:
    """Its values."""
    values = dicts.dict_values(coerce.table(dict_))
    return Values(values, len(values))


@data_node(
    "DictHasKeyNode",
    outputs=("has_key",),
    examples=(Example({"dict": {"a": 1}, "key": "b"}, gives={"has_key": False}),),
)
def dict_has_key(dict_: Any = None, key: Any = "") -> bool:
    """Return whether it has ``key``."""
    return dicts.dict_has(coerce.table(dict_), coerce.text(key))


@data_node(
    "DictItemsNode",
    examples=(Example({"dict": {"a": 1}}, gives={"items": [{"key": "a", "value": 1}], "count": 1}),),
)
def dict_items(dict_: Any = None) -> Items:
    """Its keys with their values, as a list of dicts with ``key`` and ``value``."""
    items = dicts.dict_items(coerce.table(dict_))
    return Items(items, len(items))


@data_node(
    "GetPropertyNode",
    outputs=("value",),
    examples=(Example({"object": {"a": {"b": 1}}, "property_path": "a.b"}, gives={"value": 1}),),
)
def get_property(object_: Any = None, property_path: Any = "") -> Any:
    """Return what a dotted path leads to; None where it leads nowhere."""
    return coerce.at(coerce.table(object_), property_path)
