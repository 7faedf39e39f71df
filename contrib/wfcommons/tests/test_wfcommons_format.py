"""The format wfcommons: made-up files, and the recorded ones where they are at hand."""

import json
from pathlib import Path
from typing import Any

import pytest

from stratagem import Document, WorkflowError, read_workflow
from stratagem_wfcommons import wfcommons_format

CORPUS = Path(__file__).parents[4] / "shared" / "corpora" / "wfinstances"
NAMES = (
    "1000genome-chameleon-6ch-250k-001",
    "blast-chameleon-small-003",
    "bwa-chameleon-medium-002",
    "cycles-chameleon-10l-1c-9p-001",
    "hic-dirt02-001",
    "smrnaseq-dirt02-001",
    "soykb-chameleon-20fastq-20ch-001",
    "srasearch-chameleon-10a-004",
    "viralrecon-dirt02-001",
)


def task(id_: str, parents: Any = (), children: Any = (), name: str = "work") -> dict[str, Any]:
    return {"id": id_, "name": name, "parents": list(parents), "children": list(children)}


def instance(tasks: list[Any], runtimes: dict[str, Any]) -> dict[str, Any]:
    execution = {"tasks": [{"id": id_, "runtimeInSeconds": seconds} for id_, seconds in runtimes.items()]}
    workflow = {"specification": {"tasks": tasks}, "execution": execution}
    return {"name": "made up", "schemaVersion": "1.5", "author": {"name": "me"}, "workflow": workflow}


def problems(data: Any) -> list[tuple[str | None, str | None, str]]:
    with pytest.raises(WorkflowError) as caught:
        wfcommons_format.read(Document(data), "x.json")
    return [(problem.node, problem.key, problem.what) for problem in caught.value.problems]


def test_a_task_becomes_a_node_that_waits_after_its_parents() -> None:
    """With the recorded runtime, the task's name, and the variable that scales them all."""
    workflow = wfcommons_format.read(Document(instance([task("a"), task("b", ["a"])], {"a": 1.5, "b": 2})), "x.json")
    node = workflow.nodes["b"]
    assert (node.type, node.after) == ("wfcommons.task", ("a",))
    assert node.config == {"seconds": 2.0, "scale": "{{ scale }}", "name": "work"}
    assert workflow.variables == {"scale": 1.0}
    assert (workflow.name, workflow.source) == ("made up", "x.json")
    assert workflow.metadata == {"author": {"name": "me"}, "schemaVersion": "1.5"}


def test_an_edge_may_be_named_at_either_end() -> None:
    """Parents and children are two ways to say the same; both together are still one edge."""
    data = instance([task("a", children=["b"]), task("b", ["a"]), task("c", ["a"])], {"a": 1, "b": 1, "c": 1})
    nodes = wfcommons_format.read(Document(data), "x.json").nodes
    assert [node.after for node in nodes.values()] == [(), ("a",), ("a",)]


def test_all_problems_of_a_file_are_told_together() -> None:
    """Missing and wrong runtimes, wrong lists, unknown children, duplicate and missing ids."""
    tasks = [task("a", children=["x"]), {"id": "b", "parents": "a"}, task("b"), task("c"), {"name": "no id"}]
    assert problems(instance(tasks, {"a": -1, "b": 1})) == [
        ("a", "runtimeInSeconds", "expected a number from 0"),
        (None, "workflow.specification.tasks[4]", "expected a task that is a table with an 'id'"),
        ("a", "children", "there is no task 'x'"),
        ("b", "parents", "expected a list of ids"),
        ("b", "id", "another task has this id"),
        ("c", None, "the execution has no task of this id"),
    ]


def test_a_file_without_its_parts_names_them() -> None:
    """Specification and execution both."""
    assert [key for _, key, _ in problems({"schemaVersion": "1.5", "workflow": {"specification": 3}})] == [
        "workflow.execution.tasks",
        "workflow.specification.tasks",
    ]


@pytest.mark.parametrize(
    ("data", "recognised"),
    [
        (instance([], {}), True),
        ({"schemaVersion": "1.5", "workflow": {}}, False),
        ({"workflow": {"specification": {}}}, False),
        ({"schemaVersion": "1.5", "workflow": 3}, False),
        ([], False),
    ],
)
def test_files_are_recognised_by_version_and_specification(data: Any, recognised: bool) -> None:
    """So that other JSON formats are left alone."""
    assert wfcommons_format.recognises(Document(data)) is recognised


@pytest.mark.parametrize("name", NAMES)
def test_a_recorded_file_is_read_whole(name: str) -> None:
    """Every task is there with its parents and its runtime."""
    path = CORPUS / f"{name}.json"
    if not path.exists():
        pytest.skip(f"{path.name} is not at hand: the corpus of recorded workflows is not part of the repository")
    workflow = read_workflow(path, [wfcommons_format])
    recorded = json.loads(path.read_bytes())["workflow"]
    runtimes = {task["id"]: task["runtimeInSeconds"] for task in recorded["execution"]["tasks"]}
    assert {id_: node.config["seconds"] for id_, node in workflow.nodes.items()} == runtimes
    for given in recorded["specification"]["tasks"]:
        assert set(workflow.nodes[given["id"]].after) == set(given["parents"])
        assert workflow.nodes[given["id"]].line is not None
