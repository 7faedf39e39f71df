"""Loops: a body for each item, or as long as a condition holds. The structure of a drawing gives them their bodies."""

import re
from collections.abc import Awaitable, Callable, Iterable, Iterator, Sequence
from typing import Any

from attrs import define, frozen

from stratagem import (
    NOTHING,
    Body,
    BreakLoop,
    Context,
    ContinueLoop,
    Deferred,
    Example,
    Graph,
    Node,
    Nothing,
    Variables,
    brief,
)
from stratagem_casare import coerce
from stratagem_casare.nodes.registry import pack
from stratagem_std.control.pace import Pace


@define
class Item:
    """An item of a loop; ``current_key`` is its key in a dict, None in a list."""

    current_item: Any
    current_index: int
    current_key: Any


@frozen
class Items:
    """The items of a loop, with their keys where they have some."""

    values: Sequence[Any]
    keys: Sequence[Any] | None = None

    def __len__(self) -> int:
        return len(self.values)

    def __iter__(self) -> Iterator[Item]:
        for index, value in enumerate(self.values):
            yield Item(value, index, None if self.keys is None else self.keys[index])


@define
class Iteration:
    """The number of a pass, counted from 0."""

    current_iteration: int


_REFERENCE = re.compile(r"\{\{[^{}]*\}\}|\$\{[^{}]*\}|%[^%\s]+%")
_STEP = {
    "each": Node("each", "casare.SetVariableNode", {"variable_name": "last", "value": "{{ example.current_item }}"})
}


@pack.node(
    "ForLoopStartNode",
    handles=("loop",),
    reads=("var:{list_var}",),
    writes=("var:{item_var}", "var:{item_var}_index", "var:{kept_as}"),
    body_ports={"body": ("current_item", "current_index", "current_key")},
    examples=(
        Example(
            gives={"current_item": "b", "current_index": 1},
            sets={"item": "b", "item_index": 1, "last": "b"},
            variables={"item": None, "item_index": None},
            workflow=Graph(
                {"example": Node("example", "casare.ForLoopStartNode", {"items": ["a", "b"]}, {"body": Graph(_STEP)})}
            ),
        ),
    ),
)
async def for_loop(
    body: Body,
    context: Context,
    variables: Variables,
    items: Any = None,
    mode: Any = "items",
    list_var: Any = "",
    item_var: str = "item",
    start: Any = 0,
    end: Any = 10,
    step: Any = 1,
    kept_as: str = "",
) -> Item | Nothing:
    """Runs its body for every item, one after another: of ``items``, else of the variable that ``list_var`` names.

    With ``mode: range``, and where neither is given, the items are the numbers from ``start`` to below ``end``. Of a
    dict the items are its values. Sets the variables that ``item_var`` names, and the same with ``_index``, which keep
    their last values.
    """
    found = _items(items, mode, list_var, variables)
    if found is None:
        found = Items(range(coerce.whole(start), coerce.whole(end, 10), coerce.whole(step, 1)))
    last: Item | Nothing = NOTHING
    count = len(found)
    set_variables = _variables_of(item_var, kept_as, variables)

    def run(each: Item) -> Awaitable[Any]:
        nonlocal last
        last = each
        set_variables(each)
        ports = {
            "current_item": each.current_item,
            "current_index": each.current_index,
            "current_key": each.current_key,
        }
        return body(ports, item=each.current_item, of=count)

    await _each_pass(found, run, context.node_id)
    return last


@pack.node(
    "WhileLoopStartNode",
    handles=("loop",),
    writes=("var:{kept_as}",),
    body_ports={"body": ("current_iteration",)},
    examples=(
        Example(
            gives={"current_iteration": 1},
            variables={"n": 0},
            sets={"n": 2.0},
            workflow=Graph(
                {
                    "example": Node(
                        "example",
                        "casare.WhileLoopStartNode",
                        {"expression": "n < 2"},
                        {"body": Graph({"one": Node("one", "casare.IncrementVariableNode", {"variable_name": "n"})})},
                    )
                }
            ),
        ),
    ),
)
async def while_loop(
    body: Body,
    context: Context,
    variables: Variables,
    condition: Deferred[Any] | None = None,
    expression: Deferred[Any] | None = None,
    max_iterations: Any = 1000,
    kept_as: str = "",
) -> Iteration | Nothing:
    """Runs its body as long as ``condition`` holds, or ``expression`` where there is none; both are looked at anew.

    After ``max_iterations`` passes it goes on all the same, and says so in the log.
    """
    most = coerce.whole(max_iterations, 1000)
    last: Iteration | Nothing = NOTHING

    def passes() -> Iterator[Iteration]:
        number = 0
        while _holds(condition, expression):
            if number >= most:
                context.log.warning("the condition still holds after %d passes; max_iterations allows no more", number)
                return
            yield Iteration(number)
            number += 1

    def run(each: Iteration) -> Awaitable[Any]:
        nonlocal last
        last = each
        if kept_as:
            variables[kept_as] = {"current_iteration": each.current_iteration}
        return body({"current_iteration": each.current_iteration})

    await _each_pass(passes(), run, context.node_id)
    return last


@pack.node("ForLoopEndNode", effect="pure", examples=(Example(),))
async def for_loop_end() -> None:
    """Ends a pass of a for loop."""


@pack.node("WhileLoopEndNode", effect="pure", examples=(Example(),))
async def while_loop_end() -> None:
    """Ends a pass of a while loop."""


LEAVES = ("loop", "loop:{paired_loop_start_id}")
"""The innermost loop is left, and all from there to the one that is named."""


def _leaves(type_: str) -> Graph:
    body = Graph({"example": Node("example", type_)})
    return Graph({"loop": Node("loop", "casare.ForLoopStartNode", {"items": [1, 2]}, {"body": body})})


@pack.node("BreakNode", runs="loop", writes=LEAVES, examples=(Example(workflow=_leaves("casare.BreakNode")),))
def break_(paired_loop_start_id: str = "") -> None:
    """Ends the innermost loop, or the one that is named."""
    raise BreakLoop(paired_loop_start_id or None)


@pack.node("ContinueNode", runs="loop", writes=LEAVES, examples=(Example(workflow=_leaves("casare.ContinueNode")),))
def continue_(paired_loop_start_id: str = "") -> None:
    """Ends this pass of the innermost loop, or of the one that is named."""
    raise ContinueLoop(paired_loop_start_id or None)


async def _each_pass(found: Iterable[Any], run: Callable[[Any], Awaitable[Any]], node_id: str) -> None:
    pace = Pace()
    try:
        for each in found:
            try:
                await run(each)
            except ContinueLoop as left:
                if not left.concerns(node_id):
                    raise
            if pace.due:
                await pace.rest()
    except BreakLoop as left:
        if not left.concerns(node_id):
            raise


def _variables_of(item_var: str, kept_as: str, variables: Variables) -> Callable[[Item], None]:
    def set_(each: Item) -> None:
        if item_var:
            variables[item_var] = each.current_item
            variables[f"{item_var}_index"] = each.current_index
        if kept_as:
            variables[kept_as] = {
                "current_item": each.current_item,
                "current_index": each.current_index,
                "current_key": each.current_key,
            }

    return set_


def _items(items: Any, mode: Any, list_var: Any, variables: Variables) -> Items | None:
    if coerce.text(mode).lower() == "range":
        return None
    if items is None and isinstance(list_var, str) and list_var:
        if list_var not in variables:
            raise ValueError(f"there is no variable {brief(list_var)}, which list_var names")
        items = variables[list_var]
    elif items is None and list_var:
        items = list_var
    return None if items is None else listed(items)


def listed(items: Any) -> Items:
    """The items of what a loop is given: of a dict its values with their keys; what is no collection is the only one."""
    if isinstance(items, dict):
        return Items(list(items.values()), list(items))
    if isinstance(items, str) and _REFERENCE.fullmatch(items.strip()):
        raise ValueError(f"there are no items: {items} does not exist")
    many = isinstance(items, (list, tuple, set, frozenset, range, str))
    return Items(list(items) if many else [items])


def _holds(condition: Any, expression: Any) -> bool:
    value = condition() if callable(condition) else condition
    if value is None:
        value = expression() if callable(expression) else expression
    return bool(value)
