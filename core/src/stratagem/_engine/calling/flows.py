"""Bodies and subflows: nested plans, run by the step that owns or calls them."""

from __future__ import annotations

import math
from collections.abc import Mapping
from contextlib import ExitStack
from time import perf_counter
from typing import TYPE_CHECKING, Any

from anyio import CancelScope, Event, current_effective_deadline

from stratagem._engine.frames.frame import Frame
from stratagem._engine.frames.strand import Strand
from stratagem._engine.outcomes.faults import let_go
from stratagem._engine.parts import Calls
from stratagem.errors import PluginFailed, RunError, StepFailed
from stratagem.nodes.values import NOTHING, Handle, SubflowResult
from stratagem.scope import PENDING, Scope
from stratagem.variables import VariableStore, first_values

if TYPE_CHECKING:
    from stratagem._engine import parts
    from stratagem._engine.parts import Run, StepRun
    from stratagem._engine.services import StartedRun
    from stratagem.plan import Plan

CALLS_LOOKED_AT = 8
"""So many first calls of a body are looked at for time limits that its owner has set around them."""


class BodyCall(Calls):
    """Implements `stratagem.Body`: each call is a frame of the body's plan in the owner's scope."""

    __slots__ = ("_plan", "_ready")

    def __init__(self, ready: StepRun, plan: Plan) -> None:
        super().__init__()
        self._ready = ready
        self._plan = plan

    async def __call__(
        self,
        ports: Mapping[str, Any] | None = None,
        variables: Mapping[str, Any] | None = None,
        *,
        isolated: bool = False,
        item: Any = NOTHING,
        of: int | None = None,
        number: int | None = None,
    ) -> Any:
        ready, plan = self._ready, self._plan
        around = ready.frame.scope
        store = around.variables
        if isolated or variables:
            store = VariableStore(variables, store, own=isolated)
        scope = Scope([PENDING] * len(plan), store, ports or {}, around)
        frame = Frame(ready.run, plan, scope, ready, self.begun if number is None else number)
        frame.call, frame.item, self.of = self, item, of
        self.begun += 1
        try:
            await run_frame(frame)
        finally:
            self.ended += 1
        return plan.result(scope) if plan.result is not None else None


async def run_frame(frame: Frame) -> None:
    """Runs a nested frame to its end, its steps inline in this task as far as they do not wait for others.

    Raises:
        BaseException: what ended the frame early: StepFailed, BreakLoop, ContinueLoop.
    """
    note_limits(frame)
    recorders = frame.run.body_recorders
    if not recorders:
        await _run(frame)
        return
    with ExitStack() as recorded:
        for recorder in recorders:
            recorded.enter_context(recorder.body(frame))
        await _run(frame)


def note_limits(frame: parts.Frame) -> None:
    """Notes whether a time limit may end steps of the frame, before it is begun in the current task.

    To tell takes as long as a step does, so a body that was under none in its first calls is not asked about later ones.
    """
    call, run = frame.call, frame.run
    if call is None or call.limited or call.begun <= CALLS_LOOKED_AT:
        owner = frame.owner
        around = owner is not None and (owner.frame.limited or run.timeout_of(owner.step) is not None)
        frame.limited = around or current_effective_deadline() < math.inf
        if call is not None:
            call.limited = frame.limited
    frame.timed = frame.limited or run.timed


async def _run(frame: Frame) -> None:
    run = frame.run
    if run.faults:  # a node that took a plugin's failure for one of its body must not go on
        raise run.faults[0]
    strand = Strand(run, frame)
    run.strands.add(strand)
    frame.caller = strand
    try:
        run.offer_all(frame.start())  # first, so that calls come to the scheduler in the order of their numbers
        if perf_counter() > run.slice_end:  # a body may be too short for its strand to look
            await run.let_loop_turn()
        await strand.work()
        if not _over(frame, strand):
            await _wait(frame, strand)
    except BaseException:
        await _abandon(frame, strand)
        raise
    finally:
        run.strands.discard(strand)
        frame.caller = None
        run.tally(frame)
        if run.leases is not None:
            await run.leases.end(frame)
    error, frame.error = frame.error, None
    if error is not None:
        try:
            raise error
        finally:
            del error  # its traceback has this very call


async def _wait(frame: Frame, strand: Strand) -> None:
    """Waits for the frame's steps that other strands run."""
    frame.event = Event()
    strand.parked = True
    frame.run.look_for_stall()
    await frame.event.wait()
    strand.parked = False


async def _abandon(frame: Frame, strand: Strand) -> None:
    """The call itself is cancelled: ends the frame's steps on other strands before it leaves."""
    strand.current, strand.parked = None, False
    frame.stop(frame.error)
    with CancelScope(shield=True):
        while any(frame.running()):
            frame.event = Event()
            await frame.event.wait()
    frame.run.abandoned = True
    frame.run.look_for_work()  # the places that its steps have given back may be what others wait for


def _over(frame: Frame, strand: Strand) -> bool:
    if frame.stopped:
        return not any(frame.running())
    return not frame.left


class FlowCall:
    """Implements `stratagem.Subflow`: another workflow's plan, with variables of its own."""

    __slots__ = ("_calls", "_plan", "_ready")

    def __init__(self, ready: StepRun, plan: Plan) -> None:
        self._ready = ready
        self._plan = plan
        self._calls = 0

    async def __call__(self, variables: Mapping[str, Any] | None = None) -> SubflowResult:
        frame = self._frame(variables)
        await run_frame(frame)
        return _result_of(frame)

    def start(self, variables: Mapping[str, Any] | None = None, *, detached: bool = False) -> Handle:
        """Starts it in a task of the run, or of the kernel; see `FlowHandle` and `DetachedHandle`."""
        if detached:
            started = self._ready.run.services.start(self._plan, variables, self._ready)
            started.detached = True
            return DetachedHandle(started)
        frame = self._frame(variables)
        frame.apart = True
        handle = FlowHandle(frame)
        self._ready.run.handles[handle] = None
        self._ready.run.group.start_soon(handle.drive)
        return handle

    def _frame(self, variables: Mapping[str, Any] | None) -> Frame:
        plan = self._plan
        initial = getattr(plan.graph, "variables", {})
        store = VariableStore(first_values(initial, variables))
        scope = Scope([PENDING] * len(plan), store, {}, None)
        frame = Frame(self._ready.run, plan, scope, self._ready, self._calls)
        self._calls += 1
        return frame


def _result_of(frame: Frame) -> SubflowResult:
    plan, scope = frame.plan, frame.scope
    return SubflowResult(plan.result(scope) if plan.result is not None else None, scope.variables.snapshot())


class FlowHandle:
    """Implements `stratagem.Handle`: a subflow that runs beside the steps that follow its start.

    A failure that nobody has waited for by then is the run's own at its end, so nothing goes wrong unseen.
    """

    def __init__(self, frame: Frame) -> None:
        self._frame: Frame | None = frame
        self._run: Run = frame.run
        self._ended = Event()
        self._scope = CancelScope()
        self._result: SubflowResult | None = None
        self.error: StepFailed | None = None
        self.begun = False
        self.waited = False

    @property
    def done(self) -> bool:
        """Return whether it has ended."""
        return self._ended.is_set()

    async def wait(self) -> SubflowResult:
        """Waits for its end; raises StepFailed as it did, RunError if it was cancelled."""
        await self._ended.wait()
        self.waited = True
        self._run.handles.pop(self, None)
        if self.error is not None:
            raise self.error
        if self._result is None:
            raise RunError("the subflow was cancelled")
        return self._result

    def cancel(self) -> None:
        """Cancels it; a no-op once it has ended."""
        self._scope.cancel()

    async def drive(self) -> None:
        """Runs it to its end, as a task of the run's group."""
        self.begun = True
        run, frame, self._frame = self._run, self._frame, None
        assert frame is not None  # it is driven once
        try:
            with self._scope:
                if not self._scope.cancel_called:  # it may have been cancelled before it came to begin
                    await run_frame(frame)
                    self._result = _result_of(frame)
            del run.handles[self]  # one that failed stays, for the run's own end
        except StepFailed as error:
            let_go(error)
            self.error = error.with_traceback(None)
        except PluginFailed:
            pass  # has ended the whole run
        finally:
            self._ended.set()
        run.look_for_work()
        run.look_for_stall()

    def __repr__(self) -> str:
        return f"<subflow {'ended' if self.done else 'running'}>"


class DetachedHandle:
    """Implements `stratagem.Handle` for a subflow that is a run of its own; how that ends badly is logged."""

    def __init__(self, handle: StartedRun) -> None:
        self._handle = handle

    @property
    def done(self) -> bool:
        """Return whether it has ended."""
        return self._handle.done

    async def wait(self) -> SubflowResult:
        """Waits for its end; raises what ended it early, RunError if it was cancelled."""
        result = (await self._handle.wait()).raise_for_error()
        if result.status == "cancelled":
            raise RunError("the subflow was cancelled")
        return SubflowResult(result.value, result.variables)

    def cancel(self) -> None:
        """Cancels it; a no-op once it has ended."""
        self._handle.cancel()

    def __repr__(self) -> str:
        return f"<detached subflow {'ended' if self.done else 'running'}>"
