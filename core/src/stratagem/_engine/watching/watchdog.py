"""Watchdog: a thread beside the event loop that samples gauges, and names whoever harms the runs."""

from __future__ import annotations

import logging
import sys
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from time import perf_counter
from typing import TYPE_CHECKING, Any, Self

from stratagem._engine.watching.slowness import Slow, SlowSteps, Starving, culprit, packages_of, starving
from stratagem._support.clock import caller_from_threads

if TYPE_CHECKING:
    from typing import Protocol

    from stratagem._engine import parts
    from stratagem.config.model import RunConfig
    from stratagem.plugins.base import Plugin
    from stratagem.views import StepRun

    class Sampled(Protocol):
        """The gauges of a run."""

        def sample(self, run: Any) -> None: ...

    class Run(parts.Run, Protocol):
        """A run that is watched."""

        @property
        def gauges(self) -> Sampled: ...

        @property
        def seems_stalled(self) -> bool: ...

        def end_if_stalled(self) -> None: ...


log = logging.getLogger("stratagem.engine")

SAMPLED_EVERY = 0.02
"""Seconds between two samples of a run's gauges."""

IDLE = 0.25
"""Seconds until a thread that had no run to sample looks for one, and between two looks for runs that have stalled."""


class Watchdog:
    """Warns once of each step and of each plugin that blocks the loop, does not end, is slow, or starves.

    Args:
        limits: what is too long.
        plugins: those in use, to be named where they are to blame.
    """

    def __init__(self, limits: RunConfig, plugins: Sequence[Plugin] = ()) -> None:
        self._limits = limits
        self._packages = packages_of(plugins)
        self._slow = SlowSteps(limits.slow_factor, limits.block_limit)
        self._runs: set[Run] = set()
        self._doubted: set[Run] = set()
        self._warned: set[tuple[str, ...]] = set()
        self._stop = threading.Event()
        self._answered = threading.Event()
        self._thread: threading.Thread | None = None

    def __enter__(self) -> Self:
        self._loop_thread = threading.get_ident()
        self._call_soon = caller_from_threads()
        self._thread = threading.Thread(target=self._watch, name="stratagem watchdog", daemon=True)
        return self

    def __exit__(self, *exc: object) -> None:
        self._stop.set()
        if self._thread is not None and self._thread.ident is not None:
            self._thread.join()

    @contextmanager
    def watching(self, run: Run) -> Iterator[None]:
        """Watches while the context lasts; the thread starts with the first run."""
        assert self._thread is not None  # entered before
        self._runs.add(run)
        if self._thread.ident is None:
            self._thread.start()
        try:
            yield
        finally:
            self._runs.discard(run)

    def _watch(self) -> None:
        looked = doubted = perf_counter()
        while not self._stop.wait(SAMPLED_EVERY if self._runs else IDLE):
            runs = tuple(self._runs)
            for run in runs:
                run.gauges.sample(run)
            if perf_counter() - doubted >= IDLE:
                doubted = perf_counter()
                if not self._look_for_stalls(runs):
                    return
            if runs and perf_counter() - looked >= self._limits.block_limit:
                if not self._loop_turns():
                    return
                self._look(runs)
                looked = perf_counter()

    def _look_for_stalls(self, runs: tuple[Run, ...]) -> bool:
        """End the runs that seem stalled at two looks, and return whether there is still a loop.

        Most stalls are found when the last strand ends or parks. This finds those in which an owner did not go on.
        """
        doubted, self._doubted = self._doubted, {run for run in runs if run.strands and run.seems_stalled}
        return all(self._calls(run.end_if_stalled) for run in self._doubted & doubted)

    def _calls(self, function: Callable[[], object]) -> bool:
        """Have the loop call a function when it next turns, and return whether there is still a loop."""
        try:
            self._call_soon(function)
        except RuntimeError:
            return False
        return True

    def _loop_turns(self) -> bool:
        """Warns if the loop does not turn within the limit; gives whether there is still a loop."""
        self._answered.clear()
        if not self._calls(self._answered.set):
            return False
        if not self._answered.wait(self._limits.block_limit):
            self._warn_of_blocked_loop()
        return True

    def _look(self, runs: tuple[Run, ...]) -> None:
        now = perf_counter()
        self._warn_of_cancelled_steps(runs, now)
        for slow in self._slow.look(runs, now):
            self._warn(slow.step, "slow", *_slow_words(slow))
        for one in starving(runs, now, self._limits.wait_limit):
            self._warn(one.step, "starving", *_starving_words(one))

    def _warn_of_blocked_loop(self) -> None:
        found = culprit(sys._current_frames().get(self._loop_thread), self._packages)
        if found is None:
            return
        what = f"has blocked the event loop for more than {self._limits.block_limit:g} s"
        if found.step is not None:
            hint = "Make it await, or mark it as a plain function so that it runs in a thread"
            self._warn(found.step, "blocks", what, hint)
        elif self._is_new(found.label, "blocks"):
            hint = "Have it await what it waits for, or do its work in a thread"
            log.warning("the plugin %s %s, in %s. %s.", found.label, what, found.place, hint)

    def _warn_of_cancelled_steps(self, runs: tuple[Run, ...], now: float) -> None:
        for run in runs:
            for strand in tuple(run.strands):
                step = strand.current
                if step is not None and strand.stopping and now - strand.stopped_at > self._limits.grace:
                    what = f"was cancelled {self._limits.grace:g} s ago and has not ended"
                    self._warn(step, "cancelled", what, "It swallows cancellation: let the exception pass")

    def _warn(self, step: StepRun, sort: str, what: str, hint: str) -> None:
        if not self._is_new(step.run.id, step.step.id, sort):
            return
        spec, way = step.step.spec, step.way
        provider = f" (provided by {spec.distribution})" if spec.distribution else ""
        extra = {"node": step.step.id, "run": step.run.id, "way": way}
        rows = f" ({way.rows})" if way.passes else ""
        log.warning("node %r%s of type %s%s %s. %s.", way.text, rows, spec.type, provider, what, hint, extra=extra)

    def _is_new(self, *key: str) -> bool:
        new = key not in self._warned
        self._warned.add(key)
        return new


def _slow_words(slow: Slow) -> tuple[str, str]:
    usual = slow.usual
    what = (
        f"has run for {slow.seconds:.1f} s; of {usual.count} earlier executions half took at most {usual.median:.3g} s "
        f"and 95 % at most {usual.p95:.3g} s"
    )
    return what, "See what it waits for; a 'timeout' would end it"


def _starving_words(one: Starving) -> tuple[str, str]:
    provider = one.step.run.providers.get(one.kind)
    by = f" from {provider.provider}" if provider is not None and provider.provider else ""
    what = f"has waited {one.seconds:.1f} s for a {one.kind!r}{by}, as {one.waiting} node{'s do' * (one.waiting > 1) or ' does'} now"
    return what, "Allow more of them, or look for a node that keeps one too long"
