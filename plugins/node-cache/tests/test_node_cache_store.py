"""Results on disk: for several processes, within a size, and never in the way."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import anyio
import pytest
from attrs import define

from stratagem import Branch, Kernel, Measure, Pack, RunResult, Workflow
from stratagem_node_cache import NodeCachePlugin, NodeCacheSettings
from stratagem_node_cache.store import Row, Store
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


def spoil(path: Path) -> None:
    """Makes it no SQLite file any more."""
    path.write_bytes(b"this is no database" * 100)


@pytest.mark.anyio
async def test_a_run_bears_a_spoilt_store(path: Path, caplog: pytest.LogCaptureFixture) -> None:
    """It is as if nothing had been stored."""
    await run(path, ALL)
    spoil(path)
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
