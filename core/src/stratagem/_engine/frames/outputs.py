"""The value that settles an attempt: the value that the node returned, checked, or the error that stands for it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from stratagem._engine.outcomes.unwrap import unwrap
from stratagem._support.brief import brief
from stratagem.errors import StepFailed
from stratagem.nodes.types import name_of
from stratagem.nodes.values import NOTHING, Branch, LeaveLoop

if TYPE_CHECKING:
    from stratagem._engine.parts import StepRun
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
    if ready.run.timed and ready.expired:
        return ready.run.timed_out(ready)
    if type(value) is ready.step.returns:
        return None
    try:
        accept(ready, value)
    except StepFailed as error:
        return error
    return None


def as_settled(ready: StepRun, error: BaseException) -> BaseException:
    """Return what a step that has raised ``error`` is settled with: late ones fail, and only loops can be left."""
    if ready.expired:
        late = ready.run.timed_out(ready)
        late.__cause__ = error if isinstance(error, Exception) else None
        return late
    if ready.frame.owner is None and isinstance(unwrap(error), LeaveLoop):
        return RuntimeError("break and continue are for bodies of loops")
    return error


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
