"""What a step gave: checks returned values, and reads outputs by port."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from stratagem.brief import brief
from stratagem.errors import StepFailed
from stratagem.nodes.types import name_of
from stratagem.nodes.values import NOTHING, Branch
from stratagem.scope import Absent

if TYPE_CHECKING:
    from stratagem.engine.parts import Frame, StepRun
    from stratagem.plan import Step


def accept(ready: StepRun, value: Any) -> Any:
    """The value to keep of what the node returned; notes which control outputs it chose.

    Raises:
        StepFailed: the value is not of the type that the node's annotation names, or chooses an unknown output.
    """
    step = ready.step
    spec = step.spec
    if type(value) is Branch:
        _choose(ready, value)
        value = value.value
        if value is None and not spec.single:
            return NOTHING
    elif spec.branching and "exec_out" not in spec.controls:
        raise _wrong(step, value, "a Branch")
    if value is NOTHING and all(port.optional for port in spec.outputs.values()):
        return value
    if spec.single:
        if step.check is not None and not step.check(value):
            raise _wrong(step, value, name_of(next(iter(spec.outputs.values())).annotation))
        if value is not None and not spec.outputs:
            raise _wrong(step, value, "None")
    elif not all(hasattr(value, name) for name in spec.outputs):
        raise _wrong(step, value, f"something with {', '.join(spec.outputs)}")
    return value


def shortfall(ready: StepRun, value: Any) -> StepFailed | None:
    """The error that a step which gave ``value`` is settled with: it came too late, or is refused; None if it is well."""
    if ready.run.watched and ready.expired:
        return ready.run.timed_out(ready)
    if type(value) is ready.step.returns:
        return None
    try:
        accept(ready, value)
    except StepFailed as error:
        return error
    return None


def _choose(ready: StepRun, branch: Branch) -> None:
    step = ready.step
    for port in branch.ports:
        if port not in step.spec.controls and not _is_open(port, step.spec.controls):
            raise StepFailed(
                f"the node chose the control output {port!r}, which it does not have",
                node=step.id,
                provider=step.spec.distribution or None,
                hint=f"Its control outputs: {', '.join(step.spec.controls)}.",
            )
    if ready.frame.chosen is None:
        ready.frame.chosen = {}
    ready.frame.chosen[step.index] = branch.ports


def _is_open(port: str, controls: tuple[str, ...]) -> bool:
    """Return whether the output is one of those that a ``case_*`` stands for."""
    from stratagem.nodes.controls import is_control  # seldom needed

    return is_control(port, controls)


def _wrong(step: Step, value: Any, expected: str) -> StepFailed:
    return StepFailed(
        f"the node returned {brief(value)}, and its annotation says {expected}",
        node=step.id,
        line=step.node.line,
        provider=step.spec.distribution or None,
        hint="This is a mistake in the node type, not in the workflow.",
    )


def ports_of(step: Step, value: Any) -> dict[str, Any]:
    """A step's outputs by port; empty for one that left no value."""
    if type(value) is Absent or value is NOTHING or not step.spec.outputs:
        return {}
    if step.spec.single:
        return dict.fromkeys(step.spec.outputs, value)
    found = {name: getattr(value, name) for name in step.spec.outputs}
    return {name: part for name, part in found.items() if part is not NOTHING}


def outputs_of(frame: Frame) -> Iterator[tuple[str, dict[str, Any]]]:
    """Node ids and outputs of the steps that have run and whose values were kept."""
    for index, value in enumerate(frame.values):
        if type(value) is not Absent:
            step = frame.plan.steps[index]
            yield step.id, ports_of(step, value)
