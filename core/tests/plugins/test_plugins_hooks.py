"""Hooks: order, exclusiveness, and one clear error for every misuse."""

from collections.abc import Generator, Iterator
from contextlib import AbstractAsyncContextManager, nullcontext
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from stratagem.builtin import plain_resolve, reference_compile, sequential_schedule
from stratagem.engine.frame import StepRun
from stratagem.errors import BadFile, HookMisuse, PluginConflict
from stratagem.hooks import Hooks, Link
from stratagem.hookspecs import HookSpecs, hookimpl
from stratagem.model import ResourceRequest, Workflow
from stratagem.nodes.catalog import Catalog
from stratagem.plan import Plan
from stratagem.plugins import Plugin
from stratagem.plugins.contracts import CONTRACTS
from stratagem.reference import SequentialScheduler
from stratagem.strategies import Recorder, ResourceProvider, Scheduler

RUN: Any = object()
"""A run: hooks hand it on without touching it."""


class Named(SequentialScheduler):
    """A scheduler that remembers who made it."""

    def __init__(self, *made_by: str) -> None:
        super().__init__()
        self.made_by = made_by


class Base(Plugin):
    """Answers schedule."""

    @hookimpl
    def schedule(self, run: Any) -> Scheduler | None:
        return Named(self.name)


class Wrapping(Plugin):
    """Notes its name around what lies inside."""

    @hookimpl(wrapper=True)
    def schedule(self) -> Generator[None, Named, Named]:
        inner = yield
        return Named(self.name, *inner.made_by)


class Provider(ResourceProvider):
    """Provides what its plugin says."""

    def __init__(self, by: str, kind: str) -> None:
        self.by, self.kind = by, kind

    def lease(self, step: StepRun, request: ResourceRequest) -> AbstractAsyncContextManager[Any]:
        return nullcontext()


class Providing(Plugin):
    """Provides every kind it is asked for."""

    @hookimpl
    def acquire_resource(self, kind: str) -> ResourceProvider | None:
        return Provider(self.name, kind)


def named(plugin: Plugin, name: str, kinds: tuple[str, ...] = (), version: str = "1.0") -> Plugin:
    """The plugin as the loader would leave it."""
    plugin.name, plugin.distribution, plugin.kinds = name, f"{name}-dist {version}", kinds
    return plugin


def core() -> list[Plugin]:
    """Core's own plugins, named."""
    return [named(reference_compile(), "reference"), named(sequential_schedule(), "sequential"),
            named(plain_resolve(), "plain")]  # fmt: skip


def made_by(hooks: Hooks) -> tuple[str, ...]:
    """Through whose hands the scheduler went."""
    scheduler = hooks.schedule(RUN)
    assert isinstance(scheduler, Named)
    return scheduler.made_by


def misuse(*plugins: Plugin) -> HookMisuse:
    """The error that these plugins give when the kernel starts."""
    with pytest.raises(HookMisuse) as caught:
        Hooks(plugins)
    return caught.value


def test_core_answers_the_exclusive_hooks() -> None:
    """With nothing but core's own plugins a workflow is compiled and its steps scheduled and resolved."""
    hooks = Hooks(core())
    plan = hooks.compile(Workflow(), Catalog.of())
    assert isinstance(plan, Plan)
    assert len(plan) == 0
    assert isinstance(hooks.schedule(RUN), SequentialScheduler)
    assert hooks.resolve(RUN) is not hooks.resolve(RUN)
    assert hooks.acquire_resource(RUN, "browser") is None
    assert hooks.record_metric(RUN) == ()
    assert not hooks.has_recorders


def test_a_plugins_answer_comes_before_cores_wherever_it_stands() -> None:
    """Core's strategies give way to every other answer."""
    assert made_by(Hooks([*core(), named(Base(), "mine")])) == ("mine",)
    assert made_by(Hooks([named(Base(), "mine"), *core()])) == ("mine",)


def test_none_leaves_the_answer_to_core() -> None:
    """A plugin may decline a run."""

    class Declining(Plugin):
        @hookimpl
        def schedule(self, run: Any) -> Scheduler | None:
            return None

    scheduler = Hooks([Declining(), *core()]).schedule(RUN)
    assert type(scheduler) is SequentialScheduler


@given(st.lists(st.sampled_from("abcdefgh"), unique=True))
def test_wrappers_run_in_the_configs_order_outermost_first(names: list[str]) -> None:
    """Any list of wrappers wraps the base in exactly its own order, and the chain shows it."""
    wrappers = [named(Wrapping(), name) for name in names]
    hooks = Hooks([*core(), *wrappers, named(Base(), "base")])
    assert made_by(hooks) == (*names, "base")
    assert [link.plugin for link in hooks.chain("schedule")] == [*names, "base", "sequential"]


def test_the_chain_tells_role_and_distribution() -> None:
    """Everything that `plugins chain` prints."""
    hooks = Hooks([*core(), named(Wrapping(), "w"), named(Providing(), "driver", ("browser",))])
    assert hooks.chain("schedule") == [
        Link("w", "w-dist 1.0", "wrapper"),
        Link("sequential", "sequential-dist 1.0", "fallback"),
    ]
    assert hooks.chain("acquire_resource") == [Link("driver", "driver-dist 1.0", "base", ("browser",))]
    with pytest.raises(HookMisuse, match="Did you mean 'schedule'"):
        hooks.chain("schedul")


def test_two_answers_to_an_exclusive_hook_are_refused_with_both_distributions() -> None:
    """At start, not when the first run happens to ask."""
    with pytest.raises(PluginConflict) as caught:
        Hooks([*core(), named(Base(), "a"), named(Base(), "b", version="2.0")])
    assert "'schedule' is answered by 'a' (a-dist 1.0) and by 'b' (b-dist 2.0)" in str(caught.value)


def test_an_unanswered_hook_is_told_by_name() -> None:
    """Without core's plugins and without others; a wrapper is never handed None."""
    for plugins in ([], [named(Wrapping(), "w")]):
        with pytest.raises(HookMisuse, match=r"answers the hook 'schedule'\. Name a strategy in \[strategy\] schedule"):
            Hooks(plugins).schedule(RUN)


def test_a_misspelt_hook_is_refused_with_the_nearest_name() -> None:
    """A hook that is never called would be silently dead."""

    class Misspelt(Plugin):
        @hookimpl(optionalhook=True)
        def shedule(self, run: Any) -> None: ...

        @hookimpl(specname="record_metrics")
        def watch(self, run: Any) -> None: ...

    error = misuse(named(Misspelt(), "m"))
    assert [(p.what, p.provider, p.hint) for p in error.problems] == [
        ("the plugin 'm': the hook 'shedule' does not exist", "m-dist 1.0", "Did you mean 'schedule'?"),
        ("the plugin 'm': the hook 'record_metrics' does not exist", "m-dist 1.0", "Did you mean 'record_metric'?"),
    ]


def test_a_hook_that_is_not_marked_is_refused() -> None:
    """A method with a hook's name that pluggy would not see is a mistake too."""

    class Unmarked(Plugin):
        def resolve(self, run: Any) -> None: ...

    assert "'resolve' is implemented by a method that is not marked" in str(misuse(Unmarked()))


def test_problems_of_all_plugins_are_told_together() -> None:
    """One start shows everything that is to be mended."""

    class Unmarked(Plugin):
        def resolve(self, run: Any) -> None: ...

    assert len(misuse(named(Unmarked(), "a"), named(Unmarked(), "b")).problems) == 2


class UnknownArgument(Plugin):
    @hookimpl
    def schedule(self, runn: Any) -> None: ...


class KeywordOnly(Plugin):
    @hookimpl
    def schedule(self, *, run: Any) -> None: ...


class CatchAll(Plugin):
    @hookimpl
    def schedule(self, **rest: Any) -> None: ...


class Waiting(Plugin):
    @hookimpl
    async def schedule(self, run: Any) -> None: ...


class WaitingWrapper(Plugin):
    @hookimpl(wrapper=True)
    async def schedule(self, run: Any) -> Any:
        yield


class NoYield(Plugin):
    @hookimpl(wrapper=True)
    def schedule(self, run: Any) -> Any:
        return Named()


class UnmarkedWrapper(Plugin):
    @hookimpl
    def schedule(self, run: Any) -> Iterator[None]:
        yield


class OldWrapper(Plugin):
    @hookimpl(hookwrapper=True)
    def schedule(self, run: Any) -> Iterator[None]:
        yield


class Pushing(Plugin):
    @hookimpl(tryfirst=True)
    def schedule(self, run: Any) -> None: ...


class PushingWrapper(Plugin):
    @hookimpl(wrapper=True, trylast=True)
    def schedule(self, run: Any) -> Iterator[None]:
        yield


class RecorderWrapper(Plugin):
    @hookimpl(wrapper=True)
    def record_metric(self, run: Any) -> Iterator[None]:
        yield


class Twice(Plugin):
    @hookimpl
    def schedule(self, run: Any) -> None: ...

    @hookimpl(specname="schedule")
    def schedule_too(self, run: Any) -> None: ...


@pytest.mark.parametrize(
    ("cls", "what", "hint"),
    [
        (UnknownArgument, "has no argument 'runn'", "Did you mean 'run'?"),
        (KeywordOnly, "can't be asked with the parameter run", "Name plain parameters."),
        (CatchAll, "can't be asked with the parameter **rest", "Name plain parameters."),
        (Waiting, "is implemented by an async function", "Hooks choose and must not wait"),
        (WaitingWrapper, "is implemented by an async function", "Hooks choose and must not wait"),
        (NoYield, "has a wrapper that does not yield", "inner = yield"),
        (UnmarkedWrapper, "is implemented by a generator", "wrapper=True"),
        (OldWrapper, "uses the old form of wrappers", "wrapper=True"),
        (Pushing, "asks for a place in the order", "config's order"),
        (PushingWrapper, "asks for a place in the order", "config's order"),
        (RecorderWrapper, "takes no wrappers", "Every plugin's answer"),
        (Twice, "is implemented twice", "Keep one"),
    ],
)
def test_a_wrong_implementation_is_refused_at_start(cls: type[Plugin], what: str, hint: str) -> None:
    """Each misuse has its own words, and names plugin and distribution."""
    error = misuse(named(cls(), "wrong"))
    (problem,) = [problem for problem in error.problems if what in problem.what]
    assert problem.what.startswith("the plugin 'wrong': the hook '")
    assert hint in str(problem.hint)
    assert problem.provider == "wrong-dist 1.0"


def test_a_young_argument_may_be_asked_for_with_a_default() -> None:
    """A plugin that knows a later stratagem's arguments works with this one."""

    class Young(Plugin):
        @hookimpl
        def schedule(self, run: Any, budget: float = 1.5) -> Scheduler:
            assert run is RUN
            return Named(f"budget {budget}")

    assert made_by(Hooks([Young()])) == ("budget 1.5",)


def test_a_hook_that_raises_names_the_plugin_and_keeps_the_cause() -> None:
    """Plain exceptions of a plugin become one HookMisuse."""

    class Raising(Plugin):
        @hookimpl
        def schedule(self, run: Any) -> Scheduler:
            raise KeyError("lost")

    with pytest.raises(HookMisuse, match="the plugin 'r': the hook 'schedule' raised KeyError: 'lost'") as caught:
        Hooks([named(Raising(), "r"), named(Wrapping(), "innocent")]).schedule(RUN)
    assert caught.value.provider == "r-dist 1.0"
    assert type(caught.value.__cause__) is KeyError


def test_a_stratagem_error_passes_unchanged() -> None:
    """What a strategy says in the project's own words reaches the user as it is, through wrappers."""
    problem = BadFile("no good")

    class Refusing(Plugin):
        @hookimpl
        def compile(self, workflow: Any) -> Plan:
            raise problem

    class Pass(Plugin):
        @hookimpl(wrapper=True)
        def compile(self) -> Generator[None, Plan, Plan]:
            return (yield)

    with pytest.raises(BadFile) as caught:
        Hooks([Pass(), Refusing()]).compile(Workflow(), Catalog.of())
    assert caught.value is problem


def test_an_interrupt_passes_through_wrappers_and_is_not_blamed() -> None:
    """Ctrl-C in a hook stays Ctrl-C, and wrappers may clean up."""
    cleaned: list[str] = []

    class Interrupted(Plugin):
        @hookimpl
        def schedule(self, run: Any) -> Scheduler:
            raise KeyboardInterrupt

    class Cleaning(Plugin):
        @hookimpl(wrapper=True)
        def schedule(self) -> Generator[None, Scheduler, Scheduler]:
            try:
                return (yield)
            finally:
                cleaned.append("yes")

    with pytest.raises(KeyboardInterrupt):
        Hooks([Cleaning(), Interrupted()]).schedule(RUN)
    assert cleaned == ["yes"]


def test_a_wrapper_may_answer_for_an_inner_one_that_failed() -> None:
    """Fallbacks are ordinary wrappers."""

    class Raising(Plugin):
        @hookimpl
        def schedule(self, run: Any) -> Scheduler:
            raise OSError("away")

    class Rescuing(Plugin):
        @hookimpl(wrapper=True)
        def schedule(self) -> Generator[None, Scheduler, Scheduler]:
            try:
                return (yield)
            except HookMisuse as error:
                return Named(type(error.__cause__).__name__)

    assert made_by(Hooks([Rescuing(), Raising()])) == ("OSError",)


@pytest.mark.parametrize("when", ["before", "after", "instead", "again", "never"])
def test_a_wrapper_that_fails_is_named_and_not_what_it_wraps(when: str) -> None:
    """Errors before and after the yield, a second yield and none at all are the wrapper's own."""

    class Failing(Plugin):
        @hookimpl(wrapper=True)
        def schedule(self) -> Generator[None, Scheduler, Scheduler]:
            if when == "never":
                return Named()
            if when == "before":
                raise OSError("before")
            inner = yield
            if when == "again":
                yield
            if when == "after":
                raise OSError("after")
            return inner if when != "instead" else next(iter(()))

    with pytest.raises(HookMisuse, match="the plugin 'wrapper': the hook 'schedule'") as caught:
        Hooks([named(Failing(), "wrapper"), named(Base(), "base")]).schedule(RUN)
    assert caught.value.provider == "wrapper-dist 1.0"


def test_an_answer_of_the_wrong_type_is_told_with_who_gave_it() -> None:
    """The base or the wrapper, never the one beside it."""

    class Wrong(Plugin):
        @hookimpl
        def schedule(self, run: Any) -> Any:
            return 3

    class Forgetful(Plugin):
        @hookimpl(wrapper=True)
        def schedule(self) -> Any:
            yield

    with pytest.raises(
        HookMisuse, match="'wrong': the hook 'schedule' is answered with 3 of type int, not a Scheduler"
    ):
        Hooks([named(Wrapping(), "w"), named(Wrong(), "wrong")]).schedule(RUN)
    with pytest.raises(HookMisuse, match="'f': the hook 'schedule' is answered with None, not a Scheduler"):
        Hooks([named(Wrapping(), "w"), named(Forgetful(), "f"), named(Base(), "b")]).schedule(RUN)


def test_recorders_come_in_the_configs_order() -> None:
    """Every plugin is asked; those that decline are left out; a wrong one is named."""

    class Recording(Plugin):
        @hookimpl
        def record_metric(self, run: Any) -> Any:
            return (
                {"none": None, "bad": "text"}.get(self.name) if self.name in ("none", "bad") else recorders[self.name]
            )

    recorders = {"a": Recorder(), "b": Recorder()}
    hooks = Hooks([named(Recording(), name) for name in ("a", "none", "b")])
    assert hooks.record_metric(RUN) == (recorders["a"], recorders["b"])
    assert hooks.has_recorders
    with pytest.raises(HookMisuse, match="'bad': the hook 'record_metric' is answered with 'text'"):
        Hooks([named(Recording(), "bad")]).record_metric(RUN)


def asked(hooks: Hooks, kind: str) -> str | None:
    """The plugin that provides a kind."""
    provider = hooks.acquire_resource(RUN, kind)
    if provider is None:
        return None
    assert isinstance(provider, Provider)
    assert provider.kind == kind
    return provider.by


def test_a_driver_is_asked_for_its_kinds_and_no_others() -> None:
    """[resources] decides for the kinds it names; plugins in use answer for the rest, in order."""
    drivers = [named(Providing(), "d1", ("browser",)), named(Providing(), "d2", ("database", "cpu"))]
    hooks = Hooks([*drivers, named(Providing(), "used"), named(Providing(), "later")])
    assert {kind: asked(hooks, kind) for kind in ("browser", "database", "cpu", "mail")} == {
        "browser": "d1", "database": "d2", "cpu": "d2", "mail": "used",
    }  # fmt: skip
    assert asked(Hooks(drivers), "mail") is None
    assert {kind: plugin.name for kind, plugin in hooks.drivers.items()} == {
        "browser": "d1", "database": "d2", "cpu": "d2",
    }  # fmt: skip


def test_wrappers_see_every_kind_of_resource() -> None:
    """Pools and limits wrap drivers, used plugins, and the absence of both."""

    class Pool(Plugin):
        @hookimpl(wrapper=True)
        def acquire_resource(self, kind: str) -> Generator[None, Provider | None, Provider | None]:
            inner = yield
            return inner and Provider(f"pool of {inner.by}", kind)

    hooks = Hooks([named(Pool(), "pool"), named(Providing(), "d1", ("browser",))])
    assert asked(hooks, "browser") == "pool of d1"
    assert asked(hooks, "mail") is None


def test_two_drivers_of_one_kind_are_refused() -> None:
    """A config can't say it, but code that makes plugins can."""
    with pytest.raises(PluginConflict, match=r"'browser' is driven by 'a' \(a-dist 1\.0\) and by 'b' \(b-dist 1\.0\)"):
        Hooks([named(Providing(), "a", ("browser",)), named(Providing(), "b", ("browser",))])


def test_a_driver_that_does_not_answer_is_told() -> None:
    """At start where the hook is missing, when asked where it declines the kind it was given."""

    class Declining(Plugin):
        @hookimpl
        def acquire_resource(self, kind: str) -> None:
            return None

    error = misuse(named(Base(), "d", ("browser",)))
    assert "'acquire_resource' is not answered, though the config makes it the driver of 'browser'" in str(error)
    with pytest.raises(HookMisuse, match="answered with None for 'browser', which the config gives it"):
        Hooks([named(Declining(), "d", ("browser",))]).acquire_resource(RUN, "browser")


def test_properties_of_a_plugin_are_not_run_while_hooks_are_looked_for() -> None:
    """Registering looks at the class, so that lazy attributes stay lazy."""

    class Lazy(Plugin):
        @property
        def connection(self) -> None:
            raise RuntimeError("opened too early")

    assert Hooks([Lazy()]).chain("schedule") == []


def test_plugins_that_compare_equal_stay_apart() -> None:
    """Identity counts, not equality, and a plugin need not be hashable."""

    class Equal(Wrapping):
        def __eq__(self, other: object) -> bool:
            return isinstance(other, Equal)

        __hash__ = None  # type: ignore[assignment]  # it is what the test is about

    hooks = Hooks([named(Equal(), "a"), named(Equal(), "b"), named(Base(), "base")])
    assert made_by(hooks) == ("a", "b", "base")


@pytest.mark.parametrize("hook", list(CONTRACTS))
def test_every_hook_says_when_it_is_asked_what_it_returns_and_since_when(hook: str) -> None:
    """The specification is complete in its docstring, and every hook has a contract."""
    doc = getattr(HookSpecs, hook).__doc__
    assert all(words in doc for words in ("Called once", "Returns:", "None", "Since 0.1."))
    assert {name for name in vars(HookSpecs) if not name.startswith("_")} == set(CONTRACTS)
