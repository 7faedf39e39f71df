"""Subflows: the files that nodes name are read and compiled once each, however many call them."""

from __future__ import annotations

import os
from collections.abc import Callable
from typing import Any

from attrs import evolve, field, frozen

from stratagem._compile.draft import MAX_NESTING, Draft, Problems, too_nested
from stratagem.errors import BadInput, BadRevision, CycleError, HookMisuse, StratagemError, WorkflowError
from stratagem.model import Workflow
from stratagem.nodes.catalog import Catalog
from stratagem.plan import Plan

Key = tuple[str, tuple[str, ...]]
"""A file, and the names of variables that are handed to it and that it does not declare."""


@frozen
class Calling:
    """The files around a subflow, outermost first, and what was made of those that were compiled before.

    ``depth`` counts the bodies and files that the first node of the innermost one stands in.
    """

    files: tuple[str, ...] = ()
    depth: int = 0
    read: dict[tuple[str, str], Workflow | StratagemError] = field(factory=dict)
    made: dict[Key, Plan | WorkflowError] = field(factory=dict)

    def into(self, file: str) -> Calling:
        """This, within one more file."""
        return evolve(self, files=(*self.files, file))


class Flows:
    """Compiles the workflows that subflow inputs name; ``plans`` are by the id of the draft, then by its input."""

    def __init__(
        self,
        catalog: Catalog,
        problems: Problems,
        calling: Calling,
        compile_: Callable[[Workflow, Catalog], Plan],
    ) -> None:
        self.plans: dict[int, dict[str, Plan]] = {}
        self._catalog = catalog
        self._problems = problems
        self._calling = calling
        self._compile_workflow = compile_

    def compile(self, draft: Draft) -> None:
        """Compiles every subflow that ``draft`` names."""
        for name, port in draft.spec.inputs.items():
            if port.subflow and name in draft.config:
                try:
                    plan = self._plan(draft, draft.config[name])
                except (HookMisuse, BadRevision):  # a pass is wrong, and not the workflow
                    raise
                except WorkflowError as error:
                    self._problems.add(error, draft.node, name)
                except StratagemError as error:
                    self._problems.add(WorkflowError(str(error)), draft.node, name)
                else:
                    self.plans.setdefault(id(draft), {})[name] = plan

    def _plan(self, draft: Draft, path: object) -> Plan:
        if not isinstance(path, str) or "{{" in path:
            raise BadInput("a subflow's file must be written out, not computed")
        workflow = self._read(path)
        key = (_identity(workflow), _handed(draft.config.get("variables"), workflow))
        if workflow.source and key[0] in map(_real, filter(None, self._calling.files)):
            circle = " → ".join((*self._calling.files, workflow.source or ""))
            raise CycleError(f"these files call each other: {circle}")
        depth = draft.graph.depth + 1
        if key not in self._calling.made:
            self._calling.made[key] = self._made(workflow, key[1], depth)
        plan = self._calling.made[key]
        if isinstance(plan, WorkflowError):
            raise plan
        if depth + plan.height > MAX_NESTING:
            raise too_nested()
        return plan

    def _read(self, path: str) -> Workflow:
        load = self._catalog.environment.load
        if load is None:
            raise BadInput("subflows can't be read here", hint="Run the workflow through a Kernel.")
        beside = self._calling.files[-1]
        key = (os.path.dirname(beside), path)
        if key not in self._calling.read:
            try:
                self._calling.read[key] = load(path, beside or None)
            except StratagemError as error:
                self._calling.read[key] = error
        found = self._calling.read[key]
        if isinstance(found, StratagemError):
            raise found
        return found

    def _made(self, workflow: Workflow, handed: tuple[str, ...], depth: int) -> Plan | WorkflowError:
        if depth >= MAX_NESTING:
            return too_nested()
        if handed:
            workflow = evolve(workflow, variables={**dict.fromkeys(handed), **workflow.variables})
        try:
            return self._compile_workflow(workflow, self._catalog.within(evolve(self._calling, depth=depth)))
        except WorkflowError as error:
            return error


def _handed(given: Any, workflow: Workflow) -> tuple[str, ...]:
    return tuple(name for name in given if name not in workflow.variables) if isinstance(given, dict) else ()


def _identity(workflow: Workflow) -> str:
    """Return what tells one that was read from others: its file, or, where it comes from none, the object itself."""
    return _real(workflow.source) if workflow.source else f"<{id(workflow)}>"


def _real(source: str) -> str:
    """The file itself, by whatever path it is named."""
    return os.path.realpath(source)
