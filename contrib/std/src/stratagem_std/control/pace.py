"""Letting other tasks have their turn in loops whose passes never wait."""

from time import perf_counter

from anyio.lowlevel import checkpoint

TURN = 0.005
"""Seconds that a loop may keep the event loop for itself."""


class Pace:
    """Asked after each pass of a loop."""

    __slots__ = ("_until",)

    def __init__(self) -> None:
        self._until = perf_counter() + TURN

    @property
    def due(self) -> bool:
        """Return whether the loop has had its turn."""
        return perf_counter() >= self._until

    async def rest(self) -> None:
        """Lets others have theirs."""
        await checkpoint()
        self._until = perf_counter() + TURN
