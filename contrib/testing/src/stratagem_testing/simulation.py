"""Seeded simulation: a whole run on a virtual clock, with its order, delays, cancellations and pauses chosen by a seed.

It needs trio. Trio's own order of tasks is made to follow the seed by two of its private names; where a release of trio
has others, `deterministic` tells so by raising `Unavailable`.
"""

from __future__ import annotations

import importlib
import signal
import threading
from collections.abc import AsyncIterator, Callable, Generator, Iterable, Iterator
from contextlib import AbstractAsyncContextManager, asynccontextmanager, contextmanager
from random import Random
from typing import TYPE_CHECKING, Any

import anyio
import anyio.lowlevel
from attrs import define, field

from stratagem import (
    Kernel,
    Plugin,
    ResourceProvider,
    ResourceRequest,
    RunHandle,
    RunResult,
    Scheduler,
    Workflow,
    hookimpl,
)
from stratagem_testing.answers import provided, recorded
from stratagem_testing.counting import CountingScheduler
from stratagem_testing.sample_pack import sample
from stratagem_testing.watching import Watcher

if TYPE_CHECKING:
    from stratagem import Run, StepRun


STUCK = 30.0
"""Real seconds after which a simulated run is taken to wait for what will never come; they take milliseconds."""


class Unavailable(Exception):  # noqa: N818 - it says what is missing
    """This release of trio can't be made deterministic."""


class SeededScheduler(Scheduler):
    """Starts any ready step, chosen by a generator, within a concurrency that it chooses too."""

    def __init__(self, random: Random) -> None:
        self._random = random
        self._free = random.randint(1, 8)
        self._ready: list[StepRun] = []

    def offer(self, step: StepRun) -> None:
        self._ready.append(step)

    def take(self) -> StepRun | None:
        if not self._ready or not self._free:
            return None
        step = self._ready.pop(self._random.randrange(len(self._ready)))
        self._free -= not step.step.composite
        return step

    def release(self, step: StepRun) -> None:
        self._free += not step.step.composite


@define(eq=False)
class CountedThings(ResourceProvider):
    """Leases things that take a moment to open and to close; ``opened`` and ``closed`` have the tasks they did so in."""

    opened: list[int] = field(factory=list)
    closed: list[int] = field(factory=list)

    def lease(self, step: StepRun, request: ResourceRequest) -> AbstractAsyncContextManager[int]:
        return self._lease()

    @asynccontextmanager
    async def _lease(self) -> AsyncIterator[int]:
        await anyio.lowlevel.checkpoint()
        task = anyio.get_current_task().id
        self.opened.append(task)
        try:
            yield len(self.opened)
        finally:
            with anyio.CancelScope(shield=True):
                await anyio.sleep(0.1)
            self.closed.append(anyio.get_current_task().id)


class _Counted(Plugin):
    """Counts what the scheduler of the run, whichever it is, gives and is given back."""

    scheduler: CountingScheduler | None = None

    @hookimpl(wrapper=True)
    def schedule(self, run: Run) -> Generator[None, Scheduler, Scheduler]:
        """The counting one around it."""
        inner = yield
        self.scheduler = CountingScheduler(inner)
        return self.scheduler


@define(eq=False)
class Simulated:
    """The result of a simulated run, and all that was seen of it; ``disturbed`` are the things done to it from outside."""

    workflow: Workflow
    """The workflow that was run."""
    result: RunResult
    """The result of the run."""
    handle: RunHandle
    """The run's handle."""
    watcher: Watcher
    """The events of its steps."""
    things: CountedThings
    """The things that its steps leased."""
    scheduler: CountingScheduler
    """The scheduler, with its counts."""
    disturbed: list[str]
    tasks_left: int
    """The number of tasks that were left over: 0."""


def simulate(
    workflow: Workflow, seed: int, *, plugins: Callable[[Random], Iterable[Plugin]], disturb: bool = True
) -> Simulated:
    """Runs ``workflow`` on trio's virtual clock.

    Args:
        seed: of everything that is left to chance.
        plugins: makes the strategies, from the seed's generator.
        disturb: whether the run is paused, resumed and cancelled at times that the seed chooses.
    """
    import trio
    import trio.testing

    random = Random(f"simulate {seed}")

    async def main() -> Simulated:
        watcher, things, disturbed = Watcher(), CountedThings(), list[str]()
        before = trio.lowlevel.current_statistics().tasks_living
        counted = _Counted()
        more = (recorded(lambda: watcher), provided("thing", lambda: things), counted)
        async with Kernel(packs=[sample], plugins=[*plugins(random), *more]) as kernel:
            opened = trio.lowlevel.current_statistics().tasks_living
            # a time slice is real time, which no seed decides
            handle = await kernel.start(workflow, options=kernel.options_for(workflow, time_slice=3600.0))
            if disturb:
                await _disturb(handle, random, disturbed)
            result = await handle.wait()
            await trio.testing.wait_all_tasks_blocked()
            left = trio.lowlevel.current_statistics().tasks_living - opened
        left += trio.lowlevel.current_statistics().tasks_living - before
        assert counted.scheduler is not None  # the run asked for one
        return Simulated(workflow, result, handle, watcher, things, counted.scheduler, disturbed, left)

    with deterministic(seed), _not_stuck():
        return trio.run(main, clock=trio.testing.MockClock(autojump_threshold=0))


async def _disturb(handle: RunHandle, random: Random, disturbed: list[str]) -> None:
    for _ in range(random.choice((0, 0, 1, 2, 3))):
        await anyio.sleep(random.choice((0.0, random.random(), random.uniform(0.0, 20.0))))
        if handle.done:
            return
        what = random.choice(("pause", "resume", "pause", "cancel"))
        disturbed.append(what)
        {"pause": handle.pause, "resume": handle.resume, "cancel": handle.cancel}[what]()
    if handle.paused:
        await anyio.sleep(random.uniform(0.0, 30.0))
        handle.resume()


@contextmanager
def _not_stuck() -> Iterator[None]:
    """Breaks off what waits for ever, shielded or not; only where signals can be had, which is the main thread."""
    if not hasattr(signal, "setitimer") or threading.current_thread() is not threading.main_thread():
        yield
        return
    before = signal.signal(signal.SIGALRM, _raise_stuck)
    signal.setitimer(signal.ITIMER_REAL, STUCK)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, before)


def _raise_stuck(*_: object) -> None:
    raise RuntimeError(f"the simulated run has not ended after {STUCK:g} real seconds: something waits for ever")


@contextmanager
def deterministic(seed: int) -> Iterator[None]:
    """Makes trio order its tasks by ``seed`` while the context lasts; raises `Unavailable` where it can't."""
    private: Any = importlib.import_module("trio._core._run")
    if not hasattr(private, "_ALLOW_DETERMINISTIC_SCHEDULING") or not isinstance(getattr(private, "_r", None), Random):
        raise Unavailable("this release of trio has other private names for its order of tasks")
    before, state = private._ALLOW_DETERMINISTIC_SCHEDULING, private._r.getstate()
    private._ALLOW_DETERMINISTIC_SCHEDULING = True
    private._r.seed(seed)
    try:
        yield
    finally:
        private._ALLOW_DETERMINISTIC_SCHEDULING = before
        private._r.setstate(state)
