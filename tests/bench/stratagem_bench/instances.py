"""Recorded scientific workflows on few and many workers, in virtual time."""

from __future__ import annotations

import math
from collections.abc import Sequence
from importlib.util import find_spec
from pathlib import Path

import anyio
import trio
import trio.testing

from corpora import ABSENT, instances
from recordings import Recording
from stratagem_bench.figures import Absent, Figure, Findings
from stratagem_bench.subject import new_kernel

WORKERS = (4, 8, 16, math.inf)
DIGITS = 9
"""Sums of floats in another order differ behind these."""

ROUNDING = 1e-9


def measure(budget: float) -> Findings:
    """For each recording the makespans on all numbers of workers; virtual time is exact, so one run each is enough."""
    paths = instances()
    if not paths:
        yield Absent("instances", ABSENT)
    elif find_spec("stratagem_wfcommons") is None:
        yield Absent("instances", "stratagem-wfcommons, which reads them, is not installed")
    else:
        for path in paths:
            yield from _figures(Recording.read(path), makespans(path, WORKERS))


def makespans(path: Path, workers: Sequence[float]) -> list[float]:
    """Seconds that the kernel takes for the recorded workflow on each number of workers, by the virtual clock."""

    async def run() -> list[float]:
        async with new_kernel() as kernel:
            plan = kernel.compile(kernel.load(path))
            found = []
            for most in workers:
                begun = trio.current_time()
                options = kernel.options_for(plan, concurrency=int(min(most, len(plan))))
                (await kernel.run(plan, options=options)).raise_for_error()
                found.append(trio.current_time() - begun)
            return found

    return anyio.run(run, backend="trio", backend_options={"clock": trio.testing.MockClock(autojump_threshold=0)})


def _figures(recording: Recording, spans: Sequence[float]) -> Findings:
    bounds = [round(span / recording.bound(most), DIGITS) for span, most in zip(spans, WORKERS, strict=True)]
    detail = f"{len(recording)} tasks on {_listed(WORKERS)} workers: {_listed(bounds)}"
    yield Figure(f"{recording.name} within Graham's bound", max(bounds), "× bound", 1.0, detail)
    levels = [round(span / recording.by_levels(most), DIGITS) for span, most in zip(spans, WORKERS, strict=True)]
    shorter = [share for share, most in zip(levels, WORKERS, strict=True) if barriers_cost(recording, most)]
    yield Figure(
        f"{recording.name} not by levels",
        max(shorter, default=max(levels)),
        "× by levels",
        1.0,
        f"on {_listed(WORKERS)} workers: {_listed(levels)}",
        strict=bool(shorter),
    )


def barriers_cost(recording: Recording, workers: float) -> bool:
    """Whether a schedule without barriers between levels is shorter on so many workers."""
    return recording.greedy(workers) < recording.by_levels(workers) * (1 - ROUNDING)


def _listed(numbers: Sequence[float]) -> str:
    return ", ".join("∞" if math.isinf(number) else f"{number:.3g}" for number in numbers)
