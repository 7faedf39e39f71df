"""Binding: how a step is run in one run, composed once from the strategies that concern it, and from no others."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from contextlib import AsyncExitStack, ExitStack
from typing import TYPE_CHECKING, Any

from stratagem.engine.bodies import BodyCall, FlowCall
from stratagem.engine.context import StepContext, StepVariables
from stratagem.engine.frame import StepRun
from stratagem.errors import NoProvider, RunError
from stratagem.strategies import Resolver

if TYPE_CHECKING:
    from stratagem.engine.run import Run
    from stratagem.plan import Step

Gather = Callable[[StepRun], dict[str, Any]]
Perform = Callable[[StepRun, dict[str, Any]], Awaitable[Any]]
Bound = Callable[[StepRun], Awaitable[Any]]


def bind_step(run: Run, step: Step) -> Bound:
    """The coroutine function that runs ``step`` in ``run`` and gives what its node returned."""
    gather = _gather(run, step)
    perform = _perform(run, step)
    if step.spec.injected or step.spec.bodies or step.flows:
        perform = _injecting(run, step, perform)
    if step.spec.resources:
        perform = _leasing(run, step, perform)
    if _remembers(run.resolver):
        perform = _remembering(run.resolver, step, perform)

    async def execute(ready: StepRun) -> Any:
        return await perform(ready, gather(ready))

    return _recorded(run, execute) if run.recorders else execute


def _gather(run: Run, step: Step) -> Gather:
    resolver, when = run.resolver, step.when

    def gather(ready: StepRun) -> dict[str, Any]:
        return resolver.inputs(step, ready.frame.scope)

    def gather_guarded(ready: StepRun) -> dict[str, Any]:
        when(ready.frame.scope)  # type: ignore[misc]  # not None; raises again what kept the guard from being told
        return resolver.inputs(step, ready.frame.scope)

    return gather_guarded if when is not None else gather


def _perform(run: Run, step: Step) -> Perform:
    spec, offload = step.spec, run.services.offload
    handler = run.resolver.handler(step)
    variadic = next((port.parameter for port in spec.inputs.values() if port.variadic), None)
    if variadic is not None:
        handler = _spread(handler, variadic)

    async def on_loop(ready: StepRun, inputs: dict[str, Any]) -> Any:
        return await handler(**inputs)

    async def instant(ready: StepRun, inputs: dict[str, Any]) -> Any:
        return handler(**inputs)

    async def plain(ready: StepRun, inputs: dict[str, Any]) -> Any:
        if offload.on_loop(spec):
            return offload.inline(spec, handler, inputs)
        return await offload.call(spec, handler, inputs)

    if spec.is_async:
        return on_loop
    return instant if spec.runs == "loop" else plain


def _spread(handler: Callable[..., Any], variadic: str) -> Callable[..., Any]:
    def call(**inputs: Any) -> Any:
        return handler(*inputs.pop(variadic, ()), **inputs)

    return call


def _injecting(run: Run, step: Step, perform: Perform) -> Perform:
    injected, bodies = step.spec.injected, step.spec.bodies
    flows = {step.spec.inputs[name].parameter: plan for name, plan in step.flows.items()}
    rest = [name for name in step.bodies if name not in bodies]

    async def inject(ready: StepRun, inputs: dict[str, Any]) -> Any:
        for parameter, what in injected.items():
            if what == "context":
                inputs[parameter] = StepContext(ready)
            elif what == "variables":
                inputs[parameter] = StepVariables(ready.frame.scope.variables)
            else:
                inputs[parameter] = {name: BodyCall(ready, step.bodies[name]) for name in rest}
        for name, port in bodies.items():
            inputs[port.parameter] = BodyCall(ready, step.bodies[name]) if name in step.bodies else None
        for parameter, plan in flows.items():
            inputs[parameter] = FlowCall(ready, plan)
        return await perform(ready, inputs)

    return inject


def _leasing(run: Run, step: Step, perform: Perform) -> Perform:
    providers = [(parameter, run.providers.get(kind), kind) for parameter, kind in step.spec.resources.items()]

    async def lease(ready: StepRun, inputs: dict[str, Any]) -> Any:
        async with AsyncExitStack() as leases:
            for parameter, provider, kind in providers:
                if provider is None:
                    raise NoProvider(f"nothing provides a {kind!r}", node=step.id)
                inputs[parameter] = await leases.enter_async_context(provider.lease(ready))
            return await perform(ready, inputs)
        raise RunError("a lease swallowed an error", node=step.id)

    return lease


def _remembers(resolver: Resolver) -> bool:
    own = type(resolver)
    return own.recall is not Resolver.recall or own.remember is not Resolver.remember


def _remembering(resolver: Resolver, step: Step, perform: Perform) -> Perform:
    async def remember(ready: StepRun, inputs: dict[str, Any]) -> Any:
        known = await resolver.recall(step, inputs)
        if known is not None:
            return known.value
        value = await perform(ready, dict(inputs))
        await resolver.remember(step, inputs, value)
        return value

    return remember


def _recorded(run: Run, execute: Bound) -> Bound:
    recorders = run.recorders

    async def record(ready: StepRun) -> Any:
        with ExitStack() as seen:
            for recorder in recorders:
                seen.enter_context(recorder.step(ready))
            return await execute(ready)
        raise AssertionError("unreachable: a watched recorder swallows nothing")

    return record
