"""Runner: makes runs of a kernel, and takes each to its end."""

from __future__ import annotations

import logging
import os
from collections.abc import Mapping
from contextlib import AsyncExitStack, ExitStack
from time import perf_counter
from typing import TYPE_CHECKING, Any

from anyio import CancelScope, create_task_group, move_on_after
from attrs import define

from stratagem._engine.calling.flows import note_limits
from stratagem._engine.frames.strand import Strand
from stratagem._engine.outcomes.faults import blame
from stratagem._engine.outcomes.unwrap import being_cancelled, unwrap
from stratagem._engine.recording import guarded
from stratagem._engine.running.handle import RunHandle, RunResult, Status
from stratagem._engine.running.run import Run
from stratagem._engine.telemetry.events import StepTimes
from stratagem._engine.watching.timeouts import watch_timeouts
from stratagem.errors import PluginFailed, RunTimeout, SchedulerStalled, WorkflowError
from stratagem.scope import CANCELLED, PENDING
from stratagem.templates.secret import noting
from stratagem.variables import VariableStore, first_values

if TYPE_CHECKING:
    from stratagem._engine.parts import Frame
    from stratagem._engine.running.run import Run
    from stratagem._engine.services import Services
    from stratagem._engine.watching.watchdog import Watchdog
    from stratagem._hooks import Hooks
    from stratagem.options import RunOptions
    from stratagem.plan import Plan
    from stratagem.views import StepRun


@define(eq=False)
class Runner:
    """Makes the runs of one kernel, with what they have in common."""

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
            from stratagem._engine.telemetry.events import EventRecorder

            recorders = (*recorders, EventRecorder(options.on_event))
        if options.measure:
            recorders = (*recorders, StepTimes())
        resolver = self.hooks.resolve(run)
        run.use(self.hooks.schedule(run), resolver, guarded(recorders))
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
    return isinstance(run.error, PluginFailed) and not _has_left_over(run.frame)


def _has_left_over(frame: Frame) -> bool:
    """Return whether a step has not run that should have, or was cancelled."""
    dropped = frame.plan.dropped
    return any(v is CANCELLED or (v is PENDING and index not in dropped) for index, v in enumerate(frame.values))


def _status(run: Run, scope: CancelScope) -> Status:
    if scope.cancelled_caught or (scope.cancel_called and run.frame.left):
        return "cancelled"
    return "failed" if run.error is not None else "done"


log = logging.getLogger("stratagem.engine")


async def execute(run: Run, scope: CancelScope) -> None:
    """Runs all steps; afterwards ``run.frame`` has their values and ``run.error`` tells what ended the run early.

    Cancelling ``scope`` ends the run; a cancellation from around it is passed on once everything has ended.
    """
    run.gauges.begin()
    with ExitStack() as recorded:
        for recorder in run.recorders:
            recorded.enter_context(recorder.run(run))
        try:
            with scope:
                await _within_time(run)
        finally:
            run.release_handed()
            run.tally(run.frame)
            with CancelScope(shield=True):
                if run.leases is not None:
                    await run.leases.end(run.frame)
                await _close_resolver(run)
            run.gauges.conclude(run)
        _conclude(run, scope)
        for failure in run.faults:
            if failure is not run.error:
                log.error("%s", failure)


async def _close_resolver(run: Run) -> None:
    try:
        await run.resolver.close()
    except Exception as error:
        blame(run, run.resolver, error)


async def _within_time(run: Run) -> None:
    limit = run.options.timeout
    if limit is None:
        await _run_strands(run)
        return
    with move_on_after(limit) as in_time:
        await _run_strands(run)
    late = run.frame.error is None and run.clock() >= in_time.deadline  # something blocked the loop until now
    if in_time.cancelled_caught or late:
        run.error = RunTimeout(
            f"the run took longer than its time limit of {limit:g} s",
            file=run.workflow.source,
            hint="Raise 'timeout' in the workflow's settings, or [run] timeout in the config.",
        )


async def _run_strands(run: Run) -> None:
    try:
        async with AsyncExitStack() as around:
            if run.timed:
                watchers = await around.enter_async_context(create_task_group())
                around.callback(watchers.cancel_scope.cancel)
                watchers.start_soon(watch_timeouts, run)
            async with create_task_group() as group:
                run.group = group
                note_limits(run.frame)
                run.offer_all(run.frame.start())
                strand = Strand(run)
                run.strands.add(strand)
                try:
                    await strand.work()
                finally:
                    run.strands.discard(strand)
                run.look_for_stall()
    except BaseExceptionGroup as errors:
        if being_cancelled():
            raise
        error = _first(errors)
        if not isinstance(error, Exception):
            raise error from None
        blame(run, run.scheduler, error)  # it is what runs outside of nodes


def _first(error: BaseException) -> BaseException:
    """One error of a group that several strands have made of the same mistake."""
    error = unwrap(error)
    return _first(error.exceptions[0]) if isinstance(error, BaseExceptionGroup) else error


def _conclude(run: Run, scope: CancelScope) -> None:
    frame = run.frame
    if run.error is not None or scope.cancel_called:
        return
    run.error = frame.error or next((h.error for h in run.handles if h.error is not None and not h.waited), None)
    if frame.left and not frame.stopped:
        name = type(run.scheduler).__name__
        waiting = sum(value is PENDING for value in frame.values) - len(frame.plan.dropped)
        run.error = SchedulerStalled(f"the scheduler {name} never started {waiting} steps")
