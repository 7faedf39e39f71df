"""Letting time pass."""

from math import isfinite

import anyio

from stratagem import Example
from stratagem_std.registry import pack


# A write, though it changes nothing: what was drawn after a wait must neither run before it nor without it.
@pack.node(cost_from="seconds", idempotent=True, examples=(Example({"seconds": 0.01}),))
async def wait(seconds: float) -> None:
    """Waits, while steps that do not depend on it go on. Raises ValueError for less than 0 seconds."""
    if seconds < 0 or not isfinite(seconds):
        raise ValueError(f"one can't wait for {seconds} seconds")
    await anyio.sleep(seconds)
