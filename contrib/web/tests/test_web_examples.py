"""Every node on a page is described, classified, and does what its examples say in a real browser."""

from __future__ import annotations

import re
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

import pytest

from stratagem import Example, NodeSpec, RunResult
from stratagem_web import pack

FOLDER = Path(__file__).parent.parent
SHOWN = "http://localhost:8000"
SPECS = [pack.spec(name, version) for name in pack.names() for version in pack.versions(name)]
EXAMPLES = [
    pytest.param(spec, example, id=f"{spec.name}-{number}")
    for spec in SPECS
    for number, example in enumerate(spec.examples)
]

each_node = pytest.mark.parametrize("spec", SPECS, ids=[spec.name for spec in SPECS])


@each_node
def test_every_web_node_says_what_it_does_and_shows_it(spec: NodeSpec) -> None:
    """It has an example, and its description begins with a whole sentence on a line of its own."""
    first, *rest = spec.doc.splitlines()
    assert first.endswith((".", ";")) or (rest and rest[0]), spec.doc
    assert first[0].isupper()
    assert spec.examples


@pytest.mark.anyio
@pytest.mark.parametrize(("spec", "example"), EXAMPLES)
async def test_every_web_example_holds(
    spec: NodeSpec, example: Example, run_graph: Callable[..., Awaitable[RunResult]], site: str, tmp_path: Path
) -> None:
    """Run by a kernel in a real browser, it gives what it says."""
    (tmp_path / "notes.txt").write_text("notes")
    assert example.workflow is not None
    result = (await run_graph(example.workflow)).raise_for_error()
    given: dict[str, Any] = dict(result.outputs.get("example", {}))
    assert {port: given[port] for port in example.gives} == placed(example.gives, site)


def placed(value: Any, site: str) -> Any:
    """The value with the address of the tests' site in place of the one that examples show."""
    if isinstance(value, dict):
        return {key: placed(item, site) for key, item in value.items()}
    if isinstance(value, list):
        return [placed(item, site) for item in value]
    return value.replace(SHOWN, site) if isinstance(value, str) else value


def test_the_web_readme_names_every_node() -> None:
    """And no other."""
    table = re.findall(r"^\| [^|]+ \| (`.*`) \|$", (FOLDER / "README.md").read_text("utf-8"), re.MULTILINE)
    assert sorted(re.findall(r"`(\w+)`", " ".join(table))) == sorted(pack.names())
