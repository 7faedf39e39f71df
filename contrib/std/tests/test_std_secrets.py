"""Every std node does with secrets what it does with plain texts, and what it makes of them stays secret."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Any

import pytest

from stratagem import Example, Graph, Node, NodeSpec, RunResult, Secret
from stratagem_std import pack

pytestmark = pytest.mark.anyio

RunGraph = Callable[..., Awaitable[RunResult]]
EXAMPLES = [
    pytest.param(spec, example, id=f"{name}-{number}")
    for name in pack.names()
    for spec in [pack.spec(name, version) for version in pack.versions(name)]
    for number, example in enumerate(spec.examples)
    if example.workflow is None and not spec.bodies and not any(port.subflow for port in spec.inputs.values())
]


@pytest.mark.parametrize(("spec", "example"), EXAMPLES)
async def test_a_std_node_takes_secrets_as_values(
    spec: NodeSpec, example: Example, run_graph: RunGraph, server: str
) -> None:
    """With each text of its config, keys included, given as a secret, it gives, sets and chooses the same."""
    variables = {name: server if name == "server" else value for name, value in example.variables.items()}
    hidden: dict[str, Any] = {}
    config = {name: veiled(value, hidden, variables) for name, value in example.config.items()}
    graph = Graph({"example": Node("example", spec.id, config)}, ())
    result = (await run_graph(graph, {**variables, **hidden}, seed=1)).raise_for_error()
    outputs = result.outputs.get("example", {})
    if not any(spec.type.endswith(name) for name in ("now", "random", "uuid")):
        assert {port: outputs[port] for port in example.gives} == example.gives
    assert {name: result.variables[name] for name in example.sets} == example.sets
    if spec.effect == "pure" and hidden and not any(map(containers, example.config.values())):
        assert not list(plain_texts(list(outputs.values())))


def veiled(value: Any, hidden: dict[str, Any], variables: dict[str, Any]) -> Any:
    """A variable in place of the value, which is put into ``hidden`` with each text in it as a secret."""
    if isinstance(value, str):
        for name, known in variables.items():
            value = value.replace(f"{{{{ {name} }}}}", str(known))
    if not value or "{{" in str(value) or not isinstance(value, (str, list, dict)):
        return value
    name = f"hidden_{len(hidden)}"
    hidden[name] = secret(value)
    return f"{{{{ {name} }}}}"


def secret(value: Any) -> Any:
    """The value with each text as a secret, keys included."""
    if isinstance(value, dict):
        return {secret(key): secret(item) for key, item in value.items()}
    if isinstance(value, list):
        return [secret(item) for item in value]
    return Secret(value) if isinstance(value, str) else value


def containers(value: Any) -> bool:
    return isinstance(value, (list, dict))


def plain_texts(value: Any) -> Any:
    """The texts in the value that are no secrets."""
    if isinstance(value, dict):
        value = list(value.values())
    if isinstance(value, list):
        for item in value:
            yield from plain_texts(item)
    elif type(value) is str and value:
        yield value
