"""What a kernel knows before a run of the resource kinds that its plugins provide."""

from __future__ import annotations

from typing import Any

import pytest

from stratagem import Kernel, Node, Pack, Plugin, Workflow, hookimpl
from stratagem.errors import NoProvider, WorkflowError

pack = Pack("gated", hints={"gate": "Ask the porter."})


@pack.node(resources={"gate": "gate"})
async def enter(gate: Any) -> None:
    """Needs a gate."""


@pack.node(resources={"door": "door"})
async def leave(door: Any) -> None:
    """Needs a door."""


class Porter(Plugin):
    """Answers for what it says that it provides."""

    def __init__(self, provides: tuple[str, ...] | None) -> None:
        super().__init__()
        self.provides = provides

    @hookimpl
    def acquire_resource(self, run: Any, kind: str) -> None:
        """Never asked here."""


def refusals(provides: tuple[str, ...] | None) -> list[str]:
    """What is wrong with a workflow that needs a gate and a door."""
    workflow = Workflow({"a": Node("a", "gated.enter"), "b": Node("b", "gated.leave")})
    try:
        Kernel(plugins=[Porter(provides)], packs=[pack]).compile(workflow)
    except WorkflowError as error:
        return [f"{problem.node}: {problem.hint}" for problem in error.problems if isinstance(problem, NoProvider)]
    return []


DOOR = 'b: Name a driver for it in the config: [resources] door = "…".'


@pytest.mark.parametrize(
    ("provides", "refused"), [(("gate", "door"), []), (("gate",), [DOOR]), ((), ["a: Ask the porter.", DOOR])]
)
def test_a_kind_that_no_plugin_provides_is_refused_with_the_pack_s_own_hint(
    provides: tuple[str, ...], refused: list[str]
) -> None:
    """Or with what can be done about any kind, where the pack says nothing of it."""
    assert refusals(provides) == refused


def test_a_plugin_that_does_not_say_what_it_provides_may_provide_anything() -> None:
    """Only the run can tell."""
    assert refusals(None) == []


def test_a_pack_keeps_its_hints_when_it_is_told_who_provides_it() -> None:
    """As discovery tells it."""
    assert pack.provided_by("gated 1.0").hints == {"gate": "Ask the porter."}
