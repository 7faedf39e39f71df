"""The product's own files, where they are at hand: those that can run give what the product computes for them."""

import json
import re
import shutil
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from stratagem import (
    Event,
    Kernel,
    NoProvider,
    Plugin,
    RunResult,
    StepEnded,
    UnknownNode,
    Workflow,
    WorkflowError,
    read_workflow,
)
from stratagem_casare import casare_format, pack

CORPUS = Path(__file__).parents[4] / "shared" / "corpora" / "casare"
RUNNABLE = (
    "batch_1_1_variables", "batch_1_2_lists", "batch_1_3_strings", "batch_1_5_control_flow", "batch_2_1_files",
    "batch_2_2_xml", "task_1", "task_3", "task_4", "task_7", "task_9", "task_10",
)  # fmt: skip

OF_THE_MACHINE = frozenset(("attachment_file", "deleted_path", "dest_path", "dir_path", "file_path", "files", "items"))
"""Outputs that hold paths, which depend on where the flow is: the expected values leave them out."""

ABSENT_IN_LISTS = {"current_key": None}
"""Where the product gives no key, for a loop over a list, the loop here says that there is none."""


@pytest.fixture(params=["sequential", "dag"])
def plugins(request: pytest.FixtureRequest) -> tuple[Plugin, ...]:
    """The plugins of a kernel: none, or the DAG scheduler."""
    if request.param == "sequential":
        return ()
    dag = pytest.importorskip("stratagem_dag", reason="stratagem-dag is not installed")
    return (dag.DagPlugin(),)


def in_corpus(path: str) -> Path:
    found = CORPUS / path
    if not found.exists():
        pytest.skip("the product's flows are not at hand: they are no part of the repository")
    return found


async def run(workflow: Workflow, plugins: tuple[Plugin, ...]) -> RunResult:
    async with Kernel(packs=[pack], plugins=plugins) as kernel:
        return await kernel.run(workflow)


@pytest.mark.anyio
@pytest.mark.parametrize("name", RUNNABLE)
async def test_a_flow_of_the_product_gives_what_the_product_computes(
    name: str, plugins: tuple[Plugin, ...], tmp_path: Path
) -> None:
    """Just these outputs of each node, just these variables, run whole and with its settings untouched."""
    expected: dict[str, Any] = json.loads(in_corpus("expected.json").read_text("utf-8"))["files"][f"{name}.json"]
    path = Path(shutil.copy(in_corpus(f"flows/{name}.json"), tmp_path))
    result = await run(read_workflow(path, [casare_format]), plugins)
    assert (result.status, result.failures, result.steps["failed"]) == ("done", (), 0)
    for node, outputs in expected["node_outputs"].items():
        given = {port: value for port, value in result.outputs.get(node, {}).items() if port not in OF_THE_MACHINE}
        assert given in (outputs, {**outputs, **ABSENT_IN_LISTS}), node
    for node, outputs in expected["final_variables"].items():
        if node in expected["node_outputs"]:
            assert outputs == expected["node_outputs"][node]
        else:
            assert result.variables[node] == outputs
    assert result.variables.keys() == expected["final_variables"].keys() - expected["node_outputs"].keys()


@pytest.mark.anyio
@pytest.mark.parametrize("name", RUNNABLE)
async def test_just_the_nodes_that_the_product_runs_are_run(
    name: str, plugins: tuple[Plugin, ...], tmp_path: Path
) -> None:
    """Each as often; only the starts of loops, which the product counts anew for every pass, are one step here."""
    expected = json.loads(in_corpus("expected.json").read_text("utf-8"))["files"][f"{name}.json"]
    path = Path(shutil.copy(in_corpus(f"flows/{name}.json"), tmp_path))
    workflow, ran = read_workflow(path, [casare_format]), Counter[str]()
    async with Kernel(packs=[pack], plugins=plugins) as kernel:
        await kernel.run(workflow, options=kernel.options_for(workflow, on_event=counting(ran)))
    product = Counter(node for node in expected["execution_path"] if node != "__auto_start__")
    loops = {node for node, count in product.items() if workflow.nodes.get(node) and workflow.nodes[node].bodies}
    assert ran == {node: 1 if node in loops else count for node, count in product.items()}


def counting(ran: Counter[str]) -> Callable[[Event], None]:
    def note(event: Event) -> None:
        if isinstance(event, StepEnded) and event.outcome != "skipped":
            ran[event.node] += 1

    return note


def test_a_check_names_every_unknown_type_and_every_key_that_is_not_read() -> None:
    """Of all files: each once, with its line; warnings for keys, problems for types, and nothing else is wrong."""
    files = sorted([*in_corpus("flows").glob("*.json"), *in_corpus("templates").glob("*.json")])
    kernel = Kernel(packs=[pack])
    for file in files:
        problems, warnings = checked(kernel, file)
        assert {problem.node for problem in problems} == unknown_in(file)
        assert all(problem.line and problem.file == str(file) for problem in problems)
        drawn = {node["node_id"]: node for node in drawn_in(file)}
        told = set(map(place_of, warnings))
        assert len(told) == len(warnings)
        assert all(key in drawn[node]["config"] for node, key in told)
        assert told >= unread_in(file)
        assert all(warning.startswith(f"{file}:") for warning in warnings)


def checked(kernel: Kernel, file: Path) -> tuple[list[WorkflowError], list[str]]:
    """The problems of a file and its warnings; what only a config can provide, scripts and browsers, is aside."""
    workflow = read_workflow(file, [casare_format])
    try:
        kernel.compile(workflow)
    except WorkflowError as error:
        found = [problem for problem in error.problems if not isinstance(problem, NoProvider)]
        assert all(isinstance(problem, UnknownNode) for problem in found)
        return found, list(workflow.metadata.get("warnings", []))
    return [], list(workflow.metadata.get("warnings", []))


def place_of(warning: str) -> tuple[str, str]:
    """The node and the key that a warning names."""
    _, node, _, key, _ = warning.split("'", 4)
    return node, key


def drawn_in(file: Path) -> list[dict[str, Any]]:
    data = json.loads(file.read_text("utf-8"))
    nodes = data.get("base_workflow", data)["nodes"]
    return list(nodes.values()) if isinstance(nodes, dict) else nodes


def unknown_in(file: Path) -> set[str]:
    """The nodes of a file whose type the pack does not have; a trigger of any type is one."""
    return {
        node["node_id"]
        for node in drawn_in(file)
        if not pack.versions(node["node_type"]) and not node["node_type"].endswith("TriggerNode")
    }


def unread_in(file: Path) -> set[tuple[str, str]]:
    """The keys in a file that the list of node types has neither as config nor as input; in full rows alone."""
    rows = [line.split(" | ") for line in in_corpus("NODES.md").read_text("utf-8").splitlines() if "Node |" in line]
    known = {row[0][2:]: set(re.findall(r"\w+", f"{row[2]} {row[4]}")) for row in rows if "…" not in row[4]}
    return {
        (node["node_id"], key)
        for node in drawn_in(file)
        for key in node["config"]
        if key not in known.get(node["node_type"], [key])
    }
