"""Which format reads a file."""

import json
import sys
from pathlib import Path

import pytest

from stratagem.errors import BadFile
from stratagem.formats import Document, Format, read_workflow
from stratagem.formats.document import MAX_BYTES
from stratagem.formats.native import json_format, yaml_format
from stratagem.model import Workflow


class Marked(Format):
    """A format whose files say so."""

    name = "marked"
    suffixes = (".json",)

    def recognises(self, head: Document) -> bool:
        return isinstance(head.data, dict) and "marked" in head.data

    def read(self, document: Document, source: str) -> Workflow:
        return Workflow(name="marked", source=source)


class Unasked(Marked):
    """A format that must be left alone."""

    def recognises(self, head: Document) -> bool:
        raise AssertionError("this format was asked")


KNOWN = (Marked(), json_format, yaml_format)


def file(folder: Path, name: str, text: str) -> Path:
    path = folder / name
    path.write_text(text, encoding="utf-8")
    return path


def refused(path: Path, format: str | None = None) -> BadFile:
    with pytest.raises(BadFile) as caught:
        read_workflow(path, KNOWN, format)
    assert caught.value.problems[0].file == str(path)
    return caught.value


def test_the_format_that_recognises_a_file_reads_it(tmp_path: Path) -> None:
    """Several formats may share a suffix."""
    assert read_workflow(file(tmp_path, "a.json", '{"marked": 1}'), KNOWN).name == "marked"
    assert read_workflow(file(tmp_path, "b.json", '{"name": "b", "nodes": []}'), KNOWN).name == "b"
    workflow = read_workflow(str(file(tmp_path, "C.YML", "name: c\nnodes: []")), KNOWN)
    assert (workflow.name, workflow.source) == ("c", str(tmp_path / "C.YML"))


def test_a_named_format_reads_any_file(tmp_path: Path) -> None:
    """Neither suffix nor content is asked."""
    assert read_workflow(file(tmp_path, "flow.txt", "name: d\nnodes: []"), KNOWN, "yaml").name == "d"
    assert read_workflow(file(tmp_path, "flow.json", "{}"), KNOWN, "marked").name == "marked"


def test_an_unknown_format_is_refused_with_those_known(tmp_path: Path) -> None:
    """With the nearest name."""
    error = refused(file(tmp_path, "a.json", "{}"), "marcked")
    assert error.what == "there is no format 'marcked'; known are marked (.json), json (.json), yaml (.yaml .yml)"
    assert error.hint == "Did you mean 'marked'?"


@pytest.mark.parametrize(
    ("name", "what"), [("a.txt", "no format reads files that end in '.txt'"), ("a", "the file has no suffix")]
)
def test_a_suffix_that_no_format_reads_is_refused(tmp_path: Path, name: str, what: str) -> None:
    """The formats known are listed."""
    error = refused(file(tmp_path, name, "{}"))
    assert error.what == f"{what}; known are marked (.json), json (.json), yaml (.yaml .yml)"


def test_a_file_that_no_format_recognises_is_refused(tmp_path: Path) -> None:
    """Those asked are listed."""
    error = refused(file(tmp_path, "a.json", '{"x": 1}'))
    assert error.what == "no format recognises this file; asked were json (.json), marked (.json)"


def test_a_file_that_a_builtin_format_recognises_is_its_own(tmp_path: Path) -> None:
    """Others are not even asked, and so not imported."""
    assert read_workflow(file(tmp_path, "a.json", '{"stratagem": 1, "nodes": []}'), [Unasked(), json_format]).name == ""


def test_a_file_that_two_formats_recognise_is_refused(tmp_path: Path) -> None:
    """Rather than read by whichever comes first."""
    path = file(tmp_path, "a.json", '{"marked": 1}')
    with pytest.raises(BadFile) as caught:
        read_workflow(path, [*KNOWN, Marked()])
    assert caught.value.what == "more than one format recognises this file: marked (.json), marked (.json)"


def test_the_only_format_for_a_suffix_tells_its_own_errors(tmp_path: Path) -> None:
    """A misspelt key says more than that nothing recognises the file."""
    error = refused(file(tmp_path, "a.yaml", "nods: []"))
    assert [problem.what for problem in error.problems] == ["'nodes' is missing", "unknown key"]


def test_a_file_that_is_not_there_is_refused(tmp_path: Path) -> None:
    """As is a folder."""
    assert refused(tmp_path / "none.json").what == "the file can't be opened: No such file or directory"
    assert "can't be opened" in refused(tmp_path).what


def test_a_file_that_is_too_large_is_not_read_whole(tmp_path: Path) -> None:
    """Of a sparse file of a terabyte no more than the bound is looked at."""
    path = file(tmp_path, "a.json", "")
    with path.open("wb") as stream:
        stream.truncate(MAX_BYTES * 4)
    assert refused(path).what == "the file is larger than 64 MiB"


def test_reading_takes_calls_in_proportion_to_the_nodes(tmp_path: Path) -> None:
    """Twice the nodes cost no more than about twice the calls, with connections and ids to check."""
    calls = {}
    for count in (200, 400, 800):
        nodes = [{"id": f"n{i}", "type": "x.y", "config": {"a": i}} for i in range(count)]
        lines = [{"from": f"n{i}", "to": f"n{i + 1}"} for i in range(count - 1)]
        path = file(tmp_path, "a.json", json.dumps({"nodes": nodes, "connections": lines}, indent=1))
        calls[count] = _calls(lambda path=path: read_workflow(path, KNOWN))
    assert calls[800] - calls[400] <= 2.2 * (calls[400] - calls[200])


def _calls(function: object) -> int:
    seen = 0

    def count(*_: object) -> None:
        nonlocal seen
        seen += 1

    assert callable(function)
    before = sys.getprofile()
    sys.setprofile(count)
    try:
        function()
    finally:
        sys.setprofile(before)
    return seen
