"""Dicts: make, look into, change, merge."""

from typing import Any

import attrs

from stratagem.nodes import Example
from stratagem_casare import coerce
from stratagem_casare.nodes.registry import pack


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


@pack.node(
    "CreateDictNode",
    effect="pure",
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


@pack.node(
    "DictGetNode", effect="pure", examples=(Example({"dict": {"a": 1}, "key": "a"}, gives={"value": 1, "found": True}),)
)
def dict_get(dict_: Any = None, key: Any = "", default: Any = None) -> Got:
    """The value under ``key``, or ``default``."""
    given, name = coerce.table(dict_), coerce.text(key)
    return Got(given.get(name, default), name in given)


@pack.node(
    "DictSetNode",
    effect="pure",
    examples=(Example({"dict": {"a": 1}, "key": "b", "value": 2}, gives={"result": {"a": 1, "b": 2}}),),
)
def dict_set(dict_: Any = None, key: Any = "", value: Any = None) -> dict[str, Any]:
    """With ``value`` under ``key``; what is no dict counts as an empty one."""
    if not key:
        raise ValueError("Key is required")
    return {**(dict_ if isinstance(dict_, dict) else {}), coerce.text(key): value}


@pack.node(
    "DictRemoveNode",
    effect="pure",
    examples=(Example({"dict": {"a": 1}, "key": "a"}, gives={"result": {}, "removed_value": 1}),),
)
def dict_remove(dict_: Any = None, key: Any = "") -> Removed:
    """Without ``key``."""
    rest = dict(coerce.table(dict_))
    removed = rest.pop(coerce.text(key), None)
    return Removed(rest, removed)


@pack.node(
    "DictMergeNode",
    effect="pure",
    examples=(Example({"dict_1": {"a": 1}, "dict_2": {"a": 2}}, gives={"result": {"a": 2}}),),
)
def dict_merge(dict_1: Any = None, dict_2: Any = None) -> dict[str, Any]:
    """Both in one; the second wins. What is no dict counts as an empty one."""
    return {key: value for each in (dict_1, dict_2) if isinstance(each, dict) for key, value in each.items()}


@pack.node("DictKeysNode", effect="pure", examples=(Example({"dict": {"a": 1}}, gives={"keys": ["a"], "count": 1}),))
def dict_keys(dict_: Any = None) -> Keys:
    """Its keys."""
    keys = list(coerce.table(dict_))
    return Keys(keys, len(keys))


@pack.node("DictValuesNode", effect="pure", examples=(Example({"dict": {"a": 1}}, gives={"values": [1], "count": 1}),))
def dict_values(dict_: Any = None) -> Values:
    """Its values."""
    values = list(coerce.table(dict_).values())
    return Values(values, len(values))


@pack.node(
    "DictHasKeyNode",
    effect="pure",
    outputs=("has_key",),
    examples=(Example({"dict": {"a": 1}, "key": "b"}, gives={"has_key": False}),),
)
def dict_has_key(dict_: Any = None, key: Any = "") -> bool:
    """Whether it has ``key``."""
    return coerce.text(key) in coerce.table(dict_)


@pack.node(
    "DictItemsNode",
    effect="pure",
    examples=(Example({"dict": {"a": 1}}, gives={"items": [{"key": "a", "value": 1}], "count": 1}),),
)
def dict_items(dict_: Any = None) -> Items:
    """Its keys with their values, as a list of dicts with ``key`` and ``value``."""
    items = [{"key": key, "value": value} for key, value in coerce.table(dict_).items()]
    return Items(items, len(items))


@pack.node(
    "GetPropertyNode",
    effect="pure",
    outputs=("value",),
    examples=(Example({"object": {"a": {"b": 1}}, "property_path": "a.b"}, gives={"value": 1}),),
)
def get_property(object_: Any = None, property_path: Any = "") -> Any:
    """What a dotted path leads to; None where it leads nowhere."""
    return coerce.look_up(coerce.table(object_), coerce.text(property_path))
