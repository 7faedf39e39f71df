"""Executes a run: the task group of its strands, its time limit, its recorders."""

from __future__ import annotations

import logging
from contextlib import AsyncExitStack, ExitStack
from typing import TYPE_CHECKING

from anyio import CancelScope, create_task_group, move_on_after

from stratagem._engine.bodies import note_limits
from stratagem._engine.cancellation import being_cancelled
from stratagem._engine.faults import blame
from stratagem._engine.strand import Strand
from stratagem._engine.unwrap import unwrap
from stratagem._engine.watch import watch_timeouts
from stratagem.errors import RunTimeout, SchedulerStalled
from stratagem.scope import PENDING

if TYPE_CHECKING:
    from stratagem._engine.run import Run

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
            if run.watched:
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
        waiting = sum(value is PENDING for value in frame.values)
        run.error = SchedulerStalled(f"the scheduler {name} never started {waiting} steps")
