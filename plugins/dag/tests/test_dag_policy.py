"""The DAG scheduler as a policy: what is started next, and what is held back."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from typing import Any, cast

import pytest
from attrs import define, field
from hypothesis import given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from hypothesis_profiles import examples
from stratagem import Limits, Scheduler, StepRun
from stratagem_dag import DagScheduler
from stratagem_dag.limits import LimitBook


@define(eq=False)
class FakeSpec:
    """The part of a node type that limits look at."""

    type: str = "t.a"
    resources: dict[str, str] = field(factory=dict)


@define(eq=False)
class FakeNode:
    """The part of a node that limits look at."""

    group: str | None = None


@define(eq=False)
class FakeStep:
    """The part of a step that the policy looks at."""

    path: float = 1.0
    composite: bool = False
    spec: FakeSpec = field(factory=FakeSpec)
    node: FakeNode = field(factory=FakeNode)
    only_waits: bool = False
    bodies: dict[str, Any] = field(factory=dict)
    flows: dict[str, Any] = field(factory=dict)


@define(eq=False)
class FakeFrame:
    """The part of a frame that the policy looks at."""

    after: float = 0.0
    owner: StepRun | None = None
    apart: bool = False


@define(eq=False)
class FakeRun:
    """An execution of a step, by name."""

    name: str
    step: FakeStep = field(factory=FakeStep)
    frame: FakeFrame = field(factory=FakeFrame)


def step(name: str, path: float = 1.0, **more: Any) -> StepRun:
    """A step whose way to the end has that length; ``type``, ``kind`` and ``group`` are what limits go by."""
    kind = more.get("kind")
    spec = FakeSpec(more.get("type", "t.a"), {"x": kind} if kind else {})
    fake = FakeStep(path, more.get("composite", False), spec, FakeNode(more.get("group")))
    return cast(StepRun, FakeRun(name, fake, more.get("frame") or FakeFrame()))


def name(ready: StepRun | None) -> str | None:
    """The step's name."""
    return None if ready is None else cast(Any, ready).name


def drained(scheduler: Scheduler) -> list[str | None]:
    """All that can be taken now."""
    return [name(ready) for ready in iter(scheduler.take, None)]


def offer(scheduler: Scheduler, *steps: StepRun) -> None:
    """Offers them in turn."""
    for each in steps:
        scheduler.offer(each)


def test_the_longest_way_to_the_end_goes_first() -> None:
    """Whatever the order of offers."""
    scheduler = DagScheduler(10)
    offer(scheduler, step("b", 2.0), step("c", 1.0), step("a", 3.0))
    assert drained(scheduler) == ["a", "b", "c"]


def test_equals_go_first_come_first_served() -> None:
    """Also when others come in between, and after some were taken."""
    scheduler = DagScheduler(100)
    offer(scheduler, *(step(f"s{i}") for i in range(5)))
    assert [name(scheduler.take()) for _ in range(2)] == ["s0", "s1"]
    offer(scheduler, step("big", 9.0), step("s5"))
    assert drained(scheduler) == ["big", "s2", "s3", "s4", "s5"]


def test_a_bodys_steps_are_as_urgent_as_what_follows_their_owner() -> None:
    """The way to the end goes on behind the node that owns the body."""
    scheduler = DagScheduler(10)
    offer(scheduler, step("outside", 5.0), step("inside", 1.0, frame=FakeFrame(after=7.0)))
    assert drained(scheduler) == ["inside", "outside"]


def test_no_more_run_than_the_concurrency_allows() -> None:
    """A place is free again once a step is released."""
    scheduler = DagScheduler(2)
    steps = [step(f"s{i}") for i in range(4)]
    offer(scheduler, *steps)
    assert drained(scheduler) == ["s0", "s1"]
    scheduler.release(steps[0])
    assert drained(scheduler) == ["s2"]


def test_steps_that_own_bodies_take_no_place() -> None:
    """Else a body could wait for the step around it."""
    scheduler = DagScheduler(1)
    owners = [step(f"o{i}", 2.0, composite=True) for i in range(3)]
    offer(scheduler, *owners, step("inner"))
    assert drained(scheduler) == ["o0", "o1", "o2", "inner"]
    for owner in owners:
        scheduler.release(owner)
    offer(scheduler, step("next"))
    assert scheduler.take() is None


LIMITS = Limits(types={"t.one": 1}, kinds={"page": 2}, groups={"g": 1})


@pytest.mark.parametrize(
    ("traits", "most"), [({"type": "t.one"}, 1), ({"kind": "page"}, 2), ({"group": "g"}, 1), ({}, 9)]
)
def test_each_sort_of_limit_holds(traits: dict[str, Any], most: int) -> None:
    """Per type, per kind of resource, per group; others go past those that are held."""
    scheduler = DagScheduler(100, LimitBook.of(LIMITS))
    limited = [step(f"s{i}", 5.0, **traits) for i in range(9)]
    offer(scheduler, *limited, step("free", 1.0))
    started = drained(scheduler)
    assert started == [f"s{i}" for i in range(most)] + ["free"]
    for at in range(9 - most):
        scheduler.release(limited[at])
        assert drained(scheduler) == [f"s{at + most}"]


def test_the_smaller_of_two_limits_counts() -> None:
    """Those of the config and those of the workflow hold together."""
    book = LimitBook.of(Limits(types={"t.a": 3}), Limits(types={"t.a": 2, "t.b": 1}))
    scheduler = DagScheduler(100, book)
    offer(scheduler, *(step(f"s{i}") for i in range(4)), *(step(f"b{i}", type="t.b") for i in range(2)))
    assert Counter(str(each)[0] for each in drained(scheduler)) == {"s": 2, "b": 1}
    assert LimitBook.of(Limits(), Limits()) is None


def test_a_step_that_one_limit_holds_does_not_keep_the_place_of_another_idle() -> None:
    """While the first in line waits for its group, the next of its type may go."""
    scheduler = DagScheduler(100, LimitBook.of(Limits(types={"t.one": 1}, groups={"g": 1})))
    first, busy = step("first", type="t.one"), step("busy", group="g")
    both, next_ = step("both", type="t.one", group="g"), step("next", type="t.one")
    offer(scheduler, first, busy, both, next_)
    assert drained(scheduler) == ["first", "busy"]
    scheduler.release(first)
    assert drained(scheduler) == ["next"]


def test_the_least_urgent_step_is_started_in_the_end() -> None:
    """However many more urgent ones keep coming: it waits for a bounded number of them."""
    scheduler = DagScheduler(1, None, longest=100.0)
    scheduler.offer(step("low", 1.0))
    for count in range(10_000):
        urgent = step(f"u{count}", 100.0)
        scheduler.offer(urgent)
        taken = scheduler.take()
        assert taken is not None
        if name(taken) == "low":
            break
        scheduler.release(taken)
    assert count < 5_000


@define
class Case:
    """A sequence of things done to a scheduler: offers of steps, ends of running ones with what they set free."""

    concurrency: int
    limits: Limits
    steps: list[dict[str, Any]]
    moves: list[tuple[str, int, int]]

    def play(self, scheduler: Scheduler) -> Iterator[tuple[list[StepRun], list[StepRun], StepRun | None]]:
        """Plays it; gives what waits, what runs, and what was taken, after each move."""
        waiting: list[StepRun] = []
        running: list[StepRun] = []
        fresh = iter([step(f"s{i}", **traits) for i, traits in enumerate(self.steps)])
        for move, one, count in self.moves:
            taken: StepRun | None = None
            new = [each for _, each in zip(range(count), fresh, strict=False)]
            if move == "offer":
                offer(scheduler, *new)
                waiting += new
                taken = scheduler.take()
            elif running:
                ended = running.pop(one % len(running))
                waiting += new
                if move == "exchange":
                    taken = scheduler.exchange(ended, new)
                else:
                    scheduler.release(ended)
                    offer(scheduler, *new)
                    taken = scheduler.take()
            else:
                offer(scheduler, *new)
                waiting += new
                continue
            if taken is not None:
                assert taken in waiting, "it was not offered, or was taken before"
                waiting.remove(taken)
                running.append(taken)
            yield waiting, running, taken


TRAITS = st.fixed_dictionaries(
    {
        "path": st.sampled_from([1.0, 1.0, 2.0, 3.0]),
        "composite": st.sampled_from([False, False, False, True]),
        "type": st.sampled_from(["t.a", "t.a", "t.b"]),
        "kind": st.sampled_from([None, "page"]),
        "group": st.sampled_from([None, "g", "h"]),
    }
)
MOVES = st.lists(
    st.tuples(st.sampled_from(["offer", "exchange", "release"]), st.integers(0, 9), st.integers(0, 4)),
    min_size=10,
    max_size=60,
)
NUMBERS = st.integers(1, 3)
LIMIT_BOOKS = st.builds(
    Limits,
    types=st.dictionaries(st.just("t.a"), NUMBERS),
    kinds=st.dictionaries(st.just("page"), NUMBERS),
    groups=st.dictionaries(st.sampled_from(["g", "h"]), NUMBERS),
)
CASES = st.builds(Case, st.integers(1, 6), LIMIT_BOOKS, st.lists(TRAITS, min_size=20, max_size=80), MOVES)


def keys(ready: StepRun) -> list[tuple[str, str]]:
    """The limits that concern a step."""
    found = [("type", ready.step.spec.type)]
    found += [("kind", kind) for kind in ready.step.spec.resources.values()]
    return [*found, ("group", ready.step.node.group)] if ready.step.node.group else found


def allowed(limits: Limits) -> dict[tuple[str, str], int]:
    """The limits by key."""
    named = (("type", limits.types), ("kind", limits.kinds), ("group", limits.groups))
    return {(sort, each): most for sort, by_name in named for each, most in by_name.items()}


@given(CASES)
@hypothesis_settings(max_examples=examples(800))
def test_limits_are_never_exceeded_and_no_place_is_left_idle(case: Case) -> None:
    """At every moment; and nothing is taken that was not offered, or twice."""
    most = allowed(case.limits)
    for waiting, running, taken in case.play(DagScheduler(case.concurrency, LimitBook.of(case.limits))):
        counted = Counter(key for each in running for key in keys(each))
        busy = sum(not each.step.composite for each in running)
        assert busy <= case.concurrency
        assert all(counted[key] <= number for key, number in most.items())
        if taken is None and busy < case.concurrency:
            idle = [each for each in waiting if all(counted[key] < most.get(key, 999) for key in keys(each))]
            assert not idle, "a step may run, and the scheduler gives none"


@given(CASES)
@hypothesis_settings(max_examples=examples(400))
def test_nothing_that_was_offered_is_lost(case: Case) -> None:
    """Once no more comes, everything is started in the end."""
    scheduler = DagScheduler(case.concurrency, LimitBook.of(case.limits))
    states = list(case.play(scheduler))
    left, active, _ = states[-1] if states else ([], [], None)
    while left or active:
        for ready in iter(scheduler.take, None):
            left.remove(ready)
            active.append(ready)
        assert active, f"{len(left)} steps are never started"
        scheduler.release(active.pop())


class ByTheBook(DagScheduler):
    """The same policy, with the base class's own exchange."""

    def exchange(self, ended: StepRun, fresh: Sequence[StepRun]) -> StepRun | None:
        return Scheduler.exchange(self, ended, fresh)


@given(CASES)
@hypothesis_settings(max_examples=examples(400))
def test_exchange_is_release_offer_and_take(case: Case) -> None:
    """The short way gives the same steps in the same order as the three calls that it stands for."""
    short, long = (
        [name(taken) for _, _, taken in case.play(scheduler(case.concurrency, LimitBook.of(case.limits)))]
        for scheduler in (DagScheduler, ByTheBook)
    )
    assert short == long
