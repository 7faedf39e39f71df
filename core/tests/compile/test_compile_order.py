"""Program order, and what waits for what."""

from __future__ import annotations

import random
from typing import Any

import pytest
from hypothesis import given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from hypothesis_profiles import examples
from stratagem import Catalog, Node, Pack, Plan, Variables, Workflow
from stratagem._compile import compile_workflow
from stratagem.planfacts import reasons
from stratagem_testing import graph_of, node, sample, workflow_of

places = Pack("places")


@places.node(effect="read", reads=("file:{path}",))
async def read(path: str) -> None:
    """Reads a file."""


@places.node(writes=("file:{path}",))
async def write(path: str) -> None:
    """Writes a file."""


@places.node(writes=("*",))
async def world() -> None:
    """May touch anything."""


@places.node()
async def any_variable(variables: Variables) -> None:
    """Uses variables, and does not say which."""


@places.node(writes=("var:{name}",))
async def maybe(name: str = "") -> None:
    """Writes a variable if it is told which."""


def plan_of(workflow: Workflow) -> Plan:
    """The plan, against the test packs."""
    return compile_workflow(workflow, Catalog.of(sample, places))


def needs(workflow: Workflow) -> dict[str, set[str]]:
    """What each step of the workflow itself waits for."""
    plan = plan_of(workflow)
    return {step.id: {plan.steps[need].id for need in step.needs} for step in plan.steps}


def order(workflow: Workflow) -> list[str]:
    """Program order."""
    return [step.id for step in plan_of(workflow).steps]


def value(id_: str, value: Any = None, **traits: Any) -> Node:
    """A pure node."""
    return node(id_, "sample.value", {} if value is None else {"value": value}, **traits)


def put(id_: str, name: str, value: Any = 0, **traits: Any) -> Node:
    """A node that writes a variable."""
    return node(id_, "sample.set", {"name": name, "value": value}, **traits)


def test_program_order_is_document_order_where_nothing_else_is_said() -> None:
    """Also for thousands of nodes."""
    names = [f"n{i}" for i in range(2000)]
    random.Random(1).shuffle(names)
    assert order(workflow_of(*map(value, names))) == names


def test_a_node_comes_after_what_it_needs_and_as_early_as_its_place_allows() -> None:
    """Ties go by document order."""
    workflow = workflow_of(value("d", after=("c",)), value("a"), value("c"), value("b"))
    assert order(workflow) == ["a", "c", "d", "b"]


@st.composite
def drawn(draw: st.DrawFn) -> tuple[list[str], list[tuple[str, str]]]:
    """Nodes in document order, and lines between them that form no cycle, in any order."""
    count = draw(st.integers(1, 12))
    document = draw(st.permutations([f"n{i}" for i in range(count)]))
    numbers = st.integers(0, count - 1)
    pairs = draw(st.lists(st.tuples(numbers, numbers), max_size=25))
    return list(document), [(f"n{min(a, b)}", f"n{max(a, b)}") for a, b in pairs if a != b]


@given(drawn())
@hypothesis_settings(max_examples=examples(200))
def test_program_order_agrees_with_the_obvious_definition(graph: tuple[list[str], list[tuple[str, str]]]) -> None:
    """At each place stands the first node of the document whose needs all stand before."""
    document, lines = graph
    expected: list[str] = []
    while len(expected) < len(document):
        left = [each for each in document if each not in expected]
        expected.append(
            next(each for each in left if all(source in expected for source, target in lines if target == each))
        )
    workflow = workflow_of(*map(value, document), lines=[f"{source} -> {target}" for source, target in lines])
    assert order(workflow) == expected
    assert needs(workflow) == {each: {s for s, t in lines if t == each} for each in document}


@given(drawn())
@hypothesis_settings(max_examples=examples(100))
def test_a_plan_is_its_own_mirror(graph: tuple[list[str], list[tuple[str, str]]]) -> None:
    """Needs and dependents tell the same; every step comes after those it needs; counts agree."""
    document, lines = graph
    plan = plan_of(workflow_of(*map(value, document), lines=[f"{source} -> {target}" for source, target in lines]))
    pairs = {(need, step.index) for step in plan.steps for need in step.needs}
    assert {(step.index, later) for step in plan.steps for later in step.dependents} == pairs
    assert all(need < index for need, index in pairs)
    assert plan.in_degrees() == [len(step.needs) for step in plan.steps]
    assert list(plan.roots) == [step.index for step in plan.steps if not step.needs]
    assert plan.sinks == sum(not step.dependents for step in plan.steps)
    assert len(plan) == len(document)


def test_every_sort_of_dependency_is_one() -> None:
    """Lines of both kinds, references, ``after``, guards."""
    workflow = workflow_of(
        *map(value, ("control", "data", "reference", "named", "guard")),
        value("x", "{{ reference.result }}", after=("named",), when="guard.result == 1"),
        node("y", "sample.join"),
        lines=["control -> x", "data.result -> y.parts"],
    )
    found = needs(workflow)
    assert found["x"] == {"control", "reference", "named", "guard"}
    assert found["y"] == {"data"}


def test_what_a_body_reads_its_owner_waits_for() -> None:
    """A reference from within a body, at any depth, orders the node that owns it."""
    inner = node("inner", "sample.each", {"items": [1]}, bodies={"body": graph_of(value("v", "{{ late.result }}"))})
    outer = node("outer", "sample.each", {"items": [1]}, bodies={"body": graph_of(inner, result="{{ end.result }}")})
    assert needs(workflow_of(outer, value("late"), value("end")))["outer"] == {"late", "end"}


def test_writers_and_readers_of_a_variable_keep_their_order() -> None:
    """Readers wait for the writer before them, writers for the readers and the writer before; readers run at once."""
    workflow = workflow_of(
        put("w1", "x"), value("r1", "{{ x }}"), value("r2", "{{ x }}"), put("w2", "x"), value("r3", "{{ x }}"),
        put("other", "y"), variables={"x": 1, "y": 2},
    )  # fmt: skip
    assert needs(workflow) == {
        "w1": set(), "r1": {"w1"}, "r2": {"w1"}, "w2": {"w1", "r1", "r2"}, "r3": {"w2"}, "other": set(),
    }  # fmt: skip


def test_guards_and_bodies_read_and_write_too() -> None:
    """``when`` reads variables; a loop touches what its body does, but for names of the body's own."""
    body = graph_of(put("in", "x", "{{ n + y }}"))
    loop = node("loop", "sample.each", {"items": [1], "as": "n"}, bodies={"body": body})
    workflow = workflow_of(
        put("wy", "y"), put("wn", "n"), loop, value("g", when="x == 1"), variables={"x": 1, "y": 1, "n": 1}
    )
    found = needs(workflow)
    assert found["loop"] == {"wy"}
    assert found["g"] == {"loop"}


def test_a_bodys_result_reads_variables() -> None:
    """A write after the loop waits for it."""
    loop = node("loop", "sample.each", {"items": [1]}, bodies={"body": graph_of(result="{{ x }}")})
    assert needs(workflow_of(loop, put("w", "x"), variables={"x": 1}))["w"] == {"loop"}


def test_places_with_computed_names_conflict_with_all_of_their_sort() -> None:
    """What is not known before the run is kept in order."""
    workflow = workflow_of(
        node("r1", "places.read", {"path": "a"}),
        node("w1", "places.write", {"path": "{{ x }}"}),
        node("r2", "places.read", {"path": "b"}),
        node("w2", "places.write", {"path": "b"}),
        variables={"x": "b"},
    )
    found = needs(workflow)
    assert found["w1"] == {"r1"}
    assert found["r2"] == {"w1"}
    assert found["w2"] >= {"r2"}


def test_a_node_that_names_no_place_touches_none() -> None:
    """An optional name that is left out."""
    found = needs(workflow_of(node("m", "places.maybe"), value("r", "{{ x }}"), variables={"x": 1}))
    assert found["r"] == set()


def test_a_node_that_uses_variables_without_saying_which_conflicts_with_all() -> None:
    """It is kept in order with everything that reads or writes any."""
    workflow = workflow_of(
        put("w", "x"), node("any", "places.any_variable"), value("r", "{{ y }}"), variables={"x": 1, "y": 1}
    )
    assert needs(workflow) == {"w": set(), "any": {"w"}, "r": {"any"}}


def test_nothing_moves_across_a_node_that_may_touch_anything() -> None:
    """Not even pure nodes."""
    workflow = workflow_of(value("a"), node("all", "places.world"), value("b"), node("all2", "places.world"))
    found = needs(workflow)
    assert found["all"] == {"a"}
    assert found["b"] == {"all"}
    assert found["all2"] == {"all", "b"}


def test_nothing_in_a_body_moves_across_what_leaves_the_loop() -> None:
    """In the reference run, what follows a break does not run; so it waits for it. Outside of the loop all is free."""
    body = graph_of(value("before"), node("break", "sample.break", when="loop.item == 1"), value("behind"))
    plan = plan_of(
        workflow_of(value("a"), node("loop", "sample.each", {"items": [1]}, bodies={"body": body}), value("b"))
    )
    inner = plan.steps[1].bodies["body"]
    assert [[inner.steps[need].id for need in step.needs] for step in inner.steps] == [[], ["before"], ["break"]]
    assert [list(step.needs) for step in plan.steps] == [[], [], []]


@pytest.mark.parametrize(
    ("first", "second", "ordered"),
    [
        (("var:a",), ("var:a",), True),
        (("var:a",), ("var:b",), False),
        (("var:*",), ("var:b",), True),
        (("var:a",), ("var:*",), True),
        (("file:a",), ("var:a",), False),
        (("file:*",), ("var:*",), False),
        (("*",), ("var:a",), True),
        (("var:a",), ("*",), True),
    ],
)
@pytest.mark.parametrize("which", ["write write", "write read", "read write", "read read"])
def test_places_conflict_as_they_overlap(first: Any, second: Any, ordered: bool, which: str) -> None:
    """Two steps that touch one place keep their order if one of them writes it, whichever comes first."""
    one, two = which.split()
    if "*" in (*first, *second) and "read" in which:
        return  # reading everything is not a thing that node types say
    own = Pack("own")

    async def touch() -> None:
        """Touches a place."""

    for name, kind, touched in (("a", one, first), ("b", two, second)):
        reads, writes = (touched, ()) if kind == "read" else ((), touched)
        own.node(name, effect="write", reads=reads, writes=writes)(touch)
    workflow = workflow_of(node("a", "own.a"), node("b", "own.b"))
    plan = compile_workflow(workflow, Catalog.of(own))
    assert bool(plan.steps[1].needs) == (ordered and which != "read read")


def test_why_steps_are_ordered_can_be_told() -> None:
    """Each kind of reason, by name."""
    workflow = workflow_of(
        value("a"),
        put("b", "x"),
        value("z", "{{ x }}", after=("a",), when="c.result == 1"),
        value("c"),
        node("j", "sample.join", after=("z",)),
        lines=["a -> z", "z.result -> j.parts"],
        variables={"x": 1},
    )
    plan = plan_of(workflow)
    at = {step.id: step.index for step in plan.steps}
    told = {
        (step.id, plan.steps[need].id): {reason.kind for reason in reasons(plan, step.index, need)}
        for step in plan.steps
        for need in step.needs
    }
    assert told == {
        ("z", "a"): {"control", "after"},
        ("z", "b"): {"conflict"},
        ("z", "c"): {"reference"},
        ("j", "z"): {"data", "after"},
    }
    assert [reason.what for reason in reasons(plan, at["z"], at["b"])] == ["var:x"]
