"""Records: what is written of a run while it goes on, and what is read from it afterwards."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import textwrap
from collections.abc import Callable, Generator
from pathlib import Path
from typing import Any

import pytest

from stratagem import (
    BadFile,
    Config,
    Context,
    Pack,
    Plan,
    Plugin,
    Retry,
    SecretsConfig,
    Strategy,
    WorkflowError,
    hookimpl,
)
from stratagem_report import ReportSettings, sections
from stratagem_report.page import page
from stratagem_report.reading import read_record
from stratagem_report.record import RunRecord
from stratagem_report.shelf import Shelf, run_of
from stratagem_report.short import short
from stratagem_report.timing import top_frame
from stratagem_report.writer import RESERVED, RecordWriter
from stratagem_testing import graph_of, node, workflow_of

pytestmark = pytest.mark.anyio

Recorded = Callable[..., Any]

own = Pack("own")


@own.node()
async def shoots(path: str, context: Context) -> None:
    """Keeps a picture, and fails."""
    context.artifact(path, "screenshot")
    raise ValueError("no such button")


@own.node()
async def meets(context: Context) -> None:
    """Meets something odd, and goes on."""
    context.notice("the page <asked> something")


@own.node()
async def blurts(text: str) -> str:
    """Fails with its input."""
    raise ValueError(f"bad token {text}")


def hows(record: RunRecord) -> dict[str, str]:
    """Node id → how it ended, for nodes that ran once at most."""
    return {each.node.id: each.how for each in (*record.skipped, *record.executions)}


def put(path: Path) -> None:
    """Makes a file, and the folder for it."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text("kept", "utf-8")


def names_in(folder: Path) -> set[str]:
    """What there is in a folder."""
    return {path.name for path in folder.iterdir()}


async def test_a_record_tells_of_every_step(run_recorded: Recorded) -> None:
    """How each ended, when, how often it was tried, and what it needed."""
    workflow = workflow_of(
        node("a", "sample.wait", {"seconds": 0.05}),
        node("b", "sample.flaky", after=("a",), retry=Retry(3, 0.001)),
        node("c", "sample.value", {"value": 1}, after=("a",), when="1 > 2"),
        node("d", "sample.fail", after=("b",), on_error="continue"),
        name="four",
    )
    result, record = await run_recorded(workflow)
    assert (record.run, record.status, record.head["workflow"]) == (result.id, "done", "four")
    assert hows(record) == {"a": "done", "b": "done", "c": "skipped", "d": "failed"}
    frame = top_frame(record)
    a, b, c, d = (frame[n] for n in range(4))
    assert a.seconds >= 0.05
    assert a.end <= b.begin <= b.end <= d.begin
    assert (b.attempts, [record.nodes[n].id for n in d.node.needs]) == (2, ["b"])
    assert c.seconds == 0
    assert "broken" in (d.error or "")
    assert record.over is not None
    assert record.over["steps"] == {"done": 2, "skipped": 1, "failed": 1, "cancelled": 0}
    assert record.metrics["run.duration"]["unit"] == "s"


async def test_steps_of_bodies_know_the_step_around_them(run_recorded: Recorded) -> None:
    """And which call of the body they were in, however deep."""
    inner = graph_of(node("leaf", "sample.value", {"value": 1}))
    outer = graph_of(node("inner", "sample.each", {"items": [1, 2]}, bodies={"body": inner}))
    _, record = await run_recorded(workflow_of(node("outer", "sample.each", {"items": [1, 2]}, bodies={"body": outer})))
    leaves = [each for each in record.executions if each.node.id == "leaf"]
    assert len(leaves) == 4
    around = [(each.number, each.parent.number if each.parent else None) for each in leaves]
    assert around == [(0, 0), (1, 0), (0, 1), (1, 1)]
    assert {each.parent.parent.node.id for each in leaves if each.parent and each.parent.parent} == {"outer"}
    leaf = leaves[0].node
    assert record.nodes[leaf.owner or 0].id == "inner"


async def test_secrets_are_masked(run_recorded: Recorded, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """In errors, in values and in whatever else is written."""
    monkeypatch.setenv("FLOWS_TOKEN", "t0ps3cret")
    config = Config(strategy=Strategy(schedule="dag"), secrets=SecretsConfig(prefix="FLOWS_"))
    workflow = workflow_of(
        node("a", "own.blurts", {"text": "{{ secrets.TOKEN }}"}, on_error="continue"),
        node("b", "sample.set", {"name": "x", "value": "{{ secrets.TOKEN }}"}),
        variables={"x": ""},
    )
    settings = ReportSettings(folder=folder, values=True)
    _, record = await run_recorded(workflow, packs=[own], config=config, settings=settings)
    text = Shelf(folder).find(record.run).read_text("utf-8")
    assert "t0ps3cret" not in text
    assert "bad token ***" in text
    assert record.over is not None
    assert record.over["values"]["variables"] == {"x": "***"}


async def test_values_are_not_recorded_unless_asked(run_recorded: Recorded, folder: Path) -> None:
    """Only digests are, by which runs can be compared."""
    workflow = workflow_of(node("a", "sample.value", {"value": "private"}), result="{{ a.result }}")
    _, record = await run_recorded(workflow)
    assert "values" not in (record.over or {})
    assert len((record.over or {})["result"]) == 24
    text = Shelf(folder).find(record.run).read_text("utf-8")
    assert "private" not in text


async def test_what_steps_have_met_is_told_in_page_and_in_short(run_recorded: Recorded) -> None:
    """Also where nothing has failed."""
    _, record = await run_recorded(workflow_of(node("a", "own.meets")), packs=[own])
    assert [(each.node.id, text) for each, text in sections.notices(record)] == [("a", "the page <asked> something")]
    assert "the page &lt;asked&gt; something" in page(record)
    assert "a: the page <asked> something" in short(record)


async def test_artifacts_and_leases_are_told_by_events(run_recorded: Recorded) -> None:
    """A picture that a node keeps is found with its execution."""
    workflow = workflow_of(node("a", "own.shoots", {"path": "runs/x.png"}, on_error="continue"))
    _, record = await run_recorded(workflow, packs=[own])
    (a,) = record.executions
    assert a.artifacts == [("runs/x.png", "screenshot")]
    assert a.error == "ValueError: no such button"


async def test_an_error_of_any_text_is_read_as_it_was(run_recorded: Recorded) -> None:
    """Also where it has what some take for the end of a line, or is no text that could be encoded."""
    message = 'one\u2028two\x85three\n"four" \udcff'
    _, record = await run_recorded(workflow_of(node("a", "own.blurts", {"text": message}, on_error="continue")), [own])
    assert record.torn == 0
    assert (record.executions[0].error or "").startswith("ValueError: bad token one\u2028two\x85three\n")


async def test_a_record_stays_within_its_size(run_recorded: Recorded, folder: Path) -> None:
    """Lines that have no room are counted, and the end is told all the same."""
    body = graph_of(node("leaf", "sample.value", {"value": 1}))
    workflow = workflow_of(node("loop", "sample.each", {"items": list(range(3000))}, bodies={"body": body}))
    result, record = await run_recorded(workflow, settings=ReportSettings(folder=folder, record_bytes=150_000))
    assert result.status == record.status == "done"
    assert record.dropped > 3000
    assert Shelf(folder).find(result.id).stat().st_size < 150_000


async def test_only_so_many_records_are_kept(run_recorded: Recorded, folder: Path) -> None:
    """The oldest go, with what their runs had kept; other files of the folder stay."""
    put(folder / "notes.txt")
    settings = ReportSettings(folder=folder, keep=2)
    runs = []
    for place in range(4):
        result, _ = await run_recorded(workflow_of(node("a", "sample.value", {"value": 1})), settings=settings)
        path = Shelf(folder).find(result.id)
        path.rename(path.with_name(f"2026010{place}T000000-{result.id}.jsonl"))
        put(folder / result.id / "failure.png")
        runs.append(result.id)
    assert [run_of(path) for path in Shelf(folder).records()] == [runs[3], runs[2]]
    assert {name for name in names_in(folder) if "." not in name} == {runs[2], runs[3]}
    assert "notes.txt" in names_in(folder)


async def test_a_folder_that_can_not_be_written_harms_no_run(
    run_recorded: Recorded, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    """It is told, once, and the run goes on without a record."""
    put(tmp_path / "runs")
    with pytest.raises(WorkflowError, match="there is no record"):
        await run_recorded(workflow_of(node("a", "sample.value", {"value": 1})))
    (warning,) = [r.getMessage() for r in caplog.records if r.name == "stratagem.report"]
    assert warning.startswith("no record of this run is kept in ")


KILLED = """
import anyio, sys
from pathlib import Path
from stratagem import Config
from stratagem_testing import node, run_once, workflow_of
from stratagem_testing import sample
from stratagem_report import ReportPlugin, ReportSettings

async def main():
    workflow = workflow_of(
        node("first", "sample.value", {"value": 1}), node("second", "sample.wait", {"seconds": 60}, after=("first",))
    )
    await run_once(workflow, packs=[sample], plugins=[ReportPlugin(ReportSettings(folder=Path(sys.argv[1])))])

anyio.run(main)
"""


def test_a_killed_run_leaves_a_readable_record(folder: Path) -> None:
    """What had ended, and what was running when the process went; a torn line is passed over."""
    process = subprocess.Popen([sys.executable, "-c", textwrap.dedent(KILLED), str(folder)])
    while not any('"x":2' in path.read_text("utf-8") for path in folder.glob("*.jsonl")):
        assert process.poll() is None
    os.kill(process.pid, signal.SIGKILL)
    process.wait()
    (path,) = Shelf(folder).records()
    with path.open("a", encoding="utf-8") as file:
        file.write('{"k":"end","x"')
    record = read_record(path)
    assert record.status == "cut off"
    assert record.torn == 1
    assert hows(record) == {"first": "done", "second": "running"}


@pytest.mark.parametrize("text", ["", "hello", '{"k":"end","x":1}', '{"k":"run","record":99}', "[1, 2]"])
def test_a_file_that_is_no_record_is_refused(text: str, tmp_path: Path) -> None:
    """With the file's name."""
    path = tmp_path / "x.jsonl"
    path.write_text(text, "utf-8")
    with pytest.raises(BadFile) as caught:
        read_record(path)
    assert caught.value.file == str(path)


def test_records_are_found_by_name(folder: Path) -> None:
    """By the beginning of the run's id, by age, or as a file; what is unclear is refused."""
    folder.mkdir()
    for place, run in enumerate(("aa11", "aa22", "bb33")):
        (folder / f"2026010{place}T000000-{run}.jsonl").write_text("", "utf-8")
    shelf = Shelf(folder)
    found = {named: run_of(shelf.find(named)) for named in ("last", "last-1", "bb", "aa1")}
    assert found == {"last": "bb33", "last-1": "aa22", "bb": "bb33", "aa1": "aa11"}
    with pytest.raises(WorkflowError, match="begins the ids of several runs: aa22, aa11"):
        shelf.find("aa")
    with pytest.raises(WorkflowError, match="there is no record of a run 'last-9'"):
        shelf.find("last-9")


def test_lines_that_have_no_room_are_left_out_whole(tmp_path: Path) -> None:
    """A record is never torn by its limit."""
    writer = RecordWriter(tmp_path / "x.jsonl", RESERVED + 40)
    assert [writer.put("a", text="x" * size) for size in (5, 5000, 5)] == [True, False, False]
    assert writer.put("over", must=True, why="told in any case")
    writer.close()
    lines = [json.loads(line) for line in writer.path.read_text("utf-8").splitlines()]
    assert ([line["k"] for line in lines], writer.dropped) == (["a", "over"], 2)


class Dropping(Plugin):
    """Drops the node ``b``."""

    @hookimpl(wrapper=True)
    def compile(self) -> Generator[None, Plan, Plan]:
        """The plan without it."""
        plan = yield
        return plan.revised(drop=["b"], why="nobody reads it")


async def test_what_passes_have_changed_is_told_with_the_node(run_recorded: Recorded) -> None:
    """With the reason and the plugin; the page has it in the node's details."""
    workflow = workflow_of(node("a", "sample.value", {"value": 1}), node("b", "sample.value", {"value": 2}))
    _, record = await run_recorded(workflow, plugins=[Dropping()])
    (text,) = record.nodes[1].revised
    assert text.startswith("dropped: nobody reads it (")
    assert "Dropping" in text
    assert record.nodes[0].revised == ()
