"""Files: the single nodes and the one that does everything, run by a kernel in a folder of their own."""

import json
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest

from stratagem import Connection, Node, Secret, Workflow
from stratagem_casare import pack
from stratagem_testing import run_once

pytestmark = pytest.mark.anyio

Steps = list[tuple[str, dict[str, Any]]]


async def outputs(folder: Path, steps: Steps) -> list[dict[str, Any]]:
    """Runs the nodes one after another, and gives what each has given."""
    nodes = {f"n{index}": Node(f"n{index}", f"casare.{type_}", config) for index, (type_, config) in enumerate(steps)}
    ids = list(nodes)
    lines = tuple(Connection(a, "exec_out", b, "exec_in") for a, b in pairwise(ids))
    workflow = Workflow(nodes, lines, source=str(folder / "flow.json"))
    result = (await run_once(workflow, packs=[pack])).raise_for_error()
    return [dict(result.outputs[id_]) for id_ in ids]


async def test_files_go_through_their_life(tmp_path: Path) -> None:
    """Made, written, added to, read, copied, moved, listed, looked for, deleted; each node gives just its outputs."""
    steps: Steps = [
        ("CreateDirectoryNode", {"directory_path": "d"}),
        ("WriteFileNode", {"file_path": "d/a.txt", "content": "Hellö"}),
        ("WriteFileNode", {"file_path": "d/a.txt", "content": "!", "append_mode": True}),
        ("AppendFileNode", {"file_path": "d/a.txt", "content": "\nAgain"}),
        ("ReadFileNode", {"file_path": "d/a.txt"}),
        ("CopyFileNode", {"source_path": "d/a.txt", "dest_path": "e"}),
        ("CopyFileNode", {"source_path": "e", "dest_path": "d", "overwrite": True}),
        ("MoveFileNode", {"source_path": "e", "dest_path": "f/c.txt"}),
        ("ListFilesNode", {"directory_path": ".", "pattern": "*.txt", "recursive": True}),
        ("FileExistsNode", {"path": "d", "check_type": "file"}),
        ("DeleteFileNode", {"file_path": "d/a.txt"}),
        ("DeleteFileNode", {"file_path": "d/a.txt", "ignore_missing": True}),
        ("FileExistsNode", {"path": "d/a.txt"}),
    ]
    at = {name: str(tmp_path / name) for name in ("d", "d/a.txt", "d/e", "e", "f/c.txt")}
    assert await outputs(tmp_path, steps) == [
        {"dir_path": at["d"], "success": True},
        {"file_path": at["d/a.txt"], "attachment_file": [at["d/a.txt"]], "bytes_written": 6, "success": True},
        {"file_path": at["d/a.txt"], "attachment_file": [at["d/a.txt"]], "bytes_written": 1, "success": True},
        {"file_path": at["d/a.txt"], "bytes_written": 6, "success": True},
        {"content": "Hellö!\nAgain", "size": 13, "success": True},
        {"dest_path": at["e"], "bytes_copied": 13, "success": True},
        {"dest_path": at["d/e"], "bytes_copied": 13, "success": True},
        {"dest_path": at["f/c.txt"], "success": True},
        {"files": [at["d/a.txt"], at["f/c.txt"]], "count": 2, "success": True},
        {"exists": False, "is_file": False, "is_dir": True},
        {"deleted_path": at["d/a.txt"], "success": True},
        {"deleted_path": at["d/a.txt"], "success": True},
        {"exists": False, "is_file": False, "is_dir": False},
    ]


async def test_bytes_and_encodings_are_kept(tmp_path: Path) -> None:
    """What is read in binary mode are bytes; what can't be decoded is replaced where that is asked for."""
    (tmp_path / "a.bin").write_bytes(b"a\xff")
    binary, replaced = await outputs(
        tmp_path,
        [
            ("ReadFileNode", {"file_path": "a.bin", "binary_mode": True}),
            ("ReadFileNode", {"file_path": "a.bin", "errors": "replace"}),
        ],
    )
    assert (binary["content"], replaced["content"]) == (b"a\xff", "a\ufffd")


async def test_a_secret_is_written_as_what_it_is(tmp_path: Path) -> None:
    """Not as its mask."""
    await outputs(tmp_path, [("WriteFileNode", {"file_path": "key", "content": Secret("hunter2")})])
    assert (tmp_path / "key").read_text("utf-8") == "hunter2"


@pytest.mark.parametrize(
    ("action", "config", "gives"),
    [
        ("Write File", {"file_path": "n/x.txt", "content": "abc"}, {"bytes_written": 3}),
        ("Append File", {"path": "a.txt", "content": "!"}, {"bytes_written": 1}),
        ("Read File", {"file_path": "a.txt"}, {"content": "hi", "size": 2}),
        ("Get File Size", {"file_path": "a.txt"}, {"size": 2}),
        ("Copy File", {"source_path": "a.txt", "dest_path": "c.txt"}, {"bytes_copied": 2}),
        ("Move File", {"source_path": "a.txt", "dest_path": "c.txt"}, {}),
        ("Delete File", {"path": "a.txt"}, {}),
        ("File Exists", {"file_path": "a.txt"}, {"exists": True, "is_file": True, "is_dir": False}),
        ("List Files", {"directory_path": "."}, {"count": 1}),
        ("List Directory", {"dir_path": "."}, {"count": 2}),
        ("List Directory", {"path": ".", "dirs_only": True}, {"count": 1}),
        ("List Directory", {"path": ".", "files_only": True, "pattern": "*.csv"}, {"count": 0}),
        ("Create Directory", {"directory_path": "new/er"}, {}),
    ],
)
async def test_one_node_does_every_file_action(
    action: str, config: dict[str, Any], gives: dict[str, Any], tmp_path: Path
) -> None:
    """With the inputs that belong to it, and no outputs but those of the action."""
    (tmp_path / "a.txt").write_text("hi", "utf-8")
    (tmp_path / "d").mkdir()
    (given,) = await outputs(tmp_path, [("FileSystemSuperNode", {"action": action, **config})])
    paths = {"attachment_file", "deleted_path", "dest_path", "dir_path", "file_path", "files", "items"}
    told = {} if action == "File Exists" else {"success": True}
    assert {name: value for name, value in given.items() if name not in paths} == {**gives, **told}


async def test_what_is_known_of_a_file_is_told(tmp_path: Path) -> None:
    """Its parts and times, besides its size."""
    (tmp_path / "a.txt").write_text("hi", "utf-8")
    (given,) = await outputs(tmp_path, [("FileSystemSuperNode", {"action": "Get File Info", "path": "a.txt"})])
    assert given.keys() == {"size", "created", "modified", "extension", "name", "parent", "success"}
    assert (given["extension"], given["name"], given["parent"]) == (".txt", "a.txt", str(tmp_path))
    assert given["modified"][:2] == "20"


async def test_tables_go_through_files(tmp_path: Path) -> None:
    """CSV with and without headers; byte order marks are no part of a header, short rows are filled up."""
    rows = [{"a": "1", "b": 'x,"y"'}, {"a": "2", "b": ""}]
    (tmp_path / "bom.csv").write_bytes(b"\xef\xbb\xbfa,b\n1\n2,3,4\n")
    written, whole, part, marked = await outputs(
        tmp_path,
        [
            ("WriteCSVNode", {"file_path": "t.csv", "data": rows}),
            ("ReadCSVNode", {"file_path": "t.csv"}),
            ("ReadCSVNode", {"file_path": "t.csv", "has_header": False, "skip_rows": 1, "max_rows": 1}),
            ("ReadCSVNode", {"file_path": "bom.csv"}),
        ],
    )
    assert written["row_count"] == 2
    assert whole == {"data": rows, "headers": ["a", "b"], "row_count": 2, "success": True}
    assert part == {"data": [["1", 'x,"y"']], "headers": [], "row_count": 1, "success": True}
    assert marked["data"] == [{"a": "1", "b": ""}, {"a": "2", "b": "3"}]


async def test_lists_become_tables_with_the_headers_that_are_given(tmp_path: Path) -> None:
    """And with another delimiter."""
    config = {"file_path": "t.csv", "data": [[1, None], ["x"]], "headers": ["a", "b"], "delimiter": ";"}
    await outputs(tmp_path, [("WriteCSVNode", config)])
    assert (tmp_path / "t.csv").read_text("utf-8").splitlines() == ["a;b", "1;", "x"]


async def test_values_go_through_json_files(tmp_path: Path) -> None:
    """Readable by anything that reads JSON."""
    _, read = await outputs(
        tmp_path,
        [
            ("WriteJSONFileNode", {"file_path": "t.json", "data": {"ä": [1]}}),
            ("ReadJSONFileNode", {"file_path": "t.json"}),
        ],
    )
    assert read == {"data": {"ä": [1]}, "success": True}
    assert json.loads((tmp_path / "t.json").read_text("utf-8")) == {"ä": [1]}


async def test_texts_that_begin_with_a_mark_and_large_cells_are_read(tmp_path: Path) -> None:
    """What can be written, and what other programs write."""
    rows = [{"a": "x" * 150_000}]
    (tmp_path / "marked.txt").write_bytes(b"\xef\xbb\xbf[1]")
    _, table, text, data, parsed = await outputs(
        tmp_path,
        [
            ("WriteCSVNode", {"file_path": "t.csv", "data": rows}),
            ("ReadCSVNode", {"file_path": "t.csv"}),
            ("ReadFileNode", {"file_path": "marked.txt"}),
            ("ReadJSONFileNode", {"file_path": "marked.txt"}),
            ("JsonParseNode", {"json_string": "\ufeff[1]"}),
        ],
    )
    assert table["data"] == rows
    assert (text["content"], data["data"], parsed["data"]) == ("[1]", [1], [1])


async def test_numbers_that_json_does_not_have_are_not_written(tmp_path: Path) -> None:
    """Nothing could read the file."""
    written, text = await outputs(
        tmp_path,
        [
            ("WriteJSONFileNode", {"file_path": "t.json", "data": [float("inf")]}),
            ("DictToJsonNode", {"dict": {"a": float("nan")}}),
        ],
    )
    assert (written, text) == ({"success": False}, {})
    assert not (tmp_path / "t.json").exists()


async def test_lines_end_at_line_ends_alone(tmp_path: Path) -> None:
    """They are listed and counted alike."""
    text = "a\u2028b\x85c\r\nd\re"
    lines, count = await outputs(
        tmp_path, [("TextLinesNode", {"text": text}), ("TextCountNode", {"text": text, "mode": "lines"})]
    )
    assert (lines["lines"], count["count"]) == (["a\u2028b\x85c", "d", "e"], 3)
