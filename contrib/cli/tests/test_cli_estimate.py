"""The time left of a run, as it is estimated from what is known at each moment."""

from collections.abc import Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st

from stratagem import Kernel, Pack, Plan, RunStarted, StepEnded, StepStarted, Usual
from stratagem_cli.estimate import Estimate, about
from stratagem_testing import node, workflow_of

pack = Pack("costs")


@pack.node(cost=1.0)
async def one() -> None:
    """Is thought to take a second."""


def plan_of(*after: Sequence[str]) -> Plan:
    """A plan of nodes ``n0``, ``n1`` and so on, each after those that are named for it."""
    nodes = [node(f"n{place}", "costs.one", after=tuple(names)) for place, names in enumerate(after)]
    return Kernel(packs=[pack]).compile(workflow_of(*nodes))


def begun(plan: Plan, usual: dict[str, Usual] | None = None, places: int = 1) -> Estimate:
    """The estimate at the start of a run."""
    estimate = Estimate(plan)
    estimate.see(RunStarted("r", "w", len(plan), places, usual or {}))
    return estimate


def ended(node_: str, seconds: float, outcome: str = "done") -> StepEnded:
    """A step of the workflow itself has ended."""
    return StepEnded(node_, "costs.one", 0, outcome, seconds)


def test_nothing_is_told_while_nothing_is_known() -> None:
    """Costs alone, which are guesses, tell nothing."""
    assert begun(plan_of((), ("n0",))).left is None
    assert about(None) == ""


def test_what_earlier_runs_took_is_what_is_left_at_the_start() -> None:
    """On one place all of it, on many the longest way."""
    plan = plan_of((), (), ("n0",))
    usual = {"n0": Usual(5, 2.0, 3.0), "n1": Usual(5, 4.0, 5.0), "n2": Usual(5, 1.0, 2.0)}
    assert begun(plan, usual).left == pytest.approx(7.0)
    assert begun(plan, usual, places=8).left == pytest.approx(4.0)


def test_guesses_are_stretched_by_what_steps_took_so_far() -> None:
    """Four steps in a row of one second each: when the first took ten, thirty are left."""
    estimate = begun(plan_of((), ("n0",), ("n1",), ("n2",)))
    estimate.see(ended("n0", 10.0))
    assert estimate.left == pytest.approx(30.0)
    estimate.see(ended("n1", 20.0))
    assert estimate.left == pytest.approx(30.0)


def test_skipped_steps_are_no_longer_left_and_no_measure() -> None:
    """They took no time, which tells nothing of others."""
    estimate = begun(plan_of((), (), ()))
    estimate.see(ended("n0", 3.0))
    estimate.see(ended("n1", 0.0, "skipped"))
    assert estimate.left == pytest.approx(3.0)


def test_a_step_that_runs_has_less_left() -> None:
    """Steps of bodies are passed over."""
    estimate = begun(plan_of(()), {"n0": Usual(5, 0.0001, 0.1)})
    estimate.see(StepStarted("n0", "costs.one", 0, 1))
    estimate.see(StepStarted("inner", "costs.one", 1, 1))
    while (estimate.left or 0.0) > 0.0:
        pass
    assert estimate.left == 0.0
    estimate.see(ended("n0", 0.5))
    assert estimate.left == 0.0


@given(st.lists(st.floats(0.001, 5), min_size=1, max_size=12), st.integers(1, 4), st.booleans())
def test_the_estimate_is_never_negative_and_ends_at_nothing(seconds: list[float], places: int, learned: bool) -> None:
    """Whatever steps took, and whatever was thought of them."""
    plan = plan_of(*[()] * len(seconds))
    usual = {f"n{at}": Usual(5, 1.0, 1.0) for at in range(len(seconds)) if learned and at % 2}
    estimate = begun(plan, usual, places)
    for at, taken in enumerate(seconds):
        estimate.see(StepStarted(f"n{at}", "costs.one", 0, 1))
        estimate.see(ended(f"n{at}", taken))
        assert (estimate.left or 0.0) >= 0.0
    assert estimate.left == pytest.approx(0.0, abs=1e-9)


@pytest.mark.parametrize(
    ("seconds", "text"),
    [(0.2, "about to end"), (12.4, "about 12 s left"), (600, "about 10 min left"), (9000, "about 2.5 h left")],
)
def test_the_time_left_is_told_roughly(seconds: float, text: str) -> None:
    """More digits would say more than is known."""
    assert about(seconds) == text


class Passes:
    """What calls a body, as far as an estimate looks at it."""

    def __init__(self, begun: int, ended: int, of: int | None) -> None:
        self.begun, self.ended, self.of = begun, ended, of


def looping(passes: Passes, since: float, monkeypatch: pytest.MonkeyPatch, *after: Sequence[str]) -> Estimate:
    """An estimate of a run whose first node has called its body so often, ``since`` seconds after the first call."""
    now = [100.0]
    monkeypatch.setattr("stratagem_cli.estimate.perf_counter", lambda: now[0])
    monkeypatch.setattr("stratagem_cli.estimate.call_of", lambda event: (passes, "n0"))
    estimate = begun(plan_of((), *after))
    estimate.see(StepStarted("n0", "costs.one", 0, 1))
    estimate.see(StepStarted("inner", "costs.one", 1, 1))
    now[0] += since
    return estimate


def test_a_loop_goes_on_as_it_has_so_far(monkeypatch: pytest.MonkeyPatch) -> None:
    """Four passes of ten in nine seconds, and half of the fifth: eleven are left; passes that run at once count so too."""
    assert looping(Passes(5, 4, 10), 9.0, monkeypatch).left == pytest.approx(11.0)
    assert looping(Passes(20, 0, 20), 9.0, monkeypatch).left is None
    assert looping(Passes(20, 16, 20), 9.0, monkeypatch).left == pytest.approx(1.0)


def test_what_follows_a_loop_comes_on_top(monkeypatch: pytest.MonkeyPatch) -> None:
    """By its cost, as long as nothing else is known."""
    assert looping(Passes(5, 4, 10), 9.0, monkeypatch, ("n0",)).left == pytest.approx(12.0)


def test_a_loop_that_does_not_say_how_long_it_is_tells_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    """Nor does one none of whose passes has ended."""
    assert looping(Passes(5, 4, None), 9.0, monkeypatch).left is None
