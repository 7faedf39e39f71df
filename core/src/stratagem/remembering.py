"""The results that may be remembered in place of a run: those that depend on a step's inputs and on nothing else it is given."""

from __future__ import annotations

from typing import TYPE_CHECKING

from stratagem.nodes.spec import NodeSpec

if TYPE_CHECKING:
    from stratagem.plan import Step


def unfit_for_cache(spec: NodeSpec) -> str | None:
    """Return why no result of this node type may be remembered, whatever a workflow says; None if it may.

    A ``read`` type may have its context: whoever remembers it goes by the folder too, in which it looks.
    """
    if spec.effect == "write":
        return "it changes the outside"
    if spec.bodies or "bodies" in spec.injected.values() or any(port.subflow for port in spec.inputs.values()):
        return "it runs other steps"
    kinds = {*spec.resources.values(), *spec.holds, *spec.opens}
    if kinds:
        return f"it uses {', '.join(sorted(kinds))}"
    given = set(spec.injected.values()) - ({"context"} if spec.effect == "read" else set())
    if given:
        return f"it is given {' and '.join(sorted(given))}, besides its inputs"
    if any(port.deferred for port in spec.inputs.values()):
        return "it resolves an input itself"
    return None


def may_be_remembered(step: Step) -> bool:
    """Return whether results of this step may be remembered.

    Those of ``pure`` types may unless the node says no, those of ``read`` types if it says so.
    """
    node, spec = step.node, step.spec
    if node.cache is False or node.disabled or step.composite or unfit_for_cache(spec) is not None:
        return False
    return spec.effect == "pure" or node.cache is not None
