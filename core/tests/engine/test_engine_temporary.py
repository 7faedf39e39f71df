"""Temporary variables and outputs: dropped once nothing reads them any more, and not before."""

from __future__ import annotations

import gc
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, ClassVar
from weakref import WeakSet

import anyio
import pytest
from attrs import evolve
from hypothesis import given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from hypothesis_profiles import examples
from stratagem import Config, Kernel, Pack, Plan, Recorder, RunResult, Subflow, Variables, Workflow
from stratagem._support.sizes import estimated_size
from stratagem.config.model import RunConfig
from stratagem.errors import WorkflowError
from stratagem.plandigest import digest_of
from stratagem.scope import FREED
from stratagem.views import StepRun
from stratagem_testing import (
    AnyReady,
    Recipe,
    graph_of,
    node,
    recorded,
    run_once,
    sample,
    scheduled,
    workflow_of,
    workflows,
)

pytestmark = pytest.mark.anyio

own = Pack("own")


@own.node()
def everything(variables: Variables) -> list[str]:
    """May touch any variable."""
    return sorted(variables)


@own.node()
async def call(flow: Subflow) -> dict[str, Any]:
    """Gives the variables of a subflow."""
    return (await flow()).variables


class Big:
    """Takes much memory, let us say."""

    alive: ClassVar[WeakSet[Big]] = WeakSet()

    def __init__(self) -> None:
        self.alive.add(self)


@own.node(effect="pure", runs="loop")
def big() -> Big:
    """Makes one."""
    return Big()


@own.node(effect="read", runs="loop")
def count() -> int:
    """How many there are."""
    gc.collect()
    return len(Big.alive)


class Seen(Recorder):
    """Notes which variables and outputs there are whenever a step begins."""

    def __init__(self) -> None:
        self.variables: dict[str, list[str]] = {}
        self.outputs: dict[str, list[str]] = {}

    @contextmanager
    def step(self, step: StepRun) -> Iterator[None]:
        frame = step.frame
        self.variables[step.step.id] = sorted(frame.scope.variables)
        self.outputs[step.step.id] = [
            frame.plan.steps[index].id for index, value in enumerate(frame.values) if value is not FREED
        ]
        yield


async def watched(workflow: Workflow, **options: Any) -> tuple[RunResult, Seen]:
    seen = Seen()
    result = await run_once(workflow, packs=[sample, own], plugins=[recorded(lambda: seen)], **options)
    return result.raise_for_error(), seen


def set_(id_: str, name: str, value: Any, *after: str) -> Any:
    return node(id_, "sample.set", {"name": name, "value": value}, after=after)


def value(id_: str, template: Any, *after: str) -> Any:
    return node(id_, "sample.value", {"value": template}, after=after)


async def test_a_variable_is_dropped_after_the_last_step_that_touches_it() -> None:
    """By its name; others stay, and the result does not have it."""
    nodes = [set_("a", "_tmp_x", 1), set_("b", "y", 2, "a"), value("c", "{{ _tmp_x + y }}", "b"), value("d", 0, "c")]
    result, seen = await watched(workflow_of(*nodes, variables={"y": 0}))
    assert seen.variables == {"a": ["y"], "b": ["_tmp_x", "y"], "c": ["_tmp_x", "y"], "d": ["y"]}
    assert result.variables == {"y": 2}
    assert result.outputs["c"] == {"result": 3}


async def test_a_workflow_can_declare_what_is_temporary() -> None:
    """Variables and nodes, of any name."""
    nodes = [value("big", [1, 2]), value("sum", "{{ big.result | sum }}"), value("end", "{{ rows }}", "sum")]
    workflow = workflow_of(*nodes, variables={"rows": [3]})
    result, seen = await watched(evolve(workflow, temporary=("rows", "big")))
    assert seen.outputs["end"] == ["sum", "end"]
    assert result.outputs == {"sum": {"result": 3}, "end": {"result": [3]}}
    assert result.variables == {}


async def test_what_one_pass_of_a_loop_writes_lives_for_the_next() -> None:
    """And so until the loop has ended, however deep in it the last reader is."""
    add = set_("add", "_tmp_sum", "{{ _tmp_sum + loop.item }}")
    inner = node("inner", "sample.try", bodies={"body": graph_of(value("look", "{{ _tmp_sum }}"))}, after=("add",))
    body = graph_of(add, inner, result="{{ add.result }}")
    loop = node("loop", "sample.each", {"items": [1, 2, 3]}, bodies={"body": body})
    workflow = workflow_of(loop, value("end", 0, "loop"), variables={"_tmp_sum": 0})
    result, seen = await watched(workflow)
    assert result.outputs["loop"]["results"] == [1, 3, 6]
    there = {id_: ["_tmp_sum"] for id_ in ("loop", "add", "inner", "look")}
    assert seen.variables == {**there, "end": []}


async def test_conditions_count_as_readers() -> None:
    """Those of nodes, and those that a loop asks again and again; a skipped step counts as well."""
    skipped = node("skipped", "sample.value", when="_tmp_x > 5")
    body = graph_of(set_("next", "_tmp_n", "{{ _tmp_n + 1 }}"))
    loop = node(
        "loop", "sample.while", {"condition": "_tmp_n < 2", "most": 9}, bodies={"body": body}, after=("skipped",)
    )
    workflow = workflow_of(skipped, loop, value("end", 0, "loop"), variables={"_tmp_x": 1, "_tmp_n": 0})
    result, seen = await watched(workflow)
    assert result.outputs["loop"] == {"result": 2}
    assert seen.variables == {"loop": ["_tmp_n"], "next": ["_tmp_n"], "end": []}


async def test_what_the_result_reads_is_kept_to_the_end() -> None:
    """The run's variables then have it too; one that nothing touches is not even there at the start."""
    variables = {"_tmp_x": 1, "_tmp_y": 2, "_tmp_never": 3}
    workflow = workflow_of(
        value("a", "{{ _tmp_x + _tmp_y }}"), variables=variables, result="{{ _tmp_x }} {{ a.result }}"
    )
    result, seen = await watched(workflow)
    assert result.value == "1 3"
    assert result.variables == {"_tmp_x": 1}
    assert seen.variables == {"a": ["_tmp_x", "_tmp_y"]}


async def test_a_node_that_may_touch_any_variable_is_waited_for() -> None:
    """What it reads can't be known."""
    nodes = [value("a", "{{ _tmp_x }}"), node("all", "own.everything", after=("a",)), value("end", 0, "all")]
    result, seen = await watched(workflow_of(*nodes, variables={"_tmp_x": 1}))
    assert result.outputs["all"] == {"result": ["_tmp_x"]}
    assert seen.variables["end"] == []


async def test_passes_at_once_drop_what_is_in_their_own_layer() -> None:
    """And leave what is around them to those who come after."""
    body = graph_of(
        set_("mine", "_tmp_own", "{{ _tmp_out + loop.item }}"),
        value("use", "{{ _tmp_own }}"),
        value("late", 0, "use"),
        result="{{ use.result }}",
    )
    loop = node("loop", "sample.each", {"items": [1, 2], "concurrency": 2}, bodies={"body": body})
    workflow = workflow_of(loop, value("after", "{{ _tmp_out }}", "loop"), variables={"_tmp_out": 10})
    result, seen = await watched(workflow)
    assert result.outputs["loop"]["results"] == [11, 12]
    assert result.outputs["after"] == {"result": 10}
    assert seen.variables["late"] == ["_tmp_out"]
    assert result.variables == {}


async def test_a_subflow_hands_on_no_temporary_variables(tmp_path: Path) -> None:
    """Its variables are its own, and so is what of them is temporary."""
    flow = tmp_path / "flow.yaml"
    flow.write_text(
        "variables: {_tmp_x: 1, y: 2, z: 3}\ntemporary: z\n"
        "nodes: [{id: n, type: sample.value, config: {value: '{{ _tmp_x + z }}'}}]\n",
        "utf-8",
    )
    result, _ = await watched(workflow_of(node("call", "own.call", {"flow": str(flow)})))
    assert result.outputs["call"] == {"result": {"y": 2}}


async def test_an_output_is_dropped_after_its_last_reader_though_others_are_kept() -> None:
    """By the node's name, also in bodies; one that nobody reads is gone at once."""
    body = graph_of(
        value("_tmp_in", "{{ loop.item }}"), value("out", "{{ _tmp_in.result }}"), value("end", 0, "out"),
        result="{{ out.result }}",
    )  # fmt: skip
    loop = node("loop", "sample.each", {"items": [1, 2]}, bodies={"body": body})
    nodes = [value("_tmp_unread", 5), value("_tmp_read", 6), value("use", "{{ _tmp_read.result }}")]
    result, seen = await watched(workflow_of(*nodes, value("last", 0, "use"), loop))
    assert seen.outputs["_tmp_read"] == ["_tmp_read", "use", "last", "loop"]
    assert seen.outputs["last"] == ["use", "last", "loop"]
    assert seen.outputs["end"] == ["out", "end"]
    assert set(result.outputs) == {"use", "last", "loop", "out", "end"}
    assert result.outcomes["_tmp_read"].__class__.__name__ == "Done"


async def test_the_result_holds_only_the_outputs_that_it_reads() -> None:
    """Where outputs are let go, those beside them are."""
    nodes = [value("a", 1), value("b", "{{ a.result }}", "a"), value("c", 3, "b")]
    result, seen = await watched(workflow_of(*nodes, result="{{ b.result }}"), keep="none")
    assert result.value == 1
    assert seen.outputs["c"] == ["b", "c"]
    assert result.outputs == {"b": {"result": 1}}


async def test_the_memory_is_free_while_the_run_goes_on() -> None:
    """Neither the scope nor anything else of the run holds on to what was dropped."""
    nodes = [
        node("_tmp_big", "own.big"),
        set_("set", "_tmp_var", "{{ _tmp_big.result }}"),
        node("before", "own.count", after=("set",)),
        value("use", "{{ _tmp_var == 1 }}", "before"),
        node("after", "own.count", after=("use",)),
    ]
    result = await run_once(evolve(workflow_of(*nodes), temporary=("set",)), packs=[sample, own])
    assert [result.outputs[id_]["result"] for id_ in ("before", "after")] == [1, 0]


async def test_metrics_tell_what_was_dropped_and_how_much_there_was_at_once() -> None:
    """Ten lists one after the other take as much as two at once, and not as all ten."""
    first = set_("n0", "_tmp_0", list(range(1000, 2000)))
    others = [set_(f"n{i}", f"_tmp_{i}", f"{{{{ _tmp_{i - 1} + [] }}}}", f"n{i - 1}") for i in range(1, 10)]
    ends = [value("_tmp_end", "{{ _tmp_9 | length }}", "n9"), value("end", "{{ _tmp_end.result }}")]
    result, _ = await watched(workflow_of(first, *others, *ends))
    told = result.metrics
    one = estimated_size(list(range(1000, 2000)))
    assert told["temporary.dropped{kind=variable}"].total == 10
    assert told["temporary.dropped{kind=output}"].total == 1
    assert 8 * one < told["temporary.dropped.size{kind=variable}"].total < 12 * one
    assert one <= told["temporary.size"].greatest < 3 * one
    assert told["temporary.size"].last == 0
    assert told["temporary.size"].unit == "By"


async def test_a_body_that_ends_early_holds_nothing_any_more() -> None:
    """What it has left behind does not count as held."""
    body = graph_of(
        value("_tmp_v", "{{ loop.item }}"), node("leave", "sample.continue", after=("_tmp_v",)),
        value("use", "{{ _tmp_v.result }}", "leave"),
    )  # fmt: skip
    loop = node("loop", "sample.each", {"items": [1, 2, 3]}, bodies={"body": body})
    result, _ = await watched(workflow_of(loop))
    assert result.metrics["temporary.size"].last == 0
    assert result.metrics["temporary.size"].greatest == estimated_size(1)


@pytest.mark.parametrize(
    ("prefix", "left"), [("", {"_tmp_x": 1, "t_y": 2}), ("t_", {"_tmp_x": 1}), ("_tmp_", {"t_y": 2})]
)
async def test_the_config_says_how_temporary_names_begin(prefix: str, left: dict[str, int]) -> None:
    """Empty, only those are that a workflow declares."""
    config = Config(run=RunConfig(temporary=prefix))
    workflow = workflow_of(value("a", "{{ _tmp_x + t_y }}"), variables={"_tmp_x": 1, "t_y": 2})
    assert (await run_once(workflow, config=config, packs=[sample])).variables == left


def test_a_declared_name_that_does_not_exist_is_refused() -> None:
    """With the nearest that does; unless a node may write variables whose names only the run can tell."""
    kernel = Kernel(packs=[sample, own])
    workflow = evolve(workflow_of(value("a", 1), variables={"total": 1}), temporary=("totle", "a"))
    with pytest.raises(WorkflowError) as caught:
        kernel.compile(workflow)
    assert "key 'temporary': 'totle' is neither a variable nor a node. Did you mean 'total'?" in str(caught.value)
    kernel.compile(evolve(workflow_of(node("all", "own.everything")), temporary=("totle",)))


def test_what_is_declared_is_part_of_the_digest() -> None:
    """Runs of the two differ."""
    workflow = workflow_of(value("a", 1), variables={"x": 1})
    assert digest_of(workflow, ()) != digest_of(evolve(workflow, temporary=("x",)), ())


def test_a_plan_without_anything_temporary_has_nothing_to_clear() -> None:
    """Its runs do nothing for it."""

    def plan(name: str) -> Plan:
        body = graph_of(value("in", f"{{{{ {name} }}}}"))
        loop = node("loop", "sample.each", {"items": []}, bodies={"body": body})
        return Kernel(packs=[sample]).compile(workflow_of(loop, variables={name: 1}))

    assert [(plan(name).clears, plan(name).temporary is None) for name in ("x", "_tmp_x")] == [
        (False, True),
        (True, False),
    ]


async def told(workflow: Workflow, greedy: bool) -> RunResult:
    plugins = [scheduled(AnyReady)] if greedy else []
    with anyio.fail_after(60):
        return await run_once(workflow, packs=[sample], plugins=plugins)


@given(
    workflows(Recipe(on_error=True)),
    st.sets(st.sampled_from(["x", "y", "z"])),
    st.sets(st.integers(1, 30)),
    st.booleans(),
)
@hypothesis_settings(max_examples=examples(200), deadline=None)
def test_a_run_gives_the_same_but_for_what_is_temporary(
    workflow: Workflow, variables: set[str], numbers: set[int], greedy: bool
) -> None:
    """Whatever is declared, and in whatever order steps run."""
    known = {each.id for each in _nodes(workflow)}
    temporary = (*sorted(variables), *sorted({f"n{number}" for number in numbers} & known))
    expected = anyio.run(told, workflow, False)
    found = anyio.run(told, evolve(workflow, temporary=temporary), greedy)
    assert (found.status, found.value, found.steps) == (expected.status, expected.value, expected.steps)
    assert {name: given for name, given in expected.variables.items() if name not in variables}.items() <= found.variables.items() <= expected.variables.items()  # fmt: skip
    assert {id_: given for id_, given in expected.outputs.items() if id_ not in temporary}.items() <= found.outputs.items() <= expected.outputs.items()  # fmt: skip


def _nodes(graph: Any) -> Iterator[Any]:
    for each in graph.nodes.values():
        yield each
        for body in each.bodies.values():
            yield from _nodes(body)
