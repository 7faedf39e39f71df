"""Workflow files that are odd, spoilt or malicious: one typed error each, within a second, whatever is in them."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any

import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from cpu_limit import cpu_limit
from hostile import SECONDS, error_in
from hypothesis_profiles import examples
from mutations import Mutator
from stratagem import Kernel
from stratagem.errors import MOST_FOUND, BadFile, StratagemError, WorkflowError
from stratagem_testing import sample

DOCUMENT: dict[str, Any] = {
    "stratagem": 1,
    "name": "orders",
    "variables": {"limit": 10, "rows": [1, 2, {"name": "a"}], "total": 0.5},
    "temporary": ["rows"],
    "settings": {"on_error": "continue", "timeout": "5m", "concurrency": 4, "limits": {"groups": {"g": 2}}, "seed": 7},
    "nodes": [
        {"id": "a", "type": "sample.value", "config": {"value": "{{ rows[2].name }}"}, "position": [1, 2.5]},
        {
            "id": "b",
            "type": "sample.add@1",
            "config": {"left": 1, "right": "{{ limit }}"},
            "after": ["a"],
            "group": "g",
        },
        {
            "id": "c",
            "type": "sample.value",
            "when": "limit > 3",
            "retry": {"attempts": 2, "delay": "1s"},
            "timeout": "5s",
        },
        {
            "id": "loop",
            "type": "sample.each",
            "config": {"items": [1, 2], "as": "row"},
            "bodies": {
                "body": {
                    "nodes": [{"id": "d", "type": "sample.value", "config": {"value": "{{ limit }}"}}],
                    "result": 1,
                }
            },
        },
        {
            "id": "e",
            "type": "sample.value",
            "cache": {"ttl": 5},
            "resources": {"page": {"labels": {"x": 1}}},
            "disabled": True,
        },
    ],
    "connections": [{"from": "b.result", "to": "c.value"}, {"from": "a.exec_out", "to": "c.exec_in"}],
    "result": ["{{ b.result }}", {"limit": "{{ limit }}"}],
    "metadata": {"author": "x"},
}


def examine(file: Path) -> StratagemError | None:
    """The error of a file, with the node types of the test pack."""
    return error_in(file, Kernel(packs=[sample]))


@pytest.mark.parametrize("suffix", ["json", "yaml"])
@given(seed=st.integers(0, 2**32))
@settings(max_examples=examples(150))
def test_a_mutated_document_gives_a_workflow_or_a_typed_error(
    suffix: str, seed: int, tmp_path_factory: pytest.TempPathFactory
) -> None:
    """Of its bytes as of its data; nothing else escapes, and nothing takes long."""
    mutator = Mutator(seed)
    data = mutator.value(DOCUMENT) if mutator.random.random() < 0.6 else DOCUMENT
    text = json.dumps(data) if suffix == "json" else yaml.safe_dump(data)
    raw = text.encode("utf-8", "surrogatepass")
    file = tmp_path_factory.getbasetemp() / f"mutated.{suffix}"
    file.write_bytes(raw if data is not DOCUMENT else mutator.raw(raw))
    examine(file)


def test_the_document_that_is_mutated_is_a_good_one(tmp_path: Path) -> None:
    """Else most mutations would end at the same place."""
    file = tmp_path / "good.json"
    file.write_text(json.dumps(DOCUMENT), "utf-8")
    assert examine(file) is None


def written(tmp_path: Path, content: bytes | str, suffix: str = "yaml") -> Path:
    file = tmp_path / f"flow.{suffix}"
    file.write_bytes(content if isinstance(content, bytes) else content.encode())
    return file


HUGE = {"decimal": "9" * 3_500, "more than Python converts": "9" * 100_000}
BASED = {"hexadecimal": "0x" + "f" * 50_000, "octal": "0o" + "7" * 50_000}


@pytest.mark.parametrize("number", [*HUGE.values(), *BASED.values()], ids=[*HUGE, *BASED])
@pytest.mark.parametrize("place", ["name", "variables: {a: NUMBER}\nnodes", "settings: {timeout: NUMBER}\nnodes"])
def test_whole_numbers_that_are_too_large_are_refused_in_yaml(number: str, place: str, tmp_path: Path) -> None:
    """With their line, and no more of them than is read at a glance."""
    text = place.replace("NUMBER", number) + ": []" if "NUMBER" in place else f"nodes: []\nname: {number}"
    error = examine(written(tmp_path, f"stratagem: 1\n{text}"))
    assert isinstance(error, BadFile)
    assert error.line in (2, 3)
    assert "expected a whole number of up to " in error.what
    assert len(str(error)) < 400


@pytest.mark.parametrize("number", HUGE.values(), ids=HUGE)
def test_whole_numbers_that_are_too_large_are_refused_in_json(number: str, tmp_path: Path) -> None:
    """As in YAML."""
    error = examine(written(tmp_path, f'{{"nodes": [],\n"name": {number}}}', "json"))
    assert isinstance(error, BadFile)
    assert error.line == 2
    assert len(str(error)) < 400


def test_a_number_that_no_float_holds_is_none_where_one_is_asked_for(tmp_path: Path) -> None:
    """The step is named, and nobody else is blamed."""
    step = {"id": "a", "type": "sample.wait", "config": {"seconds": 10**400}}
    error = examine(written(tmp_path, json.dumps({"nodes": [step]}), "json"))
    assert isinstance(error, WorkflowError)
    assert (error.node, error.key) == ("a", "seconds")
    assert error.what == "expected float, got a whole number of 1329 bits"


@pytest.mark.parametrize("id_", [["a"], {"a": 1}, 5, None, True, "", 1.5])
def test_an_id_of_another_kind_is_refused_with_its_place(id_: Any, tmp_path: Path) -> None:
    """Also where connections are looked up by ids."""
    flow = {"nodes": [{"id": id_, "type": "sample.value"}], "connections": [{"from": "x", "to": "y"}]}
    error = examine(written(tmp_path, json.dumps(flow), "json"))
    assert error is not None
    assert any(problem.key == "nodes[0].id" for problem in error.problems)


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="this system has no pipes with names")
@pytest.mark.parametrize("format_", [None, "yaml"])
def test_a_pipe_is_no_workflow_file_and_is_not_waited_for(format_: str | None, tmp_path: Path) -> None:
    """Nor are devices and folders."""
    pipe = tmp_path / "pipe.yaml"
    os.mkfifo(pipe)
    for path, sort in ((pipe, "a pipe"), (Path("/dev/zero"), "a device"), (tmp_path, "a folder")):
        with pytest.raises(BadFile) as caught, cpu_limit(SECONDS):
            Kernel(packs=[sample]).load(path, format_)
        assert caught.value.what == f"the file can't be opened: this is no regular file but {sort}"


@pytest.mark.parametrize("name", ["a\0b.yaml", "\ud800.yaml"])
def test_a_name_that_no_file_can_have_is_a_bad_file(name: str, tmp_path: Path) -> None:
    """NUL, and halves of surrogate pairs; also of a subflow."""
    with pytest.raises(BadFile) as caught:
        Kernel(packs=[sample]).load(tmp_path / name)
    assert "no file can have this name" in caught.value.what


@pytest.mark.parametrize("encoding", ["utf-16", "utf-32", "latin-1"])
def test_text_in_another_encoding_is_told_as_such(encoding: str, tmp_path: Path) -> None:
    """With the byte."""
    error = examine(written(tmp_path, "nodes: []\nname: é".encode(encoding)))
    assert isinstance(error, BadFile)
    assert error.what.startswith("this is not UTF-8 text (byte ")


def test_a_key_that_is_here_twice_among_a_hundred_thousand_is_found_at_once(tmp_path: Path) -> None:
    """Once, and with its name."""
    keys = ",".join(f'"k{number}":1' for number in range(100_000))
    error = examine(written(tmp_path, f'{{"nodes":[],"variables":{{{keys},"k99999":2}}}}', "json"))
    assert error is not None
    assert error.key == "k99999"


def test_problems_of_one_kind_are_told_up_to_a_number_and_then_counted(tmp_path: Path) -> None:
    """With hints for those that are told; what a file has of them beyond some thousands is not looked at."""
    keys = {f"nodas{number}": 1 for number in range(50_000)}
    error = examine(written(tmp_path, json.dumps({"nodes": [], **keys}), "json"))
    assert error is not None
    assert len(error.problems) == MOST_FOUND + 1
    told = str(error).splitlines()
    assert told[1].endswith("unknown key. Did you mean 'nodes'?")
    assert told[-1] == f"  - and {MOST_FOUND - 49} more problems: {MOST_FOUND - 49} BadFile"
    assert len(told) == 52
