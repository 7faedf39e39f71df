"""Calls of bodies and subflows: nested plans, run within the step that owns them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from anyio import CancelScope, Event

from stratagem.engine.frame import PENDING, Frame, Scope, StepRun
from stratagem.engine.strand import Strand
from stratagem.engine.variables import VariableStore
from stratagem.errors import RunError, StepFailed
from stratagem.nodes.values import SubflowResult

if TYPE_CHECKING:
    from stratagem.plan import Plan


class BodyCall:
    """Implements `stratagem.nodes.Body`: each call is a frame of the body's plan in the owner's scope."""

    __slots__ = ("_calls", "_plan", "_ready")

    def __init__(self, ready: StepRun, plan: Plan) -> None:
        self._ready = ready
        self._plan = plan
        self._calls = 0

    async def __call__(
        self,
        ports: Mapping[str, Any] | None = None,
        variables: Mapping[str, Any] | None = None,
        *,
        isolated: bool = False,
    ) -> Any:
        ready, plan = self._ready, self._plan
        around = ready.frame.scope
        store = around.variables
        if isolated or variables:
            store = VariableStore(variables, store, own=isolated)
        scope = Scope([PENDING] * len(plan), store, ports or {}, around)
        frame = Frame(ready.run, plan, scope, ready, self._calls)
        self._calls += 1
        await run_frame(frame)
        return plan.result(scope) if plan.result is not None else None


async def run_frame(frame: Frame) -> None:
    """Runs a nested frame to its end, its steps inline in this task as far as they do not wait for others.

    Raises:
        BaseException: what ended the frame early: StepFailed, BreakLoop, ContinueLoop.
    """
    run = frame.run
    strand = Strand(run, frame)
    run.strands.add(strand)
    try:
        run.offer_all(frame.start())
        await strand.work()
        if not _over(frame, strand):
            await _wait(frame, strand)
    except BaseException:
        await _abandon(frame, strand)
        raise
    finally:
        run.strands.discard(strand)
        run.tally(frame)
    if frame.error is not None:
        raise frame.error


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
        while frame.run.runs_steps_of(frame):
            frame.event = Event()
            await frame.event.wait()


def _over(frame: Frame, strand: Strand) -> bool:
    if frame.stopped:
        return not frame.run.runs_steps_of(frame)
    return not frame.left


class FlowCall:
    """Implements `stratagem.nodes.Subflow`: another workflow's plan, with variables of its own."""

    __slots__ = ("_calls", "_plan", "_ready")

    def __init__(self, ready: StepRun, plan: Plan) -> None:
        self._ready = ready
        self._plan = plan
        self._calls = 0

    async def __call__(self, variables: Mapping[str, Any] | None = None) -> SubflowResult:
        frame = self._frame(variables)
        await run_frame(frame)
        return _result_of(frame)

    def start(self, variables: Mapping[str, Any] | None = None) -> FlowHandle:
        """Starts it in a task of the run; see `FlowHandle`."""
        handle = FlowHandle(self._frame(variables))
        self._ready.run.handles.append(handle)
        self._ready.run.group.start_soon(handle.drive)
        return handle

    def _frame(self, variables: Mapping[str, Any] | None) -> Frame:
        plan = self._plan
        initial = getattr(plan.graph, "variables", {})
        store = VariableStore({**initial, **(variables or {})})
        scope = Scope([PENDING] * len(plan), store, {}, None)
        frame = Frame(self._ready.run, plan, scope, self._ready, self._calls)
        self._calls += 1
        return frame


def _result_of(frame: Frame) -> SubflowResult:
    plan, scope = frame.plan, frame.scope
    return SubflowResult(plan.result(scope) if plan.result is not None else None, scope.variables.snapshot())


class FlowHandle:
    """Implements `stratagem.nodes.Handle`: a subflow that runs beside the steps that follow its start.

    A failure that nobody has waited for by then is the run's own at its end, so nothing goes wrong unseen.
    """

    def __init__(self, frame: Frame) -> None:
        self._frame = frame
        self._ended = Event()
        self._scope = CancelScope()
        self._result: SubflowResult | None = None
        self.error: StepFailed | None = None
        self.waited = False

    @property
    def done(self) -> bool:
        """Whether it has ended."""
        return self._ended.is_set()

    async def wait(self) -> SubflowResult:
        """Waits for its end; raises StepFailed as it did, RunError if it was cancelled."""
        self.waited = True
        await self._ended.wait()
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
        try:
            with self._scope:
                await run_frame(self._frame)
                self._result = _result_of(self._frame)
        except StepFailed as error:
            self.error = error
        finally:
            self._ended.set()
        self._frame.run.wake_if_ready()

    def __repr__(self) -> str:
        return f"<subflow {'ended' if self.done else 'running'}>"
