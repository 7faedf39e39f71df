"""Relative paths start at the folder of the file that says them, however that file is run."""

from __future__ import annotations

import json
from collections.abc import Mapping
from itertools import pairwise
from pathlib import Path
from typing import Any, ClassVar

import pytest

from stratagem import Example, Kernel, Pack, Plugin, RunResult
from stratagem_casare import pack as casare
from stratagem_node_cache import NodeCachePlugin
from stratagem_pools import Factory, PoolPlugin
from stratagem_std import pack as std

pytestmark = pytest.mark.anyio

WAYS: Mapping[str, list[dict[str, Any]]] = {
    "called": [{"id": "child", "type": "std.subflow", "config": {"flow": "in/child.json"}}],
    "called in a body": [
        {
            "id": "each",
            "type": "std.for_each",
            "config": {"items": [1]},
            "bodies": {
                "body": {"nodes": [{"id": "child", "type": "std.subflow", "config": {"flow": "in/child.json"}}]}
            },
        }
    ],
    "started": [
        {"id": "child", "type": "std.start_subflow", "config": {"flow": "in/child.json"}},
        {"id": "end", "type": "std.wait_subflow", "config": {"handle": "{{ child.handle }}"}},
    ],
    "detached": [
        {"id": "child", "type": "std.start_subflow", "config": {"flow": "in/child.json", "detached": True}},
        {"id": "end", "type": "std.wait_subflow", "config": {"handle": "{{ child.handle }}"}},
    ],
    "called around": [{"id": "child", "type": "std.subflow", "config": {"flow": "in/../in/child.json"}}],
}


def native(*nodes: dict[str, Any], **more: Any) -> dict[str, Any]:
    return {"stratagem": 1, "nodes": [*nodes], **more}


def drawn(*nodes: dict[str, Any]) -> dict[str, Any]:
    """A flow of the other dialect, one node after the other."""
    ids = [node["node_id"] for node in nodes]
    ends = ("source_node", "source_port", "target_node", "target_port")
    lines = [dict(zip(ends, (a, "exec_out", b, "exec_in"), strict=True)) for a, b in pairwise(ids)]
    return {"metadata": {"name": "x"}, "nodes": {node["node_id"]: node for node in nodes}, "connections": lines}


def writes(name: str) -> dict[str, Any]:
    return {"id": f"write_{name}", "type": "std.write_file", "config": {"path": f"{name}.txt", "text": name}}


def files(folder: Path, flows: Mapping[str, dict[str, Any]]) -> None:
    for path, flow in flows.items():
        (folder / path).parent.mkdir(parents=True, exist_ok=True)
        (folder / path).write_text(json.dumps(flow), "utf-8")


def written(folder: Path) -> set[str]:
    return {path.relative_to(folder).as_posix() for path in folder.rglob("*.txt")}


async def run(file: Path, *plugins: Plugin, packs: tuple[Pack, ...] = ()) -> RunResult:
    async with Kernel(packs=[std, casare, *packs], plugins=plugins) as kernel:
        return (await kernel.run(kernel.load(file))).raise_for_error()


NATIVE = native(
    writes("child"),
    {
        "id": "each",
        "type": "std.for_each",
        "config": {"items": [1]},
        "bodies": {"body": {"nodes": [writes("body")]}},
        "after": "write_child",
    },
    {"id": "grand", "type": "std.subflow", "config": {"flow": "deep/grand.json"}, "after": "each"},
)
CASARE = drawn(
    {"node_id": "child", "node_type": "WriteFileNode", "config": {"file_path": "child.txt", "content": "child"}},
    {"node_id": "body", "node_type": "AppendFileNode", "config": {"file_path": "body.txt", "content": "body"}},
    {"node_id": "grand", "node_type": "SubflowNode", "config": {"subflow_path": "deep/grand.json"}},
)
GRAND = native(writes("grand"))
CASARE_GRAND = drawn(
    {"node_id": "grand", "node_type": "WriteJSONFileNode", "config": {"file_path": "grand.txt", "data": "grand"}}
)


@pytest.mark.parametrize("grand", [GRAND, CASARE_GRAND], ids=["native", "casare"])
@pytest.mark.parametrize("child", [NATIVE, CASARE], ids=["native", "casare"])
@pytest.mark.parametrize("way", [*WAYS, "alone"])
async def test_a_file_writes_beside_itself_however_it_is_run(
    way: str, child: dict[str, Any], grand: dict[str, Any], tmp_path: Path
) -> None:
    """Alone, called, started, detached, in a body or not, in either dialect; those that it calls too."""
    files(tmp_path, {"in/child.json": child, "in/deep/grand.json": grand})
    if way == "alone":
        await run(tmp_path / "in/child.json")
    else:
        files(tmp_path, {"main.json": native(*WAYS[way])})
        await run(tmp_path / "main.json")
    assert written(tmp_path) == {"in/child.txt", "in/body.txt", "in/deep/grand.txt"}


async def test_a_file_that_another_dialect_calls_writes_beside_itself(tmp_path: Path) -> None:
    """The caller's own paths start at the caller's."""
    main = drawn(
        {"node_id": "child", "node_type": "SubflowNode", "config": {"subflow_path": "in/child.json"}},
        {"node_id": "own", "node_type": "WriteFileNode", "config": {"file_path": "own.txt", "content": "own"}},
    )
    files(tmp_path, {"main.json": main, "in/child.json": native(writes("child"))})
    await run(tmp_path / "main.json")
    assert written(tmp_path) == {"own.txt", "in/child.txt"}


async def test_a_run_stays_where_it_began(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A node that changes the current folder moves nobody's files."""
    pack = Pack("moves")

    @pack.node(examples=(Example(),))
    def move() -> None:
        monkeypatch.chdir(tmp_path / "other")

    files(
        tmp_path,
        {
            "main.json": native({"id": "move", "type": "moves.move"}, *({**WAYS["called"][0], "after": "move"},)),
            "in/child.json": native(writes("child")),
        },
    )
    (tmp_path / "other").mkdir()
    monkeypatch.chdir(tmp_path)
    await run(Path("main.json"), packs=(pack,))
    assert (tmp_path / "in/child.txt").exists()


async def test_remembered_results_are_of_the_file_s_own_folder(tmp_path: Path) -> None:
    """The same node in another folder reads another file."""
    read = {"id": "read", "type": "std.read_file", "config": {"path": "data.txt"}, "cache": True}
    called = {"id": "child", "type": "std.subflow", "config": {"flow": "in/child.json"}, "after": "read"}
    files(
        tmp_path,
        {
            "main.json": native(read, called, result=["{{ read.result }}", "{{ child.result }}"]),
            "in/child.json": native(read, result="{{ read.result }}"),
        },
    )
    (tmp_path / "data.txt").write_text("outer", "utf-8")
    (tmp_path / "in/data.txt").write_text("inner", "utf-8")
    assert (await run(tmp_path / "main.json", NodeCachePlugin())).value == ["outer", "inner"]


class Folders(Factory[str]):
    """Its members are the paths that are asked for."""

    labels: ClassVar[tuple[str, ...]] = ("folder", "plain")
    paths: ClassVar[tuple[str, ...]] = ("folder",)

    async def create(self, key: Any) -> str:
        return json.dumps([key.labels.get("folder"), key.labels.get("plain")])

    async def close(self, member: str) -> None:
        """Nothing is to be closed."""


class FolderPlugin(PoolPlugin[str]):
    name = "folders"
    provides = ("folder",)

    def factory(self, kind: str) -> Factory[str]:
        return Folders()


async def test_paths_among_labels_start_there_too(tmp_path: Path) -> None:
    """Others stay as they are, and so do absolute ones."""
    pack = Pack("asks")

    @pack.node(resources={"folder": "folder"})
    def ask(folder: Any) -> str:
        return str(folder)

    def asking(folder: str) -> dict[str, Any]:
        labels = {"folder": folder, "plain": "x.json"}
        return {"id": "ask", "type": "asks.ask", "resources": {"folder": {"labels": labels}}}

    called = {"id": "child", "type": "std.subflow", "config": {"flow": "in/child.json"}, "after": "ask"}
    files(
        tmp_path,
        {
            "main.json": native(asking("/a"), called, result=["{{ ask.result }}", "{{ child.result }}"]),
            "in/child.json": native(asking("b"), result="{{ ask.result }}"),
        },
    )
    result = await run(tmp_path / "main.json", FolderPlugin(), packs=(pack,))
    assert [json.loads(each) for each in result.value] == [["/a", "x.json"], [str(tmp_path / "in/b"), "x.json"]]
