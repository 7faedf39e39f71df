"""What nodes of the dialect do in place of failing, and what fails all the same."""

import logging
from pathlib import Path
from typing import Any

import pytest

from stratagem import Document, Kernel, RunResult, StepFailed
from stratagem_casare import casare_format, pack

pytestmark = pytest.mark.anyio

NOTHING_TO_GO_ON: list[tuple[str, dict[str, Any], str]] = [
    ("DictHasKeyNode", {"dict": "{{gone.dict}}", "key": "a"}, "Input is not a dictionary"),
    ("DictKeysNode", {"dict": [1]}, "Input is not a dictionary"),
    ("DictGetNode", {"dict": 3, "key": "a"}, "Input is not a dictionary"),
    ("DictSetNode", {"dict": {}}, "Key is required"),
    ("GetPropertyNode", {"object": 3, "property_path": "a"}, "Input is not a dictionary"),
    ("ListGetItemNode", {"list": [1], "index": 5}, "the list has 1 items and no index 5"),
    ("ListSliceNode", {"list": [1], "start": "one"}, "expected a number, got 'one'"),
    ("ListSortNode", {"list": [1, "a"]}, "the items can't be put in order"),
    ("ListMapNode", {"list": ["a"], "transform": "to_int"}, "expected a number, got 'a'"),
    ("ListReduceNode", {"list": ["a"]}, "expected a number, got 'a'"),
    ("ListFilterNode", {"list": ["a"], "condition": "less_than", "value": 3}, "can't"),
    ("JsonParseNode", {}, "Empty JSON string"),
    ("JsonParseNode", {"json_string": "{{gone.text}}"}, "this is no JSON"),
    ("TextExtractNode", {}, "Regex pattern is required"),
    ("RegexMatchNode", {"text": "a", "pattern": "("}, "expected a regular expression, got '('"),
    ("RegexReplaceNode", {"text": "a", "pattern": "a", "replacement": "\\2"}, "expected a replacement for"),
    ("ShuffleListNode", {}, "Required input port 'items' has no value"),
    ("RandomChoiceNode", {"items": []}, "empty or missing"),
    ("RandomNumberNode", {"max_value": "many"}, "expected a number, got 'many'"),
    ("FormatDateTimeNode", {"datetime": "{{gone.date}}"}, "expected a date"),
    ("DateTimeAddNode", {"datetime": "2024-01-01", "years": 9000}, "out of the years"),
    ("DateTimeDiffNode", {"datetime_1": "2024-01-01"}, "the date is missing"),
    ("GetCurrentDateTimeNode", {"timezone": "Mars"}, "there is no time zone 'Mars'"),
    ("SetHttpHeadersNode", {"headers_json": "{"}, "this is no JSON"),
    ("MathOperationNode", {"a": 1, "b": 0, "operation": "divide"}, "can't be divided by 0"),
    ("MathOperationNode", {"a": "Hello", "b": 0, "operation": "length"}, "expected a number, got 'Hello'"),
    ("MathOperationNode", {"a": -1, "operation": "sqrt", "output_var": "x"}, "math domain error"),
    ("MathOperationNode", {"a": 1e308, "b": 10, "operation": "multiply"}, "no finite number"),
    ("MathOperationNode", {"a": "{{gone}}"}, "expected a number, got '{{gone}}'"),
    ("MathOperationNode", {"operation": "ad"}, "there is no operation 'ad'; there are add"),
    ("ComparisonNode", {"operator": "=>"}, "there is no comparison '=>'; there are =="),
    ("ComparisonNode", {"a": [1], "b": {}, "operator": "<"}, "can't"),
    ("IncrementVariableNode", {"variable_name": "x", "increment": "much"}, "expected a number, got 'much'"),
    ("ListReduceNode", {"list": [1], "operation": "ad"}, "there is no operation 'ad'"),
    ("RandomUUIDNode", {"version": 3}, "there is no version 3 here"),
    ("FileExistsNode", {}, "the path is empty"),
]

UNABLE: list[tuple[str, dict[str, Any], str]] = [
    ("ReadFileNode", {"file_path": "gone.txt"}, "there is no"),
    ("ReadFileNode", {"file_path": "small.txt", "max_size": 2}, "has 3 bytes, more than 2"),
    ("ReadFileNode", {"file_path": "small.txt", "encoding": "klingon"}, "unknown encoding: klingon"),
    ("ReadFileNode", {}, "the path is empty"),
    ("WriteFileNode", {"file_path": "no/x.txt", "content": "a", "create_dirs": False}, "there is no directory"),
    ("AppendFileNode", {"file_path": "gone.txt", "create_if_missing": False}, "there is no"),
    ("DeleteFileNode", {"file_path": "gone.txt"}, "there is no file"),
    ("CopyFileNode", {"source_path": "small.txt", "dest_path": "other.txt"}, "exists; set overwrite"),
    ("MoveFileNode", {"source_path": "gone.txt", "dest_path": "x.txt"}, "there is no file"),
    ("ListFilesNode", {"directory_path": "gone"}, "there is no directory"),
    ("CreateDirectoryNode", {"directory_path": "d", "exist_ok": False}, "File exists"),
    ("ReadCSVNode", {"file_path": "gone.csv"}, "there is no"),
    ("WriteCSVNode", {"file_path": "x.csv", "data": "{{gone.rows}}"}, "rows to write: expected a list, got a str"),
    ("ReadJSONFileNode", {"file_path": "small.txt"}, "this is no JSON"),
    ("FileSystemSuperNode", {"action": "Delete File", "file_path": "gone.txt"}, "there is no file"),
    ("FileSystemSuperNode", {"action": "Get File Size", "file_path": "gone.txt"}, "there is no"),
    ("ParseJsonResponseNode", {"json_data": "{"}, "this is no JSON"),
    ("ParseJsonResponseNode", {"json_data": {}, "path": "a"}, "there is no 'a' in the data"),
    ("HttpRequestNode", {"url": "http://127.0.0.1:1/"}, "GET http://127.0.0.1:1/ failed"),
    ("HttpRequestNode", {"url": "{{gone.url}}"}, "expected a URL"),
    ("HttpRequestNode", {"url": "http://127.0.0.1:1/", "method": "FETCH"}, "there is no method 'FETCH'"),
    ("HttpDownloadFileNode", {"url": "http://127.0.0.1:1/", "save_path": "small.txt", "overwrite": False}, "exists"),
    ("HTTPSuperNode", {"action": "GET", "url": "http://127.0.0.1:1/"}, "GET http://127.0.0.1:1/ failed"),
    ("EvaluateExpressionNode", {"expression": "{{gone}} +"}, "can't be computed"),
]

FAILING: list[tuple[str, dict[str, Any], str]] = [
    ("ThrowErrorNode", {"error_message": "oops"}, "oops"),
    ("AssertNode", {"condition": "false", "message": "wrong"}, "wrong"),
    ("SetVariableNode", {"variable_name": "", "value": 1}, "Variable name is required"),
    ("FileSystemSuperNode", {"action": "Explode"}, "there is no action 'Explode'"),
    ("HttpSuperNode", {"action": "Get Requests"}, "there is no action 'Get Requests'"),
]


async def run(folder: Path, type_: str, config: dict[str, Any], **settings: Any) -> RunResult:
    """Runs the node, and one after it that reads each of its outputs."""
    spec = pack.spec(type_, pack.versions(type_)[-1])
    read = {port: f"{{{{x.{port}}}}}" for port in spec.outputs}
    lines = [{"source_node": "x", "source_port": "exec_out", "target_node": "after", "target_port": "exec_in"}]
    drawn = {
        "x": {"node_id": "x", "node_type": type_, "config": config},
        "after": {
            "node_id": "after",
            "node_type": "SetVariableNode",
            "config": {"variable_name": "read", "value": read},
        },
    }
    data = {"nodes": drawn, "connections": lines, "settings": settings}
    workflow = casare_format.read(Document(data), str(folder / "flow.json"))
    async with Kernel(packs=[pack]) as kernel:
        return await kernel.run(workflow)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A folder with two small files and a folder."""
    (tmp_path / "small.txt").write_text("abc", "utf-8")
    (tmp_path / "other.txt").write_text("abc", "utf-8")
    (tmp_path / "d").mkdir()
    return tmp_path


@pytest.mark.parametrize(("type_", "config", "why"), NOTHING_TO_GO_ON)
async def test_a_data_node_with_nothing_to_go_on_gives_nothing(
    type_: str, config: dict[str, Any], why: str, folder: Path, caplog: pytest.LogCaptureFixture
) -> None:
    """The flow goes on, references to its outputs stay as they are written, and a warning names node and reason."""
    result = await run(folder, type_, config)
    assert (result.status, dict(result.outputs["x"])) == ("done", {})
    assert result.steps["done"] == 2
    assert all(value == f"{{{{x.{port}}}}}" for port, value in result.variables["read"].items())
    (told,) = [record for record in caplog.records if record.name == "stratagem.node"]
    assert told.levelno == logging.WARNING
    assert told.getMessage().startswith("x gives nothing: ")
    assert why in told.getMessage()


@pytest.mark.parametrize(("type_", "config", "why"), UNABLE)
async def test_an_action_that_can_not_be_done_is_no_success(
    type_: str, config: dict[str, Any], why: str, folder: Path, caplog: pytest.LogCaptureFixture
) -> None:
    """``success`` is false, ``error`` says why where there is one, other outputs are not given, and it is logged."""
    result = await run(folder, type_, config)
    outputs = dict(result.outputs["x"])
    assert (result.status, outputs.pop("success")) == ("done", False)
    assert why in outputs.pop("error", why)
    assert outputs == {}
    (told,) = [record for record in caplog.records if record.name == "stratagem.node"]
    assert told.getMessage().startswith("x: ")
    assert why in told.getMessage()


@pytest.mark.parametrize(("type_", "config", "why"), FAILING)
async def test_whatever_else_goes_wrong_is_a_failure(
    type_: str, config: dict[str, Any], why: str, folder: Path
) -> None:
    """It ends the run, unless the flow says that errors don't."""
    stopped = await run(folder, type_, config)
    assert (stopped.status, "read" in stopped.variables) == ("failed", False)
    assert isinstance(stopped.error, StepFailed)
    assert why in f"{stopped.error} {stopped.error.__cause__}"
    gone_on = await run(folder, type_, config, stop_on_error=False)
    assert (gone_on.status, "read" in gone_on.variables) == ("done", True)
    assert [failure.node for failure in gone_on.failures] == ["x"]


async def test_a_data_line_of_a_missing_output_hands_on_nothing(folder: Path) -> None:
    """The node at its end takes its default."""
    drawn = {
        "keys": {"node_id": "keys", "node_type": "DictKeysNode", "config": {"dict": 3}},
        "join": {"node_id": "join", "node_type": "ListJoinNode", "config": {}},
    }
    ends = ("source_node", "source_port", "target_node", "target_port")
    lines = [
        dict(zip(ends, ("keys", "exec_out", "join", "exec_in"), strict=True)),
        dict(zip(ends, ("keys", "keys", "join", "list"), strict=True)),
    ]
    workflow = casare_format.read(Document({"nodes": drawn, "connections": lines}), str(folder / "flow.json"))
    async with Kernel(packs=[pack]) as kernel:
        result = await kernel.run(workflow)
    assert (result.status, result.outputs["join"]) == ("done", {"result": ""})
