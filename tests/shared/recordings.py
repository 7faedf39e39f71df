"""Recorded workflows as bare numbers, and what schedules of them take: a second opinion beside the kernel's."""

from __future__ import annotations

import json
import math
from collections.abc import Sequence
from functools import cached_property
from heapq import heappop, heappush
from pathlib import Path

from attrs import define


@define(slots=False, eq=False)
class Recording:
    """Tasks numbered in document order: ``seconds[i]`` each took, ``parents[i]`` each waited for."""

    name: str
    seconds: Sequence[float]
    parents: Sequence[Sequence[int]]

    @classmethod
    def read(cls, path: Path) -> Recording:
        """Reads a WfFormat 1.5 file."""
        workflow = json.loads(path.read_text("utf-8"))["workflow"]
        tasks = workflow["specification"]["tasks"]
        took = {task["id"]: task["runtimeInSeconds"] for task in workflow["execution"]["tasks"]}
        number = {task["id"]: index for index, task in enumerate(tasks)}
        parents = [[number[parent] for parent in task["parents"]] for task in tasks]
        return cls(path.stem.split("-")[0], [took[task["id"]] for task in tasks], parents)

    def __len__(self) -> int:
        return len(self.seconds)

    @cached_property
    def children(self) -> list[list[int]]:
        """``children[i]`` are the tasks that wait for task ``i``."""
        found: list[list[int]] = [[] for _ in self.seconds]
        for task, parents in enumerate(self.parents):
            for parent in parents:
                found[parent].append(task)
        return found

    @cached_property
    def order(self) -> list[int]:
        """The tasks, parents first."""
        missing = [len(parents) for parents in self.parents]
        found = [task for task, count in enumerate(missing) if not count]
        for task in found:  # grows while it is read
            for child in self.children[task]:
                missing[child] -= 1
                if not missing[child]:
                    found.append(child)
        return found

    @cached_property
    def to_end(self) -> list[float]:
        """Seconds of the longest way from each task's start to the end."""
        found = [0.0] * len(self)
        for task in reversed(self.order):
            found[task] = self.seconds[task] + max((found[child] for child in self.children[task]), default=0.0)
        return found

    @property
    def work(self) -> float:
        """Seconds on one worker (T1)."""
        return math.fsum(self.seconds)

    @property
    def span(self) -> float:
        """Seconds on as many workers as can be used (T∞)."""
        return max(self.to_end)

    def bound(self, workers: float) -> float:
        """Graham's: no schedule takes longer that leaves no worker idle while a task is ready."""
        return self.work / workers + (1 - 1 / workers) * self.span

    def greedy(self, workers: float) -> float:
        """Seconds of the list schedule that starts the ready task with the longest way to the end."""
        return _schedule(self, range(len(self)), workers)

    def by_levels(self, workers: float) -> float:
        """Seconds of the same schedule when each level of the graph waits for all of the level before."""
        level = [0] * len(self)
        for task in self.order:
            level[task] = 1 + max((level[parent] for parent in self.parents[task]), default=-1)
        tasks = [[task for task in range(len(self)) if level[task] == each] for each in range(max(level) + 1)]
        return math.fsum(_schedule(self, each, workers) for each in tasks)


def _schedule(recording: Recording, tasks: Sequence[int], workers: float) -> float:
    """Seconds of the list schedule of these tasks, those not among them taken to have ended."""
    among = set(tasks)
    missing = {task: sum(parent in among for parent in recording.parents[task]) for task in tasks}
    ready: list[tuple[float, int]] = []
    running: list[tuple[float, int]] = []
    now = 0.0
    for task in tasks:
        if not missing[task]:
            heappush(ready, (-recording.to_end[task], task))
    while ready or running:
        while ready and len(running) < workers:
            task = heappop(ready)[1]
            heappush(running, (now + recording.seconds[task], task))
        now, ended = heappop(running)
        for child in recording.children[ended]:
            if child in among:
                missing[child] -= 1
                if not missing[child]:
                    heappush(ready, (-recording.to_end[child], child))
    return now
