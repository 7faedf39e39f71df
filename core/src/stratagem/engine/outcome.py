"""How steps end."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from attrs import field, frozen

from stratagem.engine.outputs import ports_of
from stratagem.plan import Step
from stratagem.scope import FREED, LEFT, Absent


@frozen
class Done:
    """The node ran and returned; ``outputs`` by port, empty where the values were dropped."""

    outputs: Mapping[str, Any] = field(factory=dict)


@frozen
class Failed:
    """The node ran and raised."""

    error: Exception


@frozen
class Skipped:
    """The node was not run: ``why`` is ``skipped``, ``disabled``, ``cancelled`` or ``pending``."""

    why: str


Outcome = Done | Failed | Skipped


def outcome_of(step: Step, value: Any) -> Outcome:
    """The outcome that the value a step has left stands for."""
    if step.node.disabled and type(value) is not Absent:
        return Skipped("disabled")
    if type(value) is not Absent:
        return Done(ports_of(step, value))
    if value is FREED or value is LEFT:
        return Done()
    return Failed(value.error) if value.error is not None else Skipped(value.what)
