"""Problems that say the same are one, with the first of their places."""

from __future__ import annotations

import pytest

from stratagem import Catalog, Node, Workflow
from stratagem._compile import compile_workflow
from stratagem.errors import BadInput, StratagemError, UndefinedName, UnknownNode, WorkflowError
from stratagem_testing import graph_of, node, sample, workflow_of


def refused(*nodes: Node) -> WorkflowError:
    """What a workflow of these nodes is refused with."""
    workflow: Workflow = workflow_of(*nodes, source="flow.yaml")
    with pytest.raises(WorkflowError) as caught:
        compile_workflow(workflow, Catalog.of(sample))
    return caught.value


def test_a_misspelt_type_is_one_problem_however_often_it_is_used() -> None:
    """The places that come first are named, those in bodies too; all others are counted."""
    nodes = [node(f"n{at}", "sample.ad", line=at) for at in range(1, 499)]
    nodes.append(node("loop", "sample.each", {"items": []}, bodies={"body": graph_of(node("in", "sample.ad"))}))
    error = refused(*nodes, node("last", "sample.ad"))
    assert isinstance(error, UnknownNode)
    assert (len(error.problems), len(error.more)) == (1, 499)
    assert str(error) == (
        "flow.yaml:1: node 'n1': the pack 'sample' has no node 'ad'. Did you mean 'add'? (and 499 more: "
        "flow.yaml:2: node 'n2'; flow.yaml:3: node 'n3'; flow.yaml:4: node 'n4'; flow.yaml:5: node 'n5'; "
        "flow.yaml:6: node 'n6'; …)"
    )


def test_a_misspelt_name_is_one_problem_in_whatever_keys_it_is_used() -> None:
    """A key that is wrong itself is another problem for each key."""
    names = [node(f"n{at}", "sample.add", {key: "{{ ttal }}", "left": 1}) for at, key in enumerate(("left", "right"))]
    names[0] = node("n0", "sample.add", {"left": "{{ ttal }}"})
    (problem,) = refused(*names).problems
    assert isinstance(problem, UndefinedName)
    assert problem.elsewhere == "(and 1 more: flow.yaml: node 'n1': key 'right')"


@pytest.mark.parametrize(("keys", "count"), [(("lft", "lft"), 1), (("lft", "rght"), 2)])
def test_wrong_keys_are_told_apart(keys: tuple[str, str], count: int) -> None:
    """The same key of several nodes is one problem."""
    error = refused(*(node(f"n{at}", "sample.add", {"left": 1, key: 2}) for at, key in enumerate(keys)))
    assert len(error.problems) == count


def test_problems_that_are_raised_together_twice_are_counted_once() -> None:
    """What was put together is taken apart where it is put together with others."""
    inner = BadInput.together([BadInput("no", node=name) for name in "ab"], "inner")
    outer = BadInput.together([*inner.apart(), BadInput("no", node="c"), BadInput("never", node="d")], "outer")
    assert [(problem.node, len(problem.more)) for problem in outer.problems] == [("a", 2), ("d", 0)]
    assert str(outer).splitlines() == [
        "outer: 2 problems",
        "  - node 'a': no (and 2 more: node 'b'; node 'c')",
        "  - node 'd': never",
    ]


def test_problems_without_places_are_counted() -> None:
    """There is nothing to name."""
    assert str(StratagemError.together([StratagemError("no"), StratagemError("no")], "both")) == "no (and 1 more)"
