"""The node types, called as plain functions: every example, and what the examples leave out."""

import json
import logging
import random
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import anyio
import pytest

from stratagem.nodes import Branch, Example, NodeSpec
from stratagem_casare import pack
from stratagem_casare.nodes import data, dicts, files, flow, http, lists, math, patterns, tables, texts, variables

SPECS = [pack.spec(name, pack.versions(name)[-1]) for name in pack.names()]
EXAMPLES = [(spec, example) for spec in SPECS for example in spec.examples]


def context(folder: Path) -> Any:
    log = logging.LoggerAdapter(logging.getLogger("test"), {})
    return SimpleNamespace(directory=folder, log=log, random=random.Random(1), node_id="n")


@pytest.mark.parametrize(
    ("spec", "example"), EXAMPLES, ids=lambda part: part.name if isinstance(part, NodeSpec) else ""
)
def test_every_example_holds(spec: NodeSpec, example: Example, tmp_path: Path) -> None:
    """Outputs, control output and variables are what the example says."""
    stored = dict(example.variables)
    given = {port.parameter: example.config[name] for name, port in spec.inputs.items() if name in example.config}
    assert len(given) == len(example.config)
    for parameter, kind in spec.injected.items():
        given[parameter] = stored if kind == "variables" else context(tmp_path)
    value = anyio.run(lambda: spec.handler(**given)) if spec.is_async else spec.handler(**given)
    if isinstance(value, Branch):
        assert example.chooses in value.ports
    outputs = (
        dict.fromkeys(spec.outputs, value) if spec.single else {name: getattr(value, name) for name in spec.outputs}
    )
    assert {name: outputs[name] for name in example.gives} == dict(example.gives)
    assert {name: stored[name] for name in example.sets} == dict(example.sets)


@pytest.mark.parametrize("spec", SPECS, ids=lambda spec: spec.name)
def test_every_node_says_what_it_does(spec: NodeSpec) -> None:
    """A sentence, and inputs that all may be left out or are named for their purpose."""
    assert spec.doc.endswith(".")


def test_a_value_that_is_set_is_resolved_once_more() -> None:
    """Against variables and system values; other references stay."""
    stored: dict[str, Any] = {"a": 1, "b": {"c": 2}}
    variables.set_variable(stored, "x", "{{a}}-{{b.c}}-{{gone}}")
    assert stored["x"] == "1-2-{{gone}}"
    variables.set_variable(stored, "y", ["{{b}}"])
    assert stored["y"] == [{"c": 2}]
    variables.set_variable(stored, "t", "{{$timestamp}}")
    assert isinstance(stored["t"], int)


def test_set_variable_falls_back_and_converts() -> None:
    """A missing value is the default; a text that is not of the type stays a text."""
    stored: dict[str, Any] = {}
    assert variables.set_variable(stored, "x", None, 7) == 7
    assert variables.set_variable(stored, "x", "[1]", variable_type="List") == [1]
    assert variables.set_variable(stored, "x", "no", variable_type="Boolean") is False
    assert variables.set_variable(stored, "x", "abc", variable_type="Integer") == "abc"
    with pytest.raises(ValueError):
        variables.set_variable(stored, "", 1)


def test_a_missing_variable_is_its_default_or_zero() -> None:
    """To read, and to increment."""
    assert variables.get_variable({}, "x", 3) == 3
    assert variables.get_variable({}, "x") is None
    assert variables.increment_variable({}, "x", "2") == 2.0


def test_a_switch_names_case_and_index() -> None:
    """But not an index that reads like another case."""
    assert flow.switch("b", ["a", "b"]).ports == ("case_b", "case_1")
    assert flow.switch(0, [1, 0]).ports == ("case_0",)
    assert flow.switch(None, ["x"], "x").ports == ("case_x", "case_0")
    assert flow.switch("z", ["a"]).ports == ("default",)


def test_errors_are_thrown_and_asserted() -> None:
    """With the message given."""
    with pytest.raises(RuntimeError) as thrown:
        flow.throw_error("oops")
    with pytest.raises(AssertionError) as failed:
        flow.claim("false", "wrong")
    assert (str(thrown.value), str(failed.value)) == ("oops", "wrong")


def test_a_message_is_logged_at_its_level(caplog: pytest.LogCaptureFixture, tmp_path: Path) -> None:
    """An unknown level is critical; percent signs are only text."""
    with caplog.at_level(logging.DEBUG):
        flow.log(context(tmp_path), "50% done", level="info")
        flow.log(context(tmp_path), "x", data={"a": 1}, level="loud")
    assert [(record.levelname, record.getMessage()) for record in caplog.records] == [
        ("INFO", "50% done"),
        ("CRITICAL", "x {'a': 1}"),
    ]


def test_unknown_operations_name_the_known_ones() -> None:
    """Rather than guess."""
    for call in (
        lambda: math.math_operation({}, 1, 2, "ad"),
        lambda: math.comparison(1, 2, "=>"),
        lambda: lists.list_reduce([1], "ad"),
    ):
        with pytest.raises(ValueError) as caught:
            call()
        assert "there are" in str(caught.value)


def test_numbers_are_read_from_texts() -> None:
    """And what is no number is refused by name."""
    assert math.math_operation({}, "2", "3", "power") == 8.0
    assert math.math_operation({}, -2, None, "abs") == 2.0
    assert math.comparison("10", 9, ">") is True
    assert math.comparison("abc", 9, "!=") is True
    with pytest.raises(ValueError) as caught:
        math.math_operation({}, "{{gone}}", 1)
    assert str(caught.value) == "'{{gone}}' is no number"


def test_what_is_no_list_is_an_empty_one() -> None:
    """An unresolved reference, for one."""
    assert lists.list_reverse("{{gone}}") == []
    assert lists.list_join(None) == ""
    assert lists.list_length("abc") == 0
    with pytest.raises(IndexError):
        lists.list_get_item([], 0)


def test_what_is_no_dict_is_refused() -> None:
    """Where nothing sensible could come of it; merging takes it for an empty one."""
    for call in (dicts.dict_has_key, dicts.dict_keys, dicts.dict_values, dicts.dict_items, dicts.dict_remove):
        with pytest.raises(ValueError) as caught:
            call("{{gone}}")
        assert str(caught.value) == "Input is not a dictionary"
    assert dicts.dict_merge("{{gone}}", {"a": 1}) == {"a": 1}


def test_nodes_leave_their_inputs_alone() -> None:
    """Changed copies are handed on."""
    given, table = [3, [1]], {"a": 1}
    lists.list_append(given, 4)
    lists.list_sort([3, 1])
    lists.list_flatten(given)
    dicts.dict_set(table, "b", 2)
    dicts.dict_remove(table, "a")
    assert (given, table) == ([3, [1]], {"a": 1})


def test_items_without_a_hash_are_compared() -> None:
    """Dicts and lists can be unique too."""
    assert lists.list_unique([{"a": 1}, [1], {"a": 1}]) == [{"a": 1}, [1]]


def test_lists_are_filtered_and_mapped_by_what_a_path_leads_to() -> None:
    """What has nothing there is none."""
    rows = [{"n": {"v": "Ann"}}, {"n": {}}, {"n": {"v": "Bob"}}]
    found = lists.list_filter(rows, "starts_with", "A", "n.v")
    assert (found.result, found.removed) == (rows[:1], rows[1:])
    assert lists.list_map(rows, "get_property", "n.v") == ["Ann", None, "Bob"]
    assert lists.list_reduce(rows, "count") == 3
    assert lists.list_reduce([], "max") is None


def test_patterns_that_are_none_are_refused() -> None:
    """With what is wrong with them."""
    with pytest.raises(ValueError) as caught:
        patterns.regex_match("a", "(")
    assert "is no regular expression" in str(caught.value)
    with pytest.raises(ValueError) as missing:
        patterns.text_extract("a")
    assert str(missing.value) == "Regex pattern is required"


def test_patterns_take_flags_and_limits() -> None:
    """Case, all matches, and how many are replaced."""
    assert patterns.text_extract("aAb", "a", all_matches=True, ignore_case="true").match == ["a", "A"]
    assert patterns.text_replace("a1a2", r"a\d", "x", 1, use_regex=True) == patterns.TextReplaced("xa2", 1)
    assert patterns.text_replace("aaa", "a", "b", 0) == patterns.TextReplaced("aaa", 0)
    assert patterns.regex_replace("aaa", "a", "b", max_count=2) == patterns.Replaced("bba", 2)


def test_empty_texts_give_what_python_gives() -> None:
    """The counts of an empty text in an empty text, for instance."""
    assert texts.text_contains() == texts.Found(True, 0, 1)
    assert texts.text_split() == texts.Counted([], 0)
    assert texts.text_starts_with("ABC", "a", case_sensitive=False)
    assert texts.text_ends_with("ABC", "c", case_sensitive=False)
    assert (texts.text_count("a b\n", "lines"), texts.text_count("a b", exclude_whitespace=True)) == (1, 2)


def test_json_is_written_and_parsed() -> None:
    """Any value can be written; nothing can't be parsed."""
    assert data.dict_to_json("{{gone}}") == '"{{gone}}"'
    assert data.dict_to_json({"b": 1, "a": 2}, indent="0", sort_keys=True) == '{\n"a": 2,\n"b": 1\n}'
    with pytest.raises(ValueError):
        data.json_parse("")


def test_files_go_through_their_life(tmp_path: Path) -> None:
    """Made, written, added to, read, copied, moved, listed, deleted: by the single nodes."""
    here = context(tmp_path)
    files.create_directory(here, "d")
    assert files.write_file(here, "d/a.txt", "Hello").bytes_written == 5
    assert files.write_file(here, "d/a.txt", "!", append_mode=True).bytes_written == 1
    assert files.append_file(here, "d/a.txt", "\nAgain").bytes_written == 6
    assert (files.read_file(here, "d/a.txt").content, files.read_file(here, "d/a.txt").size) == ("Hello!\nAgain", 12)
    assert files.copy_file(here, "d/a.txt", "d/b.txt").bytes_copied == 12
    assert files.move_file(here, "d/b.txt", "e/c.txt").dest_path == str(tmp_path / "e/c.txt")
    assert files.list_files(here, ".", "*.txt", recursive=True).count == 2
    assert files.file_exists(here, "d", "directory").exists is True
    assert files.delete_file(here, "d/a.txt").success is True
    assert files.file_exists(here, "d/a.txt").exists is False


@pytest.mark.parametrize(
    ("action", "config", "output", "value"),
    [
        ("Write File", {"file_path": "n/x.txt", "content": "abc"}, "bytes_written", 3),
        ("Read File", {"file_path": "a.txt"}, "content", "hi"),
        ("Get File Size", {"file_path": "a.txt"}, "size", 2),
        ("Get File Info", {"path": "a.txt"}, "extension", ".txt"),
        ("File Exists", {"file_path": "a.txt"}, "is_file", True),
        ("List Files", {"directory_path": "."}, "count", 1),
        ("List Directory", {"dir_path": ".", "dirs_only": True}, "count", 1),
        ("Create Directory", {"directory_path": "new/er"}, "success", True),
    ],
)
def test_one_node_does_every_file_action(
    action: str, config: dict[str, Any], output: str, value: Any, tmp_path: Path
) -> None:
    """With the inputs that belong to it."""
    (tmp_path / "a.txt").write_text("hi")
    (tmp_path / "d").mkdir()
    assert getattr(files.file_system(context(tmp_path), action, **config), output) == value


def test_file_nodes_refuse_what_they_can_not_do(tmp_path: Path) -> None:
    """Missing files, targets that exist, sizes, empty paths, unknown actions."""
    here = context(tmp_path)
    files.write_file(here, "a.txt", "abc")
    files.write_file(here, "b.txt", "abc")
    with pytest.raises(FileNotFoundError) as missing:
        files.delete_file(here, "gone.txt")
    assert str(missing.value) == "File not found: gone.txt"
    assert files.delete_file(here, "gone.txt", ignore_missing=True).success is True
    with pytest.raises(FileExistsError):
        files.copy_file(here, "a.txt", "b.txt")
    assert files.move_file(here, "a.txt", "b.txt", overwrite=True).success is True
    with pytest.raises(ValueError):
        files.read_file(here, "b.txt", max_size=2)
    with pytest.raises(ValueError):
        files.read_file(here, "")
    with pytest.raises(ValueError):
        files.file_system(here, "Explode")


def test_tables_go_through_files(tmp_path: Path) -> None:
    """CSV with and without header, JSON; byte order marks are no part of a header."""
    here = context(tmp_path)
    rows = [{"a": "1", "b": 'x,"y"'}, {"a": "2", "b": ""}]
    assert tables.write_csv(here, "t.csv", rows).row_count == 2
    assert tables.read_csv(here, "t.csv") == tables.Rows(rows, ["a", "b"], 2, True)
    assert tables.read_csv(here, "t.csv", has_header=False, skip_rows=1, max_rows=1).data == [["1", 'x,"y"']]
    (tmp_path / "bom.csv").write_bytes(b"\xef\xbb\xbfa\n1\n")
    assert tables.read_csv(here, "bom.csv").data == [{"a": "1"}]
    tables.write_json_file(here, "t.json", {"ä": rows})
    assert tables.read_json_file(here, "t.json").data == {"ä": rows}
    assert json.loads((tmp_path / "t.json").read_text("utf-8")) == {"ä": rows}


def test_headers_come_together() -> None:
    """Dicts or JSON text, and one by name."""
    assert http.set_http_headers({"A": 1}, "C", "3", '{"B": 2}') == {"A": "1", "B": "2", "C": "3"}
