"""Plain functions off the event loop: in threads, or in processes of their own."""

from __future__ import annotations

import logging
from collections.abc import Callable
from functools import partial
from time import perf_counter
from typing import TYPE_CHECKING, Any

from anyio import CapacityLimiter, move_on_after, sleep, to_thread

if TYPE_CHECKING:
    from stratagem.nodes.spec import NodeSpec

log = logging.getLogger("stratagem.engine")

QUICK, SLOW = 0.002, 0.1
"""Seconds that a ``pure`` plain function may take on the loop. Slower than the first twice in a row, or than the second
once, it goes to a thread for good: a little more, once, is as likely a collection of garbage or a busy machine."""

THREADS = 64
"""How many plain functions may run in threads at once, over all runs of a kernel."""


class Offload:
    """Runs plain functions for one kernel, and knows those that outlived their step.

    A function in a thread can't be interrupted: when its step is cancelled, the step ends and the function runs on
    alone until `close` has waited for it.
    """

    def __init__(self) -> None:
        self._slow: set[NodeSpec] = set()
        self._doubtful: set[NodeSpec] = set()
        self._running: dict[int, str] = {}
        self._threads: CapacityLimiter | None = None
        self._calls = 0

    def on_loop(self, spec: NodeSpec) -> bool:
        """Whether the function may run on the event loop."""
        return spec.runs == "loop" or (spec.runs is None and spec.effect == "pure" and spec not in self._slow)

    def inline(self, spec: NodeSpec, handler: Callable[..., Any], arguments: dict[str, Any]) -> Any:
        """Calls a ``pure`` function on the loop, and remembers it if that took long."""
        begun = perf_counter()
        value = handler(**arguments)
        taken = perf_counter() - begun
        if taken > QUICK:
            (self._slow if taken > SLOW or spec in self._doubtful else self._doubtful).add(spec)
        elif self._doubtful:
            self._doubtful.discard(spec)
        return value

    async def call(self, spec: NodeSpec, handler: Callable[..., Any], arguments: dict[str, Any]) -> Any:
        """Calls a function in a thread, or in a process if its type says so."""
        call = partial(handler, **arguments)
        if spec.runs == "process":
            from anyio import to_process

            return await to_process.run_sync(call, cancellable=True)
        if self._threads is None:
            self._threads = CapacityLimiter(THREADS)
        self._calls += 1
        return await to_thread.run_sync(
            self._watched, self._calls, spec.id, call, abandon_on_cancel=True, limiter=self._threads
        )

    def _watched(self, number: int, name: str, call: Callable[[], Any]) -> Any:
        self._running[number] = name
        try:
            return call()
        finally:
            del self._running[number]

    async def close(self, grace: float) -> None:
        """Waits at most ``grace`` seconds for functions whose steps are gone, then names those that still run."""
        with move_on_after(grace):
            while self._running:  # noqa: ASYNC110 - what ends is a thread, which no event of the loop tells of
                await sleep(0.01)
        for name in sorted(set(self._running.values())):
            log.warning("%s still runs in a thread although its step has ended: a thread can't be interrupted", name)
