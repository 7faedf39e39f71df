"""Whole runs with the cache."""

from __future__ import annotations

from typing import Any

import anyio
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hypothesis_profiles import examples
from stratagem import Config, Graph, Kernel, Node, Pack, Plugin, PluginsConfig, RunResult, Strategy, Variables, Workflow
from stratagem_compiled import CompiledPlugin
from stratagem_testing import graph_of, node, run_once, sample, workflow_of
from stratagem_variable_cache import VariableCachePlugin, VariableCacheSettings

mutable = Pack("mutable")


@mutable.node(runs="loop")
def push(items: list[Any], item: Any) -> None:
    """Changes the list that it is handed, and says so nowhere."""
    items.append(item)


@mutable.node(runs="loop", writes=("var:b",))
def alias(items: list[Any], variables: Variables) -> None:
    """Has another variable hold the very list that it is handed."""
    variables["b"] = items


@mutable.node(effect="pure", runs="loop")
def note(value: Any, more: Any = None) -> Any:
    """Hands on what it is given; a list as it is."""
    return [value, more]


def costly() -> dict[str, Any]:
    return {"items": list(range(500, 0, -1))}


@pytest.mark.anyio
async def test_passes_of_a_loop_share_what_they_read() -> None:
    """The config names it; what it was good for is among the run's metrics."""
    body = graph_of(
        node("read", "sample.value", {"value": "{{ rows | sort | join(',') }}"}), result="{{ read.result }}"
    )
    loop = node("loop", "sample.each", {"items": list(range(20))}, bodies={"body": body})
    config = Config(plugins=PluginsConfig(use=("variable-cache",)), settings={"variable-cache": {"threshold": "0ms"}})
    workflow = workflow_of(loop, variables={"rows": list(range(300))})
    result = await run_once(workflow, config=config, packs=[sample])
    assert set(result.outputs["loop"]["results"]) == {",".join(map(str, range(300)))}
    told = {name: measure.total for name, measure in result.metrics.items()}
    assert told["cache.requests{cache=variable,hit=True}"] > 10
    assert told["cache.requests{cache=variable,hit=False}"] >= 2
    assert told["cache.evictions{cache=variable}"] == 0
    assert told["cache.size{cache=variable}"] > 300 * 8
    assert told["cache.saved{cache=variable}"] > 0


@pytest.mark.anyio
async def test_nodes_share_what_they_read() -> None:
    """Nodes that run once profit from equal parts in others; one that is alone with its part is left as it is."""
    nodes = [node(f"n{i}", "sample.value", {"value": "{{ rows | sort | join }}"}) for i in range(9)]
    alone = node("alone", "sample.value", {"value": "{{ rows | json }}"})
    plugins = [VariableCachePlugin(VariableCacheSettings(threshold=0.0))]
    workflow = workflow_of(*nodes, alone, variables={"rows": [2, 1]})
    result = await run_once(workflow, packs=[sample], plugins=plugins)
    assert {result.outputs[f"n{i}"]["result"] for i in range(9)} == {"12"}
    told = {name: measure.total for name, measure in result.metrics.items()}
    assert told["cache.requests{cache=variable,hit=True}"] + told["cache.requests{cache=variable,hit=False}"] == 8


@pytest.mark.anyio
async def test_a_run_that_never_asks_records_nothing() -> None:
    """Metrics tell of what was there."""
    result = await run_once(
        workflow_of(node("a", "sample.value", {"value": "{{ 1 + 1 }}"})),
        packs=[sample],
        plugins=[VariableCachePlugin()],
    )
    assert not [name for name in result.metrics if name.startswith("cache.")]


READS = (
    "{{ a | json }}",
    "{{ b | sort | join(',') }}",
    "{{ a | sum }} of {{ b | unique }}",
    "{{ own | default(a) | reverse }}",
)
steps = st.one_of(
    st.tuples(st.just("push"), st.sampled_from(["a", "b"]), st.integers(0, 9)),
    st.tuples(st.just("set"), st.sampled_from(["a", "b"]), st.sampled_from(["{{ [1, 2] }}", "{{ a + [3] }}", "{{ b | reverse }}"])),
    st.tuples(st.just("alias"), st.just("a"), st.just(0)),
    st.tuples(st.just("note"), st.sampled_from(READS), st.sampled_from(READS)),
    st.tuples(st.just("note"), st.sampled_from(READS), st.sampled_from(READS)),
)  # fmt: skip
programs = st.recursive(
    st.lists(steps, min_size=1, max_size=4),
    lambda inner: st.lists(
        st.one_of(steps, st.tuples(st.just("each"), inner, st.sampled_from([1, 1, 3]))), min_size=1, max_size=4
    ),
    max_leaves=5,
)


class Made:
    """Nodes in a row, made of such steps."""

    def __init__(self) -> None:
        self.count = 0

    def graph(self, program: list[Any]) -> Graph:
        nodes: list[Node] = []
        for kind, what, more in program:
            self.count += 1
            after = (nodes[-1].id,) if nodes else ()
            nodes.append(self.node(f"n{self.count}", kind, what, more, after))
        notes = [each.id for each in nodes if each.type == "mutable.note"]
        return graph_of(*nodes, result=[f"{{{{ {id_}.result | json }}}}" for id_ in notes])

    def node(self, id_: str, kind: str, what: Any, more: Any, after: tuple[str, ...]) -> Node:
        match kind:
            case "push":
                return node(id_, "mutable.push", {"items": f"{{{{ {what} }}}}", "item": more}, after=after)
            case "set":
                return node(id_, "sample.set", {"name": what, "value": more}, after=after)
            case "alias":
                return node(id_, "mutable.alias", {"items": "{{ a }}"}, after=after)
            case "note":
                return node(id_, "mutable.note", {"value": what, "more": more}, after=after)
            case _:
                config = {"items": [[1], [2], [1]], "as": "own", "concurrency": more}
                return node(id_, "sample.each", config, after=after, bodies={"body": self.graph(what)})


def ended(program: list[Any], plugins: list[Plugin]) -> tuple[Any, ...]:
    graph = Made().graph(program)
    variables = {"a": [2, 1], "b": [3]}
    workflow = Workflow(graph.nodes, graph.connections, graph.result, variables=variables)

    async def run() -> RunResult:
        async with Kernel(packs=[sample, mutable], plugins=plugins) as kernel:
            return await kernel.run(workflow)

    result = anyio.run(run)
    outputs = {id_: repr(given) for id_, given in result.outputs.items()}
    return result.status, str(result.error), result.value, result.variables, outputs, result.steps


@given(programs)
@settings(max_examples=examples(300), deadline=None)
def test_a_run_gives_what_it_gives_without_the_cache(program: list[Any]) -> None:
    """Though nodes change lists in place, have two names for one, and hide them from the passes of loops."""
    expected = ended(program, [])
    everything = VariableCacheSettings(threshold=0.0)
    assert ended(program, [VariableCachePlugin(everything)]) == expected
    assert ended(program, [VariableCachePlugin(everything), CompiledPlugin()]) == expected


def test_both_strategies_can_be_named_together() -> None:
    """The cache lies over the compiled resolver, and is loaded by its name."""
    config = Config(strategy=Strategy(resolve="compiled"), plugins=PluginsConfig(use=("variable-cache",)))
    kernel = Kernel(config, packs=[sample])
    assert [link.plugin for link in kernel.hooks.chain("resolve")] == ["variable-cache", "compiled"]
