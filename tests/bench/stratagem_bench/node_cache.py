"""What it costs to find a remembered result, and what bounded instances take of memory."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Generator, Iterator, Mapping
from contextlib import AsyncExitStack
from functools import partial
from itertools import cycle
from typing import Any

import anyio
from attrs import frozen

from stratagem import Kernel, Node, Pack, Plan, Plugin, Resolver, Run, RunResult, Step, Workflow, hookimpl
from stratagem_bench.children import answer
from stratagem_bench.figures import Figure, Findings
from stratagem_bench.measure import WARM_UPS, Side, Times, alternate
from stratagem_node_cache import NodeCachePlugin
from stratagem_node_cache.resolver import NodeCacheResolver

HIT_TARGET = 3.0
CHEAP_TARGET, FIRST_TARGET = 1.1, 1.2
MEMORY_TARGET = 0.02

NODES = 10_000
ROOM = 100
CHEAP = 1000
FIRST_RUNS = 12

ROWS = [{"id": row, "name": f"customer {row}", "price": row / 7, "paid": row % 2 == 0} for row in range(1000)]


@frozen
class Case:
    """Inputs whose result is looked for; with ``whole`` they are the result too, else it is a number."""

    name: str
    inputs: Mapping[str, Any]
    whole: bool = False


CASES = (
    Case("two numbers", {"value": 1, "other": 2.5}),
    Case("a text of 100 kB", {"value": "x" * 100_000, "other": None}),
    Case("10,000 numbers", {"value": list(range(10_000)), "other": None}),
    Case("a table of 1,000 rows", {"value": ROWS, "other": None}),
    Case("10,000 numbers, given back", {"value": list(range(10_000)), "other": None}, whole=True),
    Case("1,000 rows, given back", {"value": ROWS, "other": None}, whole=True),
)

pack = Pack("looked")


@pack.node(effect="pure")
async def number(value: Any, other: Any) -> int:
    """Gives a number."""
    return 1


@pack.node(effect="pure", name="sum")
async def sum_(value: int, other: int) -> int:
    """Adds."""
    return value + other


@pack.node(effect="pure")
async def whole(value: Any, other: Any) -> Any:
    """Gives a copy of what it is given."""
    return [dict(row) if isinstance(row, dict) else row for row in value]


class Seen(Plugin):
    """Notes the resolver of the last run."""

    resolver: Resolver

    @hookimpl(wrapper=True)
    def resolve(self, run: Run) -> Generator[None, Resolver, Resolver]:
        """Hands the resolver on as it is."""
        self.resolver = yield
        return self.resolver


def measure(budget: float) -> Findings:
    """Times hashing the same inputs; memory beside that of an instance for every node."""
    for case in CASES:
        times, count = anyio.run(_times, case, budget)
        hit, key = (times.median(name) / count * 1e6 for name in ("hit", "key"))
        detail = f"{hit:.2f} µs, the key alone {key:.2f}; {times.repetitions} repetitions"
        yield Figure(f"hit, {case.name}", times.ratio("hit", "key"), "× its key", HIT_TARGET, detail)
    for learned in (True, False):
        times = anyio.run(_cheap, learned, budget)
        cached, plain = (times.median(name) / CHEAP * 1e6 for name in ("cached", "plain"))
        detail = f"{cached:.2f} µs a node, without {plain:.2f}; {times.repetitions} repetitions"
        what = f"{CHEAP:,} cheap nodes, {'a later' if learned else 'the first'} run"
        yield Figure(
            what, times.paired("cached", "plain"), "× without", CHEAP_TARGET if learned else FIRST_TARGET, detail
        )
    yield from _memory()


async def _times(case: Case, budget: float) -> tuple[Times, int]:
    """Both sides do the same number of look-ups at a time: about a millisecond of them."""
    seen, type_ = Seen(), "looked.whole" if case.whole else "looked.number"
    async with Kernel(packs=[pack], plugins=[seen, NodeCachePlugin()]) as kernel:
        plan = kernel.compile(Workflow({"n": Node("n", type_, case.inputs)}))
        result = (await kernel.run(plan)).raise_for_error()
        resolver, step = seen.resolver, plan.steps[0]
        if not isinstance(resolver, NodeCacheResolver):
            raise AssertionError(f"the resolver is a {type(resolver).__name__}")
        count = 1000 if len(case.inputs) == 2 and not hasattr(case.inputs["value"], "__len__") else 5
        sides = {
            "key": Side(partial(_keys, resolver, step, case.inputs, count), _is_key),
            "hit": Side(
                partial(_hits, resolver, step, case.inputs, count), partial(_is, result.outputs["n"]["result"])
            ),
        }
        return await alternate(sides, budget / 2, most=1000), count


async def _cheap(learned: bool, budget: float) -> Times:
    """Runs of a kernel that has ``learned`` that nothing is worth a look-up, or of a new one each, beside plain ones."""
    async with AsyncExitStack() as opened:
        made: Mapping[str, Callable[[], list[Plugin]]] = {"cached": lambda: [NodeCachePlugin()], "plain": list}
        count = 1 if learned else FIRST_RUNS + WARM_UPS + 1
        kernels = {
            name: cycle([await _opened(opened, plugins()) for _ in range(count)]) for name, plugins in made.items()
        }
        sides = {name: Side(partial(_run_of, each), _is_done) for name, each in kernels.items()}
        return await alternate(sides, budget / 2, least=9, most=200 if learned else FIRST_RUNS)


async def _opened(stack: AsyncExitStack, plugins: list[Plugin]) -> tuple[Kernel, Plan]:
    kernel = await stack.enter_async_context(Kernel(packs=[pack], plugins=plugins))
    return kernel, kernel.compile(_additions())


async def _run_of(kernels: Iterator[tuple[Kernel, Plan]]) -> RunResult:
    kernel, plan = next(kernels)
    return await kernel.run(plan, keep="none")


def _additions() -> Workflow:
    """A chain, each node of which adds to the one before: no two have equal inputs."""
    texts: list[Any] = [1, *(f"{{{{ n{i}.result + {i} }}}}" for i in range(CHEAP - 1))]
    return Workflow({f"n{i}": Node(f"n{i}", "looked.sum", {"value": text, "other": i}) for i, text in enumerate(texts)})


def _is_done(result: RunResult) -> None:
    if result.status != "done":
        raise AssertionError(f"the run has {result.status}")


async def _keys(resolver: NodeCacheResolver, step: Step, inputs: Mapping[str, Any], count: int) -> Any:
    key: Callable[[Mapping[str, Any]], Any] = resolver.terms(step).keys.key
    for _ in range(count):
        found = key(inputs)
    return found


async def _hits(resolver: NodeCacheResolver, step: Step, inputs: Mapping[str, Any], count: int) -> Any:
    recall: Callable[[Step, Mapping[str, Any]], Awaitable[Any]] = resolver.recall
    for _ in range(count):
        found = await recall(step, inputs)
    return found


def _is_key(found: Any) -> None:
    if len(found[0]) != 20:
        raise AssertionError(f"{found!r} is no key")


def _is(value: Any, found: Any) -> None:
    if found is None or found.value != value:
        raise AssertionError("the result was not found")


PROBE = """
import json, sys
from stratagem_bench import instance_probe
print(json.dumps(instance_probe.peak(sys.argv[1], int(sys.argv[2]), int(sys.argv[3]), bool(int(sys.argv[4])))))
"""


def _memory() -> Findings:
    """The most that was allocated at any moment of a run, less what the same run takes with instances of no size."""
    for sort in ("closed", "plain"):
        taken = {}
        for cached in (True, False):
            full, empty = (answer(PROBE, sort, str(NODES), str(size), str(int(cached))) for size in (1, 0))
            taken[cached] = full - empty
        detail = f"{taken[True] / 1e6:.2f} MB, all kept {taken[False] / 1e6:.1f} MB"
        what = f"{NODES:,} class nodes, {sort}"
        yield Figure(what, taken[True] / taken[False], f"× all, room for {ROOM}", MEMORY_TARGET, detail, strict=True)
