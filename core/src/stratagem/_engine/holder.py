"""Holder: a task of the kernel's own that opens a lease, keeps it, and closes it.

What a lease is made of – cancel scopes, task groups – must be left in the task that it was entered in; a lease that
outlives its step can't be opened in that step's task.
"""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractAsyncContextManager
from typing import Any

from anyio import CancelScope, Event, current_time

Enter = Callable[[], AbstractAsyncContextManager[Any]]


class Holder:
    """Keeps what ``enter`` gives from `open` until `close`; ``grace`` seconds are left to closing."""

    def __init__(self, enter: Enter, grace: float) -> None:
        self._enter = enter
        self._grace = grace
        self._opened, self._closing, self._ended = Event(), Event(), Event()
        self._scope = CancelScope(shield=True)
        self._value: Any = None
        self._error: Exception | None = None

    async def open(self, spawn: Callable[..., Any]) -> Any:
        """Starts the task by ``spawn`` and gives what was opened; raises what opening raised.

        A caller that is cancelled meanwhile leaves nothing open.
        """
        spawn(self._keep)
        try:
            await self._opened.wait()
        except BaseException:
            if not self._opened.is_set():
                self._scope.cancel()
            with CancelScope(shield=True):
                await self._end()
            raise
        if self._error is not None:
            raise self._error
        return self._value

    async def close(self) -> None:
        """Ends the task; raises what closing raised, TimeoutError where that took too long."""
        await self._end()
        if self._scope.cancelled_caught:
            raise TimeoutError(f"it took longer than {self._grace:g} s to close")
        if self._error is not None:
            raise self._error

    async def _end(self) -> None:
        if self._opened.is_set():
            self._scope.deadline = current_time() + self._grace
        self._closing.set()
        await self._ended.wait()

    async def _keep(self) -> None:
        try:
            with self._scope:
                async with self._enter() as self._value:
                    self._opened.set()
                    await self._closing.wait()
        except Exception as error:
            self._error = error
        finally:
            self._opened.set()
            self._ended.set()
