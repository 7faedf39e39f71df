"""Threads: functions beside the event loop that can be left.

A thread can't be ended from outside. So all threads here are daemon threads: who waits for a function may stop waiting
at any time, and a process ends although some function never does.
"""

from __future__ import annotations

import sys
import threading
from collections.abc import Callable
from contextvars import Context, copy_context
from queue import Empty, SimpleQueue
from time import perf_counter
from typing import Any, TypeVar

from anyio import Event, get_cancelled_exc_class

from stratagem._support.clock import caller_from_threads

T = TypeVar("T")

_Task = tuple["Call", Callable[["Call"], object]]

IDLE = 10.0
"""Seconds after which a thread without work ends."""


class Call:
    """One call of a function by a thread; ``left_at`` is when its caller stopped waiting, by perf_counter."""

    __slots__ = ("_ended", "_error", "_function", "_notify", "_value", "context", "left_at", "name", "seconds")

    def __init__(self, function: Callable[[], Any], name: str = "") -> None:
        self._function: Callable[[], Any] | None = function
        self.name = name
        self.context = _outside_of_loops()
        self.left_at: float | None = None
        self.seconds = 0.0
        self._ended = threading.Lock()
        self._ended.acquire()
        self._notify: Callable[[], object] | None = None
        self._value: Any = None
        self._error: BaseException | None = None

    def perform(self) -> None:
        """Call the function, in the thread that is to do it."""
        function, self._function = self._function, None
        assert function is not None  # each is performed once
        begun = perf_counter()
        try:
            self._value = self.context.run(function)
        except BaseException as error:
            self._error = error
        self.seconds = perf_counter() - begun
        if self.left_at is not None:
            self._value = self._error = None
        self._ended.release()
        if self._notify is not None:
            self._tell(self._notify)

    def ends_within(self, seconds: float) -> bool:
        """Return whether the function ends within the given time; blocks this thread until it is known."""
        return self._ended.acquire(timeout=seconds)

    async def wait(self) -> None:
        """Wait until the function has ended."""
        ended = Event()
        call_in_loop = caller_from_threads()
        self._notify = lambda: call_in_loop(ended.set)
        if not self._ended.acquire(blocking=False):  # it may have ended before there was anybody to notify
            await ended.wait()

    def result(self) -> Any:
        """Return what the ended function returned, or raise what it raised."""
        value, error = self._value, self._error
        self._value = self._error = None
        if error is None:
            return value
        try:
            raise error
        finally:
            del error  # the traceback has this frame, which must not hold the error in turn

    @staticmethod
    def _tell(notify: Callable[[], object]) -> None:
        try:
            notify()
        except RuntimeError:  # the loop is closed, so nobody waits any more
            return


def _outside_of_loops() -> Context:
    """The caller's context variables, without the one that names the event loop's library: none runs in the thread."""
    context, sniffio = copy_context(), sys.modules.get("sniffio")
    if sniffio is not None:
        context.run(sniffio.current_async_library_cvar.set, None)
    return context


class Threads:
    """Daemon threads that perform calls; one is added where all are busy, one without work ends after a while."""

    def __init__(self) -> None:
        self._calls: SimpleQueue[_Task | None] = SimpleQueue()
        self._lock = threading.Lock()
        self._idle = 0

    def begin(self, call: Call, ended: Callable[[Call], object]) -> None:
        """Have a thread perform the call soon, and then call ``ended`` with it."""
        with self._lock:
            added = not self._idle
            self._idle -= not added
        if added:
            threading.Thread(target=self._serve, name="stratagem function", daemon=True).start()
        self._calls.put((call, ended))

    def close(self) -> None:
        """End the threads that have no work; the others end with theirs."""
        with self._lock:
            idle, self._idle = self._idle, 0
        for _ in range(idle):
            self._calls.put(None)

    def _serve(self) -> None:
        while (task := self._next()) is not None:
            call, ended = task
            call.perform()
            ended(call)
            del task, call, ended  # a thread without work holds no values
            with self._lock:
                self._idle += 1

    def _next(self) -> _Task | None:
        while True:
            try:
                return self._calls.get(timeout=IDLE)
            except Empty:
                with self._lock:
                    if self._idle:
                        self._idle -= 1
                        return None


async def run_in_thread(function: Callable[..., T], *arguments: Any) -> T:
    """Call a function in a thread of its own, and leave it there where the caller is cancelled.

    What the function gives after that is dropped. A process ends without waiting for it.
    """
    call = Call(lambda: function(*arguments))
    threading.Thread(target=call.perform, name="stratagem function", daemon=True).start()
    try:
        await call.wait()
    except get_cancelled_exc_class():
        call.left_at = perf_counter()
        raise
    result: T = call.result()
    return result
