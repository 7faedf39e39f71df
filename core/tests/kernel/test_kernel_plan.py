"""Plans: what can be told before a run, and when two are the same."""

from __future__ import annotations

import random
from itertools import pairwise

import pytest
from attrs import evolve

from stratagem import Catalog, Connection, Kernel, Limits, Node, Pack, Plan, Retry, Settings, Subflow, Workflow
from stratagem._compile import compile_workflow
from stratagem.errors import RunError
from stratagem.nodes.catalog import Environment
from stratagem.planfacts import critical_path, estimate, levels, span, work
from stratagem_testing import graph_of, node, sample, workflow_of

pytestmark = pytest.mark.anyio


def plan_of(workflow: Workflow) -> Plan:
    """The plan, against the test pack."""
    return compile_workflow(workflow, Catalog.of(sample))


def diamond() -> Workflow:
    """a before b and c, those before d; 1, 2, 5 and 1 seconds."""
    seconds = {"a": 1.0, "b": 2.0, "c": 5.0, "d": 1.0}
    nodes = [node(id_, "sample.wait", {"seconds": each}) for id_, each in seconds.items()]
    return workflow_of(*nodes, lines=["a -> b -> d", "a -> c -> d"])


def test_the_facts_of_a_diamond() -> None:
    """Levels, critical path, work, span and estimates are what one counts by hand."""
    plan = plan_of(diamond())
    ids = [step.id for step in plan.steps]
    assert [[ids[i] for i in level] for level in levels(plan)] == [["a"], ["b", "c"], ["d"]]
    assert [ids[i] for i in critical_path(plan)] == ["a", "c", "d"]
    assert (work(plan), span(plan)) == (9.0, 7.0)
    assert estimate(plan, 1) == 9.0
    assert estimate(plan, 2) == pytest.approx(9 / 2 + 7 / 2)


def test_an_empty_workflow_has_facts_too() -> None:
    """Nothing takes no time."""
    plan = plan_of(workflow_of())
    assert (levels(plan), critical_path(plan), work(plan), span(plan)) == ([], [], 0, 0.0)


def test_a_node_with_bodies_costs_at_least_one_pass() -> None:
    """A loop's estimate is that of its longest body."""
    body = graph_of(node("in", "sample.wait", {"seconds": 4.0}), node("in2", "sample.wait", {"seconds": 1.0}))
    plan = plan_of(workflow_of(node("loop", "sample.each", {"items": []}, bodies={"body": body})))
    assert span(plan) == pytest.approx(4.0, abs=0.01)


def test_the_longest_way_is_never_shorter_than_what_follows() -> None:
    """Each step's path is its own cost and the longest of its dependents'."""
    chosen = random.Random(3)
    nodes = [node(f"n{i}", "sample.wait", {"seconds": float(chosen.randint(1, 9))}) for i in range(60)]
    lines = [f"n{i} -> n{chosen.randint(i + 1, 59)}" for i in range(59) for _ in range(2)]
    plan = plan_of(workflow_of(*nodes, lines=lines))
    for step in plan.steps:
        assert step.path == step.cost + max((plan.steps[i].path for i in step.dependents), default=0.0)
    path = critical_path(plan)
    assert sum(plan.steps[i].cost for i in path) == pytest.approx(span(plan))
    assert all(later in plan.steps[index].dependents for index, later in pairwise(path))


def test_resource_kinds_are_told_with_those_inside_bodies() -> None:
    """What a run will ask providers for."""
    inner = graph_of(node("use", "sample.use"))
    plan = plan_of(workflow_of(node("loop", "sample.each", {"items": []}, bodies={"body": inner})))
    assert plan.kinds == {"thing"}
    assert plan_of(diamond()).kinds == frozenset()


def test_equal_workflows_have_equal_digests() -> None:
    """Across compilations, and whatever the order of keys in a config."""
    first = workflow_of(node("a", "sample.add", {"left": 1, "right": 2}))
    second = workflow_of(node("a", "sample.add", {"right": 2, "left": 1}))
    assert plan_of(first).digest == plan_of(second).digest
    assert len(plan_of(first).digest) == 64
    assert plan_of(diamond()).digest == plan_of(diamond()).digest


def changes() -> list[Workflow]:
    """The diamond, changed in one thing each."""
    base = diamond()
    a = base.nodes["a"]
    nodes = [
        evolve(a, config={"seconds": 1.5}),
        evolve(a, type="sample.value", config={}),
        evolve(a, timeout=3.0),
        evolve(a, retry=Retry()),
        evolve(a, when="true"),
        evolve(a, disabled=True),
        evolve(a, on_error="continue"),
        evolve(a, group="g"),
        node("a", "sample.each", {"items": []}, bodies={"body": graph_of()}),
        node("a", "sample.each", {"items": []}, bodies={"body": graph_of(result=1)}),
        node("a", "sample.each", {"items": []}, bodies={"body": graph_of(node("x", "sample.value"))}),
    ]
    changed = [evolve(base, nodes={**base.nodes, "a": each}) for each in nodes]
    return [
        *changed,
        evolve(base, connections=base.connections[1:]),
        evolve(base, connections=(*base.connections, Connection("b", "exec_out", "c", "exec_in"))),
        evolve(base, result="{{ a.result }}"),
        evolve(base, variables={"x": 1}),
        evolve(base, variables={"x": 1, "y": 2}),
        evolve(base, variables={"y": 2, "x": 1}),
        *(
            evolve(base, variables={"x": value})
            for value in ({"k": 1, "l": 2}, {"l": 2, "k": 1}, [["k", 1]], [[], [1]])
        ),
        *(evolve(base, result=value) for value in ({"k": {"m": 1, "n": 2}}, {"k": {"n": 2, "m": 1}}, {"k": [1, 2]})),
        evolve(base, settings=Settings(limits=Limits(types={"sample.wait": 1}))),
        evolve(base, nodes=dict(reversed([*base.nodes.items()]))),
        workflow_of(*base.nodes.values(), node("e", "sample.value"), lines=["a -> b -> d", "a -> c -> d"]),
    ]


def versions(*numbers: int) -> Catalog:
    """A catalog whose pack has the node ``once`` in some versions, beside the loop of the test pack."""
    pack = Pack("aged")
    for number in numbers:
        pack.node(name="once", version=number)(_nothing)
    return Catalog.of(sample, pack)


async def _nothing() -> None:
    """Does nothing."""


def test_a_digest_covers_the_versions_of_nodes_in_bodies_at_any_depth() -> None:
    """The graph is the same, and so are the outer steps."""
    graph = graph_of(node("x", "aged.once"))
    for depth in range(3):
        flow = workflow_of(node(f"loop{depth}", "sample.each", {"items": []}, bodies={"body": graph}))
        first, second = (compile_workflow(flow, versions(*numbers)).digest for numbers in ([1], [1, 2]))
        assert first != second
        graph = flow


def test_a_digest_covers_the_contents_of_subflows_at_any_depth() -> None:
    """What the files hold counts, and not where they are."""
    calls = {"first": "./next", "second": "./next"}

    def digest(last: int, file: str = "flow") -> str:
        files = {str(i): workflow_of(*_calls(calls, str(i + 1)), source=f"{file}{i}") for i in range(5)}
        files["5"] = workflow_of(node("x", "sample.value", {"value": last}))
        environment = Environment(load=lambda path, beside: files[path])
        pack = Pack("calls")
        pack.node(name="flow")(_calling)
        return compile_workflow(files["0"], Catalog.of(sample, pack, environment=environment)).digest

    assert digest(1) == digest(1)
    assert digest(1) != digest(2)


def _calls(ids: dict[str, str], path: str) -> list[Node]:
    return [node(id_, "calls.flow", {"flow": path}) for id_ in ids]


async def _calling(flow: Subflow) -> None:
    """Calls a subflow."""


def test_a_digest_of_values_that_share_themselves_is_had_in_no_time() -> None:
    """And tells them from such as are written out."""
    shared: list[object] = [1]
    for _ in range(60):
        shared = [shared, shared]
    assert len(plan_of(workflow_of(variables={"x": shared})).digest) == 64
    one = [1]
    assert (
        plan_of(workflow_of(variables={"x": [one, one]})).digest != plan_of(workflow_of(variables={"x": [[1]]})).digest
    )


def test_a_step_that_is_not_direct_has_no_sources() -> None:
    """There is no step whose value it would be called with."""
    plan = plan_of(workflow_of(node("a", "sample.value"), node("b", "sample.value", {"value": "{{ a.result }}!"})))
    assert plan.steps[1].arity == -1
    assert plan.steps[1].sources == ()


def test_every_change_that_matters_changes_the_digest() -> None:
    """Plans that would run differently never share one."""
    digests = [plan_of(each).digest for each in (diamond(), *changes())]
    assert len(set(digests)) == len(digests)


def test_a_new_version_of_a_node_type_changes_the_digest() -> None:
    """And so does another distribution that it comes from, but not another version of that: patches mean the same."""

    def own(version: int) -> Pack:
        pack = Pack("own")

        @pack.node(version=version, effect="pure")
        async def it() -> int:
            return 1

        return pack

    workflow = workflow_of(node("a", "own.it"))
    packs = [own(1), own(2), own(1).provided_by("own 1.0"), own(1).provided_by("other 1.0")]
    assert len({compile_workflow(workflow, Catalog.of(pack)).digest for pack in packs}) == 4
    patched = [own(1).provided_by(f"own 1.{number}") for number in (0, 1)]
    assert len({compile_workflow(workflow, Catalog.of(pack)).digest for pack in patched}) == 1


async def test_a_kernel_that_is_not_open_runs_nothing() -> None:
    """It says how to open it."""
    kernel = Kernel(packs=[sample])
    with pytest.raises(RunError, match="the kernel is not open"):
        await kernel.run(diamond())
    with pytest.raises(RunError, match="async with"):
        await kernel.start(diamond())


async def test_a_plan_needs_no_open_kernel() -> None:
    """Checking a workflow starts nothing."""
    assert len(Kernel(packs=[sample]).compile(diamond())) == 4
