"""Lists: make, look into, cut, sort, filter, map, reduce."""

import math
from collections.abc import Callable, Iterable, Mapping
from types import MappingProxyType
from typing import Any

import attrs

from stratagem.nodes import Context, Example
from stratagem_casare import coerce
from stratagem_casare.nodes.registry import pack


@attrs.frozen
class Position:
    """Whether an item is there, and where: -1 if not."""

    contains: bool
    index: int


@attrs.frozen
class Sorted:
    """The items kept and those left out."""

    result: list[Any]
    removed: list[Any]


_TESTS: Mapping[str, Callable[[Any, Any], bool]] = MappingProxyType(
    {
        "equals": lambda item, value: item == value,
        "not_equals": lambda item, value: item != value,
        "contains": lambda item, value: coerce.text(value) in coerce.text(item),
        "starts_with": lambda item, value: coerce.text(item).startswith(coerce.text(value)),
        "ends_with": lambda item, value: coerce.text(item).endswith(coerce.text(value)),
        "greater_than": lambda item, value: item is not None and item > value,
        "less_than": lambda item, value: item is not None and item < value,
        "is_not_none": lambda item, value: item is not None,
        "is_none": lambda item, value: item is None,
        "is_truthy": lambda item, value: bool(item),
        "is_falsy": lambda item, value: not item,
    }
)
_TRANSFORMS: Mapping[str, Callable[[Any], Any]] = MappingProxyType(
    {
        "get_property": lambda item: item,
        "to_string": coerce.text,
        "to_int": coerce.whole,
        "to_float": coerce.number,
        "to_upper": lambda item: coerce.text(item).upper(),
        "to_lower": lambda item: coerce.text(item).lower(),
        "trim": lambda item: coerce.text(item).strip(),
        "length": lambda item: len(item) if hasattr(item, "__len__") else 0,
    }
)
_REDUCTIONS: Mapping[str, Callable[[list[Any]], Any]] = MappingProxyType(
    {
        "sum": lambda items: sum(map(coerce.number, items)),
        "product": lambda items: math.prod(map(coerce.number, items)),
        "min": min,
        "max": max,
        "count": len,
        "avg": lambda items: sum(map(coerce.number, items)) / len(items),
        "first": lambda items: items[0],
        "last": lambda items: items[-1],
        "join": lambda items: "".join(map(coerce.text, items)),
    }
)


@pack.node(
    "CreateListNode",
    effect="pure",
    outputs=("list",),
    examples=(Example({"item_1": 1, "item_3": "c"}, gives={"list": [1, "c"]}),),
)
def create_list(item_1: Any = None, item_2: Any = None, item_3: Any = None) -> list[Any]:
    """A list of the items that are given."""
    return [item for item in (item_1, item_2, item_3) if item is not None]


@pack.node(
    "ListGetItemNode",
    effect="pure",
    outputs=("item",),
    examples=(Example({"list": [5, 6], "index": -1}, gives={"item": 6}),),
)
def list_get_item(list_: Any = None, index: Any = 0) -> Any:
    """The item at ``index``; negative ones count from the end."""
    listed, at = coerce.items(list_), coerce.whole(index)
    if not -len(listed) <= at < len(listed):
        raise IndexError(f"List index out of range: {at}")
    return listed[at]


@pack.node(
    "ListLengthNode", effect="pure", outputs=("length",), examples=(Example({"list": [5, 6]}, gives={"length": 2}),)
)
def list_length(list_: Any = None) -> int:
    """How many items it has."""
    return len(coerce.items(list_))


@pack.node("ListAppendNode", effect="pure", examples=(Example({"list": [5], "item": 6}, gives={"result": [5, 6]}),))
def list_append(list_: Any = None, item: Any = None) -> list[Any]:
    """With ``item`` at the end."""
    return [*coerce.items(list_), item]


@pack.node(
    "ListContainsNode",
    effect="pure",
    examples=(Example({"list": [5, 6], "item": 6}, gives={"contains": True, "index": 1}),),
)
def list_contains(list_: Any = None, item: Any = None) -> Position:
    """Whether ``item`` is in it, and where."""
    listed = coerce.items(list_)
    return Position(True, listed.index(item)) if item in listed else Position(False, -1)


@pack.node(
    "ListSliceNode", effect="pure", examples=(Example({"list": [1, 2, 3], "start": 1}, gives={"result": [2, 3]}),)
)
def list_slice(list_: Any = None, start: Any = 0, end: Any = None) -> list[Any]:
    """From ``start`` up to before ``end``."""
    return coerce.items(list_)[coerce.whole(start) : coerce.optional_whole(end)]


@pack.node("ListJoinNode", effect="pure", examples=(Example({"list": ["a", 1]}, gives={"result": "a, 1"}),))
def list_join(list_: Any = None, separator: Any = ", ") -> str:
    """All items as one text."""
    return coerce.text(separator).join(map(coerce.text, coerce.items(list_)))


@pack.node(
    "ListSortNode",
    effect="pure",
    examples=(Example({"list": [{"n": 2}, {"n": 1}], "key_path": "n"}, gives={"result": [{"n": 1}, {"n": 2}]}),),
)
def list_sort(list_: Any = None, reverse: Any = False, key_path: Any = "") -> list[Any]:
    """In order, of the values at ``key_path`` if there is one."""
    path = coerce.text(key_path)
    return sorted(coerce.items(list_), key=lambda item: _at(item, path), reverse=coerce.truth(reverse))


@pack.node("ListReverseNode", effect="pure", examples=(Example({"list": [1, 2]}, gives={"result": [2, 1]}),))
def list_reverse(list_: Any = None) -> list[Any]:
    """Back to front."""
    return coerce.items(list_)[::-1]


@pack.node("ListUniqueNode", effect="pure", examples=(Example({"list": [2, 1, 2]}, gives={"result": [2, 1]}),))
def list_unique(list_: Any = None) -> list[Any]:
    """Each item once, where it came first."""
    listed = coerce.items(list_)
    try:
        return list(dict.fromkeys(listed))
    except TypeError:  # lists and dicts have no hash
        return [item for index, item in enumerate(listed) if item not in listed[:index]]


@pack.node(
    "ListFilterNode",
    effect="pure",
    examples=(
        Example({"list": [1, 5], "condition": "greater_than", "value": 2}, gives={"result": [5], "removed": [1]}),
    ),
)
def list_filter(list_: Any = None, condition: Any = "is_not_none", value: Any = None, key_path: Any = "") -> Sorted:
    """The items for which ``condition`` holds, and the others; an unknown condition holds for all."""
    test, path = _TESTS.get(coerce.text(condition), lambda item, value: True), coerce.text(key_path)
    listed = coerce.items(list_)
    holds = [test(_at(item, path), value) for item in listed]
    return Sorted(_where(listed, holds, True), _where(listed, holds, False))


@pack.node(
    "ListMapNode",
    effect="pure",
    examples=(Example({"list": [{"n": "a"}], "transform": "to_upper", "key_path": "n"}, gives={"result": ["A"]}),),
)
def list_map(list_: Any = None, transform: Any = "to_string", key_path: Any = "") -> list[Any]:
    """Each item, or its value at ``key_path``, transformed; an unknown transform changes nothing."""
    change, path = _TRANSFORMS.get(coerce.text(transform), lambda item: item), coerce.text(key_path)
    return [change(_at(item, path)) for item in coerce.items(list_)]


@pack.node("ListReduceNode", effect="pure", examples=(Example({"list": [1, "2"]}, gives={"result": 3.0}),))
def list_reduce(list_: Any = None, operation: Any = "sum", key_path: Any = "", initial: Any = None) -> Any:
    """One value of all items; ``initial`` comes before them."""
    reduce = _REDUCTIONS.get(coerce.text(operation))
    if reduce is None:
        raise ValueError(f"there is no operation {operation!r}; there are {', '.join(_REDUCTIONS)}")
    path = coerce.text(key_path)
    values = ([] if initial is None else [initial]) + [_at(item, path) for item in coerce.items(list_)]
    return reduce(values) if values or operation in ("sum", "product", "count", "join") else None


@pack.node(
    "ListFlattenNode", effect="pure", examples=(Example({"list": [[1, [2]], 3]}, gives={"result": [1, [2], 3]}),)
)
def list_flatten(list_: Any = None, depth: Any = 1) -> list[Any]:
    """With the items of inner lists in their place, ``depth`` levels down."""
    listed = coerce.items(list_)
    for _ in range(coerce.whole(depth, 1)):
        if not any(isinstance(item, (list, tuple)) for item in listed):
            break
        listed = [inner for item in listed for inner in (item if isinstance(item, (list, tuple)) else [item])]
    return listed


@pack.node("ShuffleListNode", effect="read", runs="loop", examples=(Example({"items": [1]}, gives={"result": [1]}),))
def shuffle_list(context: Context, items: Any = None) -> list[Any]:
    """The items in random order."""
    if items is None:
        raise ValueError("Required input port 'items' has no value")
    listed = coerce.items(items)
    context.random.shuffle(listed)
    return listed


def _at(item: Any, path: str) -> Any:
    return coerce.look_up(item, path) if path else item


def _where(items: Iterable[Any], holds: Iterable[bool], wanted: bool) -> list[Any]:
    return [item for item, held in zip(items, holds, strict=True) if bool(held) is wanted]
