"""Run: one execution of a workflow, and what all its strands share."""

from __future__ import annotations

import math
from collections import deque
from collections.abc import Mapping
from pathlib import Path
from time import perf_counter
from typing import TYPE_CHECKING, Any

from anyio import Event
from anyio.lowlevel import checkpoint

from stratagem._engine.calling.binding import bind_step, look_at_steps
from stratagem._engine.frames.frame import Frame
from stratagem._engine.frames.lateness import late
from stratagem._engine.frames.strand import Strand
from stratagem._engine.outcomes.faults import break_off, cut_off, kept
from stratagem._engine.outcomes.unwrap import step_failed, unwrap
from stratagem._engine.parts import step_run
from stratagem._engine.telemetry.gauges import Gauges, busy
from stratagem.errors import PluginFailed, SchedulerStalled, StepFailed
from stratagem.measures import Measure, Measures, full_name
from stratagem.nodes.values import LeaveLoop
from stratagem.scope import CANCELLED, FREED, LEFT, PENDING, Absent, Scope
from stratagem.variables import VariableStore

if TYPE_CHECKING:
    from anyio.abc import TaskGroup

    from stratagem import views
    from stratagem._engine import parts
    from stratagem._engine.parts import Bound, Flow, Leases, StepRun, Steps
    from stratagem._engine.recording import Guarded
    from stratagem._engine.services import Services
    from stratagem.errors import StepTimeout
    from stratagem.model import Workflow
    from stratagem.options import RunOptions
    from stratagem.plan import Plan, Step
    from stratagem.strategies import Resolver, ResourceProvider, Scheduler
    from stratagem.usual import Usual


TURNS_BEFORE_STALL = 5
"""Turns of the loop after which a node that calls its bodies in tasks of its own would have gone on."""


class Run:
    """One execution of a workflow.

    Plugins are handed it by the hooks: ``id``, ``workflow``, ``plan``, ``options`` and ``services`` may be read at any
    time; ``recorders``, ``resolver`` and ``scheduler`` once all hooks have answered. ``failures`` are the failed steps'
    errors, ``faults`` those of plugins, ``counts`` how many steps ended in which way, ``measures`` what `record` was
    told, ``held`` how many bytes it holds that are temporary. ``starter`` is the step of another run that has started
    this one to go on beside it. ``usual`` is how long nodes take by id, set by a plugin that knows earlier runs.
    ``waits`` are the steps that wait for a resource: its kind, and since when by perf_counter.
    """

    def __init__(
        self,
        id_: str,
        workflow: Workflow,
        plan: Plan,
        variables: VariableStore,
        options: RunOptions,
        services: Services,
        starter: views.StepRun | None = None,
    ) -> None:
        self.id = id_
        self.workflow = workflow
        self.plan = plan
        self.options = options
        self.services = services
        self.starter = starter
        self.clock = services.clock
        self.time_slice = options.time_slice
        self.frees = options.keep != "all" or plan.clears
        self.recorders: tuple[Guarded, ...] = ()
        self.providers: dict[str, ResourceProvider] = {}
        self.leases: Leases | None = None
        self.failures: list[StepFailed] = []
        self.faults: list[PluginFailed] = []
        self.counts = {"done": 0, "skipped": 0, "failed": 0, "cancelled": 0}
        self.measures = Measures()
        self.held = 0
        self.gauges = Gauges()
        self.usual: Mapping[str, Usual] = {}
        self.waits: dict[StepRun, tuple[str, float]] = {}
        self.last_frames: dict[int, parts.Frame] = {}
        self.handles: dict[Flow, None] = {}
        self.error: BaseException | None = None
        self.strands: set[parts.Strand] = set()
        self.handed: deque[StepRun] = deque()
        self.more = False
        self.slice_end = perf_counter() + options.time_slice
        self.waking = self.doubted = self.abandoned = False
        self.paused: Event | None = None
        self.bindings: dict[Step, Bound] = {}
        self.seen: Bound | None = None  # how plain steps go while recorders see them
        self.through: Bound | None = None
        self.looking: tuple[Guarded, ...] | None = None
        self.sparing = self.direct = self.plain = False
        scope = Scope([PENDING] * len(plan), variables, {}, None)
        self.frame: Frame = Frame(self, plan, scope)
        self.group: TaskGroup

    def use(self, scheduler: Scheduler, resolver: Resolver, recorders: tuple[Guarded, ...]) -> None:
        """Sets the strategies; where the run is ``direct``, nothing stands between steps that have an arity and theirs.

        Where it is ``plain``, whatever is kept with a step is how it is run. Where it is ``secretive``, as some secret
        has been asked for, what pure nodes derive from secrets is kept secret.
        """
        self.scheduler: Steps = scheduler  # type: ignore[assignment]  # it is given no steps but those of the engine
        self.resolver = resolver
        self.recorders = recorders
        self.body_recorders = tuple(each for each in recorders if each.sees_bodies)
        self.secretive = self.services.secrets.asked
        self.sparing = any(each.spares_steps for each in recorders)
        limits = (self.options.step_timeout, self.plan.shortest_timeout)
        self.shortest = min((limit for limit in limits if limit is not None), default=math.inf)
        self.timed = self.shortest < math.inf
        look_at_steps(self)

    @property
    def directory(self) -> Path:
        """Return where relative paths of the workflow's own steps start, see `Frame.directory`."""
        return self.frame.directory

    def bound(self, step: Step) -> Bound:
        """Return how ``step`` is run in this run; chosen when it is first asked for."""
        if self.plain and step.bound is not None:
            return step.bound
        bound = self.bindings.get(step)
        if bound is None:
            bound = bind_step(self, step)
            if not self.plain or step.bound is None:  # else it is kept with the step
                self.bindings[step] = bound
        return bound

    def rebind(self, step: Step) -> None:
        """Has how ``step`` is run chosen anew, when the run next comes to it."""
        self.bindings.pop(step, None)

    def offer_all(self, fresh: list[StepRun]) -> None:
        """Offers steps whose needs are settled."""
        self.more = self.more or bool(fresh)
        try:
            for ready in fresh:
                self.scheduler.offer(ready)
        except Exception as error:
            break_off(self, self.scheduler, error)

    def wake(self) -> None:
        """Has another strand start soon, if the scheduler lets another step start now."""
        if not self.handed:
            ready = self.scheduler.take()
            if ready is None:
                self.more = False
                return
            self.handed.append(ready)
        self._start_strand()

    async def let_loop_turn(self) -> None:
        """Lets other tasks run, and begins another time slice."""
        await checkpoint()
        if self.sparing:
            look_at_steps(self)
        self.slice_end = perf_counter() + self.time_slice

    def look_for_work(self) -> None:
        """Has a strand look for work after something outside the strands has ended."""
        if not self.waking:
            self.wake()

    def tally(self, frame: parts.Frame) -> None:
        """Counts a frame's steps that have run, once it has ended, and keeps its values for the result."""
        if frame.clearing is not None:
            frame.clearing.close()
        if self.options.keep == "all" and frame is not self.frame:
            last = self.last_frames.get(id(frame.plan))
            if last is None or frame.comes_after(last):
                self.last_frames[id(frame.plan)] = frame
        hidden = frame.plan.disabled
        if not (frame.left or frame.irregular or hidden):
            self.counts["done"] += frame.plan.count
            return
        for index, value in enumerate(frame.values):
            if type(value) is not Absent or value is FREED or value is LEFT:
                self.counts["skipped" if index in hidden else "done"] += 1

    def next_for(self, frame: parts.Frame | None) -> StepRun | None:
        """Return a handed-off step, else the scheduler's next."""
        if self.handed and (frame is None or self.handed[0].frame is frame):
            return self.handed.popleft()
        return self.scheduler.take()

    def turn_away(self, ready: StepRun) -> None:
        """Passes on a step that the strand which took it must not run; forgets it if its frame has ended early."""
        if ready.frame.stopped:
            self.release(ready)
            return
        self.handed.append(ready)
        self.more = True
        if not self.waking:
            self._start_strand()

    def release(self, ready: StepRun) -> None:
        """Release a step that did not end well, or never began; its places may let several others start."""
        self.scheduler.release(ready)
        self.more = True

    def release_handed(self) -> None:
        """Release the handed-off steps, once the run has ended and no strand takes them any more."""
        while self.handed:
            self.scheduler.release(self.handed.popleft())

    def drop(self, ready: StepRun) -> None:
        """Settles a step that was cancelled."""
        ready.frame.values[ready.step.index] = CANCELLED
        ready.frame.irregular = True
        self.counts["cancelled"] += 1
        self.check_over(ready.frame)

    def fail(self, ready: StepRun, error: BaseException) -> None:
        """Settles a step that failed, and ends its frame unless the failure is one to go on after."""
        frame, step = ready.frame, ready.step
        frame.irregular = True
        error = unwrap(error)
        if isinstance(error, LeaveLoop):
            if frame.owner is not None:
                frame.values[step.index] = LEFT
                frame.stop(error)
                return
            error = RuntimeError("break and continue are for bodies of loops")
        if isinstance(error, PluginFailed):
            cut_off(ready, error)
            return
        failure = step_failed(error, step.node, step.spec.distribution, frame.source, self.services.secrets.redact)
        if failure.way is None:
            failure.way = ready.way
            self.failures.append(kept(failure))
        self.counts["failed"] += 1
        frame.values[step.index] = Absent("failed", "the node failed", live=step.continues, error=kept(failure))
        if step.continues and not frame.stopped:
            self.offer_all(frame.settle(step))
        else:
            frame.stop(failure)

    def timed_out(self, ready: StepRun) -> StepTimeout:
        """The error of a step that took longer than its time limit."""
        return late(ready, self.timeout_of(ready.step))

    def timeout_of(self, step: Step) -> float | None:
        """The step's time limit in seconds; the run's default holds only for steps without bodies."""
        limit = step.timeout
        return self.options.step_timeout if limit is None and not step.composite else limit

    def pause_before_retry(self, ready: StepRun, error: BaseException) -> float | None:
        """Seconds to wait before the step is tried again, None if it is not."""
        retry = ready.step.retry
        if retry is None or ready.attempt >= retry.attempts or isinstance(unwrap(error), LeaveLoop):
            return None
        if ready.frame.stopped:
            return None
        return retry.pause(ready.attempt)

    def record(self, name: str, value: float, unit: str = "1", **attributes: Any) -> None:
        """Takes in one measurement, for the recorders and for the result's metrics."""
        self.measures.add(name, value, unit, **attributes)
        for recorder in self.recorders:
            recorder.record(name, value, unit, **attributes)

    def take_in(self, name: str, measure: Measure, **attributes: Any) -> None:
        """Takes in what was summed up elsewhere: the result gets all of it, the recorders the greatest value."""
        self.measures[full_name(name, attributes)] = measure
        for recorder in self.recorders:
            recorder.record(name, measure.greatest, measure.unit, **attributes)

    @property
    def busy(self) -> int:
        """Return how many steps are at work, see `gauges.busy`."""
        return busy(self)

    @property
    def places(self) -> int:
        """Return how many steps may run at once."""
        return self.scheduler.places or self.options.concurrency

    def propagate(self, ready: StepRun) -> dict[str, str]:
        """Return what a request of the step should carry, see `Recorder.propagate`."""
        return {key: value for recorder in self.recorders for key, value in recorder.propagate(ready).items()}

    def tell(self, ready: StepRun, event: str, **attributes: Any) -> None:
        """Tells the recorders what has happened to a step, see `Recorder.event`."""
        for recorder in self.recorders:
            recorder.event(ready, event, **attributes)

    def note_skipped(self, step: Step, frame: parts.Frame) -> None:
        """Counts a skipped step and tells the recorders."""
        self.counts["skipped"] += 1
        frame.irregular = True
        for recorder in self.recorders:
            recorder.skipped(step_run(step, frame))

    def cancel_steps_of(self, frame: parts.Frame) -> None:
        """Cancels what runs of a frame that is being stopped."""
        for strand in (frame.caller, *(frame.strands or ())):
            if strand is not None:
                strand.odd = True
        for strand in frame.running():
            strand.cancel()
        if frame is self.frame:
            for handle in tuple(self.handles):
                handle.cancel()
        self.check_over(frame)

    def check_over(self, frame: parts.Frame) -> None:
        """Wakes who waits for a stopped frame once none of its steps runs any more."""
        if frame.stopped and frame.event is not None and not any(frame.running()):
            frame.event.set()

    def pause(self) -> None:
        """Lets running steps end and starts no more until `resume`."""
        if self.paused is None:
            self.paused = Event()
            for strand in self.strands:
                strand.odd = True

    def resume(self) -> None:
        """Goes on after `pause`."""
        if self.paused is not None:
            self.paused.set()
            self.paused = None

    @property
    def seems_stalled(self) -> bool:
        """Return whether steps wait and no strand runs any; any thread may ask."""
        if self.waking or self.handed or self.paused is not None or self.frame.stopped:
            return False
        strands = tuple(self.strands)
        if not (strands or self.frame.left) or not all(handle.begun for handle in tuple(self.handles)):
            return False
        if any((current := strand.current) is not None and not current.step.composite for strand in strands):
            return False  # as it mostly is; to tell more needs a look at all of them
        owners = {strand.frame.owner for strand in strands if strand.frame is not None}
        return not any(self._is_busy(strand, owners) for strand in strands)

    def look_for_stall(self) -> None:
        """End the run if steps wait, nothing runs, and the scheduler starts none of them."""
        if not self.doubted and self.seems_stalled:
            self.doubted = True
            self.group.start_soon(self._confirm_stall)

    async def _confirm_stall(self) -> None:
        """End the run if it seems stalled at every one of the next turns of the loop."""
        turns = 0
        while turns < TURNS_BEFORE_STALL and self.seems_stalled:
            await checkpoint()
            turns += 1
        self.doubted = False
        if turns == TURNS_BEFORE_STALL and self.seems_stalled:
            self.look_for_work()
            self.end_if_stalled()

    def end_if_stalled(self) -> None:
        """End the run, unless it goes on after all."""
        if self.seems_stalled:
            what = f"steps wait, none is running, and the scheduler {type(self.scheduler).__name__} starts none"
            hint = "Look for limits that a step inside a body shares with the step around it."
            self.frame.stop(SchedulerStalled(what, provider=self.scheduler.provider or None, hint=hint))

    def _is_busy(self, strand: parts.Strand, owners: set[StepRun | None]) -> bool:
        """Return whether the strand runs a step, or is about to, that does not wait for other steps of the run."""
        current = strand.current
        if strand.is_parked() or (current is not None and current in owners):
            return False
        if current is None or not current.step.only_waits:
            return True
        return all(handle.done for handle in tuple(self.handles))

    def _start_strand(self) -> None:
        self.waking = True
        self.group.start_soon(Strand(self).main)
