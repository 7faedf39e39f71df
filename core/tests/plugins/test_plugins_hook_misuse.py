"""Hooks: one clear error for every misuse, and for whatever an implementation does wrong."""

from collections.abc import Generator, Iterator
from typing import Any

import pytest

from hook_answers import (
    RUN,
    Base,
    Named,
    Wrapping,
    made_by,
    misuse,
    named,
)
from stratagem._hooks import Hooks
from stratagem.errors import BadFile, HookMisuse
from stratagem.hookspecs import hookimpl
from stratagem.model import Workflow
from stratagem.nodes.catalog import Catalog
from stratagem.plan import Plan
from stratagem.plugins.base import Plugin
from stratagem.strategies import Scheduler


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
