"""Temporary values: which variables and outputs nothing reads any more, and when.

A variable can be dropped once every step that touches it has ended, in whatever order they do: those of bodies count
through the step that owns the body, so what one pass of a loop writes and the next one reads lives as long as the loop.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence

from stratagem._compile.draft import GraphDraft, Problems
from stratagem._compile.names import Names, ids_in
from stratagem._support.suggesting import suggestion
from stratagem.errors import BadInput
from stratagem.inputs import Source
from stratagem.model import Workflow
from stratagem.plan import Step, Temporary


class TemporaryNames:
    """The variables and nodes of one workflow that are temporary, by their names' beginning or by declaration."""

    def __init__(self, workflow: Workflow, names: Names, prefix: str) -> None:
        self._declared = frozenset(workflow.temporary)
        self._prefix = prefix
        self.variables = frozenset(name for name in names.variables if self.has(name))

    def has(self, name: str) -> bool:
        """Return whether what is called so is temporary."""
        return name in self._declared or (self._prefix != "" and name.startswith(self._prefix))

    def of(self, steps: Sequence[Step], result: Iterable[Source | None]) -> Temporary | None:
        """Return what of a plan with these steps is temporary, save what its result reads; None if nothing is."""
        outputs = frozenset(step.index for step in steps if self.has(step.id))
        read = {source.name for source in result if source is not None and source.kind == "variable"}
        uses = dict.fromkeys(sorted(self.variables - read), 0)
        touched: dict[int, tuple[str, ...]] = {}
        for step in steps if uses else ():
            names = _touched(step.reads | step.writes, uses)
            if names:
                touched[step.index] = names
            for name in names:
                uses[name] += 1
        return Temporary(uses, touched, outputs) if uses or outputs else None


def check_temporary(workflow: Workflow, names: Names, root: GraphDraft, problems: Problems) -> None:
    """Notes declared names that neither a variable nor a node has."""
    if names.open_ended:
        return
    ids = frozenset(ids_in(root)) if workflow.temporary else frozenset()
    for name in workflow.temporary:
        if name not in names.variables and name not in ids:
            what = f"{name!r} is neither a variable nor a node"
            problems.add(BadInput(what, hint=suggestion(name, names.variables)), key="temporary")


def _touched(places: Collection[str], names: Mapping[str, int]) -> tuple[str, ...]:
    patterns = tuple([place[:-1] for place in places if place.endswith("*")])
    if not patterns:
        return tuple([place[4:] for place in places if place.startswith("var:") and place[4:] in names])
    return tuple([name for name in names if f"var:{name}" in places or f"var:{name}".startswith(patterns)])
