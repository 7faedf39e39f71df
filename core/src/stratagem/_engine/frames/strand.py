"""Strands: tasks that run ready steps inline, one after another.

A strand takes a ready step, runs it in its own task, settles it, and takes the next. If more could start meanwhile, it
leaves a wake-up on the event loop before it awaits: a task that is started soon, and finds something to do only if the
step really suspends. So steps that never block cost no task at all, and each one that blocks costs one.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from time import perf_counter
from typing import TYPE_CHECKING, Any

from anyio import CancelScope, get_cancelled_exc_class, sleep

from stratagem._engine.frames.lateness import require_in_time
from stratagem._engine.frames.outputs import accept
from stratagem._engine.outcomes.faults import break_off
from stratagem._engine.outcomes.unwrap import being_cancelled
from stratagem._engine.parts import StepRun
from stratagem.plan import NOT_DIRECT

if TYPE_CHECKING:
    from stratagem._engine.parts import Frame, Run

NO_STEPS: Sequence[StepRun] = ()

STEPS_BETWEEN_CLOCKS = range(32)
"""The number of steps that are run between two looks at the time slice."""


class Strand:
    """One task's way through a run; with a ``frame`` it runs only that frame's steps, in its caller's task.

    ``current`` is the step that it is running, since ``started`` on the run's clock. ``expired`` is the step that was
    cancelled for its time limit, ``stopping`` that the strand's scope is cancelled, ``again`` a step to go on with.
    ``odd`` is set with any of these, with a pause, and where a step may have been handed off to the next strand. ``at`` is the
    frame that it has last run a step of, which knows it.
    """

    __slots__ = (
        "again",
        "at",
        "current",
        "expired",
        "frame",
        "odd",
        "parked",
        "pause",
        "run",
        "scope",
        "started",
        "stopped_at",
        "stopping",
    )

    def __init__(self, run: Run, frame: Frame | None = None) -> None:
        self.run = run
        self.frame = frame
        self.at = frame
        self.current: StepRun | None = None
        self.again: StepRun | None = None
        self.expired: StepRun | None = None
        self.started = 0.0
        self.pause = 0.0
        self.stopped_at = 0.0
        self.stopping = False
        self.odd = True
        self.parked = False
        self.scope: CancelScope | None = None

    def cancel(self, *, expired: bool = False) -> None:
        """Cancels the step that is being run; the strand itself goes on with others."""
        if expired:
            self.expired = self.current
        self.stopping = self.odd = True
        self.stopped_at = perf_counter()
        if self.scope is not None:
            self.scope.cancel()

    def is_parked(self) -> bool:
        """Return whether its caller waits for steps of its frame that other strands have to run."""
        event = self.frame.event if self.frame is not None else None
        return self.parked and event is not None and not event.is_set()

    async def main(self) -> None:
        """Works until nothing more can be started, as a task of the run's group."""
        run = self.run
        run.waking = False
        if run.abandoned and being_cancelled():
            return  # whoever woke it was leaving with the whole run, in which nothing more is started
        run.strands.add(self)
        try:
            await self.work()
        finally:
            run.strands.discard(self)
        run.look_for_stall()

    async def work(self) -> None:
        """Runs steps until none can be taken; a cancelled step ends its scope, not the strand."""
        try:
            while not self._needs_scope():
                if await self.drain():
                    return
                self._interrupted()
            while True:
                with CancelScope() as scope:
                    self.scope = scope
                    if await self.drain():
                        return
                self._interrupted()
        except Exception as error:  # what nodes raise is settled: nothing but the scheduler is left to raise
            break_off(self.run, self.run.scheduler, error)
        finally:
            if self.frame is None or self.current is not None or self.again is not None:
                self._leave()

    def _go_to(self, frame: Frame | None) -> None:
        if self.at is not None and self.at.strands is not None:
            self.at.strands.discard(self)
        if frame is not None:
            frame.strands = frame.strands or set()
            frame.strands.add(self)
        self.at = frame

    def _leave(self) -> None:
        """Give back the steps that the strand still has, where an exception from around it ends it."""
        run = self.run
        if self.frame is None:
            self._go_to(None)
        ready, self.current = self.current, None
        again, self.again = self.again, None
        if ready is not None:
            run.drop(ready)
            run.release(ready)
        if again is not None and self.frame is not None and again.frame is not self.frame:
            run.turn_away(again)  # the step of another frame, taken just before the loop's turn
        elif again is not None:
            run.release(again)

    def _needs_scope(self) -> bool:
        """Return whether a step may have to be cancelled alone.

        Not in a chain without time limits, which ends with it.
        """
        return self.frame is None or self.run.timed or not self.frame.plan.chain

    async def drain(self) -> bool:
        """Runs steps until none can be taken (True) or the strand's scope is cancelled (False).

        This loop is what a step costs, so it is written out: calls with up to three values, and what `Frame.settle` does.
        All that is rare is behind the one flag ``odd``.
        """
        # what each step reads is local: an attribute costs as much as a comparison
        run, only, home = self.run, self.frame, None
        exchange, bound, bursts = run.scheduler.exchange, run.bound, run.scheduler.bursts
        direct, timed, clock, frees = run.direct, run.timed, run.clock, run.frees
        shortest, plain = run.shortest, run.plain
        ready: StepRun | None = None
        fresh: list[StepRun] | None
        while True:
            for _ in STEPS_BETWEEN_CLOCKS:  # a clock costs a tenth of a step, so it is not read at each
                if ready is None or self.odd:
                    ready, home = await self._next(ready), None  # frames may have stopped while it waited
                    if ready is None:
                        self.current = None
                        return True
                step = ready.step
                if ready.frame is not home:  # seldom: neighbours in a plan follow each other
                    other = ready.frame
                    if other.stopped or (only is not None and other is not only):
                        run.turn_away(ready)
                        ready = None
                        continue
                    if other is not self.at:
                        self._go_to(other)
                    home = frame = other
                    values, waiting, steps = frame.values, frame.waiting, frame.steps
                self.current = ready
                if run.more and not run.waking:
                    run.wake()  # another strand begins, should this step really suspend
                    self.odd = True  # and may take what the scheduler gives this one next
                if timed:
                    self.started = clock()
                try:
                    # by numbers of arguments: `*args` for all of them makes a step a third slower, a shared function 5 %
                    arity = step.arity if direct else NOT_DIRECT
                    if arity == 1:
                        value = await step.handler(values[step.first])
                    elif arity == 2:
                        value = await step.handler(values[step.first], values[step.second])
                    elif arity == 3:
                        value = await step.handler(values[step.first], values[step.second], values[step.third])
                    elif arity == NOT_DIRECT:
                        value = await ((plain and step.bound) or bound(step))(ready)
                    elif arity == 0:
                        value = await step.handler()
                    else:
                        value = await step.handler(*[values[at] for at in step.edges], **step.constants)
                    if type(value) is not step.returns:  # most values are of the very type that was promised
                        value = accept(ready, value)
                    if timed and clock() - self.started >= shortest:  # it may have held up who would have cancelled it
                        require_in_time(ready, self.started)
                except Exception as error:
                    ready = None
                    if await self._failed(error):
                        return False
                except BaseExceptionGroup as group:  # only one that holds a cancellation is no Exception
                    raise _cancellation_in(group) from None
                except get_cancelled_exc_class():
                    if being_cancelled():  # from around this task: the strand's own scope, or the run's
                        raise
                    ready = None
                    if await self._failed(RuntimeError("the node was cancelled from within")):
                        return False
                else:
                    if self.odd and self.stopping:  # the cancellation came too late, and is still to be taken in
                        self._ended_late(ready, value)
                        return False
                    values[step.index] = value
                    # `Frame.settle`, written out: a call of it makes a step a fifth slower
                    fresh = None
                    dependents = step.dependents
                    for index in dependents:
                        count = waiting[index] - 1
                        waiting[index] = count
                        if not count:
                            dependent = steps[index]
                            if dependent.guarded:
                                fresh = [*(fresh or ()), *frame.admit(dependent)]
                                continue
                            following = StepRun()  # without an `__init__`, which would cost 15 %
                            following.step = dependent
                            following.frame = frame
                            if fresh is None:
                                fresh = [following]
                            else:
                                fresh.append(following)
                    if frees or not dependents:
                        frame.note_end(step)
                    ready = exchange(ready, fresh or NO_STEPS)
                    # something is left for another strand: what became ready beside the step that goes on here
                    if bursts or (fresh and (fresh[0] is not ready or len(fresh) > 1)):
                        run.more = True
            if perf_counter() > run.slice_end:
                self.current, self.odd = None, True
                self.again = ready or self.again  # should the turn end the strand's scope, or a step be tried again
                await run.let_loop_turn()
                direct, plain = run.direct, run.plain  # recorders may see steps from now on, or no more

    async def _next(self, ready: StepRun | None) -> StepRun | None:
        """The next step where something out of the ordinary is up: a pause, a retry, a step that another strand took."""
        run = self.run
        self.current = None
        if run.paused is not None:
            self.again = self.again or ready
            while run.paused is not None:
                await run.paused.wait()
        self.odd = False
        if self.again is not None:
            ready, self.again = self.again, None
            if self.pause and not ready.frame.stopped:
                await self._rest(ready)
        return ready if ready is not None else run.next_for(self.frame)

    async def _rest(self, ready: StepRun) -> None:
        """Waits before another attempt; the step counts as running, but its time limit is for attempts alone."""
        self.current, self.started = ready, math.inf
        pause, self.pause = self.pause, 0.0
        await sleep(pause)

    async def _failed(self, error: Exception) -> bool:
        """Settles a failed step, or waits until it may be tried again; gives whether the strand is being cancelled."""
        ready = self.current
        assert ready is not None  # it is what has failed
        if self.expired is ready:
            error, cause = self.run.timed_out(ready), error
            error.__cause__ = cause
        if not self._tries_again(ready, error):
            self.current = None
            self.run.fail(ready, error)
            self.run.release(ready)
        return self.stopping

    def _tries_again(self, ready: StepRun, error: Exception) -> bool:
        """Return whether the step is tried again; it then is what the strand goes on with, after the pause."""
        pause = self.run.pause_before_retry(ready, error)
        if pause is None:
            return False
        ready.attempt += 1
        self.run.tell(ready, "retry", attempt=ready.attempt, pause=pause)
        self.current, self.again, self.pause, self.odd = None, ready, pause, True
        return True

    def _ended_late(self, ready: StepRun, value: Any) -> None:
        """A step ended well although it had been cancelled."""
        run, self.current = self.run, None
        if self.expired is ready:
            self._expire(ready)
            return
        frame = ready.frame
        frame.values[ready.step.index] = value
        if frame.stopped:
            run.check_over(frame)
        else:
            run.offer_all(frame.settle(ready.step))
        run.release(ready)

    def _interrupted(self) -> None:
        """Settles the step during which the strand's scope was cancelled, and makes ready for another pass."""
        ready, run = self.current, self.run
        self.current, self.scope, self.stopping = None, None, False
        expired, self.expired = self.expired, None
        if ready is not None:
            if expired is ready:
                self._expire(ready)
            else:
                run.drop(ready)
                run.release(ready)
        self.odd = True

    def _expire(self, ready: StepRun) -> None:
        run = self.run
        error = run.timed_out(ready)
        if not self._tries_again(ready, error):
            run.fail(ready, error)
            run.release(ready)


def _cancellation_in(group: BaseExceptionGroup[BaseException]) -> BaseException:
    """Return what of a group that a node's own tasks left goes on: the cancellation alone, if only errors came with it.

    A step that fails while it is being cancelled is cancelled.
    """
    cancelled, rest = group.split(get_cancelled_exc_class())
    return group if cancelled is None or not (rest is None or isinstance(rest, ExceptionGroup)) else cancelled
