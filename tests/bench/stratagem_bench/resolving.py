"""What resolving a config costs, beside a regular expression by hand; and what a cache of variables adds or saves."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from itertools import count
from typing import Any

import anyio

from stratagem import Kernel, Node, Pack, PlainResolver, Resolver, Scope, Step, VariableStore, Workflow
from stratagem_bench import naive
from stratagem_bench.figures import Absent, Figure, Findings
from stratagem_bench.measure import Side, Times, alternate

NODES = 1000
VARIABLES = 100

pack = Pack("resolving")

Config = Mapping[str, Any]
Variables = Callable[[int], dict[str, Any]]


@pack.node(effect="pure")
async def source() -> Any:
    """Stands for a node whose output others read."""


@pack.node(effect="pure")
async def take(value: Any) -> None:
    """Stands for a node with one input."""


BASICS: Mapping[str, tuple[Callable[[int], str], float]] = {
    "a whole string": (lambda i: f"{{{{ v{i % VARIABLES} }}}}", 5.0),
    "a text with ten": (lambda i: " ".join(f"word {{{{ v{(i + k) % VARIABLES} }}}}" for k in range(10)), 3.0),
    "node.port.key[0]": (lambda i: "{{ src.result.key[0] }}", 4.0),
}
COSTLY = (
    "{{{{ list{0} | sort | join(' {1} ') }}}}",
    "{{{{ list{0} | sum | string | replace('{1}', '') }}}}",
    "in all {{{{ list{0} | unique | json | replace(',', '{1}') }}}}",
    "{{{{ list{0} | min | string | replace('{1}', '') }}}}",
    "{{{{ text{0} | upper | replace('A', '{1}') }}}}",
)
CHEAP = (
    "{{{{ v{0} }}}}",
    "{1} {{{{ v{0} }}}} -",
    "{{{{ v{0} | upper | replace('{1}', '') }}}}",
    "{{{{ (v{0} | length) + {1} }}}}",
    "{{{{ v{0} | default({1}) }}}}",
)
"""A template of each node for itself: its variable, and its number."""


def measure(budget: float) -> Findings:
    """A thousand nodes each; all sides resolve the same configs, and their results are compared."""
    try:
        from stratagem_compiled import CompiledResolver
        from stratagem_variable_cache import VariableCache
    except ModuleNotFoundError as missing:
        yield Absent("resolve", f"{missing.name} is not installed")
        return
    for name, (text, wanted) in BASICS.items():
        yield _basic(name, [{"value": text(i)} for i in range(NODES)], CompiledResolver, wanted, budget)
    mixed: list[Config] = [{"value": (*COSTLY, *CHEAP)[i % 10].format(i % VARIABLES, i)} for i in range(NODES)]
    cheap: list[Config] = [{"value": CHEAP[i % 5].format(i % VARIABLES, i)} for i in range(NODES)]
    repeated: list[Config] = [{"value": COSTLY[i % 5].format(i % VARIABLES, i)} for i in range(NODES)]
    kept = variables(0)
    for name, beneath in (("plain", PlainResolver), ("compiled", CompiledResolver)):
        cases: list[tuple[str, list[Config], Variables, float]] = [
            ("no hits", mixed, variables, 1.1),
            ("cheap", cheap, variables, 1.1),
            ("repeats", repeated, lambda turn: kept, 1 / 3),
        ]
        for kind, configs, given, target in cases:
            sides: dict[str, Resolver] = {name: beneath(), "cached": VariableCache(beneath())}
            times = anyio.run(_rotation, sides, configs, given, 3 * budget)  # small differences ask for many rounds
            yield _ratio(f"cache over {name}, {kind}", times, "cached", name, target)


def variables(turn: int) -> dict[str, Any]:
    """A hundred short texts, lists of 300 numbers and texts of 10,000 characters: other ones in each turn."""
    texts = {f"v{i}": f"text {i}, {turn}" for i in range(VARIABLES)}
    lists = {f"list{i}": [(k * 7919 + i + turn) % 1009 for k in range(300)] for i in range(VARIABLES)}
    return {**texts, **lists, **{f"text{i}": "data" * 2500 + f"{i} {turn}" for i in range(VARIABLES)}}


def steps_of(configs: Sequence[Config]) -> list[Step]:
    """The steps of nodes with these configs."""
    nodes = {"src": Node("src", "resolving.source")}
    nodes |= {f"n{i}": Node(f"n{i}", "resolving.take", config) for i, config in enumerate(configs)}
    plan = Kernel(packs=[pack]).compile(Workflow(nodes, variables=variables(0)))
    return list(plan.steps[1:])


def _basic(name: str, configs: list[Config], resolver: Callable[[], Resolver], wanted: float, budget: float) -> Figure:
    output = {"key": ["zero"]}
    values = {**variables(0), "src": {"result": output}}
    scope = Scope([output], VariableStore(values), {}, None)

    async def by_hand() -> list[Any]:
        return [naive.resolved(config, values) for config in configs]

    expected = anyio.run(by_hand)
    sides = {"naive": Side(by_hand, lambda got: _same(got, expected))}
    for side, each in (("plain", PlainResolver()), ("compiled", resolver())):
        sides[side] = _resolving([each.inputs(step) for step in steps_of(configs)], scope, expected)
    times = anyio.run(alternate, sides, budget)
    return _ratio(f"resolve {name}", times, "compiled", "naive", 1 / wanted, of=("naive", "plain", "compiled"))


def _resolving(prepared: list[Callable[[Scope], dict[str, Any]]], scope: Scope, expected: list[Any]) -> Side:
    async def resolve() -> list[Any]:
        return [inputs(scope) for inputs in prepared]

    return Side(resolve, lambda got: _same(got, expected))


async def _rotation(sides: Mapping[str, Resolver], configs: Sequence[Config], given: Variables, budget: float) -> Times:
    """All nodes in turn, round after round; the n-th round of every side has what ``given`` gives for n."""
    steps = steps_of(configs)
    last: dict[str, list[Any]] = {}

    def side(name: str) -> Side:
        prepared = [sides[name].inputs(step) for step in steps]
        turns = count()
        scope = Scope([None], VariableStore(), {}, None)

        def prepare() -> None:
            scope.variables = VariableStore(given(next(turns)))

        async def resolve() -> None:
            last[name] = [inputs(scope) for inputs in prepared]

        return Side(resolve, lambda _: _same(last[name], next(iter(last.values()))), prepare)

    return await alternate({name: side(name) for name in sides}, budget, least=20)


def _ratio(name: str, times: Times, side: str, base: str, target: float, of: Sequence[str] = ()) -> Figure:
    ratio = times.paired(side, base)
    medians = ", ".join(f"{each} {times.median(each) / NODES * 1e6:.2f}" for each in of or (base, side))
    detail = f"µs/node: {medians}; {1 / ratio:.1f}× as fast; {times.repetitions} repetitions"
    return Figure(name, ratio, f"× {base}", round(target, 3), detail)


def _same(got: list[Any], expected: list[Any]) -> None:
    if got != expected:
        raise AssertionError("the sides do not give the same")
