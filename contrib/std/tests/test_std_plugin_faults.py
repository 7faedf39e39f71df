"""Faults of plugins: no control structure goes on after one, or tries it again."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import anyio
import pytest

from stratagem import Graph, Kernel, Node, PlainResolver, PluginFailed, ResolverWrapper, Step, Workflow
from stratagem_std import pack
from stratagem_testing import resolved

pytestmark = pytest.mark.anyio

FAULTY = Graph({"faulty": Node("faulty", "std.add", {"a": 1, "b": 2})})
CATCH = Graph({"caught": Node("caught", "std.log", {"message": "never"})})
FINALLY = Graph({"last": Node("last", "std.log", {"message": "never"})})

STRUCTURES = {
    "try": Node("outer", "std.try", {}, {"body": FAULTY, "catch": CATCH, "finally": FINALLY}),
    "retry": Node("outer", "std.retry", {"delay": 0}, {"body": FAULTY}),
    "collect": Node("outer", "std.for_each", {"items": [1, 2, 3], "on_error": "collect"}, {"body": FAULTY}),
    "at once": Node(
        "outer", "std.for_each", {"items": [1, 2, 3], "on_error": "collect", "concurrency": 3}, {"body": FAULTY}
    ),
    "fork": Node("outer", "std.fork", {"on_error": "collect"}, {"one": FAULTY}),
}


class Faulty(ResolverWrapper):
    """Can't say what is known of one step."""

    def __init__(self) -> None:
        super().__init__(PlainResolver())
        self.asked = 0

    def remembers(self, step: Step) -> bool:
        return step.id == "faulty"

    async def recall(self, step: Step, inputs: Mapping[str, Any]) -> None:
        self.asked += 1
        raise ZeroDivisionError("in recall")


@pytest.mark.parametrize("structure", STRUCTURES)
async def test_a_fault_goes_through_every_structure(structure: str) -> None:
    """Its plugin is named, once, and nothing more is run."""
    faulty = Faulty()
    plugin = resolved(lambda: faulty)
    flow = Workflow(
        {"outer": STRUCTURES[structure], "after": Node("after", "std.log", {"message": "never"}, after=("outer",))}
    )
    async with Kernel(packs=[pack], plugins=[plugin]) as kernel:
        with anyio.fail_after(5):
            result = await kernel.run(flow)
    assert isinstance(result.error, PluginFailed)
    assert result.error.provider == "resolve-dist 1.0"
    assert faulty.asked == 1
    assert result.failures == ()
    assert result.outputs == {}
