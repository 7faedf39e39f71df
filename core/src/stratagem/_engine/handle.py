"""RunHandle: holds a run that has been started."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING

from anyio import CancelScope, Event

from stratagem._engine.result import RunResult
from stratagem.errors import RunError

if TYPE_CHECKING:
    from stratagem._engine.run import Run

log = logging.getLogger("stratagem.engine")


class RunHandle:
    """Controls a run that goes on in a task of its kernel.

    A ``detached`` one was started by a step of another run, and may have nobody who waits for it.
    """

    def __init__(self, run: Run) -> None:
        self.run = run
        self.detached = False
        self._ended = Event()
        self._result: RunResult | None = None
        self.scope = CancelScope()

    @property
    def id(self) -> str:
        """The run's id."""
        return self.run.id

    @property
    def done(self) -> bool:
        """Return whether the run has ended."""
        return self._ended.is_set()

    @property
    def paused(self) -> bool:
        """Return whether no further step is started at present."""
        return self.run.paused is not None

    def pause(self) -> None:
        """Lets the steps that run end, and starts no others until `resume`."""
        self.run.pause()

    def resume(self) -> None:
        """Goes on after `pause`."""
        self.run.resume()

    def cancel(self) -> None:
        """Cancels the run: what runs is cancelled, what is open is closed; the result says ``cancelled``."""
        if not self.done:
            self.run.frame.stop(None)  # so that nothing more starts, even where a node swallows the cancellation
            self.scope.cancel()

    async def wait(self) -> RunResult:
        """The result, once the run has ended; raises RunError if the kernel was closed before."""
        await self._ended.wait()
        if self._result is None:
            raise RunError("the kernel was closed before the run had ended")
        return self._result

    def end(self, result: RunResult) -> None:
        """For the kernel: the run has ended with this result."""
        self._result = result
        self._ended.set()
        if self.detached and result.error is not None:
            log.error("the detached run of %s has failed: %s", self._name, result.error)

    def abandon(self) -> None:
        """For the kernel: there will be no result any more, unless there is one."""
        if self.detached and not self.done:
            log.warning("the detached run of %s was cancelled, because the kernel closes", self._name)
        self._ended.set()

    @property
    def _name(self) -> str:
        workflow, starter = self.run.workflow, self.run.starter
        name = workflow.source or workflow.name or f"run {self.id}"
        way = starter.way if starter is not None else None
        return f"{name}, started by {way}," if way is not None and way.nested else name
