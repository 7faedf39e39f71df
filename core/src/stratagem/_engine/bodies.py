"""Calls of bodies and subflows: nested plans, run within the step that owns them."""

from __future__ import annotations

import math
from collections.abc import Mapping
from contextlib import ExitStack
from time import perf_counter
from typing import TYPE_CHECKING, Any

from anyio import CancelScope, Event, current_effective_deadline

from stratagem._engine.frame import Frame
from stratagem._engine.parts import Calls
from stratagem._engine.strand import Strand
from stratagem.nodes.values import NOTHING
from stratagem.scope import PENDING, Scope
from stratagem.variables import VariableStore

if TYPE_CHECKING:
    from stratagem._engine import parts
    from stratagem._engine.parts import StepRun
    from stratagem.plan import Plan


CALLS_LOOKED_AT = 8
"""So many first calls of a body are looked at for time limits that its owner has set around them."""


class BodyCall(Calls):
    """Implements `stratagem.nodes.Body`: each call is a frame of the body's plan in the owner's scope."""

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
    frame.timed = frame.limited or run.watched


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
