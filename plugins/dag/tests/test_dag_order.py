"""In which order the dag scheduler starts steps, and how many at once."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any, cast

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hypothesis_profiles import examples
from stratagem import Limits, Scheduler, StepRun
from stratagem_dag import DagScheduler
from stratagem_dag.limits import LimitBook
from stratagem_dag.scheduler import AGEING


class Looks:
    """Stands for a step of a plan, or an execution of one, which can be a key."""

    def __init__(self, **fields: Any) -> None:
        vars(self).update(fields)


def step(
    path: float, *, composite: bool = False, type_: str = "t.t", group: str | None = None, after: float = 0.0
) -> StepRun:
    """A step with ``path`` seconds to the end; as much of one as a scheduler may look at."""
    spec = SimpleNamespace(type=type_, resources={})
    plan_step = Looks(
        path=path,
        composite=composite,
        only_waits=False,
        bodies={},
        flows={},
        spec=spec,
        node=SimpleNamespace(group=group),
    )
    return cast(StepRun, Looks(step=plan_step, frame=SimpleNamespace(after=after, owner=None, apart=False)))


def taken(scheduler: Scheduler) -> list[StepRun]:
    """All that can be taken now."""
    found = []
    while (ready := scheduler.take()) is not None:
        found.append(ready)
    return found


def offered(scheduler: Scheduler, *steps: StepRun) -> list[StepRun]:
    """Offers all, and gives them back as a list."""
    for each in steps:
        scheduler.offer(each)
    return list(steps)


def test_the_longest_way_to_the_end_comes_first() -> None:
    """Steps are started in the order of their critical paths, whatever the order of their offers."""
    scheduler = DagScheduler(9)
    short, long, middle = offered(scheduler, step(1.0), step(3.0), step(2.0))
    assert taken(scheduler) == [long, middle, short]


def test_a_body_counts_what_comes_after_its_owner() -> None:
    """A short step of a body goes first when much waits for the node that owns the body."""
    scheduler = DagScheduler(9)
    inner, outer = offered(scheduler, step(1.0, after=5.0), step(3.0))
    assert taken(scheduler) == [inner, outer]


def test_equals_are_served_as_they_come() -> None:
    """Among steps of equal urgency the first offered is the first started."""
    scheduler = DagScheduler(9)
    steps = offered(scheduler, *(step(1.0) for _ in range(7)))
    assert taken(scheduler) == steps


def test_no_more_run_at_once_than_the_concurrency() -> None:
    """A released step makes room for just one other."""
    scheduler = DagScheduler(2)
    first, second, third = offered(scheduler, step(3.0), step(2.0), step(1.0))
    assert taken(scheduler) == [first, second]
    scheduler.release(first)
    assert taken(scheduler) == [third]


def test_a_step_that_owns_bodies_takes_no_place() -> None:
    """Its bodies' steps can start while it runs, even one at a time."""
    scheduler = DagScheduler(1)
    owner, inner = offered(scheduler, step(2.0, composite=True), step(1.0))
    assert taken(scheduler) == [owner, inner]


@pytest.mark.parametrize(
    ("limits", "sort"),
    [(Limits(types={"t.t": 1}), {"type_": "t.t"}), (Limits(groups={"api": 1}), {"group": "api"})],
    ids=["type", "group"],
)
def test_a_limit_holds_back_only_what_it_concerns(limits: Limits, sort: dict[str, Any]) -> None:
    """Steps of a full limit wait, those of others pass them; an end lets the next one in."""
    scheduler = DagScheduler(9, LimitBook.of(limits))
    first, second = offered(scheduler, step(3.0, **sort), step(2.0, **sort))
    (other,) = offered(scheduler, step(1.0, type_="t.other"))
    assert taken(scheduler) == [first, other]
    assert scheduler.exchange(first, []) is second


def test_the_smaller_of_two_limits_counts() -> None:
    """A config bounds what every workflow may ask for, and the other way round."""
    book = LimitBook.of(Limits(types={"t.t": 5}), Limits(types={"t.t": 1}))
    scheduler = DagScheduler(9, book)
    offered(scheduler, step(1.0), step(1.0))
    assert len(taken(scheduler)) == 1


def test_no_step_waits_for_ever() -> None:
    """A loop that always offers something more urgent lets an older step pass after a bounded number of its steps."""
    scheduler = DagScheduler(1, longest=10.0)
    (patient,) = offered(scheduler, step(0.1))
    running = step(10.0)
    scheduler.offer(running)
    started = 0
    while (ready := scheduler.take()) is not patient:
        assert ready is not None
        started += 1
        assert started < 4 * AGEING
        scheduler.offer(step(10.0))
        scheduler.release(ready)


actions = st.lists(st.tuples(st.floats(0, 3).map(lambda x: round(x, 1)), st.booleans()), max_size=6)


@given(st.integers(1, 4), st.lists(actions, min_size=1, max_size=12), st.booleans())
@settings(max_examples=examples(200))
def test_an_exchange_is_a_release_offers_and_a_take(concurrency: int, rounds: list[Any], limited: bool) -> None:
    """The shortcut starts the very steps that the three calls would."""
    limits = Limits(groups={"g": 1}) if limited else Limits()
    quick, plain = (DagScheduler(concurrency, LimitBook.of(limits)) for _ in range(2))
    running: list[StepRun] = []
    for fresh in rounds:
        steps = [step(path, composite=composite, group="g" if path > 1.5 else None) for path, composite in fresh]
        if not running:
            for each in steps:
                quick.offer(each)
                plain.offer(each)
            got, expected = quick.take(), plain.take()
        else:
            ended = running.pop(0)
            got, expected = quick.exchange(ended, steps), Scheduler.exchange(plain, ended, steps)
        assert got is expected
        if got is not None:
            running.append(got)


@given(st.integers(1, 5), st.lists(st.floats(0, 9), max_size=30))
@settings(max_examples=examples(100))
def test_everything_offered_is_started_once_and_never_too_much_at_a_time(concurrency: int, paths: list[float]) -> None:
    """Nothing is lost or doubled, and the bound holds at every moment."""
    scheduler = DagScheduler(concurrency)
    steps = offered(scheduler, *(step(path) for path in paths))
    started: list[StepRun] = []
    running: list[StepRun] = []
    while len(started) < len(steps):
        new = taken(scheduler)
        running += new
        started += new
        assert 0 < len(running) <= concurrency
        scheduler.release(running.pop())
    assert sorted(map(id, started)) == sorted(map(id, steps))
