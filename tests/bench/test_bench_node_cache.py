"""What the figures of the node cache rest on: results are really found, and instances are really let go."""

from __future__ import annotations

import anyio
import pytest

from stratagem_bench import instance_probe, node_cache
from stratagem_bench.node_cache import CASES, Case


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_a_hit_gives_what_the_run_gave(case: Case) -> None:
    """Each side's result is checked, before and after it is timed; a hit takes no less than its key."""
    times, _ = anyio.run(node_cache._times, case, 0.01)
    assert times.repetitions >= 5


@pytest.mark.parametrize("sort", ["closed", "plain"])
def test_instances_take_what_they_are_measured_by(sort: str) -> None:
    """Kept all, each takes its tables; with a cache, no more than there is room for do."""
    kept, empty = (instance_probe.peak(sort, 300, size, False) for size in (1, 0))
    assert (kept - empty) / 300 > 10_000
    assert instance_probe.peak(sort, 300, 1, True) < kept / 2


@pytest.mark.parametrize("learned", [True, False])
def test_runs_of_cheap_nodes_are_timed_with_and_without_the_cache(learned: bool) -> None:
    """Each side's run is checked."""
    assert anyio.run(node_cache._cheap, learned, 0.01).repetitions >= 9
