"""for_each: a body for every item, one after another or several at once."""

from collections.abc import Awaitable, Callable
from typing import Any, Literal

from attrs import define, frozen

from stratagem import Body, BreakLoop, Context, Example, Graph, Node
from stratagem_std.control.pace import Pace
from stratagem_std.control.passes import Tally, at_once
from stratagem_std.registry import pack

OnError = Literal["fail", "collect"]


@frozen
class Passes:
    """The body's value for each item, in the items' order; the number of passes that ended; those that failed."""

    results: list[Any]
    count: int
    errors: list[dict[str, Any]]


@define
class Item:
    """One item and its key: that in the dict, or in a list its place."""

    item: Any
    key: Any


def _example(config: dict[str, Any], body: Graph) -> Graph:
    return Graph({"example": Node("example", "std.for_each", config, {"body": body})})


@pack.node(
    handles=("loop",),
    body_ports={"body": ("item", "index", "key")},
    body_variables={"body": ("{as}",)},
    examples=(
        Example(
            gives={"results": [10, 20, 30], "count": 3, "errors": []},
            workflow=_example({"items": [1, 2, 3]}, Graph(result="{{ item * 10 }}")),
        ),
        Example(
            gives={"results": ["a: 1", "b: 2"]},
            workflow=_example(
                {"items": {"a": 1, "b": 2}, "as": "price", "batch_size": 2},
                Graph(result="{{ example.key }}: {{ price }}"),
            ),
        ),
    ),
)
async def for_each(
    items: list[Any] | dict[str, Any],
    body: Body,
    context: Context,
    as_: str = "item",
    concurrency: int | None = None,
    batch_size: int | None = None,
    on_error: OnError = "fail",
) -> Passes:
    """Runs its body for every item of a list, or every value of a dict.

    The body reads the item as the variable that ``as`` names, and ``item``, ``index`` and ``key`` as ports of this
    node. ``results`` has what each pass gave (None for one that failed or was continued), ``errors`` the failures of
    ``on_error: collect``, each with index, key, message, type and node; ``fail`` ends the loop with the first.

    With ``concurrency`` above 1 that many passes run at once; with ``batch_size`` all items of a batch, or
    ``concurrency`` of them, and the next batch begins when they have ended. Then each pass has its own variables,
    dropped at its end: it hands on its result. Such passes can be continued, but the loop can't be broken.
    """
    given = _items(items)
    size = _at_least_1("batch_size", batch_size, max(1, len(given)))
    workers = _at_least_1("concurrency", concurrency, batch_size or 1)
    tally = Tally(context.node_id, on_error == "collect")
    isolated = workers > 1 and batch_size != 1  # whatever the number of items

    async def run(place: int, item: Item) -> None:
        ports = {"item": item.item, "index": place, "key": item.key}
        own = {as_: item.item} if as_ else None
        called = body(ports, own, isolated=isolated, item=item.item, of=len(given), number=place)
        await tally.note(place, called, index=place, key=item.key)

    if isolated:
        await at_once(given, run, workers, size)
    elif context.at_once > 1 and concurrency is None and batch_size is None:
        await at_once(given, run, context.at_once, size)
    else:
        await _in_turn(given, run, context.node_id)
    results = tally.results
    return Passes(results, len(results), tally.errors)


def _at_least_1(name: str, given: int | None, default: int) -> int:
    if given is not None and given < 1:
        raise ValueError(f"expected 1 or more for {name}, got {given}")
    return default if given is None else given


async def _in_turn(items: list[Item], run: Callable[[int, Item], Awaitable[None]], node_id: str) -> None:
    pace = Pace()
    try:
        for place, item in enumerate(items):
            await run(place, item)
            if pace.due:
                await pace.rest()
    except BreakLoop as left:
        if not left.concerns(node_id):
            raise


def _items(items: list[Any] | dict[str, Any]) -> list[Item]:
    pairs = items.items() if isinstance(items, dict) else enumerate(items)
    return [Item(item, key) for key, item in pairs]
