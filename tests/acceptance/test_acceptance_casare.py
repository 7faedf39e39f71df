"""CasareRPA's workflow files: those that can run give the expected values, the others are explained completely."""

from __future__ import annotations

import json
import shutil
from collections.abc import Sequence
from functools import cache
from importlib.metadata import entry_points
from pathlib import Path
from typing import Any

import pytest

from corpora import ABSENT, CORPORA, casare_files
from corpus_parameters import each
from installed_strategies import Profile, with_profiles
from stratagem import Config, Kernel, NoProvider, Pack, RunResult, WorkflowError
from stratagem_cli import main

CASARE = {entry.name: entry for entry in entry_points(group="stratagem.nodes")}.get("casare")
RUNNABLE = {
    *("batch_1_1_variables", "batch_1_2_lists", "batch_1_3_strings", "batch_2_1_files", "batch_2_2_xml"),
    *("batch_6_1_triggers", "task_3", "task_4", "task_7", "task_9", "task_10"),
    *("api_webhooks", "blank_project", "data_etl"),
}
"""At least these compile; more may."""

pytestmark = [
    pytest.mark.anyio,
    pytest.mark.skipif(CASARE is None, reason="stratagem-casare, which reads these files, is not installed"),
]


@cache
def compiles(path: Path) -> bool:
    """Whether a plan can be made of the file as it is."""
    kernel = Kernel(Config())
    try:
        kernel.compile(kernel.load(path))
    except WorkflowError:
        return False
    return True


def missing(path: Path) -> set[str]:
    """The ids of the nodes whose type nobody offers; triggers only start a flow, and need no type of their own."""
    assert CASARE is not None
    pack: Pack = CASARE.load()
    data = json.loads(path.read_text("utf-8"))
    nodes = data.get("base_workflow", data)["nodes"]
    listed = nodes.values() if isinstance(nodes, dict) else nodes
    known = set(pack.names())
    types = {node["node_id"]: node["node_type"] for node in listed}
    return {id_ for id_, type_ in types.items() if type_ not in known and not type_.endswith("TriggerNode")}


def expected(path: Path) -> dict[str, Any] | None:
    """What the file is to give; None for a file without expectations."""
    files: dict[str, dict[str, Any]] = json.loads((CORPORA / "casare/expected.json").read_text("utf-8"))["files"]
    return files.get(path.name)


async def run(path: Path, profile: Profile, folder: Path) -> RunResult:
    """Runs a copy of the file, beside which it may write."""
    async with profile.kernel() as kernel:
        return await kernel.run(kernel.load(shutil.copy(path, folder)))


files = pytest.mark.parametrize("path", each(casare_files()))
with_values = with_profiles("path", [path for path in casare_files() if expected(path)])


def of(values: dict[str, Any], names: Sequence[str] | set[str]) -> dict[str, Any]:
    """The values with these names."""
    return {name: values[name] for name in names}


@files
def test_a_file_compiles_or_every_missing_type_is_named_once_with_its_place(path: Path) -> None:
    """All at once, before anything runs, and nothing is blamed that is not at fault."""
    kernel = Kernel(Config())
    lacking = missing(path)
    if not lacking and compiles(path):
        return
    with pytest.raises(WorkflowError) as caught:
        kernel.compile(kernel.load(path))
    problems = caught.value.problems
    if not lacking:  # scripts and commands, which a config must allow
        assert all(isinstance(problem, NoProvider) and problem.hint for problem in problems)
        return
    assert sorted(str(problem.node) for problem in problems) == sorted(lacking)
    assert all(problem.file == str(path) and problem.line for problem in problems)


@files
def test_check_says_the_same(path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """With exit code 0 for what can run and 2 for what can't, and each missing node once; no driver is taken in either."""
    assert main(["check", "--set", "resources={}", str(path)]) == (0 if compiles(path) else 2)
    printed = "".join(capsys.readouterr())
    assert all(printed.count(f"node '{id_}'") == 1 for id_ in missing(path))


def test_the_plain_files_are_among_those_that_compile() -> None:
    """So that no file leaves the tests below unnoticed."""
    if not casare_files():
        pytest.skip(ABSENT)
    assert {path.stem for path in casare_files() if compiles(path)} >= RUNNABLE


@with_values
async def test_a_file_gives_the_expected_values(path: Path, profile: Profile, tmp_path: Path) -> None:
    """As it is written, whole, with any strategies: every variable and every output, and nothing is left out."""
    values = expected(path)
    assert values is not None
    result = (await run(path, profile, tmp_path)).raise_for_error()
    assert (result.status, result.steps["not_run"]) == ("done", 0)
    for node, ports in values["node_outputs"].items():
        if ports:
            assert of(dict(result.outputs[node]), list(ports)) == ports
    variables = set(values["final_variables"]) - set(values["node_outputs"])
    assert of(result.variables, variables) == of(values["final_variables"], variables)
