"""Ctrl-C and SIGTERM: the first cancels the run, the second ends the process at once."""

import os
import signal
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager
from time import monotonic
from types import FrameType
from typing import Any

from anyio import TASK_STATUS_IGNORED, create_task_group, open_signal_receiver
from anyio.abc import TaskStatus

from stratagem import RunHandle, RunResult
from stratagem_cli.console import Console

SIGNALS = (signal.SIGINT, signal.SIGTERM)

Start = Callable[[], Awaitable[RunHandle]]


class Interrupts:
    """Watches for signals from before a run starts until it has ended.

    ``signal`` is the number of the first that came. ``restore`` is called before a sudden end.
    """

    def __init__(self, console: Console, restore: Callable[[], None]) -> None:
        self.signal: int | None = None
        self._console = console
        self._restore = restore
        self._handle: RunHandle | None = None

    def concern(self, handle: RunHandle) -> None:
        """From now on this is the run to cancel."""
        self._handle = handle
        if self.signal is not None:
            handle.cancel()

    async def watch(self, *, task_status: TaskStatus[None] = TASK_STATUS_IGNORED) -> None:
        """Waits for signals; a task of its own."""
        with open_signal_receiver(*SIGNALS) as signals, _second_ends_at_once(self._restore):
            task_status.started()
            async for number in signals:
                if self.signal is not None:
                    continue  # one press, told twice: another one has ended the process
                self.signal = int(number)
                self._console.log(f"{signal.Signals(number).name}: cancelling the run; once more ends it at once")
                if self._handle is not None:
                    self._handle.cancel()


async def interruptible(start: Start, interrupts: Interrupts) -> RunResult:
    """The result of the run that ``start`` starts."""
    async with create_task_group() as group:
        await group.start(interrupts.watch)
        handle = await start()
        interrupts.concern(handle)
        result = await handle.wait()
        group.cancel_scope.cancel()
    return result


SAME_PRESS = 0.2
"""Seconds in which signals are one: who sends one to a process and to its group, as ``timeout`` does, means it once."""


@contextmanager
def _second_ends_at_once(restore: Callable[[], None]) -> Iterator[None]:
    """Counts signals in the handlers themselves, which run even while a node blocks the event loop."""
    before = {number: signal.getsignal(number) for number in SIGNALS}
    seen: list[float] = []

    def on_signal(number: int, frame: FrameType | None) -> Any:
        seen.append(monotonic())
        if seen[-1] - seen[0] > SAME_PRESS:
            restore()
            os._exit(128 + number)
        handler = before[signal.Signals(number)]
        return handler(number, frame) if callable(handler) else None

    for number in SIGNALS:
        signal.signal(number, on_signal)
    try:
        yield
    finally:
        for known, handler in before.items():
            signal.signal(known, handler)
