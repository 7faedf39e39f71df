"""The second opinion on schedules keeps what theory says."""

from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from recordings import Recording


@st.composite
def recordings(draw: st.DrawFn) -> Recording:
    """Any recording of up to a dozen tasks of whole seconds."""
    size = draw(st.integers(1, 12))
    seconds = draw(st.lists(st.integers(0, 9), min_size=size, max_size=size))
    parents = [sorted(draw(st.sets(st.integers(0, task - 1)))) if task else [] for task in range(size)]
    return Recording("drawn", seconds, parents)


@given(recordings(), st.integers(1, 6))
def test_a_greedy_schedule_is_between_its_bounds(recording: Recording, workers: int) -> None:
    """At least work over workers and the span, at most Graham's bound."""
    least = max(recording.work / workers, recording.span)
    assert least - 1e-9 <= recording.greedy(workers) <= recording.bound(workers) + 1e-9


@given(recordings())
def test_without_limits_a_greedy_schedule_takes_the_span(recording: Recording) -> None:
    """And with one worker all the work; barriers between levels never help where workers abound."""
    assert recording.greedy(math.inf) == recording.span
    assert recording.greedy(1) == recording.by_levels(1) == recording.work
    assert recording.by_levels(math.inf) >= recording.span


def test_barriers_cost_where_branches_are_uneven() -> None:
    """Two branches, one slow first and one slow last: by levels both slow tasks count."""
    recording = Recording("uneven", [9, 1, 1, 9], [[], [], [0], [1]])
    assert (recording.greedy(2), recording.by_levels(2)) == (10, 18)
    assert recording.bound(2) == pytest.approx(15)
