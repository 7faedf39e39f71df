"""Why a step was skipped, as recorders may ask."""

from __future__ import annotations

import pytest

from stratagem import Pack, Recorder
from stratagem.nodes import Branch
from stratagem.skips import why_skipped
from stratagem.views import StepRun
from stratagem_testing import node, recorded, run_once, sample, workflow_of

pytestmark = pytest.mark.anyio

pack = Pack("ways")


@pack.node(controls=("a", "b", "c"))
async def choose(ports: list[str]) -> Branch:
    """Goes on through these."""
    return Branch(*ports)


class Reasons(Recorder):
    """Asks for every skipped step."""

    def __init__(self) -> None:
        self.told: dict[str, str] = {}

    def skipped(self, step: StepRun) -> None:
        self.told[step.step.id] = why_skipped(step)


async def test_every_sort_of_skip_has_its_reason() -> None:
    """A way that was not chosen, one that is dead, a value that is missing, a wish that is not so."""
    reasons = Reasons()
    workflow = workflow_of(
        node("if", "sample.if", {"condition": False}),
        node("many", "ways.choose", {"ports": ["a", "b"]}),
        node("none", "ways.choose", {"ports": []}),
        node("bad", "sample.fail", on_error="continue"),
        node("not_chosen", "sample.add", {"left": 1}),
        node("other", "sample.value"),
        node("ended", "sample.value"),
        node("behind", "sample.value"),
        node("unfed", "sample.add"),
        node("both", "sample.value"),
        node("unwanted", "sample.value", when="x > 3"),
        lines=[
            *("if.true -> not_chosen", "many.c -> other", "none.a -> ended", "not_chosen -> behind"),
            *("not_chosen.result -> unfed.left", "if.true -> both", "not_chosen -> both"),
        ],
        variables={"x": 1},
    )
    result = await run_once(workflow, packs=[sample, pack], plugins=[recorded(lambda: reasons)])
    assert reasons.told == {
        "not_chosen": "no way to it is live: 'if' chose 'false'",
        "other": "no way to it is live: 'many' chose 'a' and 'b'",
        "ended": "no way to it is live: 'none' chose no way",
        "behind": "no way to it is live: 'not_chosen' was skipped",
        "unfed": "a value that it needs is missing: 'not_chosen' was skipped",
        "both": "no way to it is live: 'if' chose 'false', 'not_chosen' was skipped",
        "unwanted": "its 'when' is false: x > 3",
    }
    assert result.steps["skipped"] == len(reasons.told)


async def test_a_failed_step_is_named_as_what_is_missing() -> None:
    """Where the workflow goes on after it: its value is missing, and ways that it would have had to choose are dead."""
    reasons = Reasons()
    workflow = workflow_of(
        node("bad", "sample.add", {"left": "{{ x }}"}, on_error="continue"),
        node("torn", "ways.choose", {"ports": "{{ x }}"}, on_error="continue"),
        node("unfed", "sample.add"),
        node("way", "sample.value"),
        lines=["bad.result -> unfed.left", "torn.a -> way"],
        variables={"x": "no number"},
    )
    await run_once(workflow, packs=[sample, pack], plugins=[recorded(lambda: reasons)])
    assert reasons.told == {
        "unfed": "a value that it needs is missing: 'bad' failed",
        "way": "no way to it is live: 'torn' failed",
    }
