"""Metrics of the process itself: processor time and memory."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterable, Iterator
from pathlib import Path

from opentelemetry.metrics import CallbackOptions, Meter, Observation

STATM = Path("/proc/self/statm")


def observe_process(meter: Meter) -> None:
    """Adds the instruments ``process.cpu.time``, ``process.memory.usage`` and ``process.memory.peak``."""
    meter.create_observable_counter("process.cpu.time", [_cpu], "s", "Processor time of the process")
    meter.create_observable_gauge("process.memory.peak", [_peak], "By", "The most memory that the process has held")
    if STATM.exists():
        meter.create_observable_up_down_counter("process.memory.usage", [_usage], "By", "Memory that the process holds")


def _cpu(options: CallbackOptions) -> Iterable[Observation]:
    times = os.times()
    return [Observation(times.user, {"cpu.mode": "user"}), Observation(times.system, {"cpu.mode": "system"})]


def _usage(options: CallbackOptions) -> Iterable[Observation]:
    pages = int(STATM.read_text().split()[1])
    return [Observation(pages * os.sysconf("SC_PAGE_SIZE"))]


def _peak(options: CallbackOptions) -> Iterator[Observation]:
    if sys.platform == "win32":  # which has no such count
        return
    import resource

    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    yield Observation(peak if sys.platform == "darwin" else peak * 1024)
