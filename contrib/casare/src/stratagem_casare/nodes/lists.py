"""Lists: make, look into, cut, sort."""

from typing import Any

import attrs

from stratagem import Context, Example
from stratagem_casare import coerce
from stratagem_casare.nodes.lenient import data_node
from stratagem_std import list_queries, lists, text_parts
from stratagem_std.random_values import random_shuffle


@attrs.frozen
class Position:
    """The answer to a search: true if an item is there, and its place, -1 if not."""

    contains: bool
    index: int


@data_node(
    "CreateListNode", outputs=("list",), examples=(Example({"item_1": 1, "item_3": "c"}, gives={"list": [1, "c"]}),)
)
def create_list(item_1: Any = None, item_2: Any = None, item_3: Any = None) -> list[Any]:
    """A list of the items that are given."""
    return lists.list_create(*(item for item in (item_1, item_2, item_3) if item is not None))


@data_node("ListGetItemNode", outputs=("item",), examples=(Example({"list": [5, 6], "index": -1}, gives={"item": 6}),))
def list_get_item(list_: Any = None, index: Any = 0) -> Any:
    """The item at ``index``; negative ones count from the end."""
    return lists.list_get(coerce.items(list_), coerce.whole(index))


@data_node("ListLengthNode", outputs=("length",), examples=(Example({"list": [5, 6]}, gives={"length": 2}),))
def list_length(list_: Any = None) -> int:
    """Return how many items it has."""
    return list_queries.list_length(coerce.items(list_))


@data_node("ListAppendNode", examples=(Example({"list": [5], "item": 6}, gives={"result": [5, 6]}),))
def list_append(list_: Any = None, item: Any = None) -> list[Any]:
    """With ``item`` at the end."""
    return lists.list_append(coerce.items(list_), item)


@data_node("ListContainsNode", examples=(Example({"list": [5, 6], "item": 6}, gives={"contains": True, "index": 1}),))
def list_contains(list_: Any = None, item: Any = None) -> Position:
    """Return whether ``item`` is in it, and where."""
    place = list_queries.list_index(coerce.items(list_), item)
    return Position(place >= 0, place)


@data_node("ListSliceNode", examples=(Example({"list": [1, 2, 3], "start": 1}, gives={"result": [2, 3]}),))
def list_slice(list_: Any = None, start: Any = 0, end: Any = None) -> list[Any]:
    """From ``start`` up to before ``end``."""
    return lists.list_slice(coerce.items(list_), coerce.whole(start), coerce.optional_whole(end))


@data_node("ListJoinNode", examples=(Example({"list": ["a", 1]}, gives={"result": "a, 1"}),))
def list_join(list_: Any = None, separator: Any = ", ") -> str:
    """All items as one text."""
    return text_parts.text_join([coerce.text(item) for item in coerce.items(list_)], coerce.text(separator))


@data_node(
    "ListSortNode",
    examples=(Example({"list": [{"n": 2}, {"n": 1}], "key_path": "n"}, gives={"result": [{"n": 1}, {"n": 2}]}),),
)
def list_sort(list_: Any = None, reverse: Any = False, key_path: Any = "") -> list[Any]:
    """In order, of the values at ``key_path`` if there is one; what has none there comes last."""
    keyed = [{"key": coerce.at(item, key_path), "item": item} for item in coerce.items(list_)]
    return [pair["item"] for pair in list_queries.list_sort(keyed, "key", coerce.truth(reverse))]


@data_node("ListReverseNode", examples=(Example({"list": [1, 2]}, gives={"result": [2, 1]}),))
def list_reverse(list_: Any = None) -> list[Any]:
    """Back to front."""
    return lists.list_reverse(coerce.items(list_))


@data_node("ListUniqueNode", examples=(Example({"list": [2, 1, 2]}, gives={"result": [2, 1]}),))
def list_unique(list_: Any = None) -> list[Any]:
    """Each item once, where it came first."""
    return list_queries.list_unique(coerce.items(list_))


@data_node("ListFlattenNode", examples=(Example({"list": [[1, [2]], 3]}, gives={"result": [1, [2], 3]}),))
def list_flatten(list_: Any = None, depth: Any = 1) -> list[Any]:
    """With the items of inner lists in their place, ``depth`` levels down."""
    return lists.list_flatten(coerce.items(list_), max(coerce.whole(depth, 1), 0))


@data_node("ShuffleListNode", effect="read", runs="loop", examples=(Example({"items": [1]}, gives={"result": [1]}),))
def shuffle_list(context: Context, items: Any = None) -> list[Any]:
    """The items in random order."""
    if items is None:
        raise ValueError("Required input port 'items' has no value")
    return random_shuffle(coerce.items(items), context)
