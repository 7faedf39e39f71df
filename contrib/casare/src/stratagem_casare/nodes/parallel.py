"""At once: branches of a fork, items of a list, and flows that are called."""

from typing import Any

from attrs import asdict, frozen

from stratagem import NOTHING, Body, Context, Example, Graph, Node, Nothing, Variables
from stratagem_casare import coerce
from stratagem_casare.nodes.loops import Item, listed
from stratagem_casare.nodes.registry import pack
from stratagem_std.control.passes import Tally, at_once

TIMEOUT = 60
"""Seconds for a step of an item, where the flow does not say."""


@pack.node("ForkNode", effect="pure", runs="loop", examples=(Example({"branch_count": 2}),))
def fork(branch_count: Any = 2, fail_fast: Any = False) -> None:
    """Goes on through all its branches, which run at once where the schedule allows it.

    The branches are parts of one graph: they see the same variables, and what two of them do with one variable keeps
    the order of the drawing. A failure in one ends the run, or the body that the fork is in, whatever ``fail_fast``.
    """


@frozen
class Joined:
    """The value of each branch, by its name, and the number of branches."""

    results: dict[str, Any]
    branch_count: int


@pack.node(
    "JoinNode",
    effect="pure",
    runs="loop",
    examples=(
        Example({"branches": {"branch_1": 1, "branch_2": 2}, "merge_strategy": "last"}, {"results": {"branch_2": 2}}),
    ),
)
def join(merge_strategy: Any = "all", branches: Any = None) -> Joined:
    """Goes on once all branches of its fork have come to their end.

    ``results`` has a table for each branch: the outputs of its nodes by id, and the variables that it has set. With
    ``merge_strategy`` ``first`` or ``last`` it has that of the first or last branch of the fork alone.
    """
    given = coerce.table(branches)
    chosen = {"first": list(given)[:1], "last": list(given)[-1:]}.get(coerce.text(merge_strategy), list(given))
    return Joined({name: given[name] for name in chosen}, len(given))


@frozen
class Passes:
    """The last item and its place; what the pass of each item gave, in the items' order; which failed."""

    current_item: Any | Nothing
    current_index: int | Nothing
    results: list[Any]
    errors: list[dict[str, Any]]


@pack.node(
    "ParallelForEachNode",
    handles=("loop",),
    writes=("var:{kept_as}",),
    body_ports={"body": ("current_item", "current_index")},
    body_variables={"body": ("{item_var}", "{index_var}")},
    examples=(
        Example(
            gives={"results": [10, 20, 30], "errors": []},
            workflow=Graph(
                {
                    "example": Node(
                        "example",
                        "casare.ParallelForEachNode",
                        {"items": [1, 2, 3], "batch_size": 2},
                        {"body": Graph(result="{{ example.current_item * 10 }}")},
                    )
                }
            ),
        ),
    ),
)
async def parallel_for_each(
    body: Body,
    context: Context,
    variables: Variables,
    items: Any = None,
    batch_size: Any = 5,
    concurrency: Any = None,
    fail_fast: Any = False,
    timeout_per_item: Any = TIMEOUT,
    item_var: str = "item",
    index_var: str = "item_index",
    kept_as: str = "",
) -> Passes:
    """Runs its body for the items of each batch at once, one batch after another.

    At most ``concurrency`` items run at once, where it is given. Each pass has variables of its own, dropped at its
    end, among them the item and its place under the names that ``item_var`` and ``index_var`` give. ``results`` has
    what the last node of each pass gave: its output, or a table of its outputs; None where the pass failed. With
    ``fail_fast`` the first failure cancels the others and goes on outwards; else ``errors`` has each with index,
    message, type and node. ``timeout_per_item``, in seconds, bounds each step of a pass; 0 is no limit. (What a pass
    takes as a whole depends on the schedule: there its steps may wait for those of other items.)
    """
    given = [] if items is None else list(listed(items))
    tally = Tally(context.node_id, collects=not coerce.truth(fail_fast))

    async def run(place: int, item: Item) -> None:
        ports = {"current_item": item.current_item, "current_index": place}
        own = {name: value for name, value in ((item_var, item.current_item), (index_var, place)) if name}
        called = body(ports, own, isolated=True, item=item.current_item, of=len(given), number=place)
        await tally.note(place, called, index=place)

    size = max(1, coerce.whole(batch_size, 5))
    await at_once(given, run, max(1, coerce.whole(concurrency, size)), size)
    item, index = (given[-1].current_item, len(given) - 1) if given else (NOTHING, NOTHING)
    passes = Passes(item, index, tally.results, tally.errors)
    if kept_as:
        variables[kept_as] = {name: part for name, part in asdict(passes, recurse=False).items() if part is not NOTHING}
    return passes
