"""for_each: a body for every item, one after another or several at once."""

from collections.abc import Iterator
from typing import Any, Literal

import anyio
from attrs import define, field, frozen

from stratagem.errors import StepFailed
from stratagem.model import Graph, Node
from stratagem.nodes import Body, BreakLoop, Context, ContinueLoop, Example
from stratagem.nodes.values import LeaveLoop
from stratagem_std.control.pace import Pace
from stratagem_std.control.reports import report_of
from stratagem_std.registry import pack

OnError = Literal["fail", "collect"]


@frozen
class Passes:
    """What the body gave for each item, in the items' order; how many passes ended; which failed."""

    results: list[Any]
    count: int
    errors: list[dict[str, Any]]


@frozen
class Item:
    """One item, its place, and its key: that in the dict, or in a list its place."""

    item: Any
    index: int
    key: Any


@define
class Loop:
    """What all passes of one loop share; ``name`` is the variable that holds the item, if any."""

    body: Body
    name: str
    node_id: str
    collects: bool
    results: dict[int, Any] = field(factory=dict)
    errors: dict[int, dict[str, Any]] = field(factory=dict)

    async def run(self, item: Item, isolated: bool) -> None:
        """One pass; raises what ends the loop."""
        ports = {"item": item.item, "index": item.index, "key": item.key}
        result = None
        try:
            result = await self.body(ports, {self.name: item.item} if self.name else None, isolated=isolated)
        except ContinueLoop as left:
            if not left.concerns(self.node_id):
                raise
        except StepFailed as failure:
            if not self.collects:
                raise
            self.errors[item.index] = report_of(failure).entry(index=item.index, key=item.key)
        self.results[item.index] = result

    def passes(self) -> Passes:
        """What came of them, in the items' order."""
        results = [self.results[index] for index in sorted(self.results)]
        return Passes(results, len(results), [self.errors[index] for index in sorted(self.errors)])


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
                {"items": {"a": 1, "b": 2}, "as": "price", "concurrency": 2},
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
    concurrency: int = 1,
    on_error: OnError = "fail",
) -> Passes:
    """Runs its body for every item of a list, or every value of a dict.

    The body reads the item as the variable that ``as`` names, and ``item``, ``index`` and ``key`` as ports of this
    node. ``results`` has what each pass gave (None for one that failed or was continued), ``errors`` the failures of
    ``on_error: collect``, each with index, key, message, type and node; ``fail`` ends the loop with the first.

    With ``concurrency`` above 1 that many passes run at once. Then each pass has its own variables, dropped at its
    end: it hands on its result. Such passes can be continued, but the loop can't be broken.
    """
    if concurrency < 1:
        raise ValueError(f"concurrency must be 1 or more, not {concurrency}")
    loop = Loop(body, as_, context.node_id, on_error == "collect")
    if concurrency == 1:
        await _in_turn(loop, items)
    else:
        await _at_once(loop, items, concurrency)
    return loop.passes()


async def _in_turn(loop: Loop, items: list[Any] | dict[str, Any]) -> None:
    pace = Pace()
    try:
        for item in _items(items):
            await loop.run(item, isolated=False)
            if pace.due:
                await pace.rest()
    except BreakLoop as left:
        if not left.concerns(loop.node_id):
            raise


async def _at_once(loop: Loop, items: list[Any] | dict[str, Any], concurrency: int) -> None:
    """Several workers share the items; the failure that is raised is that of the foremost item that failed."""
    waiting = _items(items)
    failed: dict[int, Exception] = {}

    async def work() -> None:
        pace = Pace()
        for item in waiting:
            try:
                await loop.run(item, isolated=True)
            except Exception as error:
                failed[item.index] = _not_left(error)
                workers.cancel_scope.cancel()
                return
            if pace.due:
                await pace.rest()

    async with anyio.create_task_group() as workers:
        for _ in range(min(concurrency, len(items))):
            workers.start_soon(work)
    if failed:
        raise failed[min(failed)]


def _not_left(error: Exception) -> Exception:
    if isinstance(error, LeaveLoop):
        return RuntimeError("break can't end passes that run at once, nor continue a loop around them")
    return error


def _items(items: list[Any] | dict[str, Any]) -> Iterator[Item]:
    pairs = list(items.items()) if isinstance(items, dict) else list(enumerate(items))
    return (Item(item, index, key) for index, (key, item) in enumerate(pairs))
