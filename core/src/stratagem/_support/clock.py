"""The event loop that runs, and its own clock, without the cost of asking at every step."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Literal

Backend = Literal["asyncio", "trio"]


def current_backend() -> Backend:
    """The event loop library that runs here; call it from inside a task."""
    try:
        asyncio.get_running_loop()
    except RuntimeError:
        return "trio"
    return "asyncio"


def loop_clock() -> Callable[[], float]:
    """A function that gives the running loop's time in seconds; virtual where the loop's clock is."""
    if current_backend() == "asyncio":
        return asyncio.get_running_loop().time
    import trio

    return trio.lowlevel.current_clock().current_time


def caller_from_threads() -> Callable[[Callable[[], object]], object]:
    """A function for other threads that has the running loop call what it is given; raises RuntimeError once that is closed."""
    if current_backend() == "asyncio":
        return asyncio.get_running_loop().call_soon_threadsafe
    import trio

    return trio.lowlevel.current_trio_token().run_sync_soon
