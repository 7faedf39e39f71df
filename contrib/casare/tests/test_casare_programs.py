"""Random structured programs, drawn flat, run as a small interpreter of the programs themselves runs them."""

from __future__ import annotations

from collections import Counter
from typing import Any

import anyio
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from drawn_programs import VARIABLES, FailedError, Interpreter, Statement, drawn, programs
from hypothesis_profiles import examples
from stratagem import Config, Kernel, StepEnded, Strategy, Workflow


async def run(workflow: Workflow, schedule: str) -> tuple[str, dict[str, Any], Counter[str]]:
    ran: Counter[str] = Counter()

    def tell(event: object) -> None:
        if isinstance(event, StepEnded) and event.outcome != "skipped":
            ran[event.node] += 1

    async with Kernel(Config(strategy=Strategy(schedule=schedule))) as kernel:
        result = await kernel.run(workflow, options=kernel.options_for(workflow, on_event=tell))
    known = {name: value for name, value in result.variables.items() if name in VARIABLES or name[0] in "ws"}
    return result.status, known, ran


def assign() -> Statement:
    return Statement("set", name="a")


def tried(*blocks: list[Statement]) -> Statement:
    """A try without a finally, whose parts lead on by themselves."""
    return Statement("try", [*blocks, []], name="a", style=2)


@pytest.mark.parametrize(("backend", "schedule"), [("asyncio", "dag"), ("trio", "sequential")])
@settings(max_examples=examples(200))
@given(program=programs, template=st.booleans())
@example(program=[tried([assign()], [tried([assign()], []), assign()]), assign()], template=False)
def test_a_drawn_program_runs_as_the_program_does(
    backend: str, schedule: str, program: list[Statement], template: bool
) -> None:
    """The same nodes run the same number of times, the same variables remain, and it fails if the program fails."""
    workflow = drawn(program, template)
    direct = Interpreter(ran=Counter(["n0"]))
    direct.outputs["n0.value"] = 0
    status = "done"
    try:
        direct.block(program)
    except FailedError:
        status = "failed"
    found = anyio.run(run, workflow, schedule, backend=backend)
    if status == "failed" and schedule == "dag":  # what runs at once may have gone further
        assert found[0] == status
        return
    assert found == (status, direct.variables, direct.ran)


def test_what_comes_before_a_break_of_an_outer_loop_has_run() -> None:
    """In a branch that runs at the same time, too: the inner loop that hands the break on is left like any step."""

    def of(kind: str, *blocks: list[Statement], target: int | None = None, read: int | None = None) -> Statement:
        return Statement(kind, list(blocks), name="a", number=1, style=0, target=target, read=read, id="", loop="")

    breaking = of("for", [of("break", target=1)])
    program = [of("for", [of("fork", [of("set")], [of("if", [], []), breaking, of("set")])])]
    workflow = drawn(program, template=False)
    direct = Interpreter(ran=Counter(["n0"]))
    direct.outputs["n0.value"] = 0
    direct.block(program)
    assert anyio.run(run, workflow, "dag") == ("done", direct.variables, direct.ran)
