"""Flows drawn for these tests, with values that were worked out by hand: beside this file, in ``flows``."""

from __future__ import annotations

import json
from collections import Counter
from pathlib import Path
from typing import Any

import pytest

from installed_strategies import Profile, with_profiles
from stratagem import RunResult, StepEnded

FOLDER = Path(__file__).parent
EXPECTED: dict[str, dict[str, Any]] = json.loads((FOLDER / "expected_flows.json").read_text("utf-8"))

pytestmark = pytest.mark.anyio


async def run(name: str, profile: Profile) -> tuple[RunResult, Counter[str]]:
    """How the run ended, and how often each node has run."""
    ran: Counter[str] = Counter()

    def tell(event: object) -> None:
        if isinstance(event, StepEnded) and event.outcome != "skipped":
            ran[event.node] += 1

    async with profile.kernel() as kernel:
        workflow = kernel.load(FOLDER / "flows" / f"{name}.json")
        return await kernel.run(workflow, options=kernel.options_for(workflow, on_event=tell)), ran


@with_profiles("name", EXPECTED)
async def test_a_flow_gives_what_it_means(name: str, profile: Profile) -> None:
    """With any strategies: status, variables, outputs and failures are as expected, and just those nodes ran, as often as they should."""
    wanted = EXPECTED[name]
    result, ran = await run(name, profile)
    assert result.status == wanted["status"], result.error
    assert {each: result.variables.get(each) for each in wanted["variables"]} == wanted["variables"]
    ports = {path: path.split(".") for path in wanted["outputs"]}
    assert {path: result.outputs[node][port] for path, (node, port) in ports.items()} == wanted["outputs"]
    assert sorted(str(failure.node) for failure in result.failures) == sorted(wanted.get("failures", []))
    disabled = {id_ for id_ in ran if id_.startswith("off")} | ({"end"} if name == "disabled" else set())
    assert {id_: count for id_, count in ran.items() if id_ not in disabled} == wanted["ran"]


async def test_the_flows_are_all_expected() -> None:
    """So that none is left out."""
    drawn = {path.stem for path in (FOLDER / "flows").glob("*.json")}
    assert drawn - EXPECTED.keys() == {"subflow_area"}
