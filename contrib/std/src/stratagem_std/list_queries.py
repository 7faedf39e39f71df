"""Lists: asking, ordering, choosing, changing and summing up their items."""

from typing import Any

from attrs import frozen

from stratagem import Example, require_walkable
from stratagem_std.equality import Seen
from stratagem_std.look_up import NO_DEFAULT, look_up
from stratagem_std.operators import Operator, holds, place_of
from stratagem_std.reductions import Operation, reduced
from stratagem_std.registry import pack
from stratagem_std.transforms import Transform, transformed


@frozen
class Filtered:
    """The items that were kept, and those that were not."""

    result: list[Any]
    removed: list[Any]


@pack.node(effect="pure", examples=(Example({"items": ["a", "b"]}, {"result": 2}),))
def list_length(items: list[Any]) -> int:
    """Counts the items of a list."""
    return len(items)


@pack.node(effect="pure", examples=(Example({"items": [1, 2], "item": 2}, {"result": True}),))
def list_contains(items: list[Any], item: Any) -> bool:
    """Tells whether an equal item is in a list; true and 1 are different."""
    return place_of(items, item) is not None


@pack.node(
    effect="pure",
    examples=(
        Example({"items": ["a", "b", "a"], "item": "b"}, {"result": 1}),
        Example({"items": [], "item": "b"}, {"result": -1}),
    ),
)
def list_index(items: list[Any], item: Any) -> int:
    """Gives the place of the first equal item, counted from 0; -1 if there is none."""
    found = place_of(items, item)
    return -1 if found is None else found


@pack.node(
    effect="pure",
    examples=(
        Example({"items": [3, 1, 2]}, {"result": [1, 2, 3]}),
        Example(
            {"items": [{"n": 1, "at": "b"}, {"n": 2, "at": "a"}], "path": "at"},
            {"result": [{"n": 2, "at": "a"}, {"n": 1, "at": "b"}]},
        ),
        Example({"items": [1, None, 2], "descending": True}, {"result": [2, 1, None]}),
    ),
)
def list_sort(items: list[Any], path: str = "", descending: bool = False) -> list[Any]:
    """Orders the items of a list, by what they have at ``path`` if that is given.

    Equal items keep their order; None comes last, either way. Raises TypeError where items can't be compared.
    """
    keyed = [(look_up(item, path), item) for item in items]
    known = [pair for pair in keyed if pair[0] is not None]
    require_walkable([key for key, _ in known], "put in order")
    try:
        known.sort(key=lambda pair: pair[0], reverse=descending)
    except TypeError as error:
        raise TypeError(f"the items can't be put in order: {error}") from None
    return [item for _, item in known] + [item for key, item in keyed if key is None]


@pack.node(
    effect="pure",
    examples=(
        Example({"items": [2, 1, 2, [1], [1]]}, {"result": [2, 1, [1]]}),
        Example({"items": [{"id": 1, "n": "a"}, {"id": 1, "n": "b"}], "path": "id"}, {"result": [{"id": 1, "n": "a"}]}),
    ),
)
def list_unique(items: list[Any], path: str = "") -> list[Any]:
    """Keeps the first of equal items, or of items that are equal at ``path``, in order."""
    keyed = [(look_up(item, path), item) for item in items]
    require_walkable([key for key, _ in keyed], "compared")
    seen = Seen()
    return [item for key, item in keyed if seen.is_new(key)]


@pack.node(
    effect="pure",
    examples=(
        Example({"items": [1, None, 2]}, {"result": [1, 2], "removed": [None]}),
        Example(
            {"items": [{"price": 5}, {"price": 15}, {}], "path": "price", "operator": ">", "value": 10},
            {"result": [{"price": 15}], "removed": [{"price": 5}, {}]},
        ),
    ),
)
def list_filter(items: list[Any], operator: Operator = "is_not_none", value: Any = None, path: str = "") -> Filtered:
    """Keeps the items for which ``item operator value`` holds, or what they have at ``path`` in place of the item.

    An item that has nothing at ``path`` counts as None, which orders with nothing: ``<``, ``<=``, ``>`` and ``>=``
    don't hold for it. Raises TypeError where other values can't be compared.
    """
    result = Filtered([], [])
    for item in items:
        found = look_up(item, path, None)
        ordered = operator not in ("<", "<=", ">", ">=") or found is not None
        (result.result if ordered and holds(operator, found, value) else result.removed).append(item)
    return result


@pack.node(
    effect="pure",
    examples=(
        Example({"items": [{"name": "Ada"}, {"name": "Alan"}], "path": "name"}, {"result": ["Ada", "Alan"]}),
        Example({"items": [" 1", "2 "], "transform": "to_int"}, {"result": [1, 2]}),
        Example({"items": [{}, {"n": 1}], "path": "n", "default": 0}, {"result": [0, 1]}),
    ),
)
def list_map(items: list[Any], transform: Transform = "get", path: str = "", default: Any = NO_DEFAULT) -> list[Any]:
    """Changes every item of a list in the same way; for ways of your own there is for_each.

    What is changed is the item, or what it has at ``path``; ``default`` stands in where it has nothing there, else
    that raises LookupError.
    """
    found = [look_up(item, path, default) for item in items]
    if transform != "get":
        require_walkable(found, "changed")
    return [transformed(transform, item) for item in found]


@pack.node(
    effect="pure",
    examples=(
        Example({"items": [1, 2, 3]}, {"result": 6}),
        Example({"items": [{"n": 4}, {"n": 2}], "operation": "average", "path": "n"}, {"result": 3.0}),
        Example({"items": [], "operation": "max", "initial": 0}, {"result": 0}),
    ),
)
def list_reduce(items: list[Any], operation: Operation = "sum", path: str = "", initial: Any = NO_DEFAULT) -> Any:
    """Makes one value of all items of a list, or of what they have at ``path``.

    ``initial`` is put before the items; for ``average``, ``first`` and ``last`` it is used only if there are none.
    Without it, ``min``, ``max``, ``average``, ``first`` and ``last`` of nothing raise ValueError.
    """
    return reduced(operation, [look_up(item, path) for item in items], initial)
