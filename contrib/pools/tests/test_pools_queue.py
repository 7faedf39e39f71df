"""The queue of a pool is fair between runs, and keeps nothing of those that wait no more."""

from __future__ import annotations

from itertools import pairwise

from hypothesis import given, settings
from hypothesis import strategies as st

from hypothesis_profiles import examples
from stratagem_pools import Asker
from stratagem_pools.queue import FairQueue, Waiter


def add(queue: FairQueue, run: str, priority: float = 0.0) -> Waiter:
    """A waiter of a run."""
    return queue.add(Asker(run=run), "key", shared=False, priority=priority)


def runs(queue: FairQueue) -> str:
    """The runs of all waiters, in the order in which they are to be served."""
    return "".join(str(each.asker.run) for each in queue.in_turn())


def test_each_runs_first_comes_before_any_runs_second() -> None:
    """However many requests a run makes at once."""
    queue = FairQueue()
    for run in "aaabbc":
        add(queue, run)
    assert runs(queue) == "abcaba"


def test_a_run_that_was_served_goes_behind_the_others() -> None:
    """Runs take turns."""
    queue = FairQueue()
    first = add(queue, "a")
    for run in "abc":
        add(queue, run)
    queue.remove(first)
    queue.go_behind("a")
    assert runs(queue) == "bca"


def test_a_run_that_waits_for_nothing_more_leaves_nothing() -> None:
    """Its turn is forgotten with its last waiter, also where it is served after that."""
    queue = FairQueue()
    queue.remove(add(queue, "a"))
    queue.go_behind("a")
    assert (len(queue), queue._turn, queue._lines) == (0, {}, {})


def test_a_higher_priority_comes_first() -> None:
    """Before the turn of any run."""
    queue = FairQueue()
    add(queue, "a")
    add(queue, "b", priority=1.0)
    add(queue, "a", priority=2.0)
    assert runs(queue) == "aba"


@given(st.text("abcd", max_size=30))
@settings(max_examples=examples(100))
def test_no_run_is_served_twice_while_another_waits_for_its_next(asked: str) -> None:
    """Of equal priority: between two services of one run, each other is served once at most."""
    queue = FairQueue()
    for run in asked:
        add(queue, run)
    served = ""
    while len(queue):
        waiter = next(queue.in_turn())
        queue.remove(waiter)
        queue.go_behind(waiter.asker.run)
        served += str(waiter.asker.run)
    assert sorted(served) == sorted(asked)
    for run in set(served):
        for before, after in pairwise(at for at, each in enumerate(served) if each == run):
            between = served[before + 1 : after]
            assert len(between) == len(set(between))
