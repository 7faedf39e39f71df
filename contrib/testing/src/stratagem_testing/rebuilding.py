"""For authors of packs: whether instances of a ``rebuildable`` class can be closed and built anew unnoticed."""

from __future__ import annotations

from collections import Counter
from collections.abc import AsyncIterator, Callable, Iterable, Mapping
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING, Any

from stratagem import Pack, PlainResolver, Workflow, instances
from stratagem_testing.answers import resolved
from stratagem_testing.running import outcome, run_once

if TYPE_CHECKING:
    from stratagem import Step, StepRun


class Rebuilding(PlainResolver):
    """Closes every instance of a ``rebuildable`` class as soon as no execution uses it; ``built`` counts by node id."""

    def __init__(self) -> None:
        super().__init__()
        self.built: Counter[str] = Counter()
        self._users: Counter[Step] = Counter()
        self._current: dict[Step, Any] = {}
        self._states: dict[Step, Any] = {}

    def lends(self, step: Step) -> bool:
        return step.spec.rebuildable

    @asynccontextmanager
    async def lend(self, step: StepRun) -> AsyncIterator[Callable[..., Any]]:
        instance = self._enter(step.step)
        try:
            yield instance.run
        finally:
            self._users[step.step] -= 1
            if not self._users[step.step]:
                del self._current[step.step]
                self._states[step.step] = instances.state_of(instance)
                await instances.close(step.step, instance)

    def _enter(self, step: Step) -> Any:
        if step not in self._current:
            self._current[step] = instances.build(step, self._states.get(step, instances.NO_STATE))
            self.built[step.id] += 1
        self._users[step] += 1
        return self._current[step]


async def check_rebuilding(
    workflow: Workflow, packs: Iterable[Pack], variables: Mapping[str, Any] | None = None
) -> None:
    """Runs a workflow with the plain resolver and with one that builds a new instance for each execution, and compares.

    Raises:
        AssertionError: the results differ, or no node of a ``rebuildable`` class was run twice, such as by a loop.
    """
    offered, rebuilding = tuple(packs), Rebuilding()
    expected = outcome(await run_once(workflow, variables, packs=offered))
    found = outcome(await run_once(workflow, variables, packs=offered, plugins=[resolved(lambda: rebuilding)]))
    assert max(rebuilding.built.values(), default=0) > 1, "no node of a rebuildable class was run more than once"
    differing = [name for name in expected if expected[name] != found[name]]
    told = "\n".join(f"  {name}: {expected[name]!r} becomes {found[name]!r}" for name in differing)
    assert not differing, f"instances that are built anew give something else:\n{told}"
