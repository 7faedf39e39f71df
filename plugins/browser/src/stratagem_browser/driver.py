"""Driver: Playwright's own process, which all browsers are driven by."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from typing import TYPE_CHECKING, Any, Final, Self

import psutil
from anyio import move_on_after
from attrs import define, field

from stratagem_browser.finder import cache_folder
from stratagem_browser.processes import Growth, alive, drivers, kill

if TYPE_CHECKING:
    from playwright.async_api import Playwright

    from stratagem_browser.chrome import Chrome

NODE_CACHE: Final = "NODE_COMPILE_CACHE"
"""The environment variable by which Node.js is told where to keep compiled code."""


@define(eq=False)
class Driver:
    """A driver that runs. ``browsers`` are those it drives, ``launched`` counts all that it has ever launched."""

    playwright: Playwright
    process: psutil.Process | None
    launched: int = 0
    browsers: set[Chrome] = field(factory=set)
    memory: Growth = field(factory=Growth)

    @classmethod
    async def start(cls, limit: float, *, compile_cache: bool = True) -> Self:
        """A new driver, however its caller is cancelled; raises TimeoutError after ``limit`` seconds.

        With ``compile_cache`` Node.js keeps its compiled code, and starts in two thirds of the time from then on.
        """
        from playwright.async_api import async_playwright

        before = drivers()
        manager = async_playwright()
        try:
            with move_on_after(limit, shield=True), _compiled(compile_cache):
                playwright = await manager.start()
                _hear_of_its_end(manager)
                return cls(playwright, _only(drivers() - before))
        except BaseException:
            _forget(before)
            raise
        _forget(before)
        raise TimeoutError(f"Playwright's driver has not started within {limit:g} s")

    @property
    def alive(self) -> bool:
        """Return whether its process runs, as far as it is known."""
        return self.process is None or alive(self.process)

    @property
    def growth(self) -> float:
        """MiB by which its process has grown since it was first looked at."""
        return 0.0 if self.process is None else self.memory.of(self.process)

    async def answers(self, limit: float) -> bool:
        """Return whether it does what it is asked within ``limit`` seconds, without any browser."""
        from playwright.async_api import Error

        with move_on_after(limit), suppress(Error):
            await (await self.playwright.request.new_context()).dispose()
            return True
        return False

    async def stop(self, limit: float) -> None:
        """Ends it, by force after ``limit`` seconds."""
        with move_on_after(limit), suppress(Exception):  # what it raises tells only that it is gone
            await self.playwright.stop()
        self.kill()

    def kill(self) -> None:
        """Ends its process at once."""
        if self.process is not None and alive(self.process):
            kill(self.process)


@contextmanager
def _compiled(wanted: bool) -> Iterator[None]:
    """While a driver is started: Playwright hands its process the environment that it finds."""
    if not wanted or NODE_CACHE in os.environ:
        yield
        return
    os.environ[NODE_CACHE] = str(cache_folder() / "stratagem" / "node")
    try:
        yield
    finally:
        os.environ.pop(NODE_CACHE, None)


def _only(found: set[psutil.Process]) -> psutil.Process | None:
    """The new process; None where others have been started at the same moment: the browser's parent will tell."""
    return found.pop() if len(found) == 1 else None


def _forget(before: set[psutil.Process]) -> None:
    """Ends a driver that nobody will use."""
    process = _only(drivers() - before)
    if process is not None:
        kill(process)


def _hear_of_its_end(manager: Any) -> None:
    """Takes note of the error that a driver leaves that was killed; asyncio would print that nobody has."""
    ended = getattr(getattr(getattr(manager, "_client", None), "_transport", None), "on_error_future", None)
    if ended is not None:
        ended.add_done_callback(lambda future: future.cancelled() or future.exception())
