"""Every node is described, classified, and does what its examples say."""

from __future__ import annotations

import re
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

import pytest

from stratagem import Connection, Example, Graph, Kernel, Node, NodeSpec, RunResult
from stratagem_std import pack

FOLDER = Path(__file__).parent.parent
SPECS = [pack.spec(name, version) for name in pack.names() for version in pack.versions(name)]
EXAMPLES = [
    pytest.param(spec, example, id=f"{spec.name}-{number}")
    for spec in SPECS
    for number, example in enumerate(spec.examples)
]

each_node = pytest.mark.parametrize("spec", SPECS, ids=[spec.name for spec in SPECS])


@each_node
def test_every_node_says_what_it_does(spec: NodeSpec) -> None:
    """Its description begins with a whole sentence on a line of its own."""
    first, *rest = spec.doc.splitlines()
    assert first.endswith((".", ";")) or (rest and rest[0]), spec.doc
    assert first[0].isupper()


@each_node
def test_every_node_has_an_example(spec: NodeSpec) -> None:
    """None goes without one."""
    assert spec.examples


@each_node
def test_a_node_that_touches_places_is_not_pure(spec: NodeSpec) -> None:
    """Who writes places is a write, who reads some at least a read, and pure nodes get nothing of the run handed in."""
    if spec.effect != "write":
        assert (spec.writes, spec.bodies) == ((), {})
    if spec.effect == "pure":
        assert (spec.reads, spec.injected) == ((), {})


@pytest.mark.anyio
@pytest.mark.parametrize(("spec", "example"), EXAMPLES)
async def test_every_node_s_example_holds(
    spec: NodeSpec, example: Example, run_graph: Callable[..., Awaitable[RunResult]], server: str
) -> None:
    """Run by a kernel, it gives, sets and chooses what it says."""
    graph = example.workflow or alone(spec, example)
    variables = {name: server if name == "server" else value for name, value in example.variables.items()}
    result = (await run_graph(graph, variables, seed=1)).raise_for_error()
    assert result.status == "done"
    assert {name: result.variables[name] for name in example.sets} == example.sets
    given: dict[str, Any] = dict(result.outputs.get("example", {}))
    assert {port: given[port] for port in example.gives} == example.gives
    if example.chooses is not None:
        assert result.outputs["chosen"] == {"result": True}
        assert "other" not in result.outputs


def alone(spec: NodeSpec, example: Example) -> Graph:
    """The node by itself; where it chooses, with a node behind the output that it shall choose, and one behind none."""
    nodes = {"example": Node("example", spec.type, example.config)}
    if example.chooses is None:
        return Graph(nodes)
    yes = Node("chosen", "std.compare", {"left": 1, "right": 1})
    no = Node("other", "std.compare", {"left": 1, "right": 1})
    others = {"if": ("true", "false"), "switch": ("default", "case_open")}[spec.name]
    wrong = next(port for port in others if port != example.chooses)
    return Graph(
        {**nodes, "chosen": yes, "other": no},
        (
            Connection("example", example.chooses, "chosen", "exec_in"),
            Connection("example", wrong, "other", "exec_in"),
        ),
    )


@pytest.mark.anyio
async def test_the_example_workflow_runs(sandbox: Path) -> None:
    """As it is, and with a variable given that makes it write a file."""
    async with Kernel(packs=[pack]) as kernel:
        workflow = kernel.load(FOLDER / "examples/hello.yaml")
        said = (await kernel.run(workflow)).raise_for_error()
        written = await kernel.run(workflow, {"people": ["Bo"], "report": str(sandbox / "report.txt")})
    assert said.value == "Hello, Ada! Hello, Alan! Hello, Grace!"
    assert written.value == "It was quiet."
    assert (sandbox / "report.txt").read_text() == "It was quiet."


def test_the_readme_names_every_node() -> None:
    """And no other."""
    table = re.findall(r"^\| [^|]+ \| (`.*`) \|$", (FOLDER / "README.md").read_text("utf-8"), re.MULTILINE)
    assert sorted(re.findall(r"`(\w+)`", " ".join(table))) == sorted(pack.names())
