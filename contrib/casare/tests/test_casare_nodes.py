"""The node types, each run by a kernel: every example, and what the examples leave out."""

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest

from stratagem import Example, Node, NodeSpec, Secret, Workflow
from stratagem_casare import pack
from stratagem_testing import check_example, run_once
from stratagem_web.registry import BROWSER

pytestmark = pytest.mark.anyio

SPECS = [pack.spec(name, pack.versions(name)[-1]) for name in pack.names()]

WITHOUT_EXAMPLE = frozenset(
    (
        "ReadFileNode", "WriteFileNode", "AppendFileNode", "DeleteFileNode",
        "CopyFileNode", "MoveFileNode", "FileExistsNode", "CreateDirectoryNode",
        "ListFilesNode", "FileSystemSuperNode", "ReadCSVNode", "WriteCSVNode",
        "ReadJSONFileNode", "WriteJSONFileNode", "HttpRequestNode", "HttpDownloadFileNode",
        "HttpSuperNode", "HTTPSuperNode", "RunPythonScriptNode", "RunCommandNode",
        "ThrowErrorNode", "RetryFailNode", "SubflowNode",
    )
)  # fmt: skip
"""Types that need files, a server, the config's permission or another flow: each has tests of its own.

So have those that need a browser.
"""

ROWS = [{"n": {"v": "Ann"}}, {"n": {}}, {"n": {"v": "Bob"}}]

CASES: Mapping[str, list[tuple[dict[str, Any], dict[str, Any]]]] = {
    "CreateListNode": [({}, {"list": []}), ({"item_2": 0}, {"list": [0]})],
    "ListGetItemNode": [({"list": [5, 6], "index": "1"}, {"item": 6})],
    "ListLengthNode": [({"list": "{{gone}}"}, {"length": 0}), ({}, {"length": 0})],
    "ListAppendNode": [({"list": [1], "item": None}, {"result": [1, None]})],
    "ListContainsNode": [({"list": [5], "item": 7}, {"contains": False, "index": -1})],
    "ListSliceNode": [({"list": [1, 2, 3], "end": "-1"}, {"result": [1, 2]})],
    "ListJoinNode": [({"list": [1, None, True], "separator": "-"}, {"result": "1--True"})],
    "ListSortNode": [
        ({"list": [3, 1, 2], "reverse": "true"}, {"result": [3, 2, 1]}),
        ({"list": ROWS, "key_path": "n.v", "reverse": True}, {"result": [ROWS[2], ROWS[0], ROWS[1]]}),
    ],
    "ListReverseNode": [({"list": "abc"}, {"result": []})],
    "ListUniqueNode": [({"list": [{"a": 1}, [1], {"a": 1}]}, {"result": [{"a": 1}, [1]]})],
    "ListFlattenNode": [
        ({"list": [1, [2, [3, [4]]]], "depth": 2}, {"result": [1, 2, 3, [4]]}),
        ({"list": [[1]], "depth": 0}, {"result": [[1]]}),
    ],
    "ListFilterNode": [
        ({"list": [1, None, 0]}, {"result": [1, 0], "removed": [None]}),
        (
            {"list": ROWS, "condition": "starts_with", "value": "A", "key_path": "n.v"},
            {"result": ROWS[:1], "removed": ROWS[1:]},
        ),
        ({"list": [10, None], "condition": "contains", "value": 1}, {"result": [10], "removed": [None]}),
        ({"list": [3, None], "condition": "less_than", "value": 5}, {"result": [3], "removed": [None]}),
        ({"list": [0, "a"], "condition": "is_falsy"}, {"result": [0], "removed": ["a"]}),
        ({"list": [1], "condition": "such as nobody knows"}, {"result": [1], "removed": []}),
    ],
    "ListMapNode": [
        ({"list": ROWS, "transform": "get_property", "key_path": "n.v"}, {"result": ["Ann", None, "Bob"]}),
        ({"list": ["1", 2.9], "transform": "to_int"}, {"result": [1, 2]}),
        ({"list": [" a ", None], "transform": "trim"}, {"result": ["a", ""]}),
        ({"list": ["ab", [1], 3], "transform": "length"}, {"result": [2, 1, 0]}),
        ({"list": [1], "transform": "such as nobody knows"}, {"result": [1]}),
    ],
    "ListReduceNode": [
        ({"list": [1, 2], "operation": "product", "initial": 5}, {"result": 10.0}),
        ({"list": ROWS, "operation": "count"}, {"result": 3}),
        ({"list": ["b", "a"], "operation": "min"}, {"result": "a"}),
        ({"list": ["b", 1], "operation": "join"}, {"result": "b1"}),
        ({"list": [1, 2], "operation": "avg"}, {"result": 1.5}),
        ({"list": [], "operation": "max"}, {"result": None}),
        ({"list": [], "operation": "sum"}, {"result": 0}),
    ],
    "CreateDictNode": [({"key_1": "", "value_1": 1, "key_2": 2, "value_2": None}, {"dict": {"2": None}})],
    "DictGetNode": [({"dict": {"a": 1}, "key": "b", "default": 7}, {"value": 7, "found": False})],
    "DictSetNode": [({"dict": "{{gone}}", "key": "a", "value": 1}, {"result": {"a": 1}})],
    "DictRemoveNode": [({"dict": {"a": 1}, "key": "b"}, {"result": {"a": 1}, "removed_value": None})],
    "DictMergeNode": [({"dict_1": "{{gone}}", "dict_2": {"a": 1}}, {"result": {"a": 1}})],
    "DictKeysNode": [({}, {"keys": [], "count": 0})],
    "DictHasKeyNode": [({"dict": {"1": None}, "key": 1}, {"has_key": True})],
    "DictToJsonNode": [
        (
            {"dict": {"b": 1, "a": "ü"}, "indent": "0", "sort_keys": True},
            {"json_string": '{\n"a": "\\u00fc",\n"b": 1\n}'},
        ),
        ({}, {"json_string": "{}"}),
    ],
    "JsonParseNode": [({"json_string": "[1, null]"}, {"data": [1, None]})],
    "GetPropertyNode": [
        ({"object": {"a": [{"b": 1}]}, "property_path": "a.0.b"}, {"value": 1}),
        ({"property_path": "a"}, {"value": None}),
    ],
    "ParseJsonResponseNode": [
        ({"json_data": {"a": {"b": 1}}, "path": "a.b"}, {"value": 1, "success": True, "error": ""}),
        ({"json_data": '{"a": 1}'}, {"value": {"a": 1}, "success": True, "error": ""}),
    ],
    "ConcatenateNode": [
        ({"string_1": "a", "string_2": "b", "separator": "-"}, {"result": "a-b"}),
        ({"separator": "-"}, {"result": ""}),
        ({"string_1": 0}, {"result": "0"}),
    ],
    "FormatStringNode": [({"template": "{a} {{b}} {c", "variables": {"a": None, "b": 2}}, {"result": " {2} {c"})],
    "TextSplitNode": [
        ({"text": "a,b,c", "separator": ",", "max_split": 1}, {"result": ["a", "b,c"], "count": 2}),
        ({}, {"result": [], "count": 0}),
    ],
    "TextTrimNode": [({"text": "xax", "mode": "left", "characters": "x"}, {"result": "ax"})],
    "TextCaseNode": [
        ({"text": "heLLo you", "case": "capitalize"}, {"result": "Hello you"}),
        ({"text": "aB", "case": "swapcase"}, {"result": "Ab"}),
        ({"text": "aB", "case": "such as nobody knows"}, {"result": "aB"}),
    ],
    "TextPadNode": [
        ({"text": "a", "length": 3, "mode": "right", "fill_char": "ab"}, {"result": "a  "}),
        ({"text": "a", "length": 3, "mode": "center", "fill_char": "-"}, {"result": "-a-"}),
    ],
    "TextReverseNode": [({"text": 12}, {"result": "21"})],
    "TextLinesNode": [({}, {"lines": [], "count": 0})],
    "TextCountNode": [
        ({"text": "a b\n", "mode": "lines"}, {"count": 1}),
        ({"text": "a b", "exclude_whitespace": True}, {"count": 2}),
    ],
    "TextSubstringNode": [({"text": "abc", "start": "-2", "end": ""}, {"result": "bc", "length": 2})],
    "TextJoinNode": [({"items": "one"}, {"result": "one"}), ({}, {"result": ""})],
    "TextContainsNode": [
        ({"text": "ABC", "search": "b", "case_sensitive": "no"}, {"contains": True, "position": 1, "count": 1}),
        ({}, {"contains": True, "position": 0, "count": 1}),
    ],
    "TextStartsWithNode": [({"text": "ABC", "prefix": "a", "case_sensitive": False}, {"result": True})],
    "TextEndsWithNode": [({"text": "ABC", "suffix": "c"}, {"result": False})],
    "TextReplaceNode": [
        (
            {"text": "a1a2", "old_value": r"a\d", "new_value": "x", "count": 1, "use_regex": True},
            {"result": "xa2", "replacements": 1},
        ),
        ({"text": "aaa", "old_value": "a", "new_value": "b", "count": 0}, {"result": "aaa", "replacements": 0}),
    ],
    "TextExtractNode": [
        (
            {"text": "aAb", "pattern": "(a)", "all_matches": True, "ignore_case": "true"},
            {"match": ["a", "A"], "groups": [["a"], ["A"]], "found": True},
        ),
        ({"text": "b", "pattern": "a"}, {"match": "", "groups": [], "found": False}),
    ],
    "RegexMatchNode": [
        (
            {"text": "a\nb", "pattern": "^(.)$", "multiline": True},
            {"match_found": True, "first_match": "a", "all_matches": ["a", "b"], "groups": ["a"], "match_count": 2},
        ),
        (
            {"text": "a", "pattern": "b"},
            {"match_found": False, "first_match": "", "all_matches": [], "groups": [], "match_count": 0},
        ),
    ],
    "RegexReplaceNode": [
        ({"text": "aaa", "pattern": "a", "replacement": "b", "max_count": 2}, {"result": "bba", "count": 2})
    ],
    "MathOperationNode": [
        ({"a": "2", "b": "3", "operation": "power"}, {"result": 8.0}),
        ({"a": -2, "operation": "abs"}, {"result": 2.0}),
        ({"a": 7, "b": 2, "operation": "modulo"}, {"result": 1.0}),
        ({"a": 10, "b": 4, "operation": "divide", "round_digits": 1}, {"result": 2.5}),
        ({"a": 2, "b": 9, "operation": "max"}, {"result": 9.0}),
        ({"a": 2.5, "operation": "floor"}, {"result": 2.0}),
    ],
    "ComparisonNode": [
        ({"a": "10", "b": 9, "operator": ">"}, {"result": True}),
        ({"a": "abc", "b": 9, "operator": "!="}, {"result": True}),
        ({"a": 5, "b": 5, "operator": "less_than_or_equal"}, {"result": True}),
        ({"a": "a", "b": "b", "operator": "<"}, {"result": True}),
    ],
    "EvaluateExpressionNode": [({"expression": [1]}, {"result": [1], "type": "list", "success": True, "error": ""})],
    "SetHttpHeadersNode": [
        (
            {"base_headers": {"A": 1}, "header_name": "C", "header_value": 3, "headers_json": '{"B": "2"}'},
            {"headers": {"A": "1", "B": "2", "C": "3"}},
        ),
    ],
}


def cases() -> Iterator[Any]:
    for type_, listed in CASES.items():
        for number, (config, outputs) in enumerate(listed):
            yield pytest.param(type_, config, outputs, id=f"{type_}-{number}")


def examples() -> Iterator[Any]:
    for spec in SPECS:
        for number, example in enumerate(spec.examples):
            yield pytest.param(spec, example, id=f"{spec.name}-{number}")


async def outputs_of(type_: str, config: dict[str, Any]) -> dict[str, Any]:
    """What one node gives that is configured so; texts with braces are values, not references."""
    spec = pack.spec(type_, pack.versions(type_)[-1])
    assert config.keys() <= spec.inputs.keys()
    names = {f"value_{name}": value for name, value in config.items()}
    node = Node("x", f"casare.{type_}", {name: f"{{{{ value_{name} }}}}" for name in config})
    workflow = Workflow({"x": node}, variables=names)
    result = await run_once(workflow, packs=[pack])
    return dict(result.raise_for_error().outputs["x"])


@pytest.mark.parametrize(("spec", "example"), list(examples()))
async def test_every_casare_example_holds(spec: NodeSpec, example: Example, tmp_path: Path) -> None:
    """Outputs, control output and variables are what the example says."""
    await check_example(spec, example, [pack], source=str(tmp_path / "flow.json"))


@pytest.mark.parametrize("spec", SPECS, ids=lambda spec: spec.name)
def test_every_casare_node_says_what_it_does(spec: NodeSpec) -> None:
    """In a sentence; and it has an example, unless it needs what an example has not."""
    assert "." in spec.doc
    in_a_browser = BROWSER in spec.resources.values() or "leases" in spec.injected.values()
    assert bool(spec.examples) is (spec.name not in WITHOUT_EXAMPLE and not in_a_browser)


@pytest.mark.parametrize(("type_", "config", "outputs"), list(cases()))
async def test_a_node_gives_what_its_type_means(type_: str, config: dict[str, Any], outputs: dict[str, Any]) -> None:
    """All of its outputs; values are read as what they are needed as, what is no list is an empty one."""
    assert await outputs_of(type_, config) == outputs


@pytest.mark.parametrize(("type_", "config", "outputs"), list(cases()))
async def test_a_node_gives_the_same_of_secret_texts(
    type_: str, config: dict[str, Any], outputs: dict[str, Any]
) -> None:
    """They are values where values are needed, whichever way the dialect converts them."""
    assert await outputs_of(type_, veiled(config)) == outputs


def veiled(value: Any) -> Any:
    """The value with each text in it as a secret."""
    if isinstance(value, dict):
        return {key: veiled(item) for key, item in value.items()}
    if isinstance(value, list):
        return [veiled(item) for item in value]
    return Secret(value) if isinstance(value, str) else value


async def test_no_node_changes_what_it_is_given() -> None:
    """Changed copies are handed on."""
    given: dict[str, Any] = {"list": [3, [1]], "dict": {"a": 1}}
    for type_ in ("ListAppendNode", "ListFlattenNode", "ListReverseNode", "ListUniqueNode", "ShuffleListNode"):
        name = "items" if type_ == "ShuffleListNode" else "list"
        await outputs_of(type_, {name: given["list"]})
    for type_ in ("DictSetNode", "DictRemoveNode"):
        await outputs_of(type_, {"dict": given["dict"], "key": "a"})
    assert given == {"list": [3, [1]], "dict": {"a": 1}}
