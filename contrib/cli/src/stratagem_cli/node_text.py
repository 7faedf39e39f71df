"""A node type as text: what it does, its ports, its traits, its examples."""

from collections.abc import Iterator
from typing import Any

from attrs import asdict

from stratagem import MISSING, BodyPort, Example, InputPort, NodeSpec, columns
from stratagem.hosting import name_of

WHERE = {"loop": "on the event loop", "thread": "in a thread", "process": "in a process"}


def text_of(spec: NodeSpec) -> str:
    """Everything that somebody who uses the node type needs to know."""
    parts = [f"{spec.id}  {spec.distribution}".rstrip(), spec.doc, *_sections(spec), *_examples(spec)]
    return "\n\n".join(part for part in parts if part)


def _sections(spec: NodeSpec) -> Iterator[str]:
    inputs = [_input(port) for port in spec.inputs.values()]
    if spec.extra_inputs is not MISSING:
        inputs.append(("any other", name_of(spec.extra_inputs), "optional"))
    yield _section("inputs", inputs)
    yield _section("outputs", [(port.name, name_of(port.annotation)) for port in spec.outputs.values()])
    yield _section("bodies", [_body(port) for port in spec.bodies.values()])
    if "bodies" in spec.injected.values():
        yield "bodies\n  of any name"
    yield _section("goes on through", [(port,) for port in spec.controls] if spec.branching else [])
    yield _section("traits", list(_traits(spec)))


def _section(title: str, rows: list[tuple[str, ...]]) -> str:
    return f"{title}\n{columns(rows, '  ')}" if rows else ""


def _input(port: InputPort) -> tuple[str, ...]:
    if port.required:
        need = "required"
    else:
        need = "any number of connections" if port.variadic else f"default {port.default!r}"
    kind = "path of a workflow" if port.subflow else name_of(port.annotation)
    return port.name, kind, need + (", resolved whenever it is needed" if port.deferred else "")


def _body(port: BodyPort) -> tuple[str, ...]:
    hands = [*(f"its port {name!r}" for name in port.ports), *(f"the variable {name!r}" for name in port.variables)]
    return port.name, "required" if port.required else "optional", f"is handed {', '.join(hands)}" if hands else ""


def _traits(spec: NodeSpec) -> Iterator[tuple[str, str]]:
    yield "effect", spec.effect
    yield from (
        (name, ", ".join(places)) for name, places in (("reads", spec.reads), ("writes", spec.writes)) if places
    )
    if not spec.is_async:
        yield "runs", WHERE[spec.runs] if spec.runs else "off the event loop"
    yield from (("resource", f"{kind} as {parameter!r}") for parameter, kind in spec.resources.items())
    yield from (("holds", kind) for kind in spec.holds)
    yield from (("opens", kind) for kind in spec.opens)
    if spec.timeout is not None:
        yield "timeout", f"{spec.timeout:g} s"
    if spec.retries is not None:
        yield "retries", ", ".join(f"{key} {value:g}" for key, value in asdict(spec.retries).items())
    if spec.idempotent:
        yield "idempotent", "yes"
    if spec.rebuildable:
        yield "rebuildable", "yes"
    if spec.cost is not None or spec.cost_from is not None:
        yield "estimate", f"{spec.cost:g} s" if spec.cost is not None else f"what the input {spec.cost_from!r} says"


def _examples(spec: NodeSpec) -> Iterator[str]:
    for example in spec.examples:
        yield _section("example", list(_example(example)))


def _example(example: Example) -> Iterator[tuple[str, str]]:
    shown: list[tuple[str, Any]] = [("config", example.config)]
    if example.workflow is not None:
        nodes = example.workflow.nodes
        own = nodes.get("example")
        shown = [("nodes", ", ".join(f"{node.id} ({node.type})" for node in nodes.values()))]
        shown += [("config", own.config)] if own else []
    for name in ("variables", "gives", "sets", "chooses"):
        if value := getattr(example, name):
            shown.append((name, value))
    yield from ((name, value if isinstance(value, str) else repr(value)) for name, value in shown)
