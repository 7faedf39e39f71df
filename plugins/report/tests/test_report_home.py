"""The command line records its runs by itself: where, how much, at what cost, and how to have none."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Callable, Mapping
from pathlib import Path
from time import process_time
from typing import Any

import pytest

from stratagem import Body, Config, Graph, Kernel, Node, Pack, RunStarted, Strategy, Usual, Workflow
from stratagem.hosting import Installed, load_plugins
from stratagem_report import home as of_home
from stratagem_report import learn
from stratagem_report.home import HomeRecords
from stratagem_report.reading import read_record
from stratagem_report.shelf import Shelf

pytest.importorskip("stratagem_std")
pytest.importorskip("stratagem_cli")

Stratagem = Callable[..., str]

FLOW = """
stratagem: 1
variables: { token: not to be written }
nodes:
  - { id: wait, type: std.wait, config: { seconds: 0.05 } }
  - { id: say, type: std.log, config: { message: "{{ token }}" }, after: [wait] }
result: "{{ token }}"
"""

pack = Pack("home")


@pack.node(effect="pure", runs="loop")
async def count(value: int = 0) -> int:
    """Adds one."""
    return value + 1


@pack.node(handles=("loop",))
async def times(number: int, body: Body) -> int:
    """Calls its body again and again."""
    for _ in range(number):
        await body()
    return number


@pytest.fixture
def state(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A state folder of this test's own, in which runs are recorded."""
    monkeypatch.setenv("STRATAGEM_STATE", str(tmp_path / "state"))
    monkeypatch.delenv("STRATAGEM_RECORD", raising=False)
    return tmp_path / "state"


@pytest.fixture
def stratagem(state: Path, tmp_path: Path) -> Stratagem:
    """Carries out a command in a process of its own, beside a flow: what it tells on both outputs."""
    (tmp_path / "flow.yaml").write_text(FLOW, "utf-8")

    def call(*arguments: str, code: int = 0, **environ: str) -> str:
        argv = [sys.executable, "-W", "error", "-m", "stratagem", *arguments]
        env = {**os.environ, **environ}
        done = subprocess.run(argv, cwd=tmp_path, env=env, capture_output=True, text=True)
        assert done.returncode == code, done.stderr
        return done.stdout + done.stderr

    return call


def records(state: Path) -> list[Path]:
    """The records that are there, newest first."""
    return Shelf(state / "runs").records()


@pytest.mark.parametrize("schedule", ["dag", "sequential"])
def test_report_alone_shows_the_last_run(schedule: str, stratagem: Stratagem, state: Path) -> None:
    """Without any config; what is kept is readable by the user alone, and has no values."""
    if schedule == "dag":
        pytest.importorskip("stratagem_dag")
    stratagem("run", "flow.yaml", "--set", f"strategy.schedule={schedule}")
    told = stratagem("report")
    assert "2 done" in told
    assert "wait" in told
    (path,) = records(state)
    assert "not to be written" not in path.read_text("utf-8")
    assert path.parent.stat().st_mode & 0o077 == 0
    assert schedule in str(read_record(path).head["scheduler"]).lower()


def test_one_key_or_a_variable_turns_it_off(stratagem: Stratagem, state: Path) -> None:
    """The variable is for continuous integration; the report then says that there is no record."""
    stratagem("run", "flow.yaml", "--set", "run.record=false")
    for off in ("off", "0", "False"):
        stratagem("run", "flow.yaml", STRATAGEM_RECORD=off)
    assert not state.exists()
    assert "there is no record of a run 'last'" in stratagem("report", code=2)


def test_a_config_that_has_the_plugin_in_use_keeps_its_own_records(
    stratagem: Stratagem, state: Path, tmp_path: Path
) -> None:
    """The command line adds none, and the report looks where they are."""
    (tmp_path / "stratagem.toml").write_text('[plugins]\nuse = ["report"]\n', "utf-8")
    stratagem("run", "flow.yaml")
    assert not state.exists()
    assert len(Shelf(tmp_path / "runs").records()) == 1
    assert "2 done" in stratagem("report")


def test_a_folder_that_cant_be_written_stops_no_run(stratagem: Stratagem, tmp_path: Path) -> None:
    """Nor is it told of: nobody has asked for records."""
    (tmp_path / "file").write_text("", "utf-8")
    told = stratagem("run", "flow.yaml", STRATAGEM_STATE=str(tmp_path / "file"))
    assert "record" not in told


def test_the_standard_state_folder_is_used_where_none_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    """As the platform has it."""
    monkeypatch.delenv("STRATAGEM_STATE", raising=False)
    assert of_home.home().parts[-2:] == ("stratagem", "runs")


def test_the_recorder_is_offered_to_the_command_line() -> None:
    """By its entry point, and is no plugin that a config names."""
    installed = Installed()
    assert installed.load("stratagem.record", "report") is HomeRecords
    assert not any(isinstance(each, HomeRecords) for each in load_plugins(Config(), installed))


async def run_with_records(workflow: Workflow, schedule: str = "sequential") -> Mapping[str, Usual]:
    """Runs it with a record, and gives the usual times that are known when it begins."""
    known: list[Mapping[str, Usual]] = []

    def see(event: Any) -> None:
        if isinstance(event, RunStarted):
            known.append(dict(event.usual))

    config = Config(strategy=Strategy(schedule=schedule))
    async with Kernel(config, plugins=[HomeRecords()], packs=[pack]) as kernel:
        plan = kernel.compile(workflow)
        result = await kernel.run(plan, options=kernel.options_for(plan, keep="none", on_event=see))
        assert result.status == "done"
    return known[0]


@pytest.mark.anyio
async def test_the_second_run_knows_how_long_nodes_take(state: Path) -> None:
    """From its beginning on, so that the time left can be told; no step is called slow by one earlier run."""
    flow = Workflow(name="w", nodes={"a": Node("a", "home.count"), "b": Node("b", "home.count", after=("a",))})
    assert await run_with_records(flow) == {}
    known = await run_with_records(flow)
    assert {node: usual.count for node, usual in known.items()} == {"a": 1, "b": 1}
    assert all(usual.p95 == float("inf") for usual in known.values())


@pytest.mark.anyio
async def test_records_are_read_only_when_they_are_asked_for(state: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A run that nobody looks at need not wait for them."""
    flow = Workflow(name="w", nodes={"a": Node("a", "home.count")})
    await run_with_records(flow)
    monkeypatch.setattr(learn, "usual_times", None)
    async with Kernel(plugins=[HomeRecords()], packs=[pack]) as kernel:
        assert (await kernel.run(flow)).status == "done"
    assert len(records(state)) == 2


@pytest.mark.anyio
async def test_a_long_record_of_a_short_run_is_not_read(state: Path) -> None:
    """Reading it would take too much of the next run."""
    flow = Workflow(name="w", nodes={"a": Node("a", "home.count")})
    await run_with_records(flow)
    (path,) = records(state)
    with path.open("a") as file:
        file.write("\n" * (of_home.LEARN_BYTES + 2 * of_home.LEARN_PER_SECOND))
    assert await run_with_records(flow) == {}


@pytest.mark.anyio
async def test_the_oldest_records_go(state: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """By number, and by bytes."""
    flow = Workflow(name="w", nodes={"a": Node("a", "home.count")})
    monkeypatch.setattr(of_home, "KEEP", 3)
    for _ in range(5):
        await run_with_records(flow)
    kept = records(state)
    assert len(kept) == 3
    monkeypatch.setattr(of_home, "KEEP_BYTES", of_home.RECORD_BYTES + kept[0].stat().st_size + 10)
    await run_with_records(flow)
    assert len(records(state)) == 2


@pytest.mark.anyio
@pytest.mark.parametrize("schedule", ["dag", "sequential"])
async def test_of_many_short_steps_a_sample_is_recorded(schedule: str, state: Path) -> None:
    """Of a loop and of a large plan; the record says how many more there were, and can be read."""
    if schedule == "dag":
        pytest.importorskip("stratagem_dag")
    body = Graph(nodes={"inner": Node("inner", "home.count"), "next": Node("next", "home.count", after=("inner",))})
    loop = Node("loop", "home.times", {"number": 20_000}, bodies={"body": body})
    wide = {f"n{at}": Node(f"n{at}", "home.count", after=(f"n{at - 1}",) if at else ()) for at in range(20_000)}
    for nodes in ({"loop": loop}, wide, {"loop": loop, **wide}):
        await run_with_records(Workflow(name="many", nodes=nodes), schedule=schedule)
        (path, *_) = records(state)
        record = read_record(path)
        assert (record.status, record.torn) == ("done", 0)
        assert len(record.executions) >= 20
        steps = sum(record.over["steps"].values()) if record.over else 0
        assert record.unseen == steps - len(record.executions) > steps / 2
        assert all(each.parent is not None for each in record.executions if each.node.id in ("inner", "next"))
        assert path.stat().st_size < of_home.RECORD_BYTES


@pytest.mark.anyio
async def test_a_small_run_is_recorded_whole(state: Path) -> None:
    """Nothing is left out of what people look at."""
    nodes = {f"n{at}": Node(f"n{at}", "home.count") for at in range(60)}
    await run_with_records(Workflow(name="small", nodes=nodes))
    record = read_record(records(state)[0])
    assert (len(record.executions), record.unseen) == (60, 0)


@pytest.mark.slow
@pytest.mark.anyio
async def test_recording_takes_little_of_a_long_run_of_short_steps(state: Path) -> None:
    """At most a tenth of its time, as the least of several runs of both sorts tells."""
    nodes = {f"n{at}": Node(f"n{at}", "home.count", after=(f"n{at - 1}",) if at else ()) for at in range(200_000)}
    seconds: dict[bool, list[float]] = {True: [], False: []}
    async with Kernel(packs=[pack]) as plain, Kernel(packs=[pack], plugins=[HomeRecords()]) as recording:
        plan = plain.compile(Workflow(name="long", nodes=nodes))
        for _ in range(7):
            for kernel in (plain, recording):
                begun = process_time()
                await kernel.run(plan, keep="none")
                seconds[kernel is recording].append(process_time() - begun)
    assert min(seconds[True]) <= 1.10 * min(seconds[False]) + 0.01


def test_a_record_of_a_sample_says_so(stratagem: Stratagem, tmp_path: Path) -> None:
    """In the terminal and on the page."""
    items = {"items": "{{ [1, 2, 3] }}"}
    body = {"nodes": [{"id": "say", "type": "std.log", "config": {"message": "x", "level": "debug"}}]}
    node = {"id": "each", "type": "std.for_each", "config": items, "bodies": {"body": body}}
    (tmp_path / "many.json").write_text(json.dumps({"stratagem": 1, "nodes": [node]}), "utf-8")
    stratagem("run", "many.json")
    path = next((tmp_path / "state" / "runs").glob("*.jsonl"))
    lines = path.read_text("utf-8").splitlines()
    over = {**json.loads(lines[-1]), "unseen": 12_345}
    path.write_text("\n".join([*lines[:-1], json.dumps(over)]) + "\n", "utf-8")
    assert "12,345 more steps ran" in stratagem("report")
    stratagem("report", "show", "last", "--output", "page.html")
    assert "12,345 more steps ran" in (tmp_path / "page.html").read_text("utf-8")
