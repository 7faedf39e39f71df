"""Parts: the execution of a step, and what the other parts of a run know of each other.

A run, its frames and its strands call each other. Their modules stand one above the other, so what is called upwards is
typed by the protocols here.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from stratagem.passes import way_to

if TYPE_CHECKING:  # no run needs the protocols, and importing the views takes as long as thousands of steps do
    from collections import deque
    from collections.abc import Awaitable, Callable, Sequence
    from contextlib import AbstractAsyncContextManager
    from typing import Protocol

    from anyio import Event

    from stratagem import views
    from stratagem._engine.recording import Guarded
    from stratagem._engine.services import Services
    from stratagem.errors import PluginFailed, StepTimeout
    from stratagem.measures import Measure, Measures
    from stratagem.nodes.values import Handle
    from stratagem.plan import Step
    from stratagem.strategies import Resolver, ResourceProvider, Scheduler
    from stratagem.ways import Way

    Bound = Callable[["StepRun"], Awaitable[Any]]

    class Steps(Scheduler):
        """A scheduler, typed with the engine's own steps in place of the views that a plugin has of them."""

        def take(self) -> StepRun | None: ...

        def exchange(self, ended: views.StepRun, fresh: Sequence[views.StepRun]) -> StepRun | None: ...

    class Strand(Protocol):
        """A task that runs steps, see `strand.Strand`."""

        current: StepRun | None
        expired: StepRun | None
        frame: Frame | None
        odd: bool
        parked: bool
        started: float
        stopped_at: float
        stopping: bool

        def cancel(self, *, expired: bool = False) -> None: ...

        def is_parked(self) -> bool: ...

    class Frame(views.Frame, Protocol):
        """One execution of a plan, see `frame.Frame`."""

        run: Run
        owner: StepRun | None
        values: list[Any]
        waiting: list[int]
        steps: Sequence[Step]
        left: int
        chosen: dict[int, tuple[str, ...]] | None
        caller: Strand | None
        strands: set[Strand] | None
        event: Event | None
        error: BaseException | None
        irregular: bool
        limited: bool
        timed: bool
        call: Calls | None

        @property
        def path(self) -> tuple[int, ...]: ...

        @property
        def home(self) -> Frame: ...

        @property
        def clearing(self) -> Clearing | None: ...

        def running(self) -> Iterator[Strand]: ...

        def comes_after(self, other: Frame) -> bool: ...

        def admit(self, step: Step) -> list[StepRun]: ...

        def settle(self, step: Step) -> list[StepRun]: ...

        def note_end(self, step: Step) -> None: ...

        def stop(self, error: BaseException | None) -> None: ...

    class Clearing(Protocol):
        """Drops the temporary values of a frame, see `clearing.Clearing`."""

        def close(self) -> None: ...

    class Flow(Handle, views.Started, Protocol):
        """A subflow that runs beside the steps that follow its start, see `flows.FlowHandle`."""

        begun: bool

    class Held(Protocol):
        """A lease that is held for other steps, see `leases.Held`."""

        def use(self, ready: StepRun) -> AbstractAsyncContextManager[Any]: ...

    class Leases(Protocol):
        """The leases of a run that are held for other steps, see `leases.LeaseBook`."""

        def find(self, ready: StepRun, kind: str, name: str | None = None) -> Held | None: ...

        async def end(self, frame: Frame) -> None: ...

    class Run(views.Run, Protocol):
        """One execution of a workflow, see `run.Run`."""

        measures: Measures
        services: Services
        scheduler: Steps
        resolver: Resolver
        recorders: tuple[Guarded, ...]
        body_recorders: tuple[Guarded, ...]
        providers: dict[str, ResourceProvider]
        seen: Bound | None
        through: Bound | None
        looking: tuple[Guarded, ...] | None
        sparing: bool
        direct: bool
        plain: bool
        secretive: bool
        timed: bool
        frees: bool
        shortest: float
        slice_end: float
        leases: Leases | None
        faults: list[PluginFailed]
        waits: dict[StepRun, tuple[str, float]]
        handles: dict[Flow, None]
        strands: set[Strand]
        handed: deque[StepRun]
        more: bool
        waking: bool
        abandoned: bool
        paused: Event | None
        held: int

        @property
        def frame(self) -> Frame: ...

        def clock(self) -> float: ...

        def bound(self, step: Step) -> Bound: ...

        def offer_all(self, fresh: list[StepRun]) -> None: ...

        def wake(self) -> None: ...

        async def let_loop_turn(self) -> None: ...

        def look_for_work(self) -> None: ...

        def look_for_stall(self) -> None: ...

        def next_for(self, frame: Frame | None) -> StepRun | None: ...

        def turn_away(self, ready: StepRun) -> None: ...

        def release(self, ready: StepRun) -> None: ...

        def drop(self, ready: StepRun) -> None: ...

        def fail(self, ready: StepRun, error: BaseException) -> None: ...

        def tally(self, frame: Frame) -> None: ...

        def timed_out(self, ready: StepRun) -> StepTimeout: ...

        def timeout_of(self, step: Step) -> float | None: ...

        def pause_before_retry(self, ready: StepRun, error: BaseException) -> float | None: ...

        def take_in(self, name: str, measure: Measure, **attributes: Any) -> None: ...

        def note_skipped(self, step: Step, frame: Frame) -> None: ...

        def cancel_steps_of(self, frame: Frame) -> None: ...

        def check_over(self, frame: Frame) -> None: ...


class StepRun:
    """One execution of a step, as schedulers, providers and recorders see it.

    It has no ``__init__``, because one is made for every step of every run: see `step_run`.
    """

    __slots__ = ("_attempt", "frame", "step")

    step: Step
    frame: Frame
    _attempt: int

    @property
    def attempt(self) -> int:
        """The number of the attempt, counted from 1."""
        try:
            return self._attempt
        except AttributeError:
            return 1

    @attempt.setter
    def attempt(self, number: int) -> None:
        self._attempt = number

    @property
    def run(self) -> Run:
        """The run that it is part of."""
        return self.frame.run

    @property
    def key(self) -> tuple[int, ...]:
        """Its place in the order of the reference run: compares as the steps would follow each other there."""
        return (*self.frame.path, self.step.index)

    @property
    def priority(self) -> float:
        """Seconds from its start to the end of the run on the longest way, as estimated."""
        return self.step.path + self.frame.after

    @property
    def expired(self) -> bool:
        """Return whether it is being cancelled because its time is up."""
        return any(strand.expired is self for strand in self.run.strands)

    @property
    def owner(self) -> StepRun | None:
        """The step whose body it is in."""
        return self.frame.owner

    def ancestors(self) -> Iterator[StepRun]:
        """The steps whose bodies and subflows it is in, from the inside out."""
        owner = self.frame.owner
        while owner is not None:
            yield owner
            owner = owner.frame.owner

    @property
    def way(self) -> Way:
        """Return how the workflow leads to it, with the passes of loops: worked out anew whenever it is asked for."""
        return way_to(self)

    def __repr__(self) -> str:
        return f"<step {self.step.id!r} of run {self.run.id}>"


def step_run(step: Step, frame: Frame) -> StepRun:
    """A step that is about to be executed in ``frame``."""
    ready = StepRun()
    ready.step = step
    ready.frame = frame
    return ready


class Calls:
    """The calls of a body: how many have ``begun`` and ``ended``, and how many there will be, where the owner said so.

    ``limited`` tells whether a time limit may have ended the last one.
    """

    __slots__ = ("begun", "ended", "limited", "of")

    def __init__(self) -> None:
        self.begun = self.ended = 0
        self.of: int | None = None
        self.limited = False
