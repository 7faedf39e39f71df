"""Results on disk: for several processes, within a size, and never in the way."""

from __future__ import annotations

import json
import os
import sqlite3
import stat
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import anyio
import pytest
from attrs import define

from stratagem import Branch, Kernel, Measure, Pack, RunResult, Workflow
from stratagem_node_cache import NodeCachePlugin, NodeCacheSettings
from stratagem_node_cache.store import FRESHNESS, Row, Store
from stratagem_testing import AnyReady, node, sample, scheduled, workflow_of

RAN: list[str] = []


@define
class Pair:
    """What a node gives by two outputs."""

    one: Any
    two: Any


own = Pack("kept")


@own.node(effect="pure")
async def twice(value: Any) -> Any:
    """Gives a value's text twice, in a list."""
    RAN.append("twice")
    return [repr(value), repr(value)]


@own.node(effect="pure", controls=("yes", "no"))
async def choose(value: int) -> Branch:
    """Chooses by a number."""
    RAN.append("choose")
    return Branch("yes" if value else "no")


@own.node(effect="pure")
async def pair(value: Any) -> Pair:
    """Gives a value by two outputs."""
    RAN.append("pair")
    return Pair([value], value)


@own.node(effect="pure")
async def shared(value: Any) -> Any:
    """Gives one list at two places."""
    RAN.append("shared")
    part = [value]
    return [part, part]


@own.node(effect="pure")
async def spelt(text: str) -> Any:
    """Gives a text's letters, and the text."""
    RAN.append("spelt")
    return ["".join(list(text)), 1]


@own.node()
async def header(token: str) -> str:
    """Hands a secret on as a plain text."""
    return "".join(list(token))


pack = own.provided_by("kept-dist 1.0")


@pytest.fixture(autouse=True)
def _nothing_ran() -> None:
    RAN.clear()


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """Where the store is."""
    return tmp_path / "deep" / "results.sqlite"


@pytest.fixture
def store(path: Path) -> Iterator[Store]:
    """A store of its own for each test."""
    store = Store(path, 10_000)
    yield store
    store.close()


async def run(path: Path, workflow: Workflow, packs: tuple[Pack, ...] = (pack,), **settings: Any) -> RunResult:
    """A run in a kernel of its own: what it knows comes from the store."""
    plugin = NodeCachePlugin(NodeCacheSettings(store=str(path), **settings))
    async with Kernel(packs=[*packs, sample], plugins=[plugin]) as kernel:
        return await kernel.run(workflow)


ALL = workflow_of(
    node("a", "kept.twice", {"value": {"text": "é", "n": [1, 1.5, None]}}),
    node("b", "kept.choose", {"value": 0}),
    node("c", "kept.pair", {"value": "x"}),
    node("yes", "sample.merge"),
    node("no", "sample.merge"),
    lines=["b.yes -> yes", "b.no -> no"],
)


@pytest.mark.anyio
async def test_another_kernel_finds_what_one_has_stored(path: Path) -> None:
    """Values, choices and several outputs, as if they had been run."""
    first = await run(path, ALL)
    assert sorted(RAN) == ["choose", "pair", "twice"]
    second = await run(path, ALL)
    assert len(RAN) == 3
    assert (second.outputs, second.steps) == (first.outputs, first.steps)
    saved: Measure = second.metrics["cache.saved{cache=node}"]
    assert saved.total > 0


@pytest.mark.anyio
async def test_only_results_that_hold_elsewhere_are_stored(path: Path) -> None:
    """Not those of packs without a distribution, nor those in which something stands twice, nor those of objects."""
    value = node("a", "kept.twice", {"value": 1})
    await run(path, workflow_of(value), (own,))
    await run(path, workflow_of(node("s", "kept.shared", {"value": 1})))
    await run(
        path, workflow_of(node("p", "kept.pair", {"value": 1}), node("q", "kept.twice", {"value": "{{ p.one }}"}))
    )
    await run(path, workflow_of(value), (own.provided_by("kept-dist 2.0"),))
    store = Store(path, 1)
    assert store.stats()["types"] == {"kept.pair@1": 1, "kept.twice@1": 2}
    store.close()


@pytest.mark.anyio
async def test_an_old_result_is_not_used(path: Path) -> None:
    """The reader's time to live counts."""
    workflow = workflow_of(node("a", "kept.twice", {"value": 1}))
    await run(path, workflow)
    await run(path, workflow, ttl=0.0)
    await run(path, workflow)
    assert RAN == ["twice"] * 2


@pytest.mark.anyio
async def test_no_secret_reaches_the_disk(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Not as an input, and not where a node has made a plain text of it that is part of a result."""
    monkeypatch.setenv("TOKEN", 'very "s3cret" é')
    workflow = workflow_of(
        node("direct", "kept.twice", {"value": "Bearer {{ secrets.TOKEN }}"}),
        node("plain", "kept.header", {"token": "{{ secrets['TOKEN'] }}"}),
        node("derived", "kept.spelt", {"text": "{{ plain.result }}"}),
        node("other", "kept.twice", {"value": "open"}),
    )
    result = await run(path, workflow)
    assert result.status == "done"
    assert b"s3cret" not in b"".join(file.read_bytes() for file in path.parent.iterdir())
    store = Store(path, 1)
    assert store.stats()["types"] == {"kept.twice@1": 1}
    store.close()


def key(number: int) -> bytes:
    """A key."""
    return number.to_bytes(20, "big")


def row(text: str = '"x"') -> Row:
    """A result."""
    return Row(text, 5.0, 0.5)


def test_what_was_put_is_got(store: Store) -> None:
    """By its key, as it was; the last one counts."""
    assert store.get(key(1)) is None
    store.put(key(1), "a.b@1", row())
    store.put(key(1), "a.b@1", row('"y"'))
    assert store.get(key(1)) == row('"y"')
    assert store.stats() == {"entries": 1, "bytes": 23, "types": {"a.b@1": 1}}


def test_only_its_owner_may_read_it(store: Store) -> None:
    """Results may be confidential without being secret."""
    store.put(key(1), "a.b@1", row())
    for file in store.path.parent.iterdir():
        assert stat.S_IMODE(file.stat().st_mode) == 0o600


def test_the_least_recently_used_make_room(store: Store) -> None:
    """When the size is reached; what is larger than all of it is not stored."""
    now = 0.0
    store.clock = lambda: now
    for number in range(30):
        now += 2 * FRESHNESS
        store.put(key(number), "a.b@1", row("x" * 380))
        assert store.get(key(0)) is not None
        assert store.stats()["bytes"] <= 10_000
    assert store.get(key(29)) is not None
    assert store.get(key(1)) is None
    store.put(key(99), "a.b@1", row("x" * 10_000))
    assert store.get(key(99)) is None
    assert store.get(key(29)) is not None


def test_it_can_be_emptied(store: Store) -> None:
    """And used again; one that was never made is left unmade."""
    assert (store.clear(), store.stats()["entries"], store.path.exists()) == (0, 0, False)
    for number in range(5):
        store.put(key(number), "a.b@1", row())
    assert (store.clear(), store.stats()) == (5, {"entries": 0, "bytes": 0, "types": {}})
    store.put(key(1), "a.b@1", row())
    assert store.get(key(1)) == row()


def spoil_header(path: Path) -> None:
    """No SQLite file any more."""
    path.write_bytes(b"this is no database" * 100)


def spoil_pages(path: Path) -> None:
    """The tables can't be read."""
    content = bytearray(path.read_bytes())
    content[1024:] = b"\xff" * (len(content) - 1024)
    path.write_bytes(content)


def spoil_version(path: Path) -> None:
    """Of another release."""
    connection = sqlite3.connect(path)
    connection.execute("PRAGMA user_version = 7")
    connection.close()


def spoil_text(path: Path) -> None:
    """A result has changed."""
    connection = sqlite3.connect(path)
    with connection:
        connection.execute("""UPDATE results SET text = '"y"'""")
    connection.close()


@pytest.mark.parametrize("spoil", [spoil_header, spoil_pages, spoil_version, spoil_text])
def test_a_file_that_can_not_be_read_is_set_aside(path: Path, spoil: Any, caplog: pytest.LogCaptureFixture) -> None:
    """It is a miss with one warning, and a new file takes its place."""
    first = Store(path, 10_000)
    for number in range(20):
        first.put(key(number), "a.b@1", row())
    first.close()
    spoil(path)
    store = Store(path, 10_000)
    assert store.get(key(1)) is None
    assert store.get(key(1)) is None
    store.put(key(1), "a.b@1", row())
    assert store.get(key(1)) == row()
    store.close()
    assert path.with_name("results.sqlite.unreadable").exists()
    assert [record.levelname for record in caplog.records] == ["WARNING"]
    assert "is begun anew" in caplog.text


def test_a_file_that_another_process_has_replaced_is_left_alone(path: Path) -> None:
    """Who finds the old one unreadable does not set the new one aside."""
    store, other = Store(path, 10_000), Store(path, 10_000)
    store.put(key(1), "a.b@1", row())
    path.rename(path.with_name("old"))
    other.put(key(2), "a.b@1", row())
    store._set_aside(sqlite3.DatabaseError("unreadable"))
    assert store.get(key(2)) == row()
    store.close()
    other.close()


@pytest.mark.parametrize("how", ["folder", "locked", "device"])
def test_a_store_that_can_not_be_used_is_done_without(
    path: Path, how: str, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Nothing is found or stored, and one warning says why."""
    monkeypatch.setattr("stratagem_node_cache.store.PATIENCE", 0.01)
    path.parent.mkdir()
    blocker = None
    if how == "folder":
        path.mkdir()
    elif how == "device":
        path.symlink_to(os.devnull)
    else:
        Store(path, 10).stats()
        blocker = sqlite3.connect(path, isolation_level=None)
        blocker.execute("BEGIN EXCLUSIVE")
    store = Store(path, 10_000)
    for _ in range(2):
        store.put(key(1), "a.b@1", row())
        assert store.get(key(1)) is None
    store.close()
    if blocker is not None:
        blocker.close()
    assert len(caplog.records) == 1
    assert "can't be used" in caplog.text


@pytest.mark.anyio
async def test_a_run_bears_a_spoilt_store(path: Path, caplog: pytest.LogCaptureFixture) -> None:
    """It is as if nothing had been stored."""
    await run(path, ALL)
    spoil_header(path)
    result = await run(path, ALL)
    assert (result.status, len(RAN)) == ("done", 6)
    assert len(caplog.records) == 1
    await run(path, ALL)
    assert len(RAN) == 6


@pytest.mark.anyio
async def test_a_result_that_an_other_release_has_written_is_run_again(path: Path) -> None:
    """A value of a sort that is not known is no error."""
    workflow = workflow_of(node("a", "kept.twice", {"value": 1}))
    plugin = NodeCachePlugin(NodeCacheSettings(store=str(path)))
    async with Kernel(packs=[pack], plugins=[plugin]) as kernel:
        await kernel.run(workflow)
        assert plugin.store is not None
        (stored,) = plugin.store._attempt(lambda used: used.execute("SELECT key FROM results").fetchone(), (b"",))
        plugin.store.put(stored, "kept.twice@1", Row('{"$newer": 1}', plugin.results.clock(), 1.0))
        plugin.results.memory.clear()
        result = await kernel.run(workflow)
    assert result.outputs["a"] == {"result": ["1", "1"]}
    assert RAN == ["twice"] * 2


@pytest.mark.anyio
@pytest.mark.parametrize("after", [0.0, 0.001, 0.004, 0.01])
async def test_a_run_that_is_cancelled_leaves_the_store_whole(path: Path, after: float) -> None:
    """Nothing is left under way, whatever it waited for."""
    nodes = [node(f"n{i}", "kept.twice", {"value": i % 3}) for i in range(30)]
    plugin = NodeCachePlugin(NodeCacheSettings(store=str(path)))
    async with Kernel(packs=[pack], plugins=[plugin, scheduled(AnyReady)]) as kernel:
        handle = await kernel.start(workflow_of(*nodes))
        await anyio.sleep(after)
        handle.cancel()
        await handle.wait()
        assert len(plugin.results.flights) == 0
        assert (await kernel.run(workflow_of(*nodes))).status == "done"


PROGRAM = """
import sys
from pathlib import Path
from stratagem_node_cache.store import Row, Store
store = Store(Path(sys.argv[1]), 20_000)
own = int(sys.argv[2])
found = 0
for number in range(200):
    key = ((number * 7 + own) % 120).to_bytes(20, "big")
    text = '"' + "x" * ((number * 7 + own) % 120) + '"'
    row = store.get(key)
    if row is None:
        store.put(key, f"type{own}@1", Row(text, 1.0, 0.1))
    else:
        assert row.text == text, (row.text, text)
        found += 1
store.close()
print(found)
"""


def test_several_processes_use_one_store(path: Path) -> None:
    """They begin it at once, find what the others have stored, and nothing is lost, spoilt or told of."""
    command = [sys.executable, "-W", "error", "-c", PROGRAM, str(path)]
    processes = [
        subprocess.Popen(
            [*command, str(own)], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, env=os.environ
        )
        for own in range(4)
    ]
    told = [process.communicate(timeout=60) for process in processes]
    assert [process.returncode for process in processes] == [0] * 4, told
    assert [errors for _, errors in told] == [""] * 4
    assert all(int(found) > 0 for found, _ in told)
    store = Store(path, 20_000)
    stats = store.stats()
    store.close()
    assert 0 < stats["entries"] <= 120
    assert stats["entries"] == sum(stats["types"].values())
    assert stats["bytes"] <= 20_000
    connection = sqlite3.connect(path)
    assert connection.execute("PRAGMA integrity_check").fetchone() == ("ok",)
    sizes = connection.execute("SELECT SUM(size), COUNT(*) FROM results").fetchone()
    assert connection.execute("SELECT size, entries FROM total").fetchone() == sizes
    connection.close()


FLOW = {
    "stratagem": 1,
    "nodes": [{"id": "a", "type": "std.json_dump", "config": {"data": {"n": 1}}, "cache": {"ttl": "1h"}}],
}
CONFIG = """
schema = 1
[plugins]
use = ["node-cache"]
[settings.node-cache]
store = "results.sqlite"
"""


def stratagem(folder: Path, *arguments: str) -> str:
    """What the command prints on standard output."""
    command = [sys.executable, "-m", "stratagem", *arguments]
    return subprocess.run(command, cwd=folder, capture_output=True, text=True, check=True, timeout=60).stdout


def test_the_command_line_remembers_from_run_to_run(tmp_path: Path) -> None:
    """Says so, shows what is kept, and forgets it."""
    (tmp_path / "flow.json").write_text(json.dumps(FLOW))
    (tmp_path / "stratagem.toml").write_text(CONFIG)
    assert "ran" in stratagem(tmp_path, "run", "flow.json", "--explain")
    assert "remembered: key " in stratagem(tmp_path, "run", "flow.json", "--explain")
    assert "std.json_dump@1 1" in stratagem(tmp_path, "cache", "stats")
    assert stratagem(tmp_path, "cache", "clear") == "node-cache results: 1 entry dropped from results.sqlite\n"
    assert "entries  0" in stratagem(tmp_path, "cache", "stats", "node-cache")
    assert "ran" in stratagem(tmp_path, "run", "flow.json", "--explain")
