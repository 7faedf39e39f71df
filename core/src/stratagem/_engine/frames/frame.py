"""Frames: one execution of a plan, and what of its values is dropped early."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

from anyio import Event

from stratagem._engine.parts import StepRun, step_run
from stratagem._support.sizes import estimated_size
from stratagem.errors import WorkflowError
from stratagem.model import Workflow
from stratagem.nodes.values import NOTHING
from stratagem.scope import FREED, SKIPPED, Absent, Scope

if TYPE_CHECKING:
    from stratagem._engine import parts
    from stratagem._engine.parts import Calls, Run, Strand
    from stratagem.options import Keep
    from stratagem.plan import Plan, Step, Temporary


class Frame:
    """One execution of a plan: of the workflow's, or of a body's at one call.

    ``left`` steps that nothing waits for are unsettled: with the last of them all are settled. ``number`` counts the calls of the body by its owner, ``after`` is the
    longest way from the owner's end to the run's. ``error`` is what ended it early, ``irregular`` that
    some step was skipped, failed or cancelled. One that is ``apart`` runs beside the steps that follow its owner.
    ``call`` is what called the body, ``item`` what the owner says that this call is about. In one that is ``limited``,
    steps may be ended by a time limit from around them: the run's, an owner's, or its caller's; it is ``timed`` also where
    steps of the run have limits of their own. ``caller`` is the strand that the owner waits with, ``strands`` are the others
    that run its steps, or have done so last.
    """

    __slots__ = (
        "after",
        "apart",
        "call",
        "caller",
        "chosen",
        "clearing",
        "error",
        "event",
        "irregular",
        "item",
        "left",
        "limited",
        "number",
        "owner",
        "plan",
        "readers",
        "run",
        "scope",
        "steps",
        "stopped",
        "strands",
        "timed",
        "values",
        "waiting",
    )

    def __init__(self, run: Run, plan: Plan, scope: Scope, owner: StepRun | None = None, number: int = 0) -> None:
        self.run = run
        self.plan = plan
        self.scope = scope
        self.values = scope.values
        self.waiting = plan.in_degrees()
        self.steps = plan.steps
        self.left = plan.sinks
        self.owner = owner
        self.chosen: dict[int, tuple[str, ...]] | None = None
        self.readers = _readers(plan, run.options.keep) if run.frees else None
        self.clearing = None if plan.temporary is None else _clearing(self, plan.temporary)
        self.error: BaseException | None = None
        self.stopped = False
        self.caller: Strand | None = None
        self.strands: set[Strand] | None = None
        self.apart = False
        self.limited = self.timed = False
        self.irregular = False
        self.event: Event | None = None
        self.number = number
        self.call: Calls | None = None
        self.item: Any = NOTHING
        self.after: float = 0.0 if owner is None else owner.step.path + owner.frame.after - owner.step.cost

    @property
    def source(self) -> str | None:
        """The file of the workflow that its steps stand in: the run's own, or a subflow's."""
        frame: parts.Frame = self
        while frame.owner is not None and not isinstance(frame.plan.graph, Workflow):
            frame = frame.owner.frame
        return frame.plan.graph.source if isinstance(frame.plan.graph, Workflow) else None

    @property
    def directory(self) -> Path:
        """Return where relative paths of its steps start: the folder of their file, else the current one."""
        start = self.run.services.directory  # and not what is the current one by now
        source = self.source
        return (start / source).resolve().parent if source else start

    @property
    def path(self) -> tuple[int, ...]:
        """Its place in program order among all frames of the run."""
        owner = self.owner
        return () if owner is None else (*owner.frame.path, owner.step.index, self.number)

    @property
    def home(self) -> parts.Frame:
        """The frame that keeps what is opened in this one: the nearest that has variables of its own."""
        frame: parts.Frame = self
        while frame.owner is not None and not _is_apart(frame, frame.owner.frame):
            frame = frame.owner.frame
        return frame

    def running(self) -> Iterator[Strand]:
        """The strands that run its steps."""
        for strand in (self.caller, *(self.strands or ())):
            if strand is not None and strand.current is not None and strand.current.frame is self:
                yield strand

    def comes_after(self, other: parts.Frame) -> bool:
        """Return whether the reference run would come to this frame after the other one of the same plan."""
        return self.number > other.number if self.owner is other.owner else self.path > other.path

    def live(self, source: int, port: str) -> bool:
        """Return whether control goes on from the settled step ``source`` through ``port``."""
        value = self.values[source]
        if type(value) is Absent and not value.live:
            return False
        if self.chosen is not None and source in self.chosen:
            return port in self.chosen[source]
        return port == "exec_out"

    def start(self) -> list[StepRun]:
        """The steps that wait for nothing."""
        if self.clearing is not None:
            self.clearing.begin()
        return [ready for index in self.plan.roots for ready in self.admit(self.steps[index])]

    def settle(self, step: Step) -> list[StepRun]:
        """The step has its value, or stands absent: gives the steps that waited for it alone, and skips what is dead."""
        fresh: list[StepRun] = []
        for index in step.dependents:
            self.waiting[index] -= 1
            if not self.waiting[index]:
                fresh += self.admit(self.steps[index])
        self.note_end(step)
        return fresh

    def admit(self, step: Step) -> list[StepRun]:
        """The steps that can run now that what ``step`` needs is settled: itself, or what is left when it is skipped."""
        if not step.guarded:
            return [step_run(step, self)]
        fresh: list[StepRun] = []
        settled = [step]
        while settled:  # no recursion: whole branches die at once
            step = settled.pop()
            if not (step.guarded and self._is_dead(step)):
                fresh.append(step_run(step, self))
                continue
            self._skip(step)
            for index in step.dependents:
                self.waiting[index] -= 1
                if not self.waiting[index]:
                    settled.append(self.steps[index])
        return fresh

    def note_end(self, step: Step) -> None:
        """Drops what nothing reads any more, and counts the steps that nothing waits for."""
        if self.readers is not None:
            self._free(step)
        if self.clearing is not None:
            self.clearing.note_end(step)
        if not step.dependents:
            self.left -= 1
            if not self.left:
                self.end()

    def end(self) -> None:
        """Wakes who waits for the frame."""
        if self.event is not None:
            self.event.set()

    def stop(self, error: BaseException | None) -> None:
        """Ends the frame early: nothing more of it is started, what runs is cancelled."""
        if self.stopped:
            self.run.check_over(self)
            return
        self.stopped = True
        self.error = error
        self.run.cancel_steps_of(self)

    def _skip(self, step: Step) -> None:
        self.values[step.index] = SKIPPED
        self.run.note_skipped(step, self)
        self.note_end(step)

    def _free(self, step: Step) -> None:
        """Drops the values whose last reader has ended, which for one without readers is the step itself."""
        readers, values = self.readers, self.values
        assert readers is not None  # the caller looked
        if not readers[step.index] and type(values[step.index]) is not Absent:
            values[step.index] = FREED
        for index in step.needs:
            readers[index] -= 1
            if not readers[index] and type(values[index]) is not Absent:
                values[index] = FREED

    def _is_dead(self, step: Step) -> bool:
        """Return whether the guarded ``step`` can't run: no live control line, no value, or no wish.

        A ``when`` that can't be told is left to the step itself, which fails with it.
        """
        for source, port in step.controls:
            if self.live(source, port):
                break
        else:
            if step.controls:
                return True
        values = self.values
        for source in step.required:
            if type(values[source]) is Absent:
                return True
        if step.when is None:
            return False
        try:
            return not step.when(self.scope)
        except WorkflowError:
            return False


def _is_apart(frame: parts.Frame, around: parts.Frame) -> bool:
    own = frame.scope.variables
    return own is not around.scope.variables and own.own


def _clearing(frame: Frame, temporary: Temporary) -> Clearing:
    from stratagem._engine.frames.frame import Clearing

    return Clearing(frame, temporary)


def _readers(plan: Plan, keep: Keep) -> list[int] | None:
    """For each step how many must end before its value is dropped; one that is kept has one more than will come."""
    dropped = frozenset() if plan.temporary is None else plan.temporary.outputs
    if keep == "all" and not dropped:
        return None
    readers = [len(step.dependents) for step in plan.steps]
    for index in plan.keeps:
        readers[index] += 1
    for index, count in enumerate(readers if keep != "none" else ()):
        if index not in dropped and (keep == "all" or not count):
            readers[index] += 1
    return readers


class Clearing:
    """Drops what is temporary of one frame: its outputs, and the variables of its layer if that is its own.

    What is held, in bytes as estimated, is recorded for the whole run: its greatest value is the peak.
    """

    __slots__ = ("_frame", "_left", "_sizes", "_temporary")

    def __init__(self, frame: Frame, temporary: Temporary) -> None:
        self._frame = frame
        self._temporary = temporary
        self._left = dict(temporary.uses) if _has_own_layer(frame) else {}
        self._sizes: dict[str | int, int] = {}

    def begin(self) -> None:
        """Drops the variables that no step touches."""
        for name, uses in self._left.items():
            if not uses:
                self._drop_variable(name)

    def note_end(self, step: Step) -> None:
        """The step has ended, and outputs that it was the last to read have been freed."""
        if self._left:
            for name in self._temporary.touched.get(step.index, ()):
                self._count_down(name)
        if self._temporary.outputs:
            self._look_at_outputs(step)

    def close(self) -> None:
        """The frame has ended, with whatever it still holds."""
        self._change(-sum(self._sizes.values()))
        self._sizes.clear()

    def _count_down(self, name: str) -> None:
        self._left[name] -= 1
        if not self._left[name]:
            self._drop_variable(name)
        elif (variables := self._frame.scope.variables).holds(name):
            self._hold(name, variables[name])

    def _drop_variable(self, name: str) -> None:
        variables = self._frame.scope.variables
        if variables.holds(name):
            del variables[name]
            self._drop(name, "variable")

    def _look_at_outputs(self, step: Step) -> None:
        outputs, values = self._temporary.outputs, self._frame.values
        if step.index in outputs and type(values[step.index]) is not Absent:
            self._hold(step.index, values[step.index])
        for index in {step.index, *step.needs} & outputs:
            if values[index] is FREED:
                self._drop(index, "output")

    def _hold(self, key: str | int, value: object) -> None:
        size = estimated_size(value)
        self._change(size - self._sizes.get(key, 0))
        self._sizes[key] = size

    def _drop(self, key: str | int, kind: str) -> None:
        size = self._sizes.pop(key, 0)
        self._frame.run.record("temporary.dropped", 1, kind=kind)
        self._frame.run.record("temporary.dropped.size", size, "By", kind=kind)
        self._change(-size)

    def _change(self, size: int) -> None:
        run = self._frame.run
        if size:
            run.held += size
            run.record("temporary.size", run.held, "By")


def _has_own_layer(frame: Frame) -> bool:
    """Return whether its variables end with it: those of a run, of a subflow, and of a body that keeps its writes."""
    scope = frame.scope
    return scope.parent is None or (scope.variables.own and scope.variables is not scope.parent.variables)
