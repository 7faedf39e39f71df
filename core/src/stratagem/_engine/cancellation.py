"""Whether a cancellation comes from around the current task, or only looks as if it did."""

from __future__ import annotations

import asyncio
import math

import anyio


def being_cancelled() -> bool:
    """Return whether the current task is being cancelled by a scope or task around it.

    False where a cancellation exception was raised by the code that runs here itself, such as by awaiting a future
    that somebody had cancelled.
    """
    if anyio.current_effective_deadline() == -math.inf:
        return True
    try:
        task = asyncio.current_task()
    except RuntimeError:  # not on asyncio
        return False
    return task is not None and task.cancelling() > 0
