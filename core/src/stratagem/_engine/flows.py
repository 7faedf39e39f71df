"""Subflows: another workflow's plan, called within a step or started beside the steps that follow."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from anyio import CancelScope, Event

from stratagem._engine.bodies import run_frame
from stratagem._engine.frame import Frame
from stratagem._engine.kept import let_go
from stratagem.errors import PluginFailed, RunError, StepFailed
from stratagem.nodes.values import Handle, SubflowResult
from stratagem.scope import PENDING, Scope
from stratagem.variables import VariableStore, first_values

if TYPE_CHECKING:
    from stratagem._engine.parts import Run, StepRun
    from stratagem._engine.services import StartedRun
    from stratagem.plan import Plan


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
    """Implements `stratagem.nodes.Handle`: a subflow that runs beside the steps that follow its start.

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
    """Implements `stratagem.nodes.Handle` for a subflow that is a run of its own; how that ends badly is logged."""

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
