"""Compiling what is odd, deep or enormous: typed errors with their place, in time that grows with the file."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cpu_limit import cpu_limit
from hypothesis_profiles import examples
from stratagem import Kernel, Plan, Workflow, conflicts
from stratagem._compile.compiler import compile_workflow
from stratagem._compile.draft import MAX_NESTING
from stratagem.errors import BadInput, CycleError, UndefinedName, WorkflowError
from stratagem.model import Graph, Node
from stratagem.nodes.catalog import Catalog, Environment
from stratagem.nodes.pack import Pack
from stratagem.nodes.values import Subflow
from stratagem.planfacts import plans_in
from stratagem_testing import sample

PACK = Pack("hostile")


@PACK.node()
async def call(flow: Subflow) -> None:
    """Calls another file."""
    await flow()


@PACK.node(runs="loop", reads=("file:{path}",), writes=("note:{note}",))
def touch(path: str = "", note: str = "") -> None:
    """Reads a file, and writes a note."""


@PACK.node(runs="loop", reads=("note:{note}",), writes=("file:{path}",))
def write(path: str = "", note: str = "") -> None:
    """The other way round."""


def compiled(*nodes: Node, **more: Any) -> Plan:
    return compile_workflow(Workflow({node.id: node for node in nodes}, **more), Catalog.of(sample, PACK))


def problem_of(make: Callable[[], object]) -> WorkflowError:
    with pytest.raises(WorkflowError) as caught, cpu_limit(2):
        make()
    return caught.value


def value(id_: str, given: Any, **more: Any) -> Node:
    return Node(id_, "sample.value", {"value": given}, **more)


@pytest.mark.parametrize(
    "text", ["{{ 1 / 0 }}", "{{ [1][5] }}", "{{ {'a': 1}.b }}", "{{ 'a' - 1 }}", "{{ [1][5] | upper }}"]
)
def test_a_constant_template_that_fails_names_its_node_and_key(text: str) -> None:
    """Alone, within a list beside one that reads something, and as a condition; at once, whatever else is wrong."""
    wrong = Node("z", "sample.nothing")
    for written, key in ((text, "value"), ([text], "value[0]"), ({"k": [text]}, "value.k[0]")):
        found = problem_of(lambda written=written: compiled(wrong, value("a", written)))  # type: ignore[misc]  # mypy can't infer the default's type
        (own,) = [problem for problem in found.problems if problem.node == "a"]
        assert own.key == key
        assert len(found.problems) == 2
    condition = problem_of(lambda: compiled(wrong, value("a", 1, when=text)))
    assert {(one.node, one.key) for one in condition.problems} >= {("a", "when")}


def test_a_constant_result_that_fails_names_the_node_of_its_body() -> None:
    """And the key."""
    body = Graph({"b": value("b", 1)}, result="{{ 1 / 0 }}")
    found = problem_of(lambda: compiled(Node("loop", "sample.each", {"items": [1]}, bodies={"body": body})))
    assert (type(found), found.key) == (BadInput, "result")
    assert problem_of(lambda: compiled(value("a", 1), result="{{ [1][2] }}")).key == "result"


def test_a_part_that_looks_up_what_it_has_not_fails_as_a_typed_error() -> None:
    """Where it stands beside a part that reads a variable, too."""
    found = problem_of(lambda: compiled(value("a", ["{{ [1][5] }}", "{{ x }}"]), variables={"x": 1}))
    assert isinstance(found, UndefinedName)
    assert (found.node, found.key) == ("a", "value[0]")


def test_one_misspelt_type_is_one_problem_however_many_nodes_have_it() -> None:
    """The first is named with its line, some of the others too, the rest are counted."""
    found = problem_of(lambda: compiled(*[Node(f"n{number}", "sample.vallue") for number in range(500)]))
    assert len(found.problems) == 1
    assert found.node == "n0"
    assert [other.node for other in found.more] == [f"n{number}" for number in range(1, 500)]
    assert "Did you mean 'value'? (and 499 more: node 'n1'; " in str(found)


def test_a_node_without_a_type_is_refused() -> None:
    """Files tell so earlier; workflows that are built need not."""
    assert problem_of(lambda: compiled(Node("a", ""))).what == "the node has no type"


def test_a_thousand_misspelt_names_are_told_in_a_moment() -> None:
    """Hints are made for those that are told."""
    nodes = [value(f"node{number}", f"{{{{ nade{number}.result }}}}") for number in range(3_000)]
    found = problem_of(lambda: compiled(*nodes))
    with cpu_limit(2):
        assert "Did you mean 'node7'?" in str(found)


def nested(depth: int) -> Node:
    inner = value("leaf", 1)
    for number in range(depth):
        inner = Node(f"n{number}", "sample.each", {"items": [1]}, bodies={"body": Graph({inner.id: inner})})
    return inner


def test_bodies_are_nested_up_to_a_depth_that_is_said() -> None:
    """Far below that of Python's stack."""
    assert compiled(nested(MAX_NESTING - 1)).height == MAX_NESTING
    for depth in (MAX_NESTING + 1, 5_000):
        found = problem_of(lambda depth=depth: compiled(nested(depth)))  # type: ignore[misc]  # mypy can't infer the default's type
        assert found.what == f"bodies and subflows are nested more than {MAX_NESTING} deep here"


@pytest.fixture
def files(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[[str, str], Path]:
    """Writes a file of calls: names of files, one after the other."""
    monkeypatch.chdir(tmp_path)

    def write_file(name: str, calls: str) -> Path:
        steps = [
            f"  - {{id: c{number}, type: hostile.call, config: {{flow: {path}}}}}\n"
            for number, path in enumerate(calls.split())
        ]
        file = tmp_path / name
        file.parent.mkdir(exist_ok=True)
        file.write_text("nodes:\n" + "".join(steps) if steps else "nodes: []\n", "utf-8")
        return file

    return write_file


Files = Callable[[str, str], Path]


def loaded(file: Path | str) -> Plan:
    kernel = Kernel(packs=[sample, PACK])
    return kernel.compile(kernel.load(file))


def test_files_that_call_the_next_one_twice_are_compiled_once_each(files: Files) -> None:
    """Two to the power of forty plans are made of forty."""
    for number in range(40):
        files(f"f{number}.yaml", f"f{number + 1}.yaml ./f{number + 1}.yaml")
    files("f40.yaml", "")
    with cpu_limit(5):
        plan = loaded("f0.yaml")
    assert len(list(plans_in(plan))) == 41
    assert plan.height == 41


@pytest.mark.parametrize("length", [MAX_NESTING + 1, 1_500])
def test_a_long_chain_of_files_is_refused_where_it_is_too_deep(length: int, files: Files) -> None:
    """The file that goes too far is named."""
    for number in range(length):
        files(f"f{number}.yaml", f"f{number + 1}.yaml")
    files(f"f{length}.yaml", "")
    found = problem_of(lambda: loaded("f0.yaml"))
    assert f"more than {MAX_NESTING} deep" in found.what
    assert found.file is not None
    assert found.file.endswith(f"f{MAX_NESTING - 1}.yaml")


def test_bodies_and_files_are_counted_together(files: Files) -> None:
    """A subflow that is no deeper than it may be alone is refused in a body that is."""
    for number in range(30):
        files(f"f{number}.yaml", f"f{number + 1}.yaml")
    files("f30.yaml", "")
    inner = Node("leaf", "hostile.call", {"flow": "f0.yaml"})
    for number in range(30):
        inner = Node(f"n{number}", "sample.each", {"items": [1]}, bodies={"body": Graph({inner.id: inner})})
    kernel = Kernel(packs=[sample, PACK])
    assert kernel.compile(Workflow({"c": Node("c", "hostile.call", {"flow": "f0.yaml"})})).height == 32
    assert "deep here" in problem_of(lambda: kernel.compile(Workflow({inner.id: inner}))).what


def test_files_that_call_each_other_are_found_by_whatever_path(files: Files, tmp_path: Path) -> None:
    """Through folders and back, and through links."""
    files("a.yaml", "sub/../b.yaml")
    files("b.yaml", "sub/c.yaml")
    files("sub/x.yaml", "")
    os.symlink(tmp_path / "a.yaml", tmp_path / "sub" / "c.yaml")
    found = problem_of(lambda: loaded("a.yaml"))
    assert isinstance(found, CycleError)
    assert found.what.startswith("these files call each other: a.yaml → ")


def test_what_is_wrong_with_a_file_is_told_once_however_many_call_it(files: Files, tmp_path: Path) -> None:
    """Directly, or through others."""
    (tmp_path / "bad.yaml").write_text("nodes:\n  - {id: a, type: sample.vallue}\n", "utf-8")
    files("one.yaml", "bad.yaml bad.yaml")
    files("top.yaml", "one.yaml bad.yaml one.yaml gone.yaml gone.yaml")
    found = problem_of(lambda: loaded("top.yaml"))
    assert [problem.file and Path(problem.file).name for problem in found.problems] == ["bad.yaml", "gone.yaml"]


def test_workflows_that_come_from_no_file_are_told_apart() -> None:
    """One that calls itself is refused where it is too deep."""
    inner = {name: Workflow({name: value(name, 1)}) for name in ("a", "b")}
    itself = Workflow({"c": Node("c", "hostile.call", {"flow": "itself"})})
    known = {**inner, "itself": itself}
    environment = Environment(load=lambda path, beside: known[path])
    catalog = Catalog.of(sample, PACK, environment=environment)
    calls = [Node(f"call_{name}", "hostile.call", {"flow": name}) for name in inner]
    plan = compile_workflow(Workflow({node.id: node for node in calls}), catalog)
    assert [step.flows["flow"].steps[0].id for step in plan.steps] == ["a", "b"]
    assert "deep here" in problem_of(lambda: compile_workflow(itself, catalog)).what


TOUCHED = st.lists(
    st.tuples(
        st.sampled_from(["touch", "write"]),
        st.sampled_from(["", "a", "b", "{{ x }}"]),
        st.sampled_from(["", "n", "{{ x }}"]),
    ),
    max_size=14,
)


@given(touched=TOUCHED)
@settings(max_examples=examples(300))
def test_steps_that_conflict_are_in_order_however_few_are_waited_for_singly(
    touched: list[tuple[str, str, str]],
) -> None:
    """Directly, or by a step between them that all wait for."""
    nodes = [
        Node(f"n{i}", f"hostile.{type_}", {"path": path, "note": note}) for i, (type_, path, note) in enumerate(touched)
    ]
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(conflicts, "MOST_BEFORE", 1)
        few = ancestors(compiled(*nodes, variables={"x": 1}))
    usual = compiled(*nodes, variables={"x": 1})
    for step in usual.steps:
        assert set(step.needs) <= few[step.index]


def ancestors(plan: Plan) -> list[set[int]]:
    found: list[set[int]] = []
    for step in plan.steps:
        found.append(set(step.needs).union(*[found[need] for need in step.needs]))
    return found


def test_writers_and_those_who_read_any_of_it_are_kept_in_order_without_their_product() -> None:
    """Thousands of each take no longer than thousands of others."""
    writers = [Node(f"w{number}", "hostile.write", {"path": f"p{number}"}) for number in range(2_000)]
    readers = [
        Node(f"r{number}", "hostile.touch", {"path": "{{ x }}", "note": f"m{number}"}) for number in range(2_000)
    ]
    with cpu_limit(5):
        plan = compiled(*writers, *readers, variables={"x": 1})
    assert sum(len(step.needs) for step in plan.steps) < 20 * len(plan)
