"""What a step is given besides its inputs: variables, its context, bodies, subflows, leases."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from stratagem._engine.bodies import BodyCall
from stratagem._engine.context import StepContext
from stratagem._engine.flows import FlowCall
from stratagem.variables import LeftVariables

if TYPE_CHECKING:
    from stratagem._engine.parts import StepRun
    from stratagem.plan import Step

    Inject = Callable[[StepRun, dict[str, Any]], None]
    Maker = Callable[[StepRun], Any]


def injector(step: Step) -> Inject | None:
    """The function that adds to a step's inputs what its node type asks for; None if it asks for nothing."""
    spec = step.spec
    makers: list[tuple[str, Maker]] = []
    variables = _variables if spec.is_async or spec.runs == "loop" else _left_variables
    for parameter, what in spec.injected.items():
        made = {"context": StepContext, "variables": variables, "bodies": _others(step), "leases": _leases}
        makers.append((parameter, made[what]))
    for name, port in spec.bodies.items():
        makers.append((port.parameter, _body(step, name)))
    makers += [(spec.inputs[name].parameter, _flow(step, name)) for name in step.flows]
    if not makers:
        return None
    if len(makers) == 1:
        return _only(*makers[0])
    if len(makers) == 2:
        return _both(*makers[0], *makers[1])

    def inject(ready: StepRun, inputs: dict[str, Any]) -> None:
        for parameter, make in makers:
            inputs[parameter] = make(ready)

    return inject


def _only(parameter: str, make: Maker) -> Inject:
    if make is _variables:

        def inject_variables(ready: StepRun, inputs: dict[str, Any]) -> None:
            inputs[parameter] = ready.frame.scope.variables

        return inject_variables

    def inject(ready: StepRun, inputs: dict[str, Any]) -> None:
        inputs[parameter] = make(ready)

    return inject


def _both(first: str, make_first: Maker, second: str, make_second: Maker) -> Inject:
    def inject(ready: StepRun, inputs: dict[str, Any]) -> None:
        inputs[first] = make_first(ready)
        inputs[second] = make_second(ready)

    return inject


def _variables(ready: StepRun) -> Any:
    return ready.frame.scope.variables


def _left_variables(ready: StepRun) -> Any:
    return LeftVariables(ready.frame.scope.variables)


def _leases(ready: StepRun) -> Any:
    from stratagem._engine.leases import StepLeases

    return StepLeases(ready)


def _others(step: Step) -> Callable[[StepRun], Any]:
    rest = [name for name in step.bodies if name not in step.spec.bodies]
    return lambda ready: {name: BodyCall(ready, step.bodies[name]) for name in rest}


def _body(step: Step, name: str) -> Callable[[StepRun], Any]:
    plan = step.bodies.get(name)
    return lambda ready: None if plan is None else BodyCall(ready, plan)


def _flow(step: Step, name: str) -> Callable[[StepRun], Any]:
    plan = step.flows[name]
    return lambda ready: FlowCall(ready, plan)
