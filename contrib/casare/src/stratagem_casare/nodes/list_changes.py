"""Lists: filter, map, reduce."""

from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import Any

import attrs

from stratagem import Example, brief
from stratagem_casare import coerce
from stratagem_casare.nodes.lenient import data_node
from stratagem_std.look_up import NO_DEFAULT
from stratagem_std.operators import holds
from stratagem_std.reductions import reduced
from stratagem_std.transforms import transformed


@attrs.frozen
class Sorted:
    """The items kept and those left out."""

    result: list[Any]
    removed: list[Any]


def _operator(name: str) -> Callable[[Any, Any], bool]:
    return lambda item, value: holds(name, item, value)


def _order(name: str) -> Callable[[Any, Any], bool]:
    return lambda item, value: item is not None and holds(name, item, value)


def _texts(name: str) -> Callable[[Any, Any], bool]:
    return lambda item, value: holds(name, coerce.text(item), coerce.text(value))


_TESTS: Mapping[str, Callable[[Any, Any], bool]] = MappingProxyType(
    {
        "equals": _operator("=="),
        "not_equals": _operator("!="),
        "contains": _texts("contains"),
        "starts_with": _texts("starts_with"),
        "ends_with": _texts("ends_with"),
        "greater_than": _order(">"),
        "less_than": _order("<"),
        "is_not_none": _operator("is_not_none"),
        "is_none": _operator("is_none"),
        "is_truthy": lambda item, value: bool(item),
        "is_falsy": lambda item, value: not item,
    }
)
_TRANSFORMS: Mapping[str, Callable[[Any], Any]] = MappingProxyType(
    {
        "get_property": lambda item: transformed("get", item),
        "to_string": coerce.text,
        "to_int": coerce.whole,
        "to_float": coerce.number,
        "to_upper": lambda item: transformed("upper", coerce.text(item)),
        "to_lower": lambda item: transformed("lower", coerce.text(item)),
        "trim": lambda item: transformed("trim", coerce.text(item)),
        "length": lambda item: transformed("length", item) if hasattr(item, "__len__") else 0,
    }
)
_REDUCTIONS: Mapping[str, tuple[str, Callable[[Any], Any]]] = MappingProxyType(
    {
        "sum": ("sum", coerce.number),
        "product": ("product", coerce.number),
        "avg": ("average", coerce.number),
        "min": ("min", lambda item: item),
        "max": ("max", lambda item: item),
        "count": ("count", lambda item: item),
        "first": ("first", lambda item: item),
        "last": ("last", lambda item: item),
        "join": ("join", coerce.text),
    }
)


@data_node(
    "ListFilterNode",
    examples=(
        Example({"list": [1, 5], "condition": "greater_than", "value": 2}, gives={"result": [5], "removed": [1]}),
    ),
)
def list_filter(list_: Any = None, condition: Any = "is_not_none", value: Any = None, key_path: Any = "") -> Sorted:
    """The items for which ``condition`` holds, and the others; an unknown condition holds for all."""
    test = _TESTS.get(coerce.text(condition), lambda item, value: True)
    found = Sorted([], [])
    for item in coerce.items(list_):
        (found.result if test(coerce.at(item, key_path), value) else found.removed).append(item)
    return found


@data_node(
    "ListMapNode",
    examples=(Example({"list": [{"n": "a"}], "transform": "to_upper", "key_path": "n"}, gives={"result": ["A"]}),),
)
def list_map(list_: Any = None, transform: Any = "to_string", key_path: Any = "") -> list[Any]:
    """Each item, or its value at ``key_path``, transformed; an unknown transform changes nothing."""
    change = _TRANSFORMS.get(coerce.text(transform), lambda item: item)
    return [change(coerce.at(item, key_path)) for item in coerce.items(list_)]


@data_node("ListReduceNode", examples=(Example({"list": [1, "2"]}, gives={"result": 3.0}),))
def list_reduce(list_: Any = None, operation: Any = "sum", key_path: Any = "", initial: Any = None) -> Any:
    """One value of all items; ``initial`` comes before them, or for ``avg``, ``first`` and ``last`` in their place.

    ``min``, ``max``, ``avg``, ``first`` and ``last`` of nothing give None.
    """
    name, prepare = _reduction(operation)
    values = [prepare(coerce.at(item, key_path)) for item in coerce.items(list_)]
    if not values and initial is None and name in ("min", "max", "average", "first", "last"):
        return None
    return reduced(name, values, NO_DEFAULT if initial is None else prepare(initial))


def _reduction(operation: Any) -> tuple[str, Callable[[Any], Any]]:
    found = _REDUCTIONS.get(coerce.text(operation))
    if found is None:
        raise ValueError(f"there is no operation {brief(operation)}; there are {', '.join(_REDUCTIONS)}")
    return found
