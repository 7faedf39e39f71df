"""The format casare: drawings in both dialects into workflows."""

from typing import Any

import pytest

from stratagem import Connection, Document, UnknownNode, Workflow, WorkflowError
from stratagem_casare import casare_format
from stratagem_casare.expression import LenientExpression
from stratagem_casare.template import LenientTemplate


def node(id_: str, type_: str = "LogNode", **config: Any) -> dict[str, Any]:
    return {"node_id": id_, "node_type": type_, "config": config, "position": [1, 2]}


def line(source: str, target: str, port: str = "exec_out", to: str = "exec_in") -> dict[str, str]:
    return {"source_node": source, "source_port": port, "target_node": target, "target_port": to}


def flow(nodes: list[dict[str, Any]], lines: list[dict[str, str]] | None = None, **rest: Any) -> dict[str, Any]:
    return {"nodes": {each["node_id"]: each for each in nodes}, "connections": lines or [], **rest}


def read(data: Any) -> Workflow:
    return casare_format.read(Document(data), "flow.json")


def problems(data: Any) -> list[tuple[str | None, str | None, str]]:
    with pytest.raises(WorkflowError) as caught:
        read(data)
    return [(problem.node, problem.key, problem.what) for problem in caught.value.problems]


def test_a_flow_becomes_a_workflow() -> None:
    """Types get the pack's prefix; name, settings and variables in both forms are read."""
    declared = {"type": "Integer", "default_value": 3, "description": "how many"}
    workflow = read(
        flow(
            [node("a", message="hi"), node("b", "IfNode")],
            [line("a", "b")],
            metadata={"name": "Flow", "author": "me"},
            settings={"stop_on_error": False, "timeout": 30, "retry_count": 0},
            variables={
                "n": declared,
                "plain": {"a": 1},
                "typed": {"type": "String", "value": "x"},
                "unset": {"type": "String"},
            },
        )
    )
    first = workflow.nodes["a"]
    assert (first.type, first.config, first.position) == ("casare.LogNode", {"message": "hi"}, (1.0, 2.0))
    assert workflow.connections == (Connection("a", "exec_out", "b", "exec_in"),)
    assert (workflow.name, workflow.metadata) == ("Flow", {"name": "Flow", "author": "me"})
    assert (workflow.settings.on_error, workflow.settings.timeout) == ("continue", 30.0)
    assert workflow.variables == {"n": 3, "plain": {"a": 1}, "typed": "x", "unset": None}


def test_a_template_becomes_a_workflow() -> None:
    """Nodes as a list, ports and variables under other names."""
    lines = [{"from_node": "a", "from_port": "out", "to_node": "b", "to_port": "in"}]
    workflow = read(
        {
            "name": "Template",
            "default_variables": [{"name": "path", "data_type": "String", "default_value": "in.csv", "required": True}],
            "default_settings": {"stop_on_error": True, "timeout_seconds": 300},
            "base_workflow": {"nodes": [node("a", "StartNode"), node("b", "EndNode")], "connections": lines},
        }
    )
    assert list(workflow.nodes) == ["a", "b"]
    assert workflow.connections == (Connection("a", "exec_out", "b", "exec_in"),)
    assert (workflow.name, workflow.variables) == ("Template", {"path": "in.csv"})
    assert (workflow.settings.on_error, workflow.settings.timeout) == ("fail", 300.0)


def test_a_disabled_node_is_marked() -> None:
    """The kernel passes it over, whatever its type."""
    found = read(flow([node("a", "NoSuchNode", _disabled=True, x=1)])).nodes["a"]
    assert (found.disabled, found.config) == (True, {"x": 1})


def test_texts_with_references_become_lenient_templates() -> None:
    """Conditions become expressions; what has no reference stays as it is."""
    nodes = read(
        flow([node("a", message="{{x}}", data=[1, 2], level="info"), node("b", "IfNode", condition="{{x}} > 1")])
    ).nodes
    assert isinstance(nodes["a"].config["message"], LenientTemplate)
    assert (nodes["a"].config["data"], nodes["a"].config["level"]) == ([1, 2], "info")
    assert isinstance(nodes["b"].config["condition"], LenientExpression)


def test_a_reference_to_a_later_node_is_no_dependency() -> None:
    """It can't have run yet: the text stays as it is written, and there is no cycle."""
    data = flow([node("a", message="{{b.result}}"), node("b", "TextReverseNode"), node("c", message="{{b.result}}")],
                [line("a", "b"), line("b", "c")])  # fmt: skip
    nodes = read(data).nodes
    assert nodes["a"].config["message"].paths == ()
    assert nodes["a"].config["message"].value() == "{{b.result}}"
    assert [path.root for path in nodes["c"].config["message"].paths] == ["b"]


def test_a_variable_named_like_a_path_is_looked_for_only_where_there_may_be_one() -> None:
    """A dotted name is tried if some variable has one, or if names are made in the run."""

    def roots(*more: dict[str, Any], **variables: Any) -> list[str]:
        config = read(flow([node("a", message="{{p.q}}"), *more], variables=variables)).nodes["a"].config
        return [path.root for path in config["message"].paths]

    assert roots() == ["p"]
    assert roots(**{"p.q": 1}) == ["p.q", "p"]
    assert roots(node("s", "SetVariableNode", variable_name="{{x}}")) == ["p.q", "p"]


def test_keys_that_the_type_does_not_read_are_left_out_and_listed() -> None:
    """Unknown ones with the nearest name, and those that are taken from connections only."""
    workflow = read(flow([node("a", "DictMergeNode", dict1={}), node("b", "TextTrimNode", text="x", mode="left")]))
    assert workflow.nodes["a"].config == {}
    assert workflow.nodes["b"].config == {"mode": "left"}
    assert workflow.metadata["warnings"] == [
        "flow.json: node 'a': key 'dict1': nothing reads this key. Did you mean 'dict_1'?",
        "flow.json: node 'b': key 'text': nothing reads this key. It is taken from a connection only.",
    ]


def test_a_type_that_is_not_there_keeps_its_config() -> None:
    """The compiler names the type; nothing is said about its keys."""
    workflow = read(flow([node("a", "FTPConnectNode", host="h")]))
    assert workflow.nodes["a"].config == {"host": "h"}
    assert "warnings" not in workflow.metadata


def test_with_a_start_node_only_what_it_leads_to_is_kept() -> None:
    """Left-over nodes on the canvas do not run."""
    nodes = [node("start", "StartNode"), node("a"), node("lost"), node("after_lost")]
    workflow = read(flow(nodes, [line("start", "a"), line("lost", "after_lost")]))
    assert list(workflow.nodes) == ["start", "a"]
    assert workflow.metadata["not_reached"] == ["lost", "after_lost"]


def test_without_a_start_node_every_node_is_kept() -> None:
    """Those that nothing leads to are the starts."""
    assert list(read(flow([node("a"), node("b")])).nodes) == ["a", "b"]


def test_what_a_trigger_leads_to_is_a_start() -> None:
    """A trigger in the middle of a flow does not wait for what is drawn before it."""
    nodes = [node("a"), node("t", "WebhookTriggerNode", secret="s"), node("b")]
    workflow = read(flow(nodes, [line("a", "t"), line("t", "b")]))
    assert (workflow.nodes["t"].type, workflow.nodes["t"].config) == ("casare.TriggerNode", {})
    assert workflow.connections == (Connection("t", "exec_out", "b", "exec_in"),)


def test_a_loop_becomes_a_node_with_a_body() -> None:
    """Its end node is the last of the body; keys that only pair nodes are not handed on."""
    nodes = [node("f", "ForLoopStartNode", items=[1]), node("b"), node("e", "ForLoopEndNode", paired_start_id="f")]
    workflow = read(flow(nodes, [line("f", "b", "body"), line("b", "e")]))
    assert list(workflow.nodes) == ["f"]
    body = workflow.nodes["f"].bodies["body"]
    assert (list(body.nodes), body.nodes["e"].config) == (["b", "e"], {})
    assert body.connections == (Connection("b", "exec_out", "e", "exec_in"),)
    assert "warnings" not in workflow.metadata


def test_what_a_flow_is_called_with_and_gives_back_is_declared() -> None:
    """Inputs are variables with their defaults, outputs the result; ports for control are neither."""
    data = flow(
        [node("a")],
        inputs=[{"name": "x"}, {"name": "y", "default_value": 2}, {"name": "exec_in", "data_type": "EXECUTION"}],
        outputs=[{"name": "x"}, {"name": "z", "target_node_id": "a", "target_port": "result"}],
    )
    workflow = read(data)
    assert workflow.variables == {"x": None, "y": 2}
    assert [path.text for path in workflow.result.paths] == ["x", "a.result"]
    assert problems(flow([node("a")], inputs=[3], outputs="x")) == [
        (None, "inputs[0]", "a port is a table with a 'name'"),
        (None, "outputs", "expected a list of tables with a 'name'"),
    ]


def test_all_problems_of_a_drawing_are_told_together() -> None:
    """Ids that disagree, missing types, wrong configs, dangling and broken connections, wrong settings."""
    data = {
        "nodes": {
            "a": node("a"),
            "b": node("x"),
            "c": {"node_id": "c", "config": {}},
            "d": {**node("d"), "config": []},
            "e": {**node("e"), "config": 3},
            "f": 3,
        },
        "connections": [line("a", "dd"), {"source_node": "a"}],
        "settings": {"stop_on_error": "yes", "timeout": "long"},
        "variables": [{"value": 3}],
    }
    assert problems(data) == [
        ("b", "node_id", "the node's id is 'x', which is not what it is listed as"),
        ("c", "node_type", "the node has no type"),
        ("e", "config", "expected a table, got 3"),
        ("f", None, "a node is a table with 'node_id' and 'node_type'"),
        (None, "connections[0].target_node", "there is no node 'dd'"),
        (None, "connections[1]", "a connection has the texts source_node, source_port, target_node, target_port"),
        (None, "variables[0]", "a variable is a table with a 'name'"),
        (None, "settings.stop_on_error", "expected true or false, got 'yes'"),
        (None, "settings.timeout", "expected a number from 0, got 'long'"),
    ]


def test_a_dangling_connection_names_the_nearest_node() -> None:
    """As in every format."""
    with pytest.raises(UnknownNode) as caught:
        read(flow([node("fetch")], [line("fetsh", "fetch")]))
    assert caught.value.hint == "Did you mean 'fetch'?"


@pytest.mark.parametrize(
    ("data", "recognised"),
    [
        (flow([node("a")]), True),
        ({"base_workflow": {}}, True),
        ({"nodes": {}}, False),
        ({"nodes": {"a": {"type": "x"}}}, False),
        ({"nodes": [node("a")]}, False),
        ([], False),
    ],
)
def test_files_are_recognised_by_their_nodes(data: Any, recognised: bool) -> None:
    """So that other JSON formats are left alone."""
    assert casare_format.recognises(Document(data)) is recognised


@pytest.mark.parametrize("data", [None, [], 3, {"nodes": 3}, {"base_workflow": {}, "default_settings": 3}])
def test_what_is_no_flow_is_refused(data: Any) -> None:
    """Each with one problem that names the file."""
    with pytest.raises(WorkflowError) as caught:
        read(data)
    assert caught.value.file == "flow.json"


def test_an_empty_canvas_is_an_empty_workflow() -> None:
    """There is nothing wrong with it."""
    assert read({}).nodes == {}


@pytest.mark.parametrize("expression", ["len({{x}}) > 2", "{{x}} is None", "{{x}} == true", "{{x}} >"])
def test_an_expression_that_can_not_be_read_is_told(expression: str) -> None:
    """A branch is not taken for a reason that nobody sees."""
    told = read(flow([node("if", "IfNode", expression=expression)])).metadata["warnings"]
    assert [each.partition(". ")[0] for each in told] == [
        f"flow.json: node 'if': key 'expression': this expression can't be read, and counts as false: {expression}"
    ]


@pytest.mark.parametrize("expression", ["{{x}} == True", "{{x}}", "not {{gone}}", "", "x > 2 and '{{y}}' != 'a'"])
def test_an_expression_that_can_be_read_is_not(expression: str) -> None:
    """Whatever it gives."""
    assert "warnings" not in read(flow([node("if", "IfNode", expression=expression)])).metadata
