"""Time limits of steps: one watcher a run, instead of a timer a step."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from anyio import sleep

if TYPE_CHECKING:
    from stratagem._engine.parts import Run

SHORTEST_SLEEP = 0.001


async def watch_timeouts(run: Run) -> None:
    """Cancels each step that runs longer than its limit, until it is cancelled itself.

    It sleeps until the earliest limit of a running step, but no longer than the shortest limit there is: a step that
    starts meanwhile can't be due before.
    """
    while True:
        now = run.clock()
        pause = min(_expire(run, now), now + run.shortest) - now
        await sleep(max(pause, SHORTEST_SLEEP))


def _expire(run: Run, now: float) -> float:
    """Cancels what is due; gives the time at which the next running step will be."""
    earliest = math.inf
    for strand in tuple(run.strands):
        if strand.current is None or strand.stopping:
            continue
        limit = run.timeout_of(strand.current.step)
        if limit is None:
            continue
        due = strand.started + limit
        if due <= now:
            strand.cancel(expired=True)
        else:
            earliest = min(earliest, due)
    return earliest
