"""Lateness: what is told of a step that took longer than its time limit, and which limit that was."""

from __future__ import annotations

from typing import TYPE_CHECKING

from stratagem.errors import StepTimeout

if TYPE_CHECKING:
    from stratagem._engine.parts import StepRun
    from stratagem.plan import Step


def late(ready: StepRun, limit: float | None) -> StepTimeout:
    """Return the error of a step that took longer than its time limit, in seconds."""
    step = ready.step
    return StepTimeout(
        f"the node took longer than its time limit of {limit:g} s",
        file=ready.frame.source,
        line=step.node.line,
        node=step.id,
        provider=step.spec.distribution or None,
        hint=_hint_of(step),
    )


def require_in_time(ready: StepRun, started: float) -> None:
    """Refuse the value of a step that came after its time limit: it held up the loop, so that nobody could cancel it.

    Raises:
        StepTimeout: it began to run at ``started``, on the run's clock, longer ago than its limit.
    """
    run = ready.run
    limit = run.timeout_of(ready.step)
    if limit is not None and run.clock() - started >= limit:
        raise late(ready, limit)


def _hint_of(step: Step) -> str:
    """Return which limit it is that the step ran into, so that it is the right one that is raised."""
    if step.node.timeout is not None:
        return "Raise its 'timeout'."
    if step.spec.timeout is not None:
        return f"This is the limit of all {step.spec.type}; give the node a 'timeout' of its own."
    return "Raise 'step_timeout' in the workflow's settings or [run] in the config, or give the node a 'timeout' of its own."
