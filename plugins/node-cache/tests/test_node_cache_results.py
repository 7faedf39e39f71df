"""Results that are remembered: which, for how long, and that nobody can tell."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from counted_nodes import HIT, MISS, Clock, Events, Handle, Nodes, cache, metric, run
from stratagem import (
    Cache,
    Context,
    Kernel,
    Node,
    Recorder,
    WorkflowError,
)
from stratagem_testing import graph_of, node, recorded, sample, workflow_of

pytestmark = pytest.mark.anyio


@pytest.fixture
def nodes() -> Nodes:
    """A pack of its own for each test."""
    return Nodes()


async def test_a_pure_step_runs_once_for_equal_inputs(nodes: Nodes) -> None:
    """In a run, in its loops, and in later runs of the kernel; other inputs are another result."""
    body = graph_of(node("inner", "count.pure", {"value": "{{ loop.item }}"}), result="{{ inner.result }}")
    workflow = workflow_of(
        node("a", "count.pure", {"value": 1}),
        node("loop", "sample.each", {"items": [1, 2, 1, 2]}, bodies={"body": body}, after=("a",)),
    )
    first, second = await run(nodes, workflow, workflow)
    assert first.outputs["loop"] == second.outputs["loop"] == {"results": [[1], [2], [1], [2]], "count": 4}
    assert len(nodes.ran) == 2
    assert (metric(first, HIT), metric(first, MISS), metric(second, HIT)) == (3, 2, 5)
    assert first.steps == second.steps


async def test_a_kernel_begins_with_nothing_remembered(nodes: Nodes) -> None:
    """Also where it is given a plugin that another kernel has had."""
    plugin = cache()
    workflow = workflow_of(node("a", "count.pure"))
    await run(nodes, workflow, plugins=(plugin,))
    await run(nodes, workflow, plugins=(plugin,))
    assert len(nodes.ran) == 2


async def test_what_writes_is_run_each_time(nodes: Nodes) -> None:
    """Whatever its inputs are."""
    body = graph_of(node("w", "count.write", {"value": 1}))
    await run(nodes, workflow_of(node("loop", "sample.each", {"items": [1, 2, 3]}, bodies={"body": body})))
    assert nodes.ran == ["write"] * 3


async def test_what_reads_is_remembered_where_the_workflow_says_so(nodes: Nodes) -> None:
    """And nowhere else: only the workflow knows whether an old answer will do."""
    silent, asking = node("a", "count.read"), node("a", "count.read", cache=Cache())
    results = await run(nodes, *map(workflow_of, (silent, silent, asking, asking, silent)))
    assert [result.outputs["a"]["result"] for result in results] == [1, 2, 3, 3, 4]


async def test_a_reader_that_knows_its_folder_is_remembered_for_that_folder(nodes: Nodes, tmp_path: Path) -> None:
    """Relative paths mean other files elsewhere."""

    @nodes.pack.node(effect="read")
    async def lines(path: str, context: Context) -> int:
        nodes.ran.append("lines")
        return len((context.directory / path).read_text().splitlines())

    for folder, text in (("one", "a"), ("two", "a\nb")):
        (tmp_path / folder).mkdir()
        (tmp_path / folder / "file.txt").write_text(text)
    asking = node("a", "count.lines", {"path": "file.txt"}, cache=Cache())
    flows = [
        workflow_of(asking, source=str(tmp_path / folder / "flow.yaml")) for folder in ("one", "two", "one", "two")
    ]
    results = await run(nodes, *flows)
    assert [result.outputs["a"]["result"] for result in results] == [1, 2, 1, 2]
    assert len(nodes.ran) == 2


async def test_a_workflow_may_refuse_a_pure_node_the_cache(nodes: Nodes) -> None:
    """With ``cache: false``."""
    refusing = workflow_of(node("a", "count.pure", cache=False))
    await run(nodes, refusing, refusing)
    assert nodes.ran == ["pure"] * 2


@pytest.mark.parametrize("type_", ["count.write", "count.drawn", "sample.each", "sample.use", "sample.get"])
async def test_asking_for_what_can_not_be_remembered_is_an_error(nodes: Nodes, type_: str) -> None:
    """What writes, draws numbers, runs others, leases, or sees variables: found before anything runs."""
    configs: dict[str, dict[str, Any]] = {"sample.each": {"items": []}, "sample.get": {"name": "x"}}
    config = configs.get(type_, {})
    bodies = {"body": graph_of()} if type_ == "sample.each" else {}
    asking = workflow_of(Node("n", type_, config, bodies, cache=Cache()), variables={"x": 1})
    async with Kernel(packs=[nodes.pack, sample]) as kernel:
        with pytest.raises(WorkflowError, match="can't be remembered"):
            kernel.compile(asking)


async def test_what_is_given_more_than_its_inputs_is_run_each_time(nodes: Nodes) -> None:
    """A pure node that draws numbers gives others at another place."""
    workflow = workflow_of(node("a", "count.drawn"), node("b", "count.drawn"), seed=3)
    (alone,) = await run(nodes, workflow, plugins=(recorded(Recorder),))
    (cached,) = await run(nodes, workflow)
    assert cached.outputs == alone.outputs
    assert cached.outputs["a"] != cached.outputs["b"]


async def test_a_result_holds_for_its_ttl(nodes: Nodes) -> None:
    """The cache's own, or that of the node; an entry of the future, after the clock was set back, holds not at all."""
    plugin, clock = cache(ttl=10.0), Clock()
    plugin.results.clock = clock
    usual, brief = workflow_of(node("a", "count.pure")), workflow_of(node("a", "count.pure", cache=Cache(2.0)))
    ran = []
    async with Kernel(packs=[nodes.pack], plugins=[plugin]) as kernel:
        for after, workflow in ((0, usual), (9.9, usual), (0.1, usual), (1.9, brief), (0.1, brief), (-1, usual)):
            clock.now += after
            await kernel.run(workflow)
            ran.append(len(nodes.ran))
    assert ran == [1, 1, 2, 2, 3, 4]


async def test_a_remembered_value_is_nobody_elses(nodes: Nodes) -> None:
    """Who changes it in place changes its own copy, as without a cache."""
    workflow = workflow_of(
        node("a", "count.pure", {"value": 1}),
        node("b", "count.append", {"values": "{{ a.result }}", "value": 2}),
        node("c", "count.pure", {"value": 1}, after=("b",)),
        node("d", "count.append", {"values": "{{ c.result }}", "value": 3}),
        node("e", "count.pure", {"value": 1}, after=("d",)),
        result=["{{ a.result }}", "{{ b.result }}", "{{ c.result }}", "{{ d.result }}", "{{ e.result }}"],
    )
    (result,) = await run(nodes, workflow)
    assert result.value == [[1, 2], [1, 2], [1, 3], [1, 3], [1]]
    assert nodes.ran == ["pure"]


async def test_a_value_that_is_shared_with_the_inputs_is_not_remembered(nodes: Nodes) -> None:
    """A copy would not show what happens to the thing itself."""
    workflow = workflow_of(
        node("a", "count.same", {"value": "{{ xs }}"}),
        node("b", "count.same", {"value": "{{ xs }}"}, after=("a",)),
        node("c", "count.append", {"values": "{{ xs }}", "value": 1}, after=("b",)),
        node("d", "sample.value", {"value": "{{ b.result | length }}"}, after=("c",)),
        variables={"xs": []},
    )
    (alone,) = await run(nodes, workflow, plugins=(recorded(Recorder),))
    workflow.variables["xs"].clear()
    (cached,) = await run(nodes, workflow)
    assert cached.outputs == alone.outputs
    assert cached.outputs["d"] == {"result": 1}
    assert metric(cached, "cache.unfit{cache=node}") == 2


async def test_choices_and_several_outputs_are_remembered_whole(nodes: Nodes) -> None:
    """Which control output was chosen, and which data outputs were given."""
    config: list[tuple[str, dict[str, Any]]] = [
        ("count.parity", {"value": 7}),
        ("count.halves", {"values": [1, 2]}),
        ("count.halves", {"values": [1]}),
    ]
    config += [("count.maybe", {"value": 0}), ("count.maybe", {"value": 5})]
    tried = [node(f"n{place}", type_, inputs) for place, (type_, inputs) in enumerate(config)]
    ends = [node("even", "sample.value"), node("odd", "sample.value", {"value": "{{ n0.half }}"})]
    workflow = workflow_of(*tried, *ends, lines=["n0.even -> even", "n0.odd -> odd"])
    first, second = await run(nodes, workflow, workflow)
    assert len(nodes.ran) == len(config)
    assert first.outputs == second.outputs
    assert second.outputs["n2"] == {"left": [1]}
    assert second.outputs["n3"] == {}
    assert second.outputs["odd"] == {"result": [3]}
    assert "even" not in second.outputs


async def test_inputs_and_results_that_have_no_key_are_misses(nodes: Nodes) -> None:
    """Counted, and never an error."""
    pack = nodes.pack

    @pack.node(effect="pure")
    async def opaque() -> Any:
        return Handle()

    workflow = workflow_of(
        node("o", "count.opaque"),
        node("a", "count.pure", {"value": "{{ o.result }}"}),
        node("b", "count.pure", {"value": "{{ o.result }}"}),
        node("c", "count.handle", {"value": 1}),
        node("d", "count.handle", {"value": 1}, after=("c",)),
    )
    (result,) = await run(nodes, workflow)
    assert result.status == "done"
    assert nodes.ran.count("pure") == nodes.ran.count("handle") == 2
    assert (metric(result, HIT), metric(result, MISS)) == (0, 5)
    assert metric(result, "cache.unfit{cache=node}") == 5


async def test_secret_inputs_are_misses(nodes: Nodes, monkeypatch: pytest.MonkeyPatch) -> None:
    """Nothing that was made of a secret is kept anywhere."""
    monkeypatch.setenv("TOKEN", "s3cret")
    config = {"value": {"header": "Bearer {{ secrets.TOKEN }}"}}
    workflow = workflow_of(node("a", "count.pure", config), node("b", "count.pure", config, after=("a",)))
    (result,) = await run(nodes, workflow)
    assert nodes.ran == ["pure"] * 2
    assert metric(result, "cache.size{cache=node}") == 0


async def test_a_failure_is_not_remembered(nodes: Nodes) -> None:
    """The next one tries again."""
    workflow = workflow_of(
        node("a", "count.pure", {"fails": True}, on_error="continue"),
        node("b", "count.pure", {"fails": True}, on_error="continue", after=("a",)),
    )
    (result,) = await run(nodes, workflow)
    assert [failure.node for failure in result.failures] == ["a", "b"]


async def test_memory_is_bounded_by_entries(nodes: Nodes) -> None:
    """Those used last stay."""
    workflow = workflow_of(*[node(f"n{i}", "count.pure", {"value": v}) for i, v in enumerate((1, 2, 1, 3, 1, 2))])
    (result,) = await run(nodes, workflow, plugins=(cache(max_results=2),))
    assert (len(nodes.ran), metric(result, HIT)) == (4, 2)
    assert metric(result, "cache.evictions{cache=node}") == 2


async def test_memory_is_bounded_by_bytes(nodes: Nodes) -> None:
    """A result that is too large for all of it is not kept, and throws nothing out."""
    small, large = {"value": "x"}, {"value": "x" * 5000}
    configs = (small, large, small, large, {"value": "x" * 900}, {"value": "y" * 900}, small)
    workflow = workflow_of(*[node(f"n{i}", "count.pure", config) for i, config in enumerate(configs)])
    plugin = cache(max_bytes=3000)
    (result,) = await run(nodes, workflow, plugins=(plugin,))
    assert metric(result, HIT) == 1
    assert 0 < metric(result, "cache.size{cache=node}") <= 3000
    assert plugin.results.memory.size == len(plugin.results.memory) == 0


async def test_recorders_and_metrics_are_told(nodes: Nodes) -> None:
    """Each hit with its key and age; sums when the run ends."""
    events = Events()
    workflow = workflow_of(
        node("a", "count.pure", {"seconds": 0.05}), node("b", "count.pure", {"seconds": 0.05}, after=("a",))
    )
    (result,) = await run(nodes, workflow, plugins=(cache(), recorded(lambda: events)))
    ((step, name, facts),) = events.seen
    assert (step, name, set(facts)) == ("b", "remembered", {"key", "age"})
    assert len(bytes.fromhex(facts["key"])) == 20
    assert 0 <= facts["age"] < 60
    assert metric(result, "cache.saved{cache=node}") >= 0.04
    told = {name for name in events.records if name.startswith("cache.")}
    assert told == {f"cache.{each}" for each in ("requests", "unfit", "evictions", "size", "saved")}


async def test_a_run_without_anything_to_remember_measures_nothing(nodes: Nodes) -> None:
    """What was not asked is not told of."""
    (result,) = await run(nodes, workflow_of(node("w", "count.write")))
    assert [name for name in result.metrics if name.startswith("cache.")] == []


async def test_another_resolver_beneath_is_asked_too(nodes: Nodes) -> None:
    """What it knows is used, and it is told of what it does not know, also of what this cache has no key for."""
    below, above = cache(), cache(max_results=0)
    workflow = workflow_of(node("a", "count.pure"), node("b", "count.pure", after=("a",)))
    (result,) = await run(nodes, workflow, plugins=(above, below))
    assert result.status == "done"
    assert nodes.ran == ["pure"]
    assert len(above.results.flights) == len(below.results.flights) == 0
