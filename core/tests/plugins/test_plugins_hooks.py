"""Hooks: in which order they are asked, and who answers."""

from collections.abc import Generator
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hook_answers import (
    RUN,
    Base,
    Provider,
    Providing,
    Wrapping,
    core,
    made_by,
    misuse,
    named,
)
from stratagem._hooks import Hooks, Link
from stratagem.errors import HookMisuse, PluginConflict
from stratagem.hookspecs import HookSpecs, hookimpl
from stratagem.model import Workflow
from stratagem.nodes.catalog import Catalog
from stratagem.plan import Plan
from stratagem.plugins.base import Plugin
from stratagem.plugins.contracts import CONTRACTS
from stratagem.reference import SequentialScheduler
from stratagem.strategies import Recorder, Scheduler


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
