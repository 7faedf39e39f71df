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


def test_a_large_plan_is_summed_up() -> None:
    """Widths and types in place of a line for each step, the ends of the critical path, the first nodes of a change."""
    nodes = [node(f"n{i}", "sample.value", {"value": 1}) for i in range(600)]
    chain = " -> ".join(f"n{i}" for i in range(50))
    plan = Kernel(packs=[sample]).compile(workflow_of(*nodes, lines=[chain]))
    revised = plan.revised(drop=[f"n{i}" for i in range(560, 600)], why="nobody reads them")
    text = text_of({"file": "x.yaml", "digest": plan.digest, **facts_of(revised, 4, {})})
    assert len(text.splitlines()) < 12
    assert "widths         1 to 511 steps, most at level 1" in text
    assert "critical path  50 steps: n0 → n1 → n2 → … → n47 → n48 → n49" in text
    assert "type           sample.value@1: 560" in text
    assert "n579, and 20 more" in text
