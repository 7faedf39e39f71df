"""Without a config file: drivers that are installed are taken for the kinds that a workflow asks for, and lines say so."""

import json
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from textwrap import dedent

import pytest

Ended = tuple[int, str, str]

DRIVER = """
    import sys
    from contextlib import asynccontextmanager
    from stratagem import Plugin, ResourceProvider, hookimpl

    class Desks(ResourceProvider):
        @asynccontextmanager
        async def lease(self, step, request):
            yield "a desk of " + __name__

    class Desk(Plugin):
        @hookimpl
        def acquire_resource(self, run, kind):
            print("driven by", __name__, "for", kind)
            return Desks()
"""

TELLER = """
    import sys
    from stratagem import Plugin

    class Teller(Plugin):
        def __init__(self, settings=None):
            super().__init__(settings)
            print("made", type(self).__name__, file=sys.stderr)
"""
TOLD_DRIVER = """
    from stratagem import hookimpl
    from teller import Teller

    class Desk(Teller):
        @hookimpl
        def acquire_resource(self, run, kind):
            return None
"""

PACK = """
    from typing import Any
    from stratagem import Pack

    pack = Pack("office")

    @pack.node(resources={"desk": "desk"})
    async def sit(desk: Any) -> str:
        "Needs a desk."
        return desk

    @pack.node(resources={"desk": "desk"})
    async def stand(desk: Any = "no desk") -> str:
        "Can do without one."
        return desk

    @pack.node()
    async def walk() -> str:
        "Needs nothing."
        return "outside"
"""


class Site:
    """Distributions in a folder that is first on the path of the command."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        folder.mkdir()

    def add(self, name: str, points: dict[str, dict[str, str]], code: str = "") -> None:
        """Installs a distribution, with a module of its name."""
        module = name.replace("-", "_")
        info = self.folder / f"{module}-1.0.dist-info"
        info.mkdir()
        info.joinpath("METADATA").write_text(f"Metadata-Version: 2.1\nName: {name}\nVersion: 1.0\n", "utf-8")
        lines = (f"[{group}]\n" + "".join(f"{k} = {v}\n" for k, v in own.items()) for group, own in points.items())
        info.joinpath("entry_points.txt").write_text("\n".join(lines), "utf-8")
        (self.folder / f"{module}.py").write_text(dedent(code), "utf-8")

    def add_driver(self, name: str, code: str = DRIVER) -> None:
        """Installs a driver of the kind ``desk``, and offers it as that."""
        module = name.replace("-", "_")
        points = {"stratagem.resource": {name: f"{module}:Desk"}, "stratagem.driver": {"desk": module}}
        self.add(name, points, code)


@pytest.fixture
def office(tmp_path: Path) -> Site:
    """A pack with nodes that need a desk, that can do without one, and that need nothing."""
    site = Site(tmp_path / "office")
    site.add(
        "office", {"stratagem.nodes": {"office": "office:pack"}, "stratagem.known": {"kind.desk": "oak_desk"}}, PACK
    )
    return site


@pytest.fixture
def call(office: Site, tmp_path: Path) -> Callable[..., Ended]:
    """Carries out a command on a workflow of nodes of the pack, in a process of its own."""

    def run(command: str, *nodes: str, options: tuple[str, ...] = (), code: int = 0, **others: str) -> Ended:
        listed = [{"id": f"n{at}", "type": f"office.{node}"} for at, node in enumerate(nodes)]
        document = {"stratagem": 1, "nodes": listed, "result": "{{ n0.result }}"}
        (tmp_path / "flow.json").write_text(json.dumps(document), "utf-8")
        path = os.pathsep.join(filter(None, [str(office.folder), os.environ.get("PYTHONPATH")]))
        argv = [sys.executable, "-W", "error", "-m", "stratagem", command, *options, "flow.json"]
        done = subprocess.run(
            argv,
            cwd=tmp_path,
            capture_output=True,
            text=True,
            env={**os.environ, "PYTHONPATH": path, "STRATAGEM_STATE": str(tmp_path / "state"), **others},
        )
        assert done.returncode == code, done.stderr
        return done.returncode, done.stdout, done.stderr

    return run


Call = Callable[..., Ended]

TAKEN = 'resources.desk = "oak-desk" because oak-desk 1.0 is installed'


@pytest.mark.parametrize("schedule", ["dag", "sequential"])
def test_the_one_driver_that_is_installed_is_taken(schedule: str, call: Call, office: Site) -> None:
    """For a kind that a node needs; one line says what and why, and check says ok."""
    office.add_driver("oak-desk")
    options = () if schedule == "dag" else ("--set", "strategy.schedule=sequential")
    _, out, err = call("run", "sit", options=options)
    assert "driven by oak_desk for desk" in out
    assert [line for line in err.splitlines() if TAKEN in line] == [
        line for line in err.splitlines() if "config:" in line
    ]
    assert ('schedule = "dag" as' in err) == (schedule == "dag")
    _, out, err = call("check", "sit", options=options)
    assert out.startswith("ok: flow.json")
    assert TAKEN in err


def test_nothing_is_imported_for_a_workflow_that_needs_no_driver(call: Call, office: Site) -> None:
    """Not even one that could not be imported."""
    office.add_driver("oak-desk", "1/0")
    _, _, err = call("run", "walk")
    assert "oak-desk" not in err


def test_two_drivers_are_refused_with_the_lines_to_write(call: Call, office: Site, tmp_path: Path) -> None:
    """By run and by check; the line in a config chooses."""
    office.add_driver("oak-desk")
    office.add_driver("elm-desk")
    for command in ("run", "check"):
        _, out, err = call(command, "sit", code=2)
        assert "'elm-desk' of elm-desk 1.0 and 'oak-desk' of oak-desk 1.0 are installed" in out + err
        assert '[resources] desk = "elm-desk" or [resources] desk = "oak-desk"' in out + err
    (tmp_path / "stratagem.toml").write_text('[resources]\ndesk = "elm-desk"\n', "utf-8")
    _, out, err = call("run", "sit")
    assert "driven by elm_desk" in out
    assert "config:" not in err


def test_where_no_driver_is_installed_the_hint_is_what_to_install(call: Call) -> None:
    """The pack's distribution knows who offers one."""
    for command in ("run", "check"):
        _, out, err = call(command, "sit", code=2)
        assert "Run: pip install oak-desk" in out + err


def test_a_kind_that_nodes_can_do_without_never_stops_a_run(call: Call, office: Site) -> None:
    """None installed, two installed, or one that is broken: none is taken, and a line says why."""
    options = ("--json",)
    assert json.loads(call("run", "stand", options=options)[1])["result"] == "no desk"
    office.add_driver("oak-desk", "1/0")
    _, out, err = call("run", "stand", options=options)
    assert json.loads(out)["result"] == "no desk"
    assert "no driver for 'desk' because 'oak-desk' of oak-desk 1.0 can't be used" in err
    office.add_driver("elm-desk")
    for command in ("run", "check"):
        _, _, err = call(command, "stand", options=options if command == "run" else ())
        assert (
            "no driver for 'desk' because 'elm-desk' of elm-desk 1.0 and 'oak-desk' of oak-desk 1.0 are installed"
            in err
        )


def test_a_kind_that_nodes_can_do_without_gets_the_one_driver(call: Call, office: Site) -> None:
    """As one that is needed."""
    office.add_driver("oak-desk")
    _, out, err = call("run", "stand", options=("--json",))
    assert json.loads(out)["result"] == "a desk of oak_desk"
    assert TAKEN in err


def test_a_config_with_a_table_of_resources_is_taken_as_it_is(call: Call, office: Site, tmp_path: Path) -> None:
    """One without it leaves the choice open."""
    office.add_driver("oak-desk")
    (tmp_path / "stratagem.toml").write_text("[run]\nconcurrency = 2\n", "utf-8")
    assert TAKEN in call("run", "sit")[2]
    (tmp_path / "stratagem.toml").write_text("[resources]\n", "utf-8")
    assert '[resources] desk = "oak-desk"' in call("run", "sit", code=2)[2]


def test_the_config_beside_the_workflow_is_found_and_told(call: Call, tmp_path: Path) -> None:
    """Wherever the command is called; config show says which one it is and why."""
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    (tmp_path / "stratagem.toml").write_text("[run]\nconcurrency = 7\n", "utf-8")
    (elsewhere / "stratagem.toml").write_text("[run]\nconcurrency = 8\n", "utf-8")
    call("check", "walk")  # writes flow.json

    def first_lines(*arguments: str) -> tuple[str, bool]:
        argv = [sys.executable, "-m", "stratagem", "config", "show", *arguments]
        out = subprocess.run(argv, cwd=elsewhere, capture_output=True, text=True, check=True).stdout
        return out.splitlines()[0], "concurrency = 7" in out

    assert first_lines("../flow.json") == (f"# {tmp_path / 'stratagem.toml'} (beside the workflow)", True)
    assert first_lines() == (f"# {elsewhere / 'stratagem.toml'} (in the current folder)", False)


def test_config_show_of_a_file_that_cant_be_read_is_refused(tmp_path: Path) -> None:
    """As by every other command."""
    (tmp_path / "flow.json").write_text("{", "utf-8")
    argv = [sys.executable, "-m", "stratagem", "config", "show"]
    for file in ("flow.json", "missing.json"):
        done = subprocess.run([*argv, file], cwd=tmp_path, capture_output=True, text=True)
        assert (done.returncode, done.stdout) == (2, "")
        assert done.stderr.startswith(f"error: {file}")


def test_config_show_of_a_driver_that_is_broken_shows_the_config_all_the_same(call: Call, office: Site) -> None:
    """A warning tells what is wrong, and how another driver is chosen."""
    office.add_driver("oak-desk", "1/0")
    _, out, err = call("config", "sit", options=("show",))
    assert 'desk = "oak-desk"' in out
    assert "warning: the driver 'oak-desk', which a run of flow.json takes, can't be used: " in err
    assert "name another driver in [resources]; an empty table takes none" in err


def test_config_show_makes_each_plugin_once(call: Call, office: Site, tmp_path: Path) -> None:
    """Drivers that are taken included."""
    office.add_driver("oak-desk", TOLD_DRIVER)
    office.add("teller", {"stratagem.plugin": {"teller": "teller:Teller"}}, TELLER)
    (tmp_path / "stratagem.toml").write_text('[plugins]\nuse = ["teller"]\n', "utf-8")
    err = call("config", "sit", options=("show",))[2]
    assert err.splitlines() == ["made Teller", "made Desk"]


RECORDER = """
    from stratagem import Plugin, hookimpl

    class Keeper(Plugin):
        @hookimpl
        def record_metric(self, run):
            print("kept by", self.name)
"""


def test_recorders_that_are_offered_are_used_and_can_be_turned_off(call: Call, office: Site) -> None:
    """Whatever distribution offers one; check uses none."""
    office.add("keeper", {"stratagem.record": {"keeper": "keeper:Keeper"}}, RECORDER)
    assert "kept by keeper" in call("run", "walk", STRATAGEM_RECORD="")[1]
    assert "kept" not in call("run", "walk", STRATAGEM_RECORD="off")[1]
    assert "kept" not in call("run", "walk", options=("--set", "run.record=false"), STRATAGEM_RECORD="")[1]
    assert "kept" not in call("check", "walk", STRATAGEM_RECORD="")[1]


def test_a_recorder_that_cant_be_used_stops_no_run(call: Call, office: Site) -> None:
    """One warning tells of it, with its distribution."""
    office.add("keeper", {"stratagem.record": {"keeper": "keeper:Keeper"}}, "1/0")
    _, _, err = call("run", "walk", STRATAGEM_RECORD="")
    assert err.count("no record of this run is kept") == 1
    assert "keeper 1.0" in err
    assert "done: 1 step done" in err


def test_each_file_of_a_check_has_its_own_config(tmp_path: Path) -> None:
    """The one beside it."""
    node = {"id": "a", "type": "std.log", "config": {"message": "x"}}
    for name, allowed in (("one", '["*"]'), ("two", "[]")):
        folder = tmp_path / name
        folder.mkdir()
        (folder / "flow.json").write_text(json.dumps({"stratagem": 1, "nodes": [node]}), "utf-8")
        (folder / "stratagem.toml").write_text(f"[packs]\nallow = {allowed}\n", "utf-8")
    argv = [sys.executable, "-m", "stratagem", "check", "one/flow.json", "two/flow.json"]
    done = subprocess.run(argv, cwd=tmp_path, capture_output=True, text=True)
    assert done.returncode == 2
    assert "ok: one/flow.json" in done.stdout
    assert "two/flow.json:" in done.stderr
    assert "does not allow the pack 'std'" in done.stderr
