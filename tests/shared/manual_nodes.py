"""The rows that the page about nodes has to have."""

from __future__ import annotations

from stratagem import NodeSpec, Pack


def rows_of(pack: Pack, common: frozenset[str] = frozenset()) -> dict[str, str]:
    """Node name → its row: type, inputs and bodies, outputs, and the first line of its docstring.

    Inputs that are ``common`` to many nodes are left out: the page tells of them once.
    """
    newest = [pack.spec(name, pack.versions(name)[-1]) for name in pack.names()]
    return {spec.name: _row(spec, common) for spec in newest}


def _row(spec: NodeSpec, common: frozenset[str]) -> str:
    inputs = [port for port in spec.inputs.values() if port.name not in common]
    takes = [f"`{port.name}`" if port.required else f"*`{port.name}`*" for port in inputs]
    takes += [f"body `{port.name}`" if port.required else f"*body `{port.name}`*" for port in spec.bodies.values()]
    takes += ["*bodies*"] if "bodies" in spec.injected.values() else []
    gives = [f"`{name}`" for name in spec.outputs]
    gives += [f"→ `{name}`" for name in spec.controls] if spec.branching else []
    first = spec.doc.partition("\n")[0].replace("``", "`").replace("|", "\\|")
    return f"| `{spec.type}` | {', '.join(takes) or '–'} | {', '.join(gives) or '–'} | {first} |"
