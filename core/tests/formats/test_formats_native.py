"""The native format: what a file may say, and how its errors are told."""

from typing import Any

import pytest

from stratagem.errors import BadFile, UnknownNode, WorkflowError
from stratagem.formats.document import Document
from stratagem.formats.native import json_format, yaml_format
from stratagem.formats.strict import read_yaml
from stratagem.model import Cache, Connection, Limits, Node, ResourceRequest, Retry, Settings, Workflow


def read(data: Any) -> Workflow:
    return json_format.read(Document(data), "flow.json")


def read_text(text: str) -> Workflow:
    return yaml_format.read(read_yaml(text.encode(), "flow.yaml"), "flow.yaml")


def problems(data: Any) -> list[tuple[str | None, str | None, str]]:
    with pytest.raises(WorkflowError) as caught:
        read(data)
    return [(problem.node, problem.key, problem.what) for problem in caught.value.problems]


WHOLE = """\
stratagem: 1
name: orders
description: Reads orders
variables: {limit: 3}
settings:
  on_error: continue
  timeout: 5m
  step_timeout: 1.5
  concurrency: 4
  limits: {types: {std.wait: 1}, kinds: {browser: 2}, groups: {db: 3}}
  seed: 7
nodes:
- id: a
  type: std.wait@1
  config: {seconds: "{{ limit }}"}
  position: [10, 20.5]
- id: b
  type: std.for_each
  after: a
  when: limit > 2
  disabled: true
  timeout: 250ms
  retry: 2
  on_error: fail
  group: db
  resources:
    page: {labels: {browser: firefox, size: [1, 2]}, session: crm, shared: true, priority: -1.5}
    db: {name: main}
    cpu: {}
  bodies:
    body:
      nodes:
      - {id: c, type: std.log}
      - {id: d, type: std.log, after: [c]}
      connections:
      - {from: c, to: d}
      result: "{{ d.result }}"
    other:
    - {id: e, type: std.log, retry: {attempts: 5, delay: 1s, backoff: 1, max_delay: 1m}}
connections:
- {from: a, to: b}
- {from: a.result, to: b.items}
- {source_node: a, source_port: exec_out, target_node: b, target_port: exec_in}
result: "{{ b.results }}"
metadata: {author: me}
"""


def test_every_field_of_the_format_is_read() -> None:
    """A file that uses all of it."""
    workflow = read_text(WHOLE)
    assert workflow.name == "orders"
    assert workflow.metadata == {"author": "me", "description": "Reads orders"}
    assert workflow.variables == {"limit": 3}
    assert workflow.settings == Settings(
        "continue", 300.0, 1.5, 4, Limits({"std.wait": 1}, {"browser": 2}, {"db": 3}), seed=7
    )
    assert workflow.result == "{{ b.results }}"
    assert workflow.source == "flow.yaml"
    assert list(workflow.nodes) == ["a", "b"]
    assert workflow.nodes["a"] == Node("a", "std.wait@1", {"seconds": "{{ limit }}"}, position=(10.0, 20.5), line=13)
    assert workflow.connections == (
        Connection("a", "exec_out", "b", "exec_in"),
        Connection("a", "result", "b", "items"),
        Connection("a", "exec_out", "b", "exec_in"),
    )


def test_the_fields_of_a_node_and_its_bodies_are_read() -> None:
    """Durations in words, a retry as a number, a body as a table and as a plain list."""
    node = read_text(WHOLE).nodes["b"]
    assert (node.after, node.when, node.disabled, node.timeout) == (("a",), "limit > 2", True, 0.25)
    assert (node.retry, node.on_error, node.group) == (Retry(attempts=2), "fail", "db")
    assert node.resources == {
        "page": ResourceRequest("", {"browser": "firefox", "size": [1, 2]}, "crm", shared=True, priority=-1.5),
        "db": ResourceRequest(name="main"),
        "cpu": ResourceRequest(),
    }
    body, other = node.bodies["body"], node.bodies["other"]
    assert list(body.nodes) == ["c", "d"]
    assert body.nodes["d"].after == ("c",)
    assert body.connections == (Connection("c", "exec_out", "d", "exec_in"),)
    assert body.result == "{{ d.result }}"
    assert other.nodes["e"].retry == Retry(5, 1.0, 1.0, 60.0)


def test_what_is_wrong_with_requests_is_told_with_its_key() -> None:
    """Unknown keys and wrong types, all together."""
    wrong = {"page": {"lables": {}, "shared": "yes", "priority": "high"}, "db": 3}
    found = problems({"nodes": [{"id": "a", "type": "x.y", "resources": wrong}]})
    assert [(node, key) for node, key, _ in found] == [
        ("a", "resources.page.lables"),
        ("a", "resources.page.shared"),
        ("a", "resources.page.priority"),
        ("a", "resources.db"),
    ]
    assert found[2][2] == "expected a number, got 'high'"


@pytest.mark.parametrize(
    ("written", "read_as"), [(False, False), (True, Cache()), ({}, Cache()), ({"ttl": "5m"}, Cache(300.0))]
)
def test_what_a_node_says_of_caches_is_read(written: Any, read_as: Any) -> None:
    """Yes, no, or for how long."""
    node = read({"nodes": [{"id": "a", "type": "x.y", "cache": written}]}).nodes["a"]
    assert node.cache == read_as


def test_ids_with_dots_may_be_connected_in_the_short_form() -> None:
    """The whole text is a node if there is such a node; else what follows the last dot is the port."""
    nodes = [{"id": "a.b", "type": "x.y"}, {"id": "c", "type": "x.y"}]
    workflow = read({"nodes": nodes, "connections": [{"from": "a.b", "to": "c"}, {"from": "a.b.out", "to": "c.in"}]})
    assert workflow.connections == (Connection("a.b", "exec_out", "c", "exec_in"), Connection("a.b", "out", "c", "in"))


def test_all_problems_of_a_file_are_told_together_with_their_lines() -> None:
    """Unknown keys, wrong types, duplicate ids and dangling connections, in the order of the file."""
    with pytest.raises(WorkflowError) as caught:
        read_text(
            "stratagem: 1\nnodes:\n- id: a\n  type: x.y\n  timout: 3\n- id: b\n  type: 4\n"
            "- {id: a, type: x.y}\nconnections:\n- {from: a, to: bb.in}\n"
        )
    told = [(problem.line, problem.node, problem.key, problem.hint) for problem in caught.value.problems]
    assert told == [
        (3, "a", "timout", "Did you mean 'timeout'?"),
        (6, "b", "type", None),
        (8, "a", "id", "Ids are unique over the whole file, bodies included; the first is on line 3."),
        (10, None, "connections[0].to", "Did you mean 'b'?"),
    ]
    assert all(problem.file == "flow.yaml" for problem in caught.value.problems)


def test_a_dangling_connection_names_the_nearest_node() -> None:
    """Both ends are looked at, in both ways to write them."""
    nodes = [{"id": "fetch", "type": "x.y"}]
    with pytest.raises(UnknownNode) as caught:
        read({"nodes": nodes, "connections": [{"from": "fetch", "to": "fetsh.in"}]})
    assert caught.value.what == "there is no node 'fetsh' here"
    assert caught.value.hint == "Did you mean 'fetch'?"
    long = {"source_node": "x", "source_port": "o", "target_node": "y", "target_port": "i"}
    assert problems({"nodes": nodes, "connections": [long]}) == [
        (None, "connections[0].source_node", "there is no node 'x' here"),
        (None, "connections[0].target_node", "there is no node 'y' here"),
    ]


def test_a_connection_can_not_leave_its_body() -> None:
    """Values from outside a body are read by reference."""
    body = {"nodes": [{"id": "in", "type": "x.y"}], "connections": [{"from": "out", "to": "in"}]}
    assert problems({"nodes": [{"id": "out", "type": "x.y", "bodies": {"body": body}}]}) == [
        ("out", "bodies.body.connections[0].from", "there is no node 'out' here")
    ]


def test_ids_are_unique_over_bodies_too() -> None:
    """Errors and reports name nodes by id alone."""
    inner = {"id": "a", "type": "x.y"}
    assert problems({"nodes": [{"id": "a", "type": "x.y", "bodies": {"body": [inner]}}]}) == [
        ("a", "id", "another node has this id")
    ]


@pytest.mark.parametrize(
    ("node", "key", "what"),
    [
        ({"config": []}, "config", "expected a table, got a list"),
        ({"after": 3}, "after", "expected a text or a list of texts, got 3"),
        ({"after": [""]}, "after", "expected a text or a list of texts, got a list"),
        ({"when": True}, "when", "expected a text that is not empty, got true"),
        ({"disabled": "yes"}, "disabled", "expected true or false, got 'yes'"),
        ({"timeout": 0}, "timeout", "expected a duration longer than 0, got 0"),
        ({"retry": 0}, "retry", "expected a whole number from 1, got 0"),
        ({"retry": True}, "retry", "expected a whole number from 1, got true"),
        ({"retry": {"tries": 2}}, "retry.tries", "unknown key"),
        ({"retry": {"delay": -1}}, "retry.delay", "expected seconds as a number, or a text such as 250ms, 5s, 10m, 1h, 2d, got -1"),
        ({"on_error": "stop"}, "on_error", "expected 'fail' or 'continue', got 'stop'"),
        ({"group": None}, "group", "expected a text that is not empty, got empty"),
        ({"cache": 3}, "cache", "expected true, false or a table, got 3"),
        ({"cache": {"ttl": 0}}, "cache.ttl", "expected a duration longer than 0, got 0"),
        ({"cache": {"tll": 1}}, "cache.tll", "unknown key"),
        ({"position": [1]}, "position", "expected a list of two numbers, got a list"),
        ({"bodies": {"body": 3}}, "bodies.body", "expected a table, got 3"),
        ({"bodies": {"body": {"nodes": {}}}}, "bodies.body.nodes", "expected a list, got a table"),
        ({"bodies": {"body": {"node": []}}}, "bodies.body.node", "unknown key"),
        ({"line": 3}, "line", "unknown key"),
    ],
)  # fmt: skip
def test_a_wrong_field_of_a_node_is_told_with_node_and_key(node: dict[str, Any], key: str, what: str) -> None:
    """One problem, and what the field must be."""
    assert problems({"nodes": [{"id": "a", "type": "x.y", **node}]}) == [("a", key, what)]


@pytest.mark.parametrize(
    ("top", "key", "what"),
    [
        ({"stratagem": 2}, "stratagem", "expected 1, the version of the format that this release reads, got 2"),
        ({"stratagem": True}, "stratagem", "expected 1, the version of the format that this release reads, got true"),
        ({"nodes": 3}, "nodes", "expected a list, got 3"),
        ({"nodes": [3]}, "nodes[0]", "expected a table, got 3"),
        ({"nodes": [{"type": "x.y"}]}, "nodes[0]", "'id' is missing"),
        ({"nodes": [{"id": 3, "type": "x.y"}]}, "nodes[0].id", "expected a text that is not empty, got 3"),
        ({"node": []}, "node", "unknown key"),
        ({"variables": []}, "variables", "expected a table, got a list"),
        ({"settings": 3}, "settings", "expected a table, got 3"),
        ({"settings": {"seed": 1.5}}, "settings.seed", "expected a whole number, got 1.5"),
        ({"settings": {"concurrency": 0}}, "settings.concurrency", "expected a whole number from 1, got 0"),
        ({"settings": {"limits": {"groups": {"g": 0}}}}, "settings.limits.groups.g", "expected a whole number from 1, got 0"),
        ({"settings": {"limits": {"group": {}}}}, "settings.limits.group", "unknown key"),
        ({"connections": {}}, "connections", "expected a list, got a table"),
        ({"connections": [3]}, "connections[0]", "expected a table, got 3"),
        ({"connections": [{"from": "a"}]}, "connections[0]", "'to' is missing"),
        ({"description": "x", "metadata": {"description": "y"}}, "metadata.description", "the description is given twice"),
    ],
)  # fmt: skip
def test_a_wrong_field_of_the_file_is_told_with_its_key(top: dict[str, Any], key: str, what: str) -> None:
    """Where the problem is no node's."""
    first = problems({"nodes": [], **top})[0]
    assert first == (None, key, what)


def test_a_file_that_is_no_table_is_refused() -> None:
    """Such as an empty YAML file."""
    with pytest.raises(BadFile) as caught:
        read_text("")
    assert caught.value.what == "expected a table, got empty"


def test_a_file_without_nodes_is_refused() -> None:
    """An empty list is meant, a missing one forgotten."""
    assert problems({"name": "x"}) == [(None, None, "'nodes' is missing")]


@pytest.mark.parametrize(
    ("data", "recognised"),
    [({"stratagem": 9}, True), ({"nodes": []}, True), ({"nodes": {}}, False), ([], False), (None, False)],
)
def test_files_are_recognised_by_their_top_level(data: Any, recognised: bool) -> None:
    """A version key or a list of nodes."""
    assert json_format.recognises(Document(data)) is recognised
    assert yaml_format.recognises(Document(data)) is recognised
