"""The figures of a run: work, span, bounds, and what other numbers of places would bring."""

from __future__ import annotations

from attrs import frozen

from stratagem_report.record import RunRecord
from stratagem_report.simulate import bound, makespan, span, work
from stratagem_report.tasks import tasks_of
from stratagem_report.timing import leaves

PLACES = (1, 2, 4, 8, 16, 32, 64)

MOST_TASKS = 60_000
"""Runs of more tasks are not simulated: their bounds are told alone."""


@frozen
class Scenario:
    """A run on so many ``places``: ``seconds`` as simulated, None where it was not; at most ``bound``."""

    places: int
    seconds: float | None
    bound: float
    speedup: float | None
    efficiency: float | None
    own: bool


@frozen
class Figures:
    """Times in seconds. ``bound`` is Graham's for the places of the run, ``efficiency`` busy / (makespan × places)."""

    work: float
    span: float
    makespan: float
    busy: float
    places: int
    bound: float
    efficiency: float
    parallelism: float
    scenarios: tuple[Scenario, ...]


def figures_of(record: RunRecord) -> Figures:
    """The figures of a run, from its measured times."""
    tasks = tasks_of(record)
    t1, t_inf = work(tasks), span(tasks)
    places, seconds = record.places, record.seconds
    busy = sum(each.worked for each in leaves(record.executions))
    simulated = len(tasks.weights) <= MOST_TASKS
    scenarios = tuple(
        _scenario(p, makespan(tasks, p) if simulated else None, t1, t_inf, own=p == places)
        for p in sorted({*PLACES, places})
    )
    return Figures(
        work=t1,
        span=t_inf,
        makespan=seconds,
        busy=busy,
        places=places,
        bound=bound(t1, t_inf, places),
        efficiency=busy / (seconds * places) if seconds else 0.0,
        parallelism=t1 / t_inf if t_inf else 1.0,
        scenarios=scenarios,
    )


def _scenario(places: int, seconds: float | None, t1: float, t_inf: float, *, own: bool) -> Scenario:
    most = bound(t1, t_inf, places)
    if not seconds:
        return Scenario(places, seconds, most, None, None, own)
    return Scenario(places, seconds, most, t1 / seconds, t1 / (seconds * places), own)
