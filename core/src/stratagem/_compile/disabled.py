"""Node types made for single nodes: for disabled ones, and for those whose own type is not to be had.

Disabled nodes are passed over: control goes on, and each input goes to the output of the same name.
"""

from __future__ import annotations

from typing import Any

from stratagem.model import Graph, Node
from stratagem.nodes.spec import InputPort, NodeSpec, OutputPort
from stratagem.nodes.values import NOTHING


class PassedOver(dict[str, Any]):
    """The values that a disabled node hands on, by port; an input that was not given leaves the output without a value."""

    def __getattr__(self, name: str) -> Any:
        return self.get(name, NOTHING)


def _hand_on(**inputs: Any) -> PassedOver:
    passed = PassedOver(inputs)
    for name, value in inputs.items():
        if name.endswith("_in"):
            passed.setdefault(f"{name[:-3]}_out", value)
    return passed


def stand_in(node: Node) -> NodeSpec:
    """A node type for a node whose own is not to be had, so that what else is wrong is found too: it takes anything."""
    return NodeSpec(
        pack="",
        name=node.type,
        version=0,
        handler=_hand_on,
        inputs={},
        outputs={},
        controls=("*",),
        injected={"bodies": "bodies"},
        is_async=False,
        extra_inputs=Any,
    )


def passed_over(node: Node, graph: Graph) -> NodeSpec:
    """A node type of its own for a disabled node, whatever type it is of, so that even an unknown one is no error."""
    fed = [line.target_port for line in graph.connections if line.target_node == node.id]
    names = dict.fromkeys([*node.config, *(port for port in fed if port != "exec_in")])
    leading = [line for line in graph.connections if line.source_node == node.id]
    outputs = dict.fromkeys([*names, *(f"{name[:-3]}_out" for name in names if name.endswith("_in"))])
    outputs |= dict.fromkeys(line.source_port for line in leading if line.target_port != "exec_in")  # without a value
    used = {line.source_port for line in leading} - outputs.keys()
    return NodeSpec(
        pack="stratagem",
        name="disabled",
        version=1,
        handler=_hand_on,
        inputs={name: InputPort(name, name, default=None) for name in names},
        outputs={name: OutputPort(name, optional=True) for name in outputs},
        controls=("exec_out", *sorted(used - {"exec_out"})),
        effect="pure",
        runs="loop",
        single=False,
        is_async=False,
        extra_inputs=Any,
    )
