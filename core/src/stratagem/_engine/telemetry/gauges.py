"""Gauges: what is measured of a run while it goes on, memory included."""

from __future__ import annotations

import logging
import os
import re
import sys
from pathlib import Path
from time import perf_counter
from typing import TYPE_CHECKING

from stratagem._engine.outcomes.faults import plugin_failed
from stratagem.measures import Measure

if TYPE_CHECKING:
    from typing import Protocol

    from stratagem._engine.parts import Run

    class StepTimes(Protocol):
        """The time that steps took, see `steptimes.StepTimes`."""

        @property
        def work(self) -> float: ...

        @property
        def by_type(self) -> dict[str, Measure]: ...


log = logging.getLogger("stratagem.engine")

ENOUGH = 5
"""From so few samples on, the share of the places that were in use is told."""

MEMORY_EVERY = 10
"""Memory is sampled every Nth time: that takes longer than all else."""

_REQUESTS = re.compile(r"cache\.requests\{(?:(.*),)?hit=(True|False)((?:,.*)?)\}")


class Gauges:
    """The gauges of one run; `sample` is called from another thread, all else from the run's own."""

    def __init__(self) -> None:
        self._begun = perf_counter()
        self._sampled: dict[str, Measure] = {}
        self._samples = 0
        self._deaf = False
        self._times: StepTimes | None = None

    def begin(self) -> None:
        """The run starts now."""
        self._begun = perf_counter()

    def measured_by(self, times: StepTimes) -> None:
        """Step times are measured too, and are found here at the end."""
        self._times = times

    def sample(self, run: Run) -> None:
        """Looks at what waits and what runs at this moment."""
        waiting = self._waiting(run)
        if waiting is not None:
            self._note("run.queue_depth", waiting, "{step}")
        self._note("run.active_steps", busy(run), "{step}")
        if self._samples % MEMORY_EVERY == 0 and (memory := present_memory()) is not None:
            self._note("process.memory.usage", memory, "By")
        self._samples += 1

    def _waiting(self, run: Run) -> int | None:
        """Return what the scheduler says.

        One that raises is reported, and not asked again, as what watches can't end a run.
        """
        if self._deaf:
            return None
        try:
            return run.scheduler.waiting()
        except Exception as error:
            self._deaf = True
            log.warning("%s", plugin_failed(run.scheduler, error))
            return None

    def conclude(self, run: Run) -> None:
        """Hands everything to the run, at its end."""
        seconds = perf_counter() - self._begun
        run.record("run.duration", seconds, "s")
        for name, measure in tuple(self._sampled.items()):
            run.take_in(name, measure)
        for type_, measure in (self._times.by_type if self._times is not None else {}).items():
            run.take_in("step.duration", measure, type=type_)
        efficiency = self._efficiency(seconds, run.places)
        if efficiency is not None:
            run.record("run.parallel_efficiency", efficiency)
        if (peak := peak_memory()) is not None:
            run.record("process.memory.peak", peak, "By", platform=sys.platform)
        for cache, rate in hit_rates(run.measures).items():
            run.measures[f"cache.hit_rate{{{cache}}}" if cache else "cache.hit_rate"] = Measure.of(rate, "1")

    def _efficiency(self, seconds: float, places: int) -> float | None:
        """The share of the places' time in which steps ran: work / (makespan × places).

        Efficiency as in Eager, Zahorjan, Lazowska, Speedup versus efficiency in parallel systems, 1989, with the work
        that was measured in this very run. Where step times were not measured, it is the mean of the samples.
        """
        if self._times is not None:
            return self._times.work / (seconds * places) if seconds else None
        active = self._sampled.get("run.active_steps")
        if active is None or active.count < ENOUGH:
            return None
        return active.total / (active.count * places)

    def _note(self, name: str, value: float, unit: str) -> None:
        known = self._sampled.get(name)
        if known is None:
            self._sampled[name] = Measure.of(value, unit)
        else:
            known.add(value)


def busy(run: Run) -> int:
    """Return how many steps are at work at this moment; from any thread.

    Those that own bodies are not counted, nor those that wait for a resource.
    """
    running = [strand.current for strand in tuple(run.strands)]
    return sum(step is not None and not step.step.composite and step not in run.waits for step in running)


def hit_rates(measures: dict[str, Measure]) -> dict[str, float]:
    """The share of requests that each cache answered, by the attributes of ``cache.requests`` besides ``hit``."""
    hits: dict[str, float] = {}
    requests: dict[str, float] = {}
    for name, measure in measures.items():
        found = _REQUESTS.fullmatch(name)
        if found is not None:
            cache = ",".join(part for part in ((found[1] or ""), found[3].lstrip(",")) if part)
            requests[cache] = requests.get(cache, 0.0) + measure.total
            hits[cache] = hits.get(cache, 0.0) + (measure.total if found[2] == "True" else 0.0)
    return {cache: hits[cache] / count for cache, count in requests.items() if count}


_STATM = Path("/proc/self/statm")


def peak_memory() -> int | None:
    """The most that was ever resident, in bytes: of the whole process, from its start. Nothing on Windows."""
    try:
        import resource
    except ImportError:
        return None
    most = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return most if sys.platform == "darwin" else most * 1024


def present_memory() -> int | None:
    """Return what is resident now, in bytes; on Linux alone."""
    try:
        return int(_STATM.read_text("ascii").split()[1]) * os.sysconf("SC_PAGE_SIZE")
    except (OSError, ValueError, AttributeError):
        return None
