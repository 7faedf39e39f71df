"""Every kind of problem that is found before anything runs, each told with its place, and all of them together."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pytest

from stratagem import Body, Catalog, Deferred, Node, Pack, Workflow
from stratagem._compile import compile_workflow
from stratagem.errors import (
    BadInput,
    CycleError,
    NoProvider,
    UndefinedName,
    UnknownNode,
    WorkflowError,
)
from stratagem.model import Cache
from stratagem.nodes.catalog import Environment
from stratagem_testing import graph_of, node, sample, workflow_of

PACK = sample.provided_by("sample-dist 1.0")


def problems_of(workflow: Workflow, *packs: Pack, environment: Environment | None = None) -> tuple[WorkflowError, ...]:
    """What the compiler finds wrong."""
    with pytest.raises(WorkflowError) as caught:
        compile_workflow(workflow, Catalog.of(PACK, *packs, environment=environment))
    return caught.value.problems


def the_problem(*nodes: Node, lines: tuple[str, ...] = (), **more: Any) -> WorkflowError:
    """The only thing that is wrong with a workflow of these nodes."""
    (problem,) = problems_of(workflow_of(*nodes, lines=lines, **more))
    return problem


def add(id_: str, config: Mapping[str, Any] | None = None, **traits: Any) -> Node:
    """A node that adds, with its required input unless told otherwise."""
    return node(id_, "sample.add", {"left": 1} if config is None else config, **traits)


def test_an_unknown_node_type_is_told_with_the_nearest() -> None:
    """By node and line of the file."""
    problem = the_problem(node("a", "sample.ad", line=7), source="flow.yaml")
    assert isinstance(problem, UnknownNode)
    assert str(problem) == "flow.yaml:7: node 'a': the pack 'sample' has no node 'ad'. Did you mean 'add'?"


@pytest.mark.parametrize(
    ("type_", "what"),
    [
        ("add", "'add' is no node type"),
        ("smple.add", "no installed distribution offers the pack 'smple'"),
        ("sample.add@x", "expected a version, got 'x'"),
        ("sample.add@9", "sample.add has no version 9, nor a migration from it (it has 1)"),
    ],
)
def test_a_type_that_can_not_be_had_is_told(type_: str, what: str) -> None:
    """The name, the pack or the version, whichever is wrong."""
    problem = the_problem(node("a", type_))
    assert isinstance(problem, UnknownNode)
    assert (problem.what, problem.node) == (what, "a")


def test_an_unknown_input_is_told_with_the_nearest_and_the_provider() -> None:
    """A misspelt key is never passed over."""
    problem = the_problem(add("a", {"left": 1, "rigth": 2}))
    assert isinstance(problem, BadInput)
    assert (problem.what, problem.node, problem.key) == ("sample.add has no input 'rigth'", "a", "rigth")
    assert problem.hint == "Did you mean 'right'?"
    assert problem.provider == "sample-dist 1.0"


def test_a_missing_input_is_told() -> None:
    """With what to do."""
    problem = the_problem(add("a", {}))
    assert isinstance(problem, BadInput)
    assert (problem.what, problem.key) == ("sample.add needs the input 'left'", "left")


@pytest.mark.parametrize("value", ["text", None, [1], 1.5, True, "1{# #}"])
def test_a_constant_of_the_wrong_type_is_told(value: Any) -> None:
    """By the input's own annotation, without a run."""
    problem = the_problem(add("a", {"left": value}))
    assert isinstance(problem, BadInput)
    assert problem.key == "left"
    assert problem.what.startswith("expected int, got ")


def test_a_wrong_type_inside_a_constant_is_told() -> None:
    """Lists and dicts are looked into."""
    own = Pack("own")

    @own.node()
    async def takes(table: dict[str, list[int]]) -> None:
        """Takes a table."""

    good = workflow_of(node("a", "own.takes", {"table": {"x": [1, 2]}}))
    compile_workflow(good, Catalog.of(own))
    (problem,) = problems_of(workflow_of(node("a", "own.takes", {"table": {"x": [1, "2"]}})), own)
    assert isinstance(problem, BadInput)
    assert problem.key == "table"


def test_an_undefined_name_is_told_with_the_nearest() -> None:
    """Variables and nodes are both meant."""
    problem = the_problem(add("first"), add("a", {"left": "{{ totl }}"}), variables={"total": 1})
    assert isinstance(problem, UndefinedName)
    assert (problem.what, problem.node, problem.key) == ("'totl' is neither a variable nor a node", "a", "left")
    assert problem.hint == "Did you mean 'total'?"


@pytest.mark.parametrize(
    ("text", "what"),
    [
        ("{{ b.reslt }}", "the node 'b' has no output 'reslt'"),
        ("{{ b }}", "'b' is a node"),
        ("{{ $nowhere }}", "'$nowhere' is no system value"),
        ("{{ b.result", "the '{{' is never closed"),
    ],
)
def test_a_wrong_reference_is_told(text: str, what: str) -> None:
    """Which part of it is wrong."""
    problem = the_problem(add("b"), add("a", {"left": text}))
    assert problem.what.startswith(what) or isinstance(problem, BadInput)
    assert (problem.node, problem.key) == ("a", "left")


def test_a_name_with_a_default_need_not_exist() -> None:
    """That is what ``default`` is for."""
    compile_workflow(workflow_of(add("a", {"left": "{{ nothing | default(3) }}"})), Catalog.of(PACK))


def test_an_undefined_name_in_when_and_result_is_told_by_its_key() -> None:
    """Expressions and results are looked at like inputs."""
    found = problems_of(workflow_of(add("a", when="nothing == 1"), result="{{ nobody.result }}"))
    assert [(type(problem), problem.node, problem.key) for problem in found] == [
        (UndefinedName, "a", "when"),
        (UndefinedName, None, "result"),
    ]


def test_an_unknown_secret_is_told() -> None:
    """Before a run that would fail for it."""
    environment = Environment(secrets={"known": "s3cr3t"})
    compile_workflow(workflow_of(node("a", "sample.value", {"value": "{{ secrets.known }}"})), _catalog(environment))
    workflow = workflow_of(node("a", "sample.value", {"value": "{{ secrets.nknown }}"}))
    (problem,) = problems_of(workflow, environment=environment)
    assert problem.what == "there is no secret 'nknown'"
    assert "s3cr3t" not in str(problem)


def _catalog(environment: Environment) -> Catalog:
    return Catalog.of(PACK, environment=environment)


def test_a_cycle_is_refused_with_its_nodes() -> None:
    """Whatever it is made of: lines, references, ``after``."""
    problem = the_problem(
        add("start"),
        add("a", {"left": "{{ c.result }}"}, after=("start",)),
        node("b", "sample.merge", after=("a",)),
        add("c"),
        lines=("b -> c",),
    )
    assert isinstance(problem, CycleError)
    assert problem.what == "these nodes wait for each other: a → b → c → a"
    assert "start" not in problem.what


def test_a_node_that_waits_for_itself_is_a_cycle() -> None:
    """The shortest there is."""
    assert the_problem(add("a", {"left": "{{ a.result }}"})).what == "these nodes wait for each other: a → a"


def test_ids_are_unique_over_bodies() -> None:
    """A body's node can't have the id of one around it, or of another body's."""
    loops = [node(f"l{i}", "sample.each", {"items": []}, bodies={"body": graph_of(add("same"))}) for i in range(2)]
    problem = the_problem(*loops)
    assert isinstance(problem, BadInput)
    assert problem.what == "the id 'same' is used twice"


@pytest.mark.parametrize(
    ("line", "kind", "what"),
    [
        ("a -> zz", UnknownNode, "a connection names the node 'zz', which is not in this graph"),
        ("zz -> a", UnknownNode, "a connection names the node 'zz', which is not in this graph"),
        ("a.reslt -> b.right", UnknownNode, "sample.add has no output 'reslt'"),
        ("a.result -> b.rigth", BadInput, "sample.add has no input 'rigth'"),
        ("a.exec_out -> b.right", BadInput, "the control output a.exec_out leads to 'right'"),
        ("if.maybe -> b", UnknownNode, "sample.if has no output 'maybe'"),
        ("a.result -> b.left", BadInput, "the input 'left' is both connected and set in the config"),
    ],
)
def test_a_connection_that_leads_nowhere_is_told(line: str, kind: type[WorkflowError], what: str) -> None:
    """Which end of it, and what there is instead."""
    problem = the_problem(add("a"), add("b"), node("if", "sample.if", {"condition": True}), lines=(line,))
    assert type(problem) is kind
    assert problem.what == what


def test_an_input_takes_one_line_unless_it_is_variadic() -> None:
    """Two lines into one input would leave it open which value counts."""
    nodes = (add("a"), add("b"), add("c"), node("join", "sample.join"))
    problem = the_problem(*nodes, lines=("a.result -> c.right", "b.result -> c.right"))
    assert problem.what == "the input 'right' is connected twice"
    compile_workflow(workflow_of(*nodes, lines=("a.result -> join.parts", "b.result -> join.parts")), Catalog.of(PACK))


def test_after_names_nodes_of_the_same_graph() -> None:
    """With the nearest."""
    problem = the_problem(add("first"), add("a", after=("frst",)))
    assert isinstance(problem, UnknownNode)
    assert problem.what == "'after' names the node 'frst', which is not in this graph"
    assert problem.hint == "Did you mean 'first'?"


def test_a_resource_that_nothing_provides_is_told() -> None:
    """With the kind, and where to name a driver."""
    workflow = workflow_of(node("a", "sample.use"))
    (problem,) = problems_of(workflow, environment=Environment(kinds=frozenset({"browser"})))
    assert isinstance(problem, NoProvider)
    assert problem.node == "a"
    assert "'thing'" in problem.what
    assert "[resources]" in (problem.hint or "")
    compile_workflow(workflow, _catalog(Environment(kinds=frozenset({"thing"}))))


@pytest.mark.parametrize(
    ("bodies", "what"),
    [
        ({}, "sample.each needs the body 'body'"),
        ({"body": graph_of(), "bdy": graph_of()}, "sample.each has no body 'bdy'"),
    ],
)
def test_wrong_bodies_are_told(bodies: Mapping[str, Any], what: str) -> None:
    """Missing ones and unknown ones."""
    assert the_problem(node("loop", "sample.each", {"items": []}, bodies=bodies)).what == what


def test_a_body_for_a_node_that_takes_none_is_told() -> None:
    """It would silently never run."""
    assert the_problem(add("a", bodies={"body": graph_of()})).what == "sample.add has no body 'body'"


def test_problems_in_bodies_are_told_by_their_own_nodes() -> None:
    """At any depth."""
    inner = node("inner", "sample.each", {"items": []}, bodies={"body": graph_of(add("culprit", {"left": "{{ zz }}"}))})
    problem = the_problem(node("outer", "sample.each", {"items": []}, bodies={"body": graph_of(inner)}))
    assert isinstance(problem, UndefinedName)
    assert problem.node == "culprit"


def test_a_body_hands_values_out_by_its_result_alone() -> None:
    """A reference into a body from outside is told as that."""
    loop = node("loop", "sample.each", {"items": []}, bodies={"body": graph_of(add("inner"))})
    problem = the_problem(loop, add("a", {"left": "{{ inner.result }}"}))
    assert problem.what == "'inner.result' reads a node inside another body"
    assert "'result'" in (problem.hint or "")


def test_leaving_a_loop_outside_of_one_is_told() -> None:
    """``break`` belongs into the body of a loop, at any depth; a body that is no loop does not count."""
    problem = the_problem(node("out", "sample.break"))
    assert isinstance(problem, BadInput)
    assert problem.what == "sample.break is in no loop"
    tried = node("t", "sample.try", bodies={"body": graph_of(node("out", "sample.continue"))})
    assert the_problem(tried).node == "out"
    compile_workflow(
        workflow_of(node("l", "sample.each", {"items": []}, bodies={"body": graph_of(tried)})), Catalog.of(PACK)
    )


def test_a_computed_name_for_a_bodys_variable_is_told() -> None:
    """Names must be known before the run."""
    loop = node("loop", "sample.each", {"items": [], "as": "{{ x }}"}, bodies={"body": graph_of()})
    problem = the_problem(loop, variables={"x": "n"})
    assert (problem.what, problem.key) == ("a name must be written out, not computed", "as")


def test_everything_that_is_wrong_is_told_at_once() -> None:
    """One error for a whole file, in the order of its nodes, with the file's name at its head."""
    workflow = workflow_of(
        add("a", {"left": "text", "rigth": 1}),
        node("b", "sample.nothing"),
        node("c", "nopack.node"),
        add("d", {}),
        add("e", {"left": "{{ nobody }}"}),
        add("f", {"left": "{{ broken"}),
        add("g", after=("h",)),
        add("h", after=("g",)),
        node("i", "sample.use"),
        lines=["a -> zz", "a.nope -> d"],
        source="flow.yaml",
    )
    with pytest.raises(WorkflowError) as caught:
        compile_workflow(workflow, _catalog(Environment(kinds=frozenset())))
    found = {(type(problem), problem.node) for problem in caught.value.problems}
    assert found >= {
        (BadInput, "a"),
        (UnknownNode, "b"),
        (UnknownNode, "c"),
        (BadInput, "d"),
        (UndefinedName, "e"),
        (BadInput, "f"),
        (CycleError, "g"),
        (NoProvider, "i"),
        (UnknownNode, None),
        (UnknownNode, "a"),
    }
    text = str(caught.value)
    assert text.startswith(f"flow.yaml can't be run: {len(caught.value.problems)} problems")
    assert all(problem.file == "flow.yaml" for problem in caught.value.problems)
    assert all(str(problem) in text for problem in caught.value.problems)


def test_one_problem_comes_as_itself() -> None:
    """So that it can be caught by its class."""
    with pytest.raises(CycleError):
        compile_workflow(workflow_of(add("a", after=("a",))), Catalog.of(PACK))


def test_a_required_body_may_be_optional_by_its_annotation() -> None:
    """``Body | None`` need not be given."""
    own = Pack("own")

    @own.node()
    async def maybe(body: Body | None = None) -> None:
        """Runs nothing."""

    assert len(compile_workflow(workflow_of(node("a", "own.maybe")), Catalog.of(own))) == 1


@pytest.mark.parametrize(
    ("type_", "why"),
    [
        ("set", "it changes the outside"),
        ("get", "it is given variables, besides its inputs"),
        ("use", "it uses thing"),
        ("runner", "it runs other steps"),
        ("waiter", "it resolves an input itself"),
    ],
)
def test_a_node_whose_results_can_not_be_remembered_must_not_ask_for_it(type_: str, why: str) -> None:
    """A cache would change what the workflow does: only nodes that depend on their inputs alone may ask for it."""
    own = Pack("own")

    @own.node(effect="read")
    async def runner(body: Body) -> None:
        """Runs its body."""

    @own.node(effect="pure")
    async def waiter(until: Deferred[bool]) -> None:
        """Looks again and again."""

    configs: dict[str, dict[str, Any]] = {
        "set": {"name": "x", "value": 1},
        "get": {"name": "x"},
        "waiter": {"until": "true"},
    }
    config = configs.get(type_, {})
    kind = f"own.{type_}" if type_ in ("runner", "waiter") else f"sample.{type_}"
    bodies = {"body": graph_of()} if type_ == "runner" else {}
    asking = node("n", kind, config, bodies=bodies, cache=Cache())
    environment = Environment(kinds=frozenset({"thing"}))
    (problem,) = problems_of(workflow_of(asking, variables={"x": 0}), own, environment=environment)
    assert (problem.node, problem.key) == ("n", "cache")
    assert f"can't be remembered: {why}" in str(problem)
    refusing = workflow_of(node("n", kind, config, bodies=bodies, cache=False), variables={"x": 0})
    compile_workflow(refusing, Catalog.of(PACK, own, environment=environment))


def test_what_a_node_says_of_caches_is_part_of_the_digest() -> None:
    """And one that says nothing has the digest that it always had."""
    said = (None, False, Cache(), Cache(5.0))
    plans = [compile_workflow(workflow_of(add("a", cache=each)), Catalog.of(PACK)) for each in said]
    assert len({plan.digest for plan in plans}) == 4
