"""The strategy objects that hooks answer with: chosen once a run, touched at every step."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Mapping, Sequence
from contextlib import AbstractAsyncContextManager, AbstractContextManager, nullcontext
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from stratagem.model import ResourceRequest
    from stratagem.plan import Step
    from stratagem.scope import Scope
    from stratagem.views import Frame, Run, StepRun


class Provided:
    """A strategy object; ``provider`` is the plugin it came from and its distribution, set by who asked the hook."""

    provider: str = ""
    _answered_by: Any = None  # the Plugin, whose room stands above this one


class Scheduler(Provided, ABC):
    """Chooses the ready step that is started next, under limits. Pure policy: it never awaits, and it runs nothing.

    The kernel offers a step once its dependencies are settled, asks with `take` whenever a strand is free, and
    releases each step it took. A step that owns bodies is running while its bodies' steps are offered and taken:
    a scheduler that bounds running steps must not count ``step.composite`` ones, or it waits for itself.

    The scheduler alone holds the run's limits: the kernel starts whatever `take` gives, so one that is to keep
    ``run.concurrency`` (`RunOptions.concurrency`) counts the steps that it has given and that are not released yet.

    ``bursts`` tells that the end of one step may let several others start: the kernel then asks `take` until it gives
    none. A scheduler that never has more to give than one for each that ended sets it to False, and is asked once.
    ``places`` is how many steps it lets run at once, None where that is the run's concurrency; reports, the time left
    and `Run.places` go by it, nothing is enforced.
    """

    bursts: bool = True
    places: int | None = None

    @abstractmethod
    def offer(self, step: StepRun) -> None:
        """The step's dependencies are settled: it may be started."""

    @abstractmethod
    def take(self) -> StepRun | None:
        """The step to start now, each offered one at most once; None if there is none or the limits forbid it."""

    def release(self, step: StepRun) -> None:
        """The step has ended, in whatever way: its place is free."""

    def waiting(self) -> int | None:
        """Return how many steps were offered and not taken yet; None if that is not known. Any thread may ask."""
        return None

    def exchange(self, ended: StepRun, fresh: Sequence[StepRun]) -> StepRun | None:
        """`release` of ``ended``, `offer` of each step in ``fresh``, and `take`, in one call.

        The kernel calls this whenever a step has ended well. Override it only to do the same in less time.
        """
        self.release(ended)
        for step in fresh:
            self.offer(step)
        return self.take()


class Resolver(Provided, ABC):
    """Provides what a step is run with: its callable and its inputs, or a remembered outcome.

    How a step is run is chosen when the run first comes to it: `concerns`, `inputs`, `lends` and `remembers` are asked
    then, once for each step of a run, and what they say no to costs nothing later.

    ``direct`` tells that it concerns no step that has an ``arity``: the kernel then calls those without a word.
    """

    direct: bool = False

    def concerns(self, step: Step) -> bool:
        """Return whether this step is run otherwise than by the reference resolver."""
        return True

    @abstractmethod
    def handler(self, step: Step) -> Callable[..., Any]:
        """The callable to run the step with; for stateful node types the bound ``run`` of an instance."""

    def lends(self, step: Step) -> bool:
        """Return whether each execution of the step has to `lend` its callable anew."""
        return False

    def lend(self, step: StepRun) -> AbstractAsyncContextManager[Callable[..., Any]]:
        """The callable for one execution, in place of `handler`'s; it is used and left in the step's own task."""
        return nullcontext(self.handler(step.step))

    @abstractmethod
    def inputs(self, step: Step) -> Callable[[Scope], dict[str, Any]]:
        """Return what gives the step's inputs in a scope by parameter, as `Step.inputs` does.

        Every template is resolved, a variadic input is a list, and the dict is a new one at each call, which raises
        UndefinedName where a template reads what does not exist in this run.
        """

    def remembers(self, step: Step) -> bool:
        """Return whether `recall` may know a value for the step, or `remember` wants to be told of one."""
        own = type(self)
        return own.recall is not Resolver.recall or own.remember is not Resolver.remember

    async def recall(self, step: Step, inputs: Mapping[str, Any]) -> Remembered | None:
        """The value that an earlier equal step gave, or None to run it.

        None is followed by `remember` or by `forget`, in whatever way the step ends.
        """
        return None

    async def remember(self, step: Step, inputs: Mapping[str, Any], value: Any) -> None:
        """Told of what the step gave; ``inputs`` is the very mapping that `recall` was given, though a node may have
        changed values in it."""

    def forget(self, step: Step, inputs: Mapping[str, Any]) -> None:
        """Told that the step failed or was cancelled, so that there is nothing to remember; ``inputs`` as above."""

    async def close(self) -> None:
        """The run has ended."""


class ResolverWrapper(Resolver):
    """Hands all that it is asked on to ``inner``: the base of resolvers that change one thing about another.

    It concerns every step, until a subclass says which ones do: its own, and those that concern ``inner``.
    """

    def __init__(self, inner: Resolver) -> None:
        self.inner = inner

    def concerns(self, step: Step) -> bool:
        return True

    def handler(self, step: Step) -> Callable[..., Any]:
        return self.inner.handler(step)

    def lends(self, step: Step) -> bool:
        return self.inner.lends(step)

    def lend(self, step: StepRun) -> AbstractAsyncContextManager[Callable[..., Any]]:
        return self.inner.lend(step)

    def inputs(self, step: Step) -> Callable[[Scope], dict[str, Any]]:
        return self.inner.inputs(step)

    def remembers(self, step: Step) -> bool:
        return self.inner.remembers(step)

    async def recall(self, step: Step, inputs: Mapping[str, Any]) -> Remembered | None:
        return await self.inner.recall(step, inputs)

    async def remember(self, step: Step, inputs: Mapping[str, Any], value: Any) -> None:
        await self.inner.remember(step, inputs, value)

    def forget(self, step: Step, inputs: Mapping[str, Any]) -> None:
        self.inner.forget(step, inputs)

    async def close(self) -> None:
        await self.inner.close()


class Remembered:
    """A ``value`` that `Resolver.recall` found: ``age`` in seconds, ``key`` by which it was found."""

    __slots__ = ("age", "key", "value")

    def __init__(self, value: Any, age: float = 0.0, key: str = "") -> None:
        self.value = value
        self.age = age
        self.key = key


class ResourceProvider(Provided, ABC):
    """Leases resources of one kind."""

    @abstractmethod
    def lease(self, step: StepRun, request: ResourceRequest) -> AbstractAsyncContextManager[Any]:
        """The resource, for as long as the context lasts; it is opened and closed in one task.

        That is the step's own, or one of the kernel's where a node opens a lease that outlives its step. Nothing that
        the lease gave out may be of use after it.

        Raises:
            ResourceUnavailable: on entering.
        """

    def use(self, step: StepRun, value: Any) -> AbstractAsyncContextManager[Any]:
        """Return what a step is given of a lease that another step holds for it; ``value`` itself by default.

        Entered and left in the using step's own task, with the ``value`` that `lease` gave; a failure of the step
        passes through it.

        Raises:
            ResourceUnavailable: on entering, where the resource is of no use any more.
        """
        return nullcontext(value)


WAITS: Final = ("lease", "unleased")
"""Events by which recorders are told that a step has ``waited`` for a resource: that is no work of its own."""


class Recorder(Provided):
    """Sees every run and step from beside the path."""

    def run(self, run: Run) -> AbstractContextManager[Any]:
        """Entered around the run."""
        return nullcontext()

    def step(self, step: StepRun) -> AbstractContextManager[Any]:
        """Entered around each attempt of a step, in its task; a failure passes through it as an exception.

        That of a step that its time limit has ended is `StepTimeout`, that of one whose value was refused `StepFailed`.
        """
        return nullcontext()

    def wants_steps(self) -> bool:
        """Return whether steps are worth their time at present; asked again when the event loop gets its turn.

        While no recorder wants them, steps run as if nobody saw them; `step` may be entered for some all the same.
        """
        return True

    def body(self, frame: Frame) -> AbstractContextManager[Any]:
        """Entered around each call of a body or subflow, in its caller's task; what ends it early passes through it."""
        return nullcontext()

    def propagate(self, step: StepRun) -> Mapping[str, str]:
        """Return the headers by which the receiver of a request knows what the request is part of."""
        return {}

    def skipped(self, step: StepRun) -> None:
        """The step was not run: nothing that leads to it is live, or its ``when`` is false; see `stratagem.skips`."""

    def event(self, step: StepRun, name: str, **attributes: Any) -> None:
        """Something that happened to the step while it was run.

        ``remembered`` (key, age in seconds): it was not run, as its value was known. ``instance`` (reused): the
        instance of its class node was at hand, or was built. ``lease`` (kind, waited in seconds): it was given a
        resource; ``unleased`` (kind, waited): it has waited for one that it was not given. ``retry`` (attempt, pause in
        seconds): it has failed and is tried again. ``artifact`` (path, kind): it has kept a file that tells of it, such
        as the ``screenshot`` of a failure. ``notice`` (text): it has met something odd. Plugins tell of others.
        """

    def record(self, name: str, value: float, unit: str = "1", **attributes: Any) -> None:
        """One measurement: cache hits, queue depth, pool waits, watermarks."""
