"""Runs from stored plans: equal to those of the files, and never from a plan that does not hold any more."""

from __future__ import annotations

import logging
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from stratagem import Config, Kernel, Plan, PluginsConfig, Workflow
from stratagem_plan_cache import PlanCachePlugin, PlanCacheSettings

pytestmark = pytest.mark.anyio

FLOW = """
stratagem: 1
variables: {n: 3}
nodes:
  - {id: a, type: std.add, config: {a: "{{ n }}", b: 1}}
  - {id: each, type: std.for_each, config: {items: [1, 2]}, bodies: {body: {nodes: [
      {id: inner, type: std.multiply, config: {a: "{{ item }}", b: "{{ a.result }}"}}], result: "{{ inner.result }}"}}}
  - {id: called, type: std.subflow, config: {flow: inner.yaml, variables: {x: "{{ a.result }}"}}}
result: {each: "{{ each.results }}", called: "{{ called.result }}"}
"""
INNER = """
variables: {x: 0}
nodes:
  - {id: b, type: std.add, config: {a: "{{ x }}", b: 100}}
result: "{{ b.result }}"
"""


@pytest.fixture
def flow(tmp_path: Path) -> Path:
    """A workflow with a loop and a subflow."""
    (tmp_path / "inner.yaml").write_text(INNER)
    path = tmp_path / "flow.yaml"
    path.write_text(FLOW)
    return path


@pytest.fixture
def shelf(tmp_path: Path) -> Path:
    """Where plans are kept."""
    return tmp_path / "plans"


def kernel_of(shelf: Path, **settings: Any) -> Kernel:
    """A kernel that keeps plans there."""
    plugin = PlanCachePlugin(PlanCacheSettings(folder=str(shelf), **settings))
    plugin.name = "plan-cache"
    return Kernel(Config(), plugins=[plugin])


def spoil_all(shelf: Path, spoil: Any) -> None:
    """Damages every plan that is kept."""
    for entry in shelf.iterdir():
        entry.write_bytes(spoil(entry.read_bytes()))


class Loads(list[str]):
    """The files that were parsed."""


@pytest.fixture
def loads(monkeypatch: pytest.MonkeyPatch) -> Loads:
    """What kernels parse meanwhile."""
    found, load = Loads(), Kernel.load

    def noted(self: Kernel, path: str | Path, format: str | None = None) -> Workflow:
        found.append(Path(path).name)
        return load(self, path, format)

    monkeypatch.setattr(Kernel, "load", noted)
    return found


async def value_of(kernel: Kernel, plan: Plan) -> Any:
    """What a run of the plan gives."""
    async with kernel as opened:
        return (await opened.run(plan)).raise_for_error().value


async def test_a_hit_neither_parses_nor_compiles(flow: Path, shelf: Path, loads: Loads) -> None:
    """And gives what the first run has given."""
    values = []
    for parsed in (True, False):
        loads.clear()
        found = kernel_of(shelf).planned(flow)
        assert bool(loads) is parsed
        values.append(await value_of(found.kernel, found.plan))
    assert values == [{"each": [4, 8], "called": 104}] * 2


@pytest.mark.parametrize("name", ["flow.yaml", "inner.yaml"])
async def test_a_changed_file_is_compiled_again(flow: Path, shelf: Path, name: str) -> None:
    """Also one that is called."""
    kernel_of(shelf).planned(flow)
    changed = flow.parent / name
    changed.write_text(changed.read_text().replace("b: 100", "b: 200").replace("items: [1, 2]", "items: [5]"))
    found = kernel_of(shelf).planned(flow)
    expected = {"each": [20], "called": 104} if name == "flow.yaml" else {"each": [4, 8], "called": 204}
    assert await value_of(found.kernel, found.plan) == expected


@pytest.mark.parametrize("spoil", [lambda raw: raw[:-7], lambda raw: raw[:90] + b"x" + raw[91:], lambda raw: b""])
async def test_a_damaged_plan_is_dropped_with_a_warning(
    flow: Path, shelf: Path, spoil: Any, caplog: pytest.LogCaptureFixture
) -> None:
    """The workflow is compiled, and kept anew."""
    kernel_of(shelf).planned(flow)
    spoil_all(shelf, spoil)
    with caplog.at_level(logging.WARNING):
        found = kernel_of(shelf).planned(flow)
    assert "a stored plan is not used" in caplog.text
    assert await value_of(found.kernel, found.plan) == {"each": [4, 8], "called": 104}
    caplog.clear()
    kernel_of(shelf).planned(flow)
    assert caplog.text == ""


async def test_a_folder_that_cannot_be_used_stops_nothing(
    flow: Path, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    """A file stands where it should be: a warning, and the run goes on."""
    (tmp_path / "file").write_text("")
    found = kernel_of(tmp_path / "file" / "plans").planned(flow)
    assert "plans can't be stored in" in caplog.text
    assert await value_of(found.kernel, found.plan) == {"each": [4, 8], "called": 104}


def test_a_full_disk_stops_nothing_and_leaves_nothing(
    flow: Path, shelf: Path, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    """No half of a plan is found there afterwards."""

    def full(self: Path, content: bytes) -> int:
        raise OSError(28, "No space left on device")

    with monkeypatch.context() as patch:
        patch.setattr(Path, "write_bytes", full)
        kernel_of(shelf).planned(flow)
    assert "No space left on device" in caplog.text
    assert list(shelf.iterdir()) == []


def test_the_longest_unused_make_room(flow: Path, shelf: Path, tmp_path: Path) -> None:
    """And what is larger than all the room is not kept."""
    kernel_of(shelf).planned(flow)
    (first,) = shelf.iterdir()
    room = 2 * first.stat().st_size + 100
    for number in range(5):
        other = tmp_path / f"flow{number}.yaml"
        other.write_text(FLOW)
        kernel_of(shelf, max_bytes=room).planned(other)
        kernel_of(shelf, max_bytes=room).planned(flow)  # which is used all the time
    assert sum(each.stat().st_size for each in shelf.iterdir()) <= room
    assert first in shelf.iterdir()
    before = set(shelf.iterdir())
    (tmp_path / "more.yaml").write_text(FLOW)
    kernel_of(shelf, max_bytes=10).planned(tmp_path / "more.yaml")
    assert set(shelf.iterdir()) <= before


def test_what_is_kept_can_be_listed_and_cleared(flow: Path, shelf: Path) -> None:
    """As the command line does."""
    kernel_of(shelf).planned(flow)
    (cache,) = PlanCachePlugin(PlanCacheSettings(folder=str(shelf))).caches()
    assert (cache.stats()["entries"], cache.place) == (1, str(shelf))
    assert cache.clear() == 1
    assert cache.stats() == {"entries": 0, "bytes": 0, "max_bytes": 256 * 2**20}


def test_two_processes_may_keep_the_same_plan(flow: Path, shelf: Path) -> None:
    """Whoever is last; both end well, and there is one whole entry."""
    program = f"""
from pathlib import Path
from stratagem import Config, Kernel
from stratagem_plan_cache import PlanCachePlugin, PlanCacheSettings
for _ in range(20):
    plugin = PlanCachePlugin(PlanCacheSettings(folder={str(shelf)!r}))
    Kernel(Config(), plugins=[plugin]).planned({str(flow)!r})
    plugin.shelf.clear()
Kernel(Config(), plugins=[plugin]).planned({str(flow)!r})
"""
    both = [subprocess.Popen([sys.executable, "-c", program], stderr=subprocess.PIPE, text=True) for _ in range(2)]
    assert [(process.communicate()[1], process.returncode) for process in both] == [("", 0)] * 2
    kernel_of(shelf).planned(flow)
    assert [path.suffix for path in shelf.iterdir()] == [".plan"]


def test_the_command_line_compiles_and_runs_plans(flow: Path, tmp_path: Path) -> None:
    """With the result that the file has."""

    def told(*arguments: str) -> subprocess.CompletedProcess[str]:
        command = [str(Path(sys.executable).parent / "stratagem"), *arguments, "--set", "run.record=false"]
        return subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=False)

    assert told("compile", "flow.yaml", "-o", "flow.plan").returncode == 0
    outputs = [told("run", name, "--json", "--quiet") for name in ("flow.yaml", "flow.plan")]
    results = [each.stdout.partition('"result"')[2].partition('"steps"')[0] for each in outputs]
    assert results[0] == results[1] != ""
    assert "2 steps" in told("plan", "flow.plan").stdout or "3 steps" in told("plan", "flow.plan").stdout
    wrong = told("compile", "flow.yaml", "-o", "flow.txt")
    assert (wrong.returncode, "Names of plans end in .plan" in wrong.stderr) == (2, True)


def test_a_config_names_it() -> None:
    """The plugin is found by its name."""
    kernel = Kernel(Config(plugins=PluginsConfig(use=("plan-cache",))))
    assert any(isinstance(plugin, PlanCachePlugin) for plugin in kernel.plugins)
