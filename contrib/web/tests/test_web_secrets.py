"""Nodes on a page take secrets as values: addresses, selectors, texts, keys, cookies, files."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

import pytest
from attrs import evolve

from stratagem import Example, Graph, NodeSpec, RunResult, Secret
from stratagem_web import pack

pytestmark = pytest.mark.anyio

SHOWN = "http://localhost:8000"
EXAMPLES = [
    pytest.param(spec, example, id=f"{name}-{number}")
    for name in pack.names()
    for spec in [pack.spec(name, pack.versions(name)[-1])]
    for number, example in enumerate(spec.examples)
]


@pytest.mark.parametrize(("spec", "example"), EXAMPLES)
async def test_a_web_node_takes_secrets_as_values(
    spec: NodeSpec, example: Example, run_graph: Callable[..., Awaitable[RunResult]], site: str, tmp_path: Path
) -> None:
    """With each text of its config, and the address of the site, given as a secret, it gives the same."""
    (tmp_path / "notes.txt").write_text("notes")
    assert example.workflow is not None
    nodes, hidden = dict(example.workflow.nodes), {"site": Secret(site)}
    for id_, node in nodes.items():
        config = {name: veiled(value, f"hidden_{id_}_{name}", hidden) for name, value in node.config.items()}
        nodes[id_] = evolve(node, config=config)
    result = (await run_graph(Graph(nodes, example.workflow.connections), hidden)).raise_for_error()
    given: dict[str, Any] = dict(result.outputs.get("example", {}))
    assert {port: given[port] for port in example.gives} == placed(example.gives, site)


def veiled(value: Any, name: str, hidden: dict[str, Any]) -> Any:
    """A variable in place of the value, which is put into ``hidden`` with each text in it as a secret."""
    if not isinstance(value, (str, list, dict)) or "{{" in str(value):
        return value
    hidden[name] = secret(value)
    return f"{{{{ {name} }}}}"


def secret(value: Any) -> Any:
    """The value with each text as a secret, keys included."""
    if isinstance(value, dict):
        return {secret(key): secret(item) for key, item in value.items()}
    if isinstance(value, list):
        return [secret(item) for item in value]
    return Secret(value) if isinstance(value, str) else value


def placed(value: Any, site: str) -> Any:
    """The value with the address of the tests' site in place of the one that examples show."""
    if isinstance(value, dict):
        return {key: placed(item, site) for key, item in value.items()}
    if isinstance(value, list):
        return [placed(item, site) for item in value]
    return value.replace(SHOWN, site) if isinstance(value, str) else value
