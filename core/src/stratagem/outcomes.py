"""Outcomes: what steps have left, as told of a run that has ended."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from attrs import field, frozen

from stratagem.nodes.values import NOTHING
from stratagem.plan import Plan, Step
from stratagem.scope import FREED, LEFT, Absent


@frozen
class Done:
    """The node ran and returned; ``outputs`` by port, empty where the values were dropped."""

    outputs: Mapping[str, Any] = field(factory=dict)


@frozen
class Failed:
    """The node ran and raised."""

    error: Exception
    """The error that it failed with."""


@frozen
class Skipped:
    """The node was not run: ``why`` is ``skipped``, ``disabled``, ``cancelled``, ``pending``, or
    ``dropped`` by a pass."""

    why: str


Outcome = Done | Failed | Skipped
"""The outcome of a node."""


def outcome_of(step: Step, value: Any) -> Outcome:
    """The outcome that the value a step has left stands for."""
    if step.node.disabled and type(value) is not Absent:
        return Skipped("disabled")
    if type(value) is not Absent:
        return Done(ports_of(step, value))
    if value is FREED or value is LEFT:
        return Done()
    return Failed(value.error) if value.error is not None else Skipped(value.what)


def ports_of(step: Step, value: Any) -> dict[str, Any]:
    """A step's outputs by port; empty for one that left no value."""
    if type(value) is Absent or value is NOTHING or not step.spec.outputs:
        return {}
    if step.spec.single:
        return dict.fromkeys(step.spec.outputs, value)
    found = {name: getattr(value, name) for name in step.spec.outputs}
    return {name: part for name, part in found.items() if part is not NOTHING}


def outputs_of(plan: Plan, values: Sequence[Any]) -> Iterator[tuple[str, dict[str, Any]]]:
    """Node ids and outputs of the steps that have run and whose values were kept."""
    for index, value in enumerate(values):
        if type(value) is not Absent:
            step = plan.steps[index]
            yield step.id, ports_of(step, value)
