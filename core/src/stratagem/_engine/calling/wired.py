"""Wired steps: run with whole values of other steps and constants, without getters in between."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import TYPE_CHECKING, Any

from stratagem._engine.outcomes.faults import answer_for
from stratagem.scope import Absent

if TYPE_CHECKING:
    from stratagem._engine.calling.injection import Inject
    from stratagem._engine.parts import Bound, StepRun
    from stratagem.plan import Step

    Perform = Callable[[StepRun, dict[str, Any]], Awaitable[Any]]


def wired(like: Step, perform: Perform, inject: Inject | None) -> Bound:
    """Runs all steps that have the wiring of ``like``, of whose type ``perform`` and ``inject`` are."""
    wiring = like.wiring
    assert wiring is not None  # the caller looked
    wires = wiring.wires

    async def execute(ready: StepRun) -> Any:
        step, scope = ready.step, ready.frame.scope
        if step.when is not None:
            step.when(scope)  # raises again what kept the guard from being told
        values, inputs = scope.values, dict(step.constants)
        for at, (parameter, exact, check) in zip(step.edges, wires):  # noqa: B905 - as many, and `strict` costs time
            value = inputs[parameter] = values[at]
            kind = type(value)
            if kind is not exact and (kind is Absent or not (check is None or check(value))):
                inputs = _looked_up(ready)
                break
        if inject is not None:
            inject(ready, inputs)
        return await perform(ready, inputs)

    return execute


def _looked_up(ready: StepRun) -> dict[str, Any]:
    """The inputs where a value is absent or of another type: without it, or the error that says so."""
    step = ready.step
    try:
        return step.inputs(ready.frame.scope)
    except Exception as error:
        answer_for(ready.run, ready.run.resolver, error, step)
