"""Calls of bodies and subflows: what their spans are called, and which have one."""

from __future__ import annotations

from typing import TYPE_CHECKING

from attrs import frozen

from stratagem import Workflow, pass_of
from stratagem_otel import names
from stratagem_otel.facts import Attributes

if TYPE_CHECKING:
    from stratagem import Frame


@frozen
class Called:
    """A call: the name of its span, its attributes, and whether a span of its own tells more than those of its steps.

    A pass of a body with one step is told by that step's span.
    """

    name: str
    attributes: Attributes
    telling: bool


def called(frame: Frame) -> Called:
    """Return what a frame is: a body's pass, or a workflow that another one calls."""
    graph, owner = frame.plan.graph, frame.owner
    assert owner is not None  # it is none of the run's own frame
    named = {**owner.step.bodies, **owner.step.flows}
    port = next((name for name, plan in named.items() if plan is frame.plan), "")
    attributes: Attributes = {names.RUN_ID: frame.run.id, names.BODY: port, names.PASS: frame.number}
    found = pass_of(frame)
    if found is not None and found.of is not None:
        attributes[names.PASSES] = found.of
    if found is not None and found.item is not None:
        attributes[names.ITEM] = found.item
    if isinstance(graph, Workflow):
        return Called(f"workflow.flow {graph.name}", {**attributes, names.WORKFLOW: graph.name}, True)
    return Called(f"workflow.body {port}", attributes, len(frame.plan) > 1)
