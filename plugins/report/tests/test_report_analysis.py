"""What is worked out of a run: bounds hold, paths are ways, lanes and places are free of overlaps."""

from __future__ import annotations

from collections.abc import Callable
from itertools import pairwise
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hypothesis_profiles import examples
from stratagem import Body, Pack
from stratagem_report.condense import MAX_BANDS, drawn_nodes
from stratagem_report.figures import figures_of
from stratagem_report.lanes import at_once, lanes_of
from stratagem_report.layout import COLUMN, laid_out
from stratagem_report.record import Execution, NodeInfo
from stratagem_report.simulate import bound, makespan, span, work
from stratagem_report.tasks import Tasks, covered, tasks_of
from stratagem_report.timing import critical_path, top_frame, wait_of
from stratagem_testing import graph_of, node, random_workflow, workflow_of

Recorded = Callable[..., Any]

SLACK = 1e-9
MILLISECOND = 0.001


@st.composite
def task_graphs(draw: st.DrawFn) -> Tasks:
    """Any graph of up to 25 tasks."""
    tasks = Tasks()
    for number in range(draw(st.integers(0, 25))):
        needs = draw(st.sets(st.integers(0, number - 1), max_size=4)) if number else set()
        tasks.add(draw(st.floats(0, 10)), sorted(needs))
    return tasks


@given(task_graphs(), st.integers(1, 12))
def test_grahams_bound_holds_for_every_simulated_schedule(tasks: Tasks, places: int) -> None:
    """max(T1/P, T∞) ≤ makespan ≤ T1/P + (1 - 1/P) T∞."""
    t1, t_inf, taken = work(tasks), span(tasks), makespan(tasks, places)
    assert max(t1 / places, t_inf) - SLACK <= taken <= bound(t1, t_inf, places) + SLACK


@given(task_graphs())
def test_one_place_takes_the_work_and_enough_places_the_span(tasks: Tasks) -> None:
    """The two ends of every bound."""
    assert makespan(tasks, 1) == pytest.approx(work(tasks))
    assert makespan(tasks, max(1, len(tasks.weights))) == pytest.approx(span(tasks))


intervals = st.lists(
    st.tuples(st.floats(0, 10), st.floats(0, 5)).map(lambda pair: execution(pair[0], pair[0] + pair[1])), max_size=40
)


def execution(begin: float, end: float) -> Execution:
    """An execution of some node."""
    return Execution(NodeInfo(0, "a", "t"), begin, end, "done")


@given(intervals)
def test_no_two_bars_of_a_lane_overlap_and_no_lane_is_needless(executions: list[Execution]) -> None:
    """As many lanes as ran at once at most."""
    lanes = lanes_of(executions)
    for lane in set(lanes):
        own = sorted((each.begin, each.end) for each, at in zip(executions, lanes, strict=True) if at == lane)
        assert all(before[1] <= after[0] for before, after in pairwise(own))
    most = max((sum(o.begin <= e.begin < o.end or o is e for o in executions) for e in executions), default=0)
    assert max(lanes, default=-1) + 1 <= most


@given(intervals, st.integers(1, 50))
def test_the_curve_has_all_the_time_that_steps_took(executions: list[Execution], buckets: int) -> None:
    """Its area is the sum of their seconds."""
    seconds = max((each.end for each in executions), default=1.0) or 1.0
    area = sum(at_once(executions, seconds, buckets)) * seconds / buckets
    assert area == pytest.approx(sum(each.seconds for each in executions), abs=0.02 + 0.001 * seconds * buckets)


@given(intervals)
def test_covered_time_is_at_most_the_sum_and_the_spread(executions: list[Execution]) -> None:
    """And at least the longest of them."""
    total = covered(executions)
    assert total <= sum(each.seconds for each in executions) + SLACK
    assert total >= max((each.seconds for each in executions), default=0.0) - SLACK


@st.composite
def drawn_graphs(draw: st.DrawFn) -> dict[int, tuple[int, ...]]:
    """Node → those before it."""
    count = draw(st.integers(1, 60))
    return {n: tuple(sorted(draw(st.sets(st.integers(0, n - 1), max_size=3)))) if n else () for n in range(count)}


@given(drawn_graphs())
def test_a_layered_layout_has_a_place_for_each_node_and_leads_to_the_right(needs: dict[int, tuple[int, ...]]) -> None:
    """No two nodes share a place, and every line goes at least one column on."""
    layout = laid_out(needs, {})
    places = layout.places
    assert len(set(places.values())) == len(needs)
    assert all(bend not in places.values() for bends in layout.bends.values() for bend in bends)
    assert all(places[n][0] >= places[need][0] + COLUMN for n in needs for need in needs[n])
    points = [*places.values(), *(point for bends in layout.bends.values() for point in bends)]
    assert (min(x for x, _ in points), min(y for _, y in points)) == (0, 0)


def test_a_line_that_passes_a_layer_goes_past_the_nodes_in_it() -> None:
    """Else it would seem to end at one of them."""
    layout = laid_out({0: (), 1: (0,), 2: (1, 0)}, {})
    ((bend,),) = layout.bends.values()
    assert bend[0] == layout.places[1][0]
    assert abs(bend[1] - layout.places[1][1]) > 46 / 2


def test_places_of_the_workflow_are_kept() -> None:
    """A node without one stands beneath all others."""
    places = laid_out(
        {0: (), 1: (0,), 2: (1,), 3: (), 4: (), 5: ()}, {n: (100.0 * n, 50.0 - n) for n in range(5)}
    ).places
    assert places[1] == (100.0, 3.0)
    assert places[5][1] > max(places[n][1] for n in range(5))


@given(drawn_graphs(), st.integers(1, 20))
def test_a_condensed_graph_has_every_node_once_and_no_cycle(needs: dict[int, tuple[int, ...]], limit: int) -> None:
    """Its lines go from earlier numbers to later ones."""
    nodes = [NodeInfo(n, f"n{n}", f"t{n % 3}", needs=needs[n]) for n in needs]
    drawn = drawn_nodes(nodes, limit)
    assert sorted(n for each in drawn.values() for n in each.members) == sorted(needs)
    assert all(need < at for at, each in drawn.items() for need in each.needs)
    assert len({each.type for each in drawn.values()}) * (MAX_BANDS + 1) >= len(drawn)


@pytest.mark.anyio
class TestOfRealRuns:
    """Of records of real runs on real clocks."""

    async def test_the_critical_path_is_the_way_that_took_longest(self, run_recorded: Recorded) -> None:
        """Each step needs the one before it, and their time is within the makespan."""
        workflow = workflow_of(
            node("a", "sample.wait", {"seconds": 0.02}),
            node("b", "sample.wait", {"seconds": 0.12}),
            node("c", "sample.wait", {"seconds": 0.03}, after=("a",)),
            node("d", "sample.wait", {"seconds": 0.02}, after=("b", "c")),
        )
        _, record = await run_recorded(workflow)
        path = critical_path(top_frame(record))
        assert [each.node.id for each in path] == ["b", "d"]
        figures = figures_of(record)
        assert sum(each.seconds for each in path) <= record.seconds
        assert figures.span == pytest.approx(sum(each.seconds for each in path))
        assert figures.work >= 0.19
        assert figures.makespan >= figures.span

    async def test_what_a_step_waited_for_is_told(self, run_recorded: Recorded) -> None:
        """The step that released it, and from then on the time in the queue."""
        nodes = [node(name, "sample.wait", {"seconds": 0.1}) for name in "ab"]
        workflow = workflow_of(*nodes, node("c", "sample.value", {"value": 1}, after=("a",)))
        _, record = await run_recorded(workflow, concurrency=1)
        frame = top_frame(record)
        waits = {step.node.id: wait_of(step, frame) for step in frame.values()}
        first, second = sorted("ab", key=lambda name: waits[name].step.begin)
        assert waits[first].queued < 0.09 < waits[second].queued
        released = waits["c"].released
        assert released is not None
        assert released.node.id == "a"

    async def test_calls_of_a_body_that_ran_beside_each_other_may_do_so_again(self, run_recorded: Recorded) -> None:
        """While those that followed each other still do: a loop's span is the sum of its passes."""
        own = Pack("own")

        @own.node()
        async def thrice(body: Body) -> None:
            for _ in range(3):
                await body()

        body = {"body": graph_of(node("w", "sample.wait", {"seconds": 0.05}))}
        beside = node("beside", "sample.each", {"items": [1, 2, 3], "concurrency": 3}, bodies=body)
        for loop, least, most in ((node("loop", "own.thrice", bodies=body), 0.15, 9.0), (beside, 0.05, 0.14)):
            _, record = await run_recorded(workflow_of(loop), packs=[own])
            tasks = tasks_of(record)
            assert least <= span(tasks) <= most
            assert work(tasks) >= 0.15


@pytest.mark.anyio
async def test_measured_figures_of_random_runs_keep_their_bounds(run_recorded: Recorded) -> None:
    """The span of what was measured is within the makespan, whatever bodies and failures there are."""
    for seed in range(examples(30)):
        _, record = await run_recorded(random_workflow(seed))
        tasks = tasks_of(record)
        assert span(tasks) <= record.seconds + MILLISECOND
        assert all(need < task for task, needs in enumerate(tasks.needs) for need in needs)
        for places in (1, 3):
            assert makespan(tasks, places) <= bound(work(tasks), span(tasks), places) + SLACK
