"""Simulation: the makespan of measured tasks on any number of places, by simulated list scheduling, and its bounds."""

from __future__ import annotations

from heapq import heapify, heappop, heappush

from stratagem_report.tasks import Tasks


def work(tasks: Tasks) -> float:
    """T1: seconds of all tasks together, what one place takes."""
    return sum(tasks.weights)


def span(tasks: Tasks) -> float:
    """T∞: seconds of the longest way through them, what no number of places goes below."""
    return max(_ways(tasks), default=0.0)


def bound(work: float, span: float, places: int) -> float:
    """T1/P + (1 - 1/P) T∞: no list schedule takes longer (Graham, Bounds on multiprocessing timing anomalies, 1969)."""
    return work / places + (1 - 1 / places) * span


def makespan(tasks: Tasks, places: int) -> float:
    """Seconds until all tasks have ended where a free place always takes the ready task with the longest way to go.

    That is list scheduling by critical path, as the schedule ``dag`` does it, without limits and resources.
    """
    ways = _ways(tasks)
    followers, missing = _followers(tasks), [len(needs) for needs in tasks.needs]
    ready = [(-ways[task], task) for task, count in enumerate(missing) if not count]
    heapify(ready)
    running: list[tuple[float, int]] = []
    now = 0.0
    while ready or running:
        while ready and len(running) < places:
            _, task = heappop(ready)
            heappush(running, (now + tasks.weights[task], task))
        now, ended = heappop(running)
        for task in followers[ended]:
            missing[task] -= 1
            if not missing[task]:
                heappush(ready, (-ways[task], task))
    return now


def _ways(tasks: Tasks) -> list[float]:
    """For each task the seconds from its start to the end on the longest way."""
    ways = tasks.weights.copy()
    after = [0.0] * len(ways)
    for task in range(len(ways) - 1, -1, -1):
        ways[task] += after[task]
        for need in tasks.needs[task]:
            after[need] = max(after[need], ways[task])
    return ways


def _followers(tasks: Tasks) -> list[list[int]]:
    found: list[list[int]] = [[] for _ in tasks.weights]
    for task, needs in enumerate(tasks.needs):
        for need in needs:
            found[need].append(task)
    return found
