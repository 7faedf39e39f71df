"""The rows that the page about nodes has to have."""

from __future__ import annotations

from stratagem.nodes import NodeSpec, Pack


def rows_of(pack: Pack) -> dict[str, str]:
    """Node name → its row: type, inputs and bodies, outputs, and the first line of its docstring."""
    newest = [pack.spec(name, pack.versions(name)[-1]) for name in pack.names()]
    return {spec.name: _row(spec) for spec in newest}


def _row(spec: NodeSpec) -> str:
    takes = [f"`{port.name}`" if port.required else f"*`{port.name}`*" for port in spec.inputs.values()]
    takes += [f"body `{port.name}`" if port.required else f"*body `{port.name}`*" for port in spec.bodies.values()]
    takes += ["*bodies*"] if "bodies" in spec.injected.values() else []
    gives = [f"`{name}`" for name in spec.outputs]
    gives += [f"→ `{name}`" for name in spec.controls] if spec.branching else []
    first = spec.doc.partition("\n")[0].replace("``", "`").replace("|", "\\|")
    return f"| `{spec.type}` | {', '.join(takes) or '–'} | {', '.join(gives) or '–'} | {first} |"
