"""Services: what a kernel lends to its runs, threads and processes for plain functions among it."""

from __future__ import annotations

import logging
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager
from functools import partial
from pathlib import Path
from time import perf_counter
from typing import TYPE_CHECKING, Any

from anyio import CapacityLimiter, WouldBlock, move_on_after, sleep
from attrs import define, field

from stratagem._support.threads import Call, Threads
from stratagem.errors import RunError
from stratagem.secrets import NotedSecrets
from stratagem.variables import LeftVariables

if TYPE_CHECKING:
    from typing import Protocol

    from stratagem.plan import Plan
    from stratagem.views import StepRun

    class StartedRun(Protocol):
        """A run of its own that a step has started, see `handle.RunHandle`."""

        detached: bool

        @property
        def done(self) -> bool: ...

        async def wait(self) -> Ended: ...

        def cancel(self) -> None: ...

    class Ended(Protocol):
        """The end of a run, see `handle.RunResult`."""

        @property
        def status(self) -> str: ...

        @property
        def value(self) -> Any: ...

        @property
        def variables(self) -> dict[str, Any]: ...

        def raise_for_error(self) -> Ended: ...

    from stratagem.nodes.spec import NodeSpec


log = logging.getLogger("stratagem.engine")

QUICK, SLOW = 0.002, 0.1
"""Seconds that a ``pure`` plain function may take on the loop. Slower than the first twice in a row, or than the second
once, it goes to a thread for good: a little more, once, is as likely a collection of garbage or a busy machine."""

THREADS = 64
"""The number of plain functions that may run in threads at once, over all runs of a kernel."""

LEFT = 256
"""The number of functions that may go on in threads after their steps have ended, before no more are started."""

SHORT = 0.001
"""Seconds that a late step rests for the limits that are due: they cancel it then."""


class Offload:
    """Runs plain functions for one kernel, and knows those that outlived their step.

    A function in a thread can't be interrupted: when its step is cancelled, the step ends, and the function is left
    behind. It runs on alone, and what it gives is dropped.
    """

    def __init__(self) -> None:
        self._slow: set[NodeSpec] = set()
        self._doubtful: set[NodeSpec] = set()
        self._running: set[Call] = set()
        self._threads = Threads()
        self._limiter: CapacityLimiter | None = None

    def on_loop(self, spec: NodeSpec) -> bool:
        """Return whether the function may run on the event loop."""
        return spec.runs == "loop" or (spec.runs is None and spec.effect == "pure" and spec not in self._slow)

    def inline(self, spec: NodeSpec, handler: Callable[..., Any], arguments: dict[str, Any]) -> Any:
        """Calls a ``pure`` function on the loop, and remembers it if that took long."""
        begun = perf_counter()
        value = handler(**arguments)
        self._note(spec, perf_counter() - begun)
        return value

    async def within(self, spec: NodeSpec, handler: Callable[..., Any], arguments: dict[str, Any]) -> Any:
        """Calls a function that may run on the loop, for a step that some time limit may end.

        It runs in a thread, which the loop waits for as long as functions on the loop may take: that is quicker than to
        suspend the step. What is marked as instant may need the loop's own thread: it stays there, and rests after it
        was late.
        """
        if spec.runs == "loop":
            return await rested(handler, arguments)
        async with self._performed(spec, handler, arguments) as call:
            if not call.ends_within(QUICK):
                await call.wait()
        self._note(spec, call.seconds)
        return call.result()

    async def call(self, spec: NodeSpec, handler: Callable[..., Any], arguments: dict[str, Any]) -> Any:
        """Calls a function in a thread, or in a process if its type says so."""
        if spec.runs == "process":
            from anyio import to_process

            return await to_process.run_sync(partial(handler, **arguments), cancellable=True)
        async with self._performed(spec, handler, arguments) as call:
            await call.wait()
        return call.result()

    @asynccontextmanager
    async def _performed(
        self, spec: NodeSpec, handler: Callable[..., Any], arguments: dict[str, Any]
    ) -> AsyncIterator[Call]:
        """A call that a thread performs; left behind if the context ends before it."""
        call = Call(lambda: handler(**arguments), spec.id)
        limiter = self._places()
        try:
            limiter.acquire_on_behalf_of_nowait(call)
        except WouldBlock:
            await limiter.acquire_on_behalf_of(call)
        self._running.add(call)
        try:
            self._threads.begin(call, self._running.discard)
            yield call
        except BaseException:
            call.left_at = perf_counter()
            for value in arguments.values():
                if isinstance(value, LeftVariables):
                    value.end()
            raise
        finally:
            limiter.release_on_behalf_of(call)

    def _places(self) -> CapacityLimiter:
        if len(self._running) >= THREADS + LEFT:
            raise RunError(
                f"more than {LEFT} functions run on in threads although their steps have ended",
                hint="A thread can't be interrupted: look for what these functions wait for.",
            )
        if self._limiter is None:
            self._limiter = CapacityLimiter(THREADS)
        return self._limiter

    def _note(self, spec: NodeSpec, seconds: float) -> None:
        if seconds > QUICK:
            (self._slow if seconds > SLOW or spec in self._doubtful else self._doubtful).add(spec)
        elif self._doubtful:
            self._doubtful.discard(spec)

    async def close(self, grace: float) -> None:
        """Waits at most ``grace`` seconds from when they were left for functions whose steps are gone.

        Those that still run then are named, and left behind: their threads keep no process from ending.
        """
        lefts = [call.left_at or perf_counter() for call in tuple(self._running)]
        with move_on_after(max(lefts, default=0.0) + grace - perf_counter()):
            while self._running:  # noqa: ASYNC110 - what ends is a thread, which no event of the loop tells of
                await sleep(0.01)
        self._threads.close()
        for name in sorted({call.name for call in tuple(self._running)}):
            log.warning(
                "%s still runs in a thread although its step has ended: a thread can't be interrupted, so it is left behind",
                name,
            )


async def rested(handler: Callable[..., Any], arguments: dict[str, Any]) -> Any:
    """Calls a function on the loop; where that took long, limits that came due cancel the step before it has a value."""
    begun = perf_counter()
    value = handler(**arguments)
    if perf_counter() - begun > QUICK:
        await sleep(SHORT)
    return value


@define(eq=False)
class Services:
    """``clock`` gives the event loop's time in seconds. ``directory`` is where relative paths start. ``start`` starts
    a run of its own in the kernel, for a step, ``spawn`` a task. ``secrets`` also `redact` texts."""

    clock: Callable[[], float]
    directory: Path
    start: Callable[[Plan, Mapping[str, Any] | None, StepRun], StartedRun]
    spawn: Callable[..., None]
    secrets: NotedSecrets
    offload: Offload = field(factory=Offload)
