"""Structure: what can be made out of a flat drawing, and what is refused, with the nodes and the reason."""

from __future__ import annotations

from typing import Any

import pytest

from stratagem import Connection, CycleError, Document, Graph, Workflow, WorkflowError
from stratagem_casare import casare_format

TYPES = {
    "for": "ForLoopStart", "endfor": "ForLoopEnd", "while": "WhileLoopStart", "endwhile": "WhileLoopEnd", "try": "Try",
    "catch": "Catch", "finally": "Finally", "retry": "Retry", "good": "RetrySuccess", "fail": "RetryFail",
    "each": "ParallelForEach", "break": "Break", "continue": "Continue", "if": "If", "fork": "Fork", "join": "Join",
    "throw": "ThrowError", "merge": "Merge", "start": "Start", "add": "MathOperation", "switch": "Switch",
}  # fmt: skip


def read(lines: str, **configs: dict[str, Any]) -> Workflow:
    """A flow of lines written ``a.port>b.port``; a node's type is its name without digits, a log if that is none."""
    connections, ids = [], dict.fromkeys(configs)
    for line in lines.split():
        source, target = line.split(">")
        (from_, _, out), (to, _, into) = source.partition("."), target.partition(".")
        ids |= dict.fromkeys((from_, to))
        ends = (from_, out or "exec_out", to, into or "exec_in")
        connections.append(dict(zip(("source_node", "source_port", "target_node", "target_port"), ends, strict=True)))
    nodes = {
        id_: {
            "node_id": id_,
            "node_type": f"{TYPES.get(id_.rstrip('0123456789'), 'Log')}Node",
            "config": configs.get(id_, {}),
        }
        for id_ in ids
    }
    return casare_format.read(Document({"nodes": nodes, "connections": connections}), "flow.json")


def tree(graph: Graph) -> dict[str, Any]:
    """The ids of a graph's nodes, with those of their bodies."""
    return {
        id_: {name: tree(body) for name, body in node.bodies.items() if body.nodes} for id_, node in graph.nodes.items()
    }


def problem(lines: str, **configs: dict[str, Any]) -> WorkflowError:
    """The one problem of a flow."""
    with pytest.raises(WorkflowError) as caught:
        read(lines, **configs)
    assert len(caught.value.problems) == 1
    return caught.value


def test_what_every_way_leads_to_through_a_loop_s_body_is_in_it() -> None:
    """Up to its end node; what follows goes on from the loop."""
    found = read("a>for1 for1.body>b b>if1 if1.true>c if1.false>endfor1 c>endfor1 for1.completed>d")
    assert tree(found) == {"a": {}, "for1": {"body": {"b": {}, "if1": {}, "c": {}, "endfor1": {}}}, "d": {}}
    assert found.connections == (
        Connection("a", "exec_out", "for1", "exec_in"),
        Connection("for1", "exec_out", "d", "exec_in"),
    )


def test_loops_are_found_inside_each_other() -> None:
    """Without ids each end node belongs to the nearest start; where nothing is completed, the end node goes on."""
    found = read(
        "for1.body>while1 while1.body>for2 for2.body>a a>endfor2 endfor2>endwhile1 endwhile1>b b>endfor1 endfor1>c"
    )
    body: dict[str, Any] = {
        "while1": {"body": {"for2": {"body": {"a": {}, "endfor2": {}}}, "endwhile1": {}}},
        "b": {},
        "endfor1": {},
    }
    assert tree(found) == {"for1": {"body": body}, "c": {}}


def test_pairs_may_be_named_on_either_side() -> None:
    """By the end, or by the start."""
    for configs in ({"endfor1": {"paired_start_id": "for1"}}, {"for1": {"paired_end_id": "endfor1"}}):
        found = read("for1.body>a a>endfor1 for1.completed>b", **configs)
        assert tree(found) == {"for1": {"body": {"a": {}, "endfor1": {}}}, "b": {}}


def test_a_line_back_to_the_start_shows_only_what_happens_anyway() -> None:
    """From the end node or from any other node inside, also where the loop is the first node."""
    assert tree(read("for1.body>a a>endfor1 endfor1>for1 for1.completed>b"))["for1"] == {
        "body": {"a": {}, "endfor1": {}}
    }
    assert tree(read("while1.body>a a>while1 while1.completed>b")) == {"while1": {"body": {"a": {}}}, "b": {}}


def test_a_try_has_three_bodies_however_they_are_joined() -> None:
    """Lines to catch and finally end its parts; without a line from ``try_body`` the body is at ``exec_out``."""
    parts: dict[str, Any] = {"body": {"a": {}}, "catch": {"catch1": {}, "b": {}}, "finally": {"finally1": {}, "c": {}}}
    pairs = {"catch1": {"paired_try_id": "try1"}, "finally1": {"paired_try_id": "try1"}}
    drawn = "try1.{}>a a>finally1 catch1.catch_body>b b>finally1 finally1.finally_body>c"
    assert tree(read(drawn.format("exec_out"), **pairs)) == {"try1": parts}
    assert tree(read(drawn.format("try_body") + " try1>d", **pairs)) == {"try1": parts, "d": {}}
    assert tree(read(drawn.format("try_body"))) == {"try1": parts}


def test_what_several_parts_of_a_try_lead_to_follows_it() -> None:
    """It goes on from the part that has come to its end."""
    found = read("try1.try_body>a catch1.catch_body>b a>merge1 b>merge1 merge1>c", catch1={"paired_try_id": "try1"})
    assert tree(found) == {"try1": {"body": {"a": {}}, "catch": {"catch1": {}, "b": {}}}, "merge1": {}, "c": {}}
    assert set(found.connections) == {
        Connection("try1", "tried", "merge1", "exec_in"),
        Connection("try1", "caught", "merge1", "exec_in"),
        Connection("merge1", "exec_out", "c", "exec_in"),
    }


def test_an_end_node_ends_its_loop_where_only_a_try_leads_to_it() -> None:
    """It is in the body of the loop, not of the try."""
    found = read("for1.body>try1 try1.try_body>a a>endfor1 catch1.catch_body>b", catch1={"paired_try_id": "try1"})
    assert list(found.nodes["for1"].bodies["body"].nodes) == ["try1", "endfor1"]


def test_a_fork_is_no_body() -> None:
    """Its branches are parts of the graph that it is in, which run at once where the schedule allows it."""
    found = read("fork1.branch_1>a fork1.branch_2>b a>join1 b>join1 join1>c")
    assert tree(found) == {id_: {} for id_ in ("fork1", "a", "b", "join1", "c")}


def test_an_attempt_may_end_at_several_places() -> None:
    """Each way through it may have a success of its own."""
    found = read("retry1.retry_body>if1 if1.true>good1 if1.false>good2 good1>a retry1.failed>b")
    assert tree(found) == {"retry1": {"body": {"if1": {}, "good1": {}, "good2": {}}}, "a": {}, "b": {}}


@pytest.mark.parametrize(
    ("lines", "node", "says"),
    [
        ("a>endfor1", "endfor1", "ends nothing: no ForLoopStartNode leads to it"),
        ("for1.body>a a>endfor1 b>endfor1", "endfor1", "ends nothing"),
        ("for1.body>if1 if1.true>endfor1 if1.false>endfor2", "endfor1", "'endfor1' (ForLoopEndNode) and 'endfor2' (ForLoopEndNode) can't both"),
        ("for1.body>a b>a a>c c>endfor1", "endfor1", "ends nothing"),
        ("for1.body>a a>if1 if1.true>b if1.false>endfor1 c>b", "if1", "out of the body of 'for1' (ForLoopStartNode) to 'b' (LogNode), to which 'c' leads as well"),
        ("for1.body>a a>b for1.completed>b", "a", "leads out of the body of 'for1'"),
        ("for1.body>retry1 retry1.retry_body>a a>endfor1", "a", "leads out of the body of 'retry1' (RetryNode) to 'endfor1'"),
        ("each1.body>a a>b each1.completed>b", "a", "leads out of the body of 'each1'"),
        ("for1.body>a a>endfor1 endfor1>b for1.completed>c", "endfor1", "leads to 'b', but 'completed' of 'for1' (ForLoopStartNode) leads elsewhere"),
        ("catch1.catch_body>a", "catch1", "belongs to no TryNode"),
        ("a>break1", "break1", "is in the body of no loop"),
        ("each1.body>break1", "break1", "can't leave 'each1' (ParallelForEachNode)"),
        ("for1.body>each1 each1.body>break1", "break1", "can't leave 'each1'"),
        ("for1.body>if1 if1.true>break1 break1>c if1.false>endfor1 for1.completed>b a>c", "break1", "leads to 'c', but the loop 'for1' goes on elsewhere"),
        ("for1.body>try1 try1.try_body>a a>endfor1 endfor1>b b>catch1 catch1.catch_body>c", "catch1", "'b' leads to 'catch1' (CatchNode) from outside of 'try1'"),
        ("fork1.branch_1>for1 for1.body>a fork1.branch_2>a a>endfor1", "endfor1", "ends nothing: no ForLoopStartNode leads to it"),
        ("for1>a a>endfor1", "endfor1", "ends nothing"),
        ("try1.try_body>if1 if1.true>a catch1.catch_body>b a>c b>c try1>catch1", "try1", "goes on at 'c' from 'try_body' only sometimes: from 'if1' nothing leads on at 'false'"),
    ],
)  # fmt: skip
def test_what_is_no_structure_is_refused(lines: str, node: str, says: str) -> None:
    """With the node, the others concerned, and the reason."""
    found = problem(lines)
    assert (found.node, found.file) == (node, "flow.json")
    assert says in found.what
    assert found.hint


def test_a_circle_through_no_loop_names_its_nodes() -> None:
    """Also where something leads into it, and where it goes through a loop's completion."""
    for lines in ("a>b b>a", "s>a a>b b>a", "s>for1 for1.body>x x>endfor1 for1.completed>b b>for1"):
        found = problem(lines)
        assert isinstance(found, CycleError)
        assert "these nodes wait for each other: " in found.what
        assert "b" in found.what


@pytest.mark.parametrize(
    ("lines", "config", "says"),
    [
        ("for1.body>endfor1", {"endfor1": {"paired_start_id": "for2"}}, "there is no node 'for2'"),
        ("a>for1 for1.body>endfor1", {"endfor1": {"paired_start_id": "a"}}, "'a' (LogNode) is no ForLoopStartNode"),
        ("for1.body>break1", {"break1": {"paired_loop_start_id": "a"}}, "names 'a', which is no loop around it"),
        ("for1.body>for2 for2.body>a a>endfor1 endfor1>endfor2", {"endfor1": {"paired_start_id": "for1"}, "endfor2": {"paired_start_id": "for2"}}, "'endfor2' (ForLoopEndNode) is not inside the body of 'for2'"),
        ("for1.body>a a>endfor1 for2.body>b", {"endfor1": {"paired_start_id": "for2"}}, "is not inside the body of 'for2'"),
        ("start1>try1 try1.try_body>a a>catch1 start1>b b>catch1", {"catch1": {"paired_try_id": "try1"}}, "'b' leads to 'catch1' (CatchNode) from outside of 'try1'"),
        ("try1.try_body>a", {"catch1": {"paired_try_id": "try1"}, "catch2": {"paired_try_id": "try1"}}, "can't both belong to 'try1'"),
    ],
)  # fmt: skip
def test_ids_that_do_not_fit_are_refused(lines: str, config: dict[str, dict[str, Any]], says: str) -> None:
    """Names that nothing has, nodes of other types, and ends of what is not around them."""
    assert says in problem(lines, **config).what


def test_a_disabled_node_that_would_have_to_choose_is_refused() -> None:
    """It goes on at ``exec_out``, and what leads on at other outputs would silently never run."""
    for lines, node in (("if1.true>a if1.false>b", "if1"), ("for1.body>a a>b", "for1")):
        assert "is disabled" in problem(lines, **{node: {"_disabled": True}}).what
    assert tree(read("if1>a", if1={"_disabled": True})) == {"if1": {}, "a": {}}


def test_all_that_is_wrong_is_told_together() -> None:
    """Those of one stage, each with its node."""
    with pytest.raises(WorkflowError) as caught:
        read("a>endfor1 a>endwhile1 catch1.catch_body>b")
    assert {each.node for each in caught.value.problems} == {"endfor1", "endwhile1", "catch1"}


def test_a_start_node_keeps_what_hangs_on_a_try_and_what_hands_over_values() -> None:
    """A catch that no line leads to is reached; so is a node that only a data line leads on from."""
    found = read(
        "start1>try1 try1.try_body>add1 catch1.catch_body>b add2.result>add1.a lost>lost2",
        catch1={"paired_try_id": "try1"},
    )
    assert found.metadata["not_reached"] == ["lost", "lost2"]
    (told,) = found.metadata["warnings"]
    assert told.startswith("flow.json: no way leads here from a StartNode, so these are not run: 'lost', 'lost2'. ")
    assert tree(found) == {"start1": {}, "try1": {"body": {"add1": {}}, "catch": {"catch1": {}, "b": {}}}, "add2": {}}


@pytest.mark.parametrize(
    ("line", "says"),
    [
        ("add2.nothing>add1.a", "'add2' (MathOperationNode) has no output 'nothing'"),
        ("add2.result>add1.x", "'add1' (MathOperationNode) has no input 'x'"),
        ("add2.result>add1.a add3.result>add1.a", "the input 'a' is connected twice"),
    ],
)
def test_a_line_into_another_graph_is_checked(line: str, says: str) -> None:
    """Its ports exist, and each input has one."""
    assert says in problem(f"add2>add3 add3>for1 for1.body>add1 add1>endfor1 {line}").what


def test_a_chain_of_many_loops_is_read_at_once() -> None:
    """Reading takes time in proportion to the drawing, also deep inside."""
    loop = "for{i}.body>try{i} try{i}.try_body>a{i} catch{i}.catch_body>b{i} a{i}>endfor{i} b{i}>endfor{i} "
    loops = " ".join(f"{loop} endfor{{i}}>for{{i}} endfor{{i}}>for{{j}}".format(i=i, j=i + 1) for i in range(1000))
    found = read(loops, **{f"catch{i}": {"paired_try_id": f"try{i}"} for i in range(1000)})
    assert list(found.nodes) == [f"for{i}" for i in range(1001)]
    deep = " ".join(f"for{i}.body>for{i + 1}" for i in range(30)) + " for30.body>endfor30 "
    deep += " ".join(f"for{i + 1}.completed>endfor{i}" for i in range(30))
    graph: Graph = read(deep)
    for depth in range(31):
        graph = graph.nodes[f"for{depth}"].bodies["body"]
    assert list(graph.nodes) == ["endfor30"]


def test_bodies_too_deep_inside_each_other_are_refused() -> None:
    """Before anything goes through them."""
    found = problem(" ".join(f"while{i}.body>while{i + 1}" for i in range(60)))
    assert (found.node, found.what) == ("while50", "'while50' (WhileLoopStartNode) is inside of more than 50 bodies")


def test_a_disabled_catch_catches_nothing() -> None:
    """The try is left without it."""
    found = read("try1.try_body>throw1 try1>a", catch1={"paired_try_id": "try1", "_disabled": True})
    assert tree(found) == {"try1": {"body": {"throw1": {}}}, "a": {}, "catch1": {}}
