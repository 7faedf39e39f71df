"""Binding: how a step is run in one run, composed once from the strategies that concern it, and from no others."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from contextlib import AsyncExitStack
from time import perf_counter
from typing import TYPE_CHECKING, Any

from stratagem.engine.frame import Scope, StepRun
from stratagem.engine.injection import injector
from stratagem.errors import NoProvider, RunError
from stratagem.strategies import Resolver

if TYPE_CHECKING:
    from stratagem.engine.recording import Watched
    from stratagem.engine.run import Run
    from stratagem.plan import Step

Perform = Callable[[StepRun, dict[str, Any]], Awaitable[Any]]
Bound = Callable[[StepRun], Awaitable[Any]]


def bind_step(run: Run, step: Step) -> Bound:
    """The coroutine function that runs ``step`` in ``run`` and gives what its node returned.

    Where nothing of it belongs to this run alone, it is kept with the step, for all runs.
    """
    resolver = run.resolver
    if not (step.spec.stateful or step.spec.resources) and (run.plain or not resolver.concerns(step)):
        bound = step.bound or _plain(step, step.inputs or step.arguments, step.handler)
        step.bound = bound
    else:
        bound = _composed(run, step)
    for recorder in reversed(run.recorders):
        if recorder.sees_steps:
            bound = _recorded(recorder, bound)
    return bound


def _composed(run: Run, step: Step) -> Bound:
    """Runs the step as the run's strategies have it."""
    resolver = run.resolver
    perform = _lending(resolver, step) if resolver.lends(step) else _performing(step, resolver.handler(step))
    if step.spec.resources:
        perform = _leasing(run, step, perform)
    perform = _injecting(step, perform)
    if resolver.remembers(step):
        perform = _remembering(resolver, step, perform)
    inputs = resolver.prepare(step)

    async def execute(ready: StepRun) -> Any:
        if step.when is not None:
            step.when(ready.frame.scope)  # raises again what kept the guard from being told
        return await perform(ready, inputs(ready.frame.scope))

    return execute


def _plain(step: Step, inputs: Callable[[Scope], dict[str, Any]], handler: Callable[..., Any]) -> Bound:
    """Runs the step with the reference resolver, without resources and unseen: as short as that can be."""
    perform, inject, when = _performing(step, handler), injector(step), step.when

    async def instant(ready: StepRun) -> Any:
        values = inputs(ready.frame.scope)
        if inject is not None:
            inject(ready, values)
        return handler(**values)

    async def execute(ready: StepRun) -> Any:
        scope = ready.frame.scope
        if when is not None:
            when(scope)  # raises again what kept the guard from being told
        values = inputs(scope)
        if inject is not None:
            inject(ready, values)
        return await perform(ready, values)

    return instant if _is_instant(step) and when is None else execute


def _is_instant(step: Step) -> bool:
    spec = step.spec
    return not spec.is_async and spec.runs == "loop" and not any(port.variadic for port in spec.inputs.values())


def _performing(step: Step, handler: Callable[..., Any]) -> Perform:
    spec = step.spec
    variadic = next((port.parameter for port in spec.inputs.values() if port.variadic), None)
    if variadic is not None:
        handler = _spread(handler, variadic)

    async def on_loop(ready: StepRun, inputs: dict[str, Any]) -> Any:
        return await handler(**inputs)

    async def instant(ready: StepRun, inputs: dict[str, Any]) -> Any:
        return handler(**inputs)

    async def plain(ready: StepRun, inputs: dict[str, Any]) -> Any:
        offload = ready.run.services.offload
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


def _injecting(step: Step, perform: Perform) -> Perform:
    inject = injector(step)
    if inject is None:
        return perform

    async def injected(ready: StepRun, inputs: dict[str, Any]) -> Any:
        inject(ready, inputs)
        return await perform(ready, inputs)

    return injected


def _leasing(run: Run, step: Step, perform: Perform) -> Perform:
    providers = [(parameter, run.providers.get(kind), kind) for parameter, kind in step.spec.resources.items()]

    async def lease(ready: StepRun, inputs: dict[str, Any]) -> Any:
        async with AsyncExitStack() as leases:
            for parameter, provider, kind in providers:
                if provider is None:
                    raise NoProvider(f"nothing provides a {kind!r}", node=step.id)
                begun = perf_counter()
                run.waits[ready] = kind, begun
                try:
                    inputs[parameter] = await leases.enter_async_context(provider.lease(ready))
                finally:
                    del run.waits[ready]
                run.tell(ready, "lease", kind=kind, waited=perf_counter() - begun)
            return await perform(ready, inputs)
        raise RunError("a lease swallowed an error", node=step.id)

    return lease


def _lending(resolver: Resolver, step: Step) -> Perform:
    async def lend(ready: StepRun, inputs: dict[str, Any]) -> Any:
        async with resolver.lend(ready) as handler:
            return await _performing(step, handler)(ready, inputs)
        raise RunError("a lent handler swallowed an error", node=step.id)

    return lend


def _remembering(resolver: Resolver, step: Step, perform: Perform) -> Perform:
    async def remember(ready: StepRun, inputs: dict[str, Any]) -> Any:
        known = await resolver.recall(step, inputs)
        if known is not None:
            ready.run.tell(ready, "remembered", key=known.key, age=known.age)
            return known.value
        try:
            value = await perform(ready, dict(inputs))
        except BaseException:
            resolver.forget(step, inputs)
            raise
        await resolver.remember(step, inputs, value)
        return value

    return remember


def _recorded(recorder: Watched, execute: Bound) -> Bound:
    begin, end = recorder.begin, recorder.end

    async def record(ready: StepRun) -> Any:
        context = begin(ready)
        try:
            value = await execute(ready)
        except BaseException as error:
            end(context, error)
            raise
        end(context, None)
        return value

    return record
