"""Runner: prepares runs, and takes them to their end, with the strategies of an open kernel.

A kernel imports it with its first run: what its plugins have begun by then, such as launching a browser, goes on meanwhile.
"""

from __future__ import annotations

import os
from collections.abc import Mapping
from time import perf_counter
from typing import TYPE_CHECKING, Any

from anyio import CancelScope
from attrs import define

from stratagem._engine.execute import execute
from stratagem._engine.handle import RunHandle
from stratagem._engine.recording import watched
from stratagem._engine.result import RunResult, Status
from stratagem._engine.run import Run
from stratagem._engine.steptimes import StepTimes
from stratagem.errors import PluginFailed, WorkflowError
from stratagem.scope import CANCELLED, PENDING
from stratagem.templates.secret import noting
from stratagem.variables import VariableStore, first_values

if TYPE_CHECKING:
    from stratagem._engine.services import Services
    from stratagem._engine.watchdog import Watchdog
    from stratagem._hooks import Hooks
    from stratagem.options import RunOptions
    from stratagem.plan import Plan
    from stratagem.views import StepRun


@define(eq=False)
class Runner:
    """What the runs of one kernel have in common."""

    hooks: Hooks
    services: Services
    watchdog: Watchdog

    def prepare(
        self,
        plan: Plan,
        variables: Mapping[str, Any] | None,
        options: RunOptions,
        starter: StepRun | None = None,
    ) -> Run:
        """A run of ``plan`` with its strategies; arguments as for `Kernel.run`, ``starter`` as for `Run`."""
        workflow = plan.workflow
        values = first_values(workflow.variables, variables)
        store = VariableStore(values)
        self.services.secrets.note(values)
        run = Run(os.urandom(6).hex(), workflow, plan, store, options, self.services, starter)
        recorders = self.hooks.record_metric(run) if self.hooks.has_recorders else ()
        if options.on_event is not None:
            from stratagem._engine.events import EventRecorder

            recorders = (*recorders, EventRecorder(options.on_event))
        if options.measure:
            recorders = (*recorders, StepTimes())
        resolver = self.hooks.resolve(run)
        run.use(self.hooks.schedule(run), resolver, watched(recorders))
        for kind in plan.kinds:
            provider = self.hooks.acquire_resource(run, kind)
            if provider is not None:
                run.providers[kind] = provider
        return run

    async def execute(self, run: Run, scope: CancelScope) -> RunResult:
        """Takes a run to its end, which may be that ``scope`` is cancelled."""
        begun = perf_counter()
        with noting(self.services.secrets.masker.derive):
            with self.watchdog.watching(run):
                await execute(run, scope)
            value = _result_of(run) if not scope.cancelled_caught else None
        return RunResult(run, _status(run, scope), run.error, perf_counter() - begun, value)

    async def drive(self, handle: RunHandle) -> None:
        """Takes the run of a handle to its end, as a task."""
        try:
            handle.end(await self.execute(handle.run, handle.scope))
        finally:
            handle.abandon()


def _result_of(run: Run) -> Any:
    """Return what the workflow's result says: also where a plugin has failed when all steps had run."""
    if run.plan.result is None or not (run.error is None or _is_late(run)):
        return None
    try:
        return run.plan.result(run.frame.scope)
    except WorkflowError as error:
        error.file, error.key = error.file or run.workflow.source, error.key or "result"
        run.error = run.error or error
    return None


def _is_late(run: Run) -> bool:
    return isinstance(run.error, PluginFailed) and not any(v is PENDING or v is CANCELLED for v in run.frame.values)


def _status(run: Run, scope: CancelScope) -> Status:
    if scope.cancelled_caught or (scope.cancel_called and run.frame.left):
        return "cancelled"
    return "failed" if run.error is not None else "done"
