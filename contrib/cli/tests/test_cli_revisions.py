"""What passes have changed is shown: by ``plan``, and by ``run --explain``."""

from __future__ import annotations

from collections.abc import Generator

import anyio

from stratagem import Kernel, Plan, Plugin, hookimpl
from stratagem_cli.explain import as_text, explanation
from stratagem_cli.explainer import ExplainPlugin
from stratagem_cli.plan_facts import facts_of
from stratagem_cli.plan_text import text_of
from stratagem_testing import node, sample, workflow_of


class Loosening(Plugin):
    """Drops one node, and the order of two others."""

    @hookimpl(wrapper=True)
    def compile(self) -> Generator[None, Plan, Plan]:
        """The revised plan."""
        plan = yield
        return plan.revised(drop=["b"], unorder=[("d", "c")], why="only values")


NODES = [node(each, "sample.value", {"value": 1}) for each in "abcd"]
WORKFLOW = workflow_of(*NODES, lines=["a -> b -> c -> d"])


def test_a_plan_tells_what_was_changed() -> None:
    """Nodes with the same change and reason together; a dropped one is no step any more."""
    plan = Kernel(plugins=[Loosening()], packs=[sample]).compile(WORKFLOW)
    facts = facts_of(plan, 4, {})
    text = text_of({"file": "x.yaml", "digest": plan.digest, **facts})
    assert "x.yaml: 3 steps in 2 levels" in text
    assert "dropped (1): b\n    only values ('Loosening')" in text
    assert "unordered (1): d after c\n    only values ('Loosening')" in text
    assert facts["revisions"][0] == {
        "node": "b",
        "change": "dropped",
        "other": "",
        "why": "only values",
        "by": "'Loosening'",
    }


def test_an_explained_run_tells_it_with_the_nodes() -> None:
    """A dropped one did not run, and that is why."""

    async def main() -> str:
        explain = ExplainPlugin()
        async with Kernel(plugins=[Loosening(), explain], packs=[sample]) as kernel:
            plan = kernel.compile(WORKFLOW)
            result = await kernel.run(plan)
        return as_text(explanation(plan, explain.explainer.seen, result))

    lines = anyio.run(main).splitlines()
    assert lines[1].endswith("dropped: only values ('Loosening')")
    assert "ran" in lines[3]
    assert lines[3].endswith("does not wait for 'c': only values ('Loosening')")
