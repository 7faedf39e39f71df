"""Lists: building them and taking parts of them. Every node gives a new list and leaves the given one as it was."""

from itertools import zip_longest
from typing import Any

from stratagem import Example, require_walkable
from stratagem_std.caps import MAX_ITEMS
from stratagem_std.look_up import NO_DEFAULT
from stratagem_std.registry import pack


@pack.node(
    effect="pure",
    examples=(Example({"items": [1, "two", None]}, {"result": [1, "two", None]}), Example({}, {"result": []})),
)
def list_create(*items: Any) -> list[Any]:
    """Makes a list of the items given, in order; each may come from a connection of its own."""
    return list(items)


@pack.node(effect="pure", examples=(Example({"items": [1, 2], "item": 3}, {"result": [1, 2, 3]}),))
def list_append(items: list[Any], item: Any) -> list[Any]:
    """Gives the list with one more item at its end."""
    return [*items, item]


@pack.node(
    effect="pure",
    examples=(
        Example({"items": ["a", "b", "c"], "index": -1}, {"result": "c"}),
        Example({"items": [], "index": 0, "default": "none"}, {"result": "none"}),
    ),
)
def list_get(items: list[Any], index: int, default: Any = NO_DEFAULT) -> Any:
    """Gives the item at a place, counted from 0, or from the end if negative.

    ``default`` is given where the list is too short; left out, that raises IndexError.
    """
    if -len(items) <= index < len(items):
        return items[index]
    if default is NO_DEFAULT:
        raise IndexError(f"the list has {len(items)} items and no index {index}")
    return default


@pack.node(
    effect="pure",
    examples=(
        Example({"items": [1, 2, 3, 4], "start": 1, "end": 3}, {"result": [2, 3]}),
        Example({"items": [1, 2, 3, 4], "step": 2}, {"result": [1, 3]}),
    ),
)
def list_slice(items: list[Any], start: int | None = None, end: int | None = None, step: int = 1) -> list[Any]:
    """Gives the items from ``start`` up to and without ``end``; negative numbers count from the end."""
    return items[start:end:step]


@pack.node(effect="pure", examples=(Example({"items": [1, 2, 3]}, {"result": [3, 2, 1]}),))
def list_reverse(items: list[Any]) -> list[Any]:
    """Turns the order of the items around."""
    return items[::-1]


@pack.node(
    effect="pure",
    examples=(
        Example({"items": [1, [2, [3]]]}, {"result": [1, 2, [3]]}),
        Example({"items": [1, [2, [3]]], "depth": -1}, {"result": [1, 2, 3]}),
    ),
)
def list_flatten(items: list[Any], depth: int = 1) -> list[Any]:
    """Puts the items of inner lists in their place, ``depth`` lists deep; -1 goes all the way down."""
    require_walkable(items, "flattened")
    flat = items
    while depth != 0 and any(isinstance(item, list) for item in flat):
        _bound(sum(len(item) if isinstance(item, list) else 1 for item in flat))
        flat = [inner for item in flat for inner in (item if isinstance(item, list) else [item])]
        depth -= 1
    return list(flat)


@pack.node(effect="pure", examples=(Example({"lists": [[1, 2], [], [3]]}, {"result": [1, 2, 3]}),))
def list_join(lists: list[list[Any]]) -> list[Any]:
    """Puts lists after one another into a single one. To join items to text there is text_join."""
    _bound(sum(map(len, lists)))
    return [item for items in lists for item in items]


@pack.node(
    effect="pure",
    examples=(
        Example({"lists": [["a", "b"], [1, 2]]}, {"result": [["a", 1], ["b", 2]]}),
        Example({"lists": [["a", "b"], [1]], "fill": 0}, {"result": [["a", 1], ["b", 0]]}),
    ),
)
def list_zip(lists: list[list[Any]], fill: Any = NO_DEFAULT) -> list[list[Any]]:
    """Puts the first items of all lists into one list, then the second ones, and so on.

    ``fill`` stands in for what shorter lists lack; left out, lists of unequal length raise ValueError.
    """
    if fill is NO_DEFAULT and len({len(items) for items in lists}) > 1:
        raise ValueError(f"the lists have unequal lengths: {', '.join(str(len(items)) for items in lists)}")
    _bound(max(map(len, lists), default=0) * len(lists))
    return [list(group) for group in zip_longest(*lists, fillvalue=fill)]


@pack.node(effect="pure", examples=(Example({"items": [1, 2, 3, 4, 5], "size": 2}, {"result": [[1, 2], [3, 4], [5]]}),))
def list_chunk(items: list[Any], size: int) -> list[list[Any]]:
    """Splits a list into lists of ``size`` items; the last may have fewer."""
    if size < 1:
        raise ValueError(f"expected 1 or more for size, got {size}")
    return [items[at : at + size] for at in range(0, len(items), size)]


@pack.node(
    effect="pure",
    examples=(
        Example({"end": 3}, {"result": [0, 1, 2]}),
        Example({"start": 10, "end": 0, "step": -5}, {"result": [10, 5]}),
    ),
)
def list_range(end: int, start: int = 0, step: int = 1) -> list[int]:
    """Lists the whole numbers from ``start`` up to and without ``end``, ``step`` apart."""
    if step == 0:
        raise ValueError("step must not be 0")
    _bound(max(0, -((start - end) // step)))  # len() is only for what a machine word can count
    return list(range(start, end, step))


def _bound(count: int) -> None:
    if count > MAX_ITEMS:
        raise ValueError(f"the list would have {_number(count)} items, more than {MAX_ITEMS}")


def _number(count: int) -> str:
    return str(count) if count.bit_length() <= 64 else f"more than 2^{count.bit_length() - 1}"
