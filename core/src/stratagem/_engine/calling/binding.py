"""Binding: how a step is run in one run, composed once from the strategies that concern it, and from no others."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from contextlib import AsyncExitStack
from typing import TYPE_CHECKING, Any

from stratagem._engine.calling.injection import injector
from stratagem._engine.calling.wired import wired
from stratagem._engine.frames.outputs import as_settled, shortfall
from stratagem._engine.leases.leasing import lent, waiting_for
from stratagem._engine.outcomes.faults import Lent, answer_for, blame, break_off
from stratagem.errors import RunError
from stratagem.plan import NOT_DIRECT
from stratagem.reference import PlainResolver
from stratagem.scope import Scope
from stratagem.strategies import Resolver

if TYPE_CHECKING:
    from stratagem._engine.parts import Bound, Run, StepRun
    from stratagem._engine.recording import Guarded
    from stratagem.claim import Claim
    from stratagem.plan import Step

    Perform = Callable[[StepRun, dict[str, Any]], Awaitable[Any]]


def bind_step(run: Run, step: Step) -> Bound:
    """The coroutine function that runs ``step`` in ``run`` and gives what its node returned.

    Where nothing of it belongs to this run alone, it is kept with the step, for all runs.
    """
    resolver = run.resolver
    try:
        if step.spec.stateful or step.spec.resources or resolver.concerns(step) or run.secretive:
            return recorded(run.recorders, _composed(run, step))
    except Exception as error:
        answer_for(run, resolver, error, step)
    if step.bound is None:
        step.bound = _for_all_runs(step)
    return run.through or run.seen or step.bound


def recorded(recorders: Sequence[Guarded], execute: Bound) -> Bound:
    """Return what runs a step as ``execute`` does, with those recorders around it that see steps."""
    for recorder in reversed(recorders):
        if recorder.sees_steps:
            execute = _recorded(recorder, execute)
    return execute


def look_at_steps(run: Run) -> None:
    """Choose how the plain steps of a run go: as recorders want to see them now, or as if nobody did."""
    seen = tuple(each for each in run.recorders if each.wants_steps())
    if seen == run.looking:
        return
    run.looking = seen
    run.seen = recorded(seen, as_kept) if seen else None
    run.direct = run.resolver.direct and not (seen or run.secretive)
    run.plain = type(run.resolver) is PlainResolver and not (seen or run.timed or run.secretive)
    if run.sparing and run.through is None:
        run.through = _through(run)


def _through(run: Run) -> Bound:
    """Runs plain steps as the run has it at present; so those that are bound need not be bound anew."""

    def go(ready: StepRun) -> Awaitable[Any]:
        return (run.seen or as_kept)(ready)

    return go


def as_kept(ready: StepRun) -> Awaitable[Any]:
    """Runs a step as it is kept with it for all runs."""
    bound = ready.step.bound
    assert bound is not None  # the step was bound
    return bound(ready)


def _for_all_runs(step: Step) -> Bound:
    if step.arity != NOT_DIRECT:
        return _direct(step, step.handler)
    wiring = step.wiring
    if wiring is None:
        return _plain(step, step.inputs, step.handler)
    if step.bodies or step.flows:
        return wired(step, _performing(step, step.handler), injector(step))
    if wiring.bound is None:  # one for all steps that are wired so: binding each would cost more than running it
        wiring.bound = wired(step, _performing(step, step.handler), injector(step))
    return wiring.bound


def _composed(run: Run, step: Step) -> Bound:
    """Runs the step as the run's strategies have it."""
    resolver = run.resolver
    lends, remembers = resolver.lends(step), resolver.remembers(step)
    if not (step.spec.resources or lends or remembers):
        return _plain(step, resolver.inputs(step), _keeping(run, step, resolver.handler(step)))
    perform = _lending(run, step) if lends else _performing(step, _keeping(run, step, resolver.handler(step)))
    if step.spec.resources:
        perform = _leasing(run, step, perform)
    perform = _injecting(step, perform)
    if remembers:
        perform = _remembering(resolver, step, perform)
    inputs = resolver.inputs(step)

    async def execute(ready: StepRun) -> Any:
        if step.when is not None:
            step.when(ready.frame.scope)  # raises again what kept the guard from being told
        try:
            values = inputs(ready.frame.scope)
        except Exception as error:
            answer_for(run, resolver, error, step)
        return await perform(ready, values)

    return execute


def _keeping(run: Run, step: Step, handler: Callable[..., Any]) -> Callable[..., Any]:
    """The handler; where secrets are about, such that what it derives from them is secret."""
    if not run.secretive:
        return handler
    from stratagem._engine.calling.derived import keeping

    return keeping(handler, is_async=step.spec.is_async, pure=step.spec.effect == "pure")


def _plain(step: Step, inputs: Callable[[Scope], dict[str, Any]], handler: Callable[..., Any]) -> Bound:
    """Runs the step without resources and unseen, with a value that nobody remembers: as short as that can be."""
    perform, inject, when = _performing(step, handler), injector(step), step.when

    async def execute(ready: StepRun) -> Any:
        scope = ready.frame.scope
        if when is not None:
            when(scope)  # raises again what kept the guard from being told
        try:
            values = inputs(scope)
        except Exception as error:
            answer_for(ready.run, ready.run.resolver, error, step)
        if inject is not None:
            inject(ready, values)
        return await perform(ready, values)

    return execute


def _direct(step: Step, handler: Callable[..., Awaitable[Any]]) -> Bound:
    """Runs a step that is called with values of other steps and constants alone."""
    sources, constants = step.sources, step.constants

    async def execute(ready: StepRun) -> Any:
        values = ready.frame.values
        return await handler(*[values[at] for at in sources], **constants)

    return execute


def _performing(step: Step, handler: Callable[..., Any]) -> Perform:
    spec = step.spec
    variadic = next((port.parameter for port in spec.inputs.values() if port.variadic), None)
    if variadic is not None:
        handler = _spread(handler, variadic)

    async def on_loop(ready: StepRun, inputs: dict[str, Any]) -> Any:
        return await handler(**inputs)

    async def instant(ready: StepRun, inputs: dict[str, Any]) -> Any:
        if ready.frame.timed:
            return await _limited(ready, handler, inputs)
        return handler(**inputs)

    async def plain(ready: StepRun, inputs: dict[str, Any]) -> Any:
        offload = ready.run.services.offload
        if not offload.on_loop(spec):
            return await offload.call(spec, handler, inputs)
        if ready.frame.timed:
            return await _limited(ready, handler, inputs)
        return offload.inline(spec, handler, inputs)

    if spec.is_async:
        return on_loop
    return instant if spec.runs == "loop" else plain


async def _limited(ready: StepRun, handler: Callable[..., Any], inputs: dict[str, Any]) -> Any:
    """Calls a function that may run on the loop, in a run with time limits: where it can be left if one is the step's."""
    run, spec = ready.run, ready.step.spec
    if ready.frame.limited or run.timeout_of(ready.step) is not None:
        return await run.services.offload.within(spec, handler, inputs)
    return handler(**inputs) if spec.runs == "loop" else run.services.offload.inline(spec, handler, inputs)


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
    claims = sorted(
        (claim for claim in step.claims if _is_leased(run, step, claim)), key=lambda each: each.request.kind
    )

    async def lease(ready: StepRun, inputs: dict[str, Any]) -> Any:
        async with AsyncExitStack() as leases:
            for claim in claims:  # all steps in the same order of kinds, so that no two wait for each other
                with waiting_for(ready, claim.request.kind):
                    inputs[claim.parameter] = await leases.enter_async_context(lent(ready, claim))
            return await perform(ready, inputs)
        raise RunError("a lease swallowed an error", node=step.id)

    return lease


def _is_leased(run: Run, step: Step, claim: Claim) -> bool:
    """Return whether a parameter is to get a lease: one that the node can do without only where there is a provider."""
    if claim.parameter in step.spec.optional:
        return claim.request.kind in run.providers
    return bool(claim.parameter)


def _lending(run: Run, step: Step) -> Perform:
    async def lend(ready: StepRun, inputs: dict[str, Any]) -> Any:
        async with Lent(ready, run.resolver, lambda: run.resolver.lend(ready)) as handler:
            return await _performing(step, _keeping(run, step, handler))(ready, inputs)

    return lend


def _remembering(resolver: Resolver, step: Step, perform: Perform) -> Perform:
    async def remember(ready: StepRun, inputs: dict[str, Any]) -> Any:
        try:
            known = await resolver.recall(step, inputs)
        except Exception as error:
            break_off(ready.run, resolver, error)
        if known is not None:
            ready.run.tell(ready, "remembered", key=known.key, age=known.age)
            return known.value
        try:
            value = await perform(ready, dict(inputs))
        except BaseException:
            _forget(ready, inputs)
            raise
        try:
            await resolver.remember(step, inputs, value)
        except Exception as error:
            blame(ready.run, resolver, error)  # the step has its value all the same
        return value

    return remember


def _forget(ready: StepRun, inputs: dict[str, Any]) -> None:
    """Tells the resolver that there is nothing to remember; a fault in that does not hide why."""
    try:
        ready.run.resolver.forget(ready.step, inputs)
    except Exception as error:
        blame(ready.run, ready.run.resolver, error)


def _recorded(recorder: Guarded, execute: Bound) -> Bound:
    begin, end = recorder.begin, recorder.end

    async def record(ready: StepRun) -> Any:
        context = begin(ready)
        try:
            value = await execute(ready)
        except BaseException as error:
            end(context, as_settled(ready, error))
            raise
        end(context, shortfall(ready, value))
        return value

    return record
