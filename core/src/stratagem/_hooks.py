"""Hooks: asks the plugins in use, in the config's order, and holds them to the hooks' contracts."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Literal, cast

import pluggy
from attrs import frozen

from stratagem._support.suggesting import nearest
from stratagem.errors import HookMisuse, PluginConflict, PluginError
from stratagem.hookspecs import PROJECT, HookSpecs, hookimpl
from stratagem.plugins.base import Plugin
from stratagem.plugins.contracts import CONTRACTS
from stratagem.plugins.guards import guard
from stratagem.plugins.implementations import Implementation, implementations, misuse

if TYPE_CHECKING:
    from stratagem.model import Workflow
    from stratagem.nodes.catalog import Catalog
    from stratagem.plan import Plan
    from stratagem.strategies import Recorder, Resolver, ResourceProvider, Scheduler
    from stratagem.views import Run

Role = Literal["wrapper", "base", "fallback"]
"""The part of an implementation in the chain of a hook."""


@frozen
class Link:
    """One implementation in the chain of a hook; ``kinds`` are the resource kinds that a driver is asked for."""

    plugin: str
    """The plugin's name in the config."""
    distribution: str
    """The distribution it comes from."""
    role: Role
    """The part that it has: it wraps others, answers, or answers where nobody else does."""
    kinds: tuple[str, ...] = ()


class Hooks:
    """The hooks of the plugins in use.

    Args:
        plugins: in the config's order; the first one's wrappers are outermost. Core's own strategies are plugins like
            all others: without them, and without others in their place, a hook that must be answered raises.

    Raises:
        HookMisuse: an implementation is misspelt, unmarked, async, of the wrong form, or takes unknown arguments; all
            problems of all plugins together.
        PluginConflict: two plugins answer one exclusive hook, or drive one resource kind.
    """

    def __init__(self, plugins: Sequence[Plugin]) -> None:
        self._plugins = tuple(plugins)
        found = _checked(self._plugins)
        _refuse_two_answers(found)
        self._drivers = _drivers(self._plugins)
        self._bases = [each for each in found if not each.wrapper]
        self._by_key = {str(index): plugin for index, plugin in enumerate(self._plugins)}
        self._manager, self._registered = _registered(self._by_key, found)
        self.has_recorders = any(each.contract.hook == "record_metric" for each in found)

    @property
    def plugins(self) -> tuple[Plugin, ...]:
        """The plugins in use, in the config's order."""
        return self._plugins

    @property
    def drivers(self) -> dict[str, Plugin]:
        """The driver of each resource kind that the config gives to one."""
        return dict(self._drivers)

    @property
    def providers(self) -> dict[str, str]:
        """Resource kind → the name of the plugin that provides it: its driver, else the first that says it does."""
        found = {kind: plugin for plugin in reversed(self._plugins) for kind in plugin.provides or ()}
        return {kind: plugin.title for kind, plugin in {**found, **self._drivers}.items()}

    @property
    def provided_kinds(self) -> frozenset[str] | None:
        """The resource kinds that have a provider; None where a plugin answers without saying for which."""
        answering = [each.plugin for each in self._bases if each.contract.hook == "acquire_resource"]
        if any(not plugin.kinds and plugin.provides is None for plugin in answering):
            return None
        return frozenset(kind for plugin in self._plugins for kind in (*plugin.kinds, *(plugin.provides or ())))

    def compile(self, workflow: Workflow, catalog: Catalog) -> Plan:
        """The plan for a workflow; raises WorkflowError or HookMisuse, as all of these may."""
        return cast("Plan", self._manager.hook.compile(workflow=workflow, catalog=catalog))

    def schedule(self, run: Run) -> Scheduler:
        """The scheduler for a run."""
        return cast("Scheduler", self._manager.hook.schedule(run=run))

    def resolve(self, run: Run) -> Resolver:
        """The resolver for a run."""
        return cast("Resolver", self._manager.hook.resolve(run=run))

    def acquire_resource(self, run: Run, kind: str) -> ResourceProvider | None:
        """The provider of a resource kind for a run; None if no plugin provides it.

        The driver that the config gives the kind to is asked alone; without one, all other plugins are asked.
        """
        driver = self._drivers.get(kind)
        left_out = {id(each.plugin) for each in self._bases if (each.plugin.kinds if driver is None else True)}
        left_out.discard(id(driver))
        caller = self._manager.subset_hook_caller(
            "acquire_resource", [self._registered[key] for key in left_out & self._registered.keys()]
        )
        provider = cast("ResourceProvider | None", caller(run=run, kind=kind))
        if provider is None and driver is not None:
            raise misuse(driver, "acquire_resource", f"is answered with None for {kind!r}, which the config gives it")
        return provider

    def record_metric(self, run: Run) -> tuple[Recorder, ...]:
        """The recorders for a run, in the config's order."""
        return tuple(self._manager.hook.record_metric(run=run))

    def chain(self, hook: str) -> list[Link]:
        """Return who is asked, outermost wrapper first, then base answers in the order they are asked.

        Raises:
            HookMisuse: there is no such hook.
        """
        if hook not in CONTRACTS:
            raise HookMisuse(f"there is no hook {hook!r}", hint=nearest(hook, list(CONTRACTS)))
        found = reversed(getattr(self._manager.hook, hook).get_hookimpls())
        return [_link(each, self._by_key[each.plugin_name]) for each in found if each.plugin_name in self._by_key]


class _Registered:
    """The object that pluggy is given in place of a plugin: the guarded implementations, as attributes."""


class _NobodyAnswers:
    """Asked when no plugin has answered, so that no wrapper is ever handed None in place of an object."""

    @hookimpl(trylast=True)
    def compile(self) -> None:
        raise _unanswered("compile")

    @hookimpl(trylast=True)
    def schedule(self) -> None:
        raise _unanswered("schedule")

    @hookimpl(trylast=True)
    def resolve(self) -> None:
        raise _unanswered("resolve")


def _unanswered(hook: str) -> HookMisuse:
    return HookMisuse(f"no plugin in use answers the hook {hook!r}", hint=f"Name a strategy in [strategy] {hook}.")


def _checked(plugins: Sequence[Plugin]) -> list[Implementation]:
    found: list[Implementation] = []
    problems: list[HookMisuse] = []
    for plugin in plugins:
        own, wrong = implementations(plugin)
        found += own
        problems += wrong
    if problems:
        raise HookMisuse.together(problems, "plugins misuse hooks")
    return found


def _refuse_two_answers(found: Sequence[Implementation]) -> None:
    problems: list[PluginError] = []
    for contract in CONTRACTS.values():
        own = [each for each in found if each.contract is contract and not each.wrapper and not each.fallback]
        if contract.exclusive and len(own) > 1:
            names = " and by ".join(each.plugin.label for each in own)
            hint = f"Use one of them: as [strategy] {contract.hook}, or in [plugins] use."
            problems.append(PluginConflict(f"the hook {contract.hook!r} is answered by {names}", hint=hint))
    if problems:
        raise PluginError.together(problems, "plugins are in conflict")


def _drivers(plugins: Sequence[Plugin]) -> dict[str, Plugin]:
    drivers: dict[str, Plugin] = {}
    for plugin in plugins:
        for kind in plugin.kinds:
            if kind in drivers:
                names = f"{drivers[kind].label} and by {plugin.label}"
                raise PluginConflict(f"the resource kind {kind!r} is driven by {names}", hint="Give it to one of them.")
            drivers[kind] = plugin
    return drivers


def _registered(
    by_key: dict[str, Plugin], found: Sequence[Implementation]
) -> tuple[pluggy.PluginManager, dict[int, _Registered]]:
    """A plugin manager with all implementations, and what was registered for each plugin, by its id."""
    manager = pluggy.PluginManager(PROJECT)
    manager.add_hookspecs(HookSpecs)
    registered: dict[int, _Registered] = {}
    for key, plugin in reversed(by_key.items()):  # pluggy asks the last one first
        stand_in = registered[id(plugin)] = _Registered()
        for each in found:
            if each.plugin is plugin:
                setattr(stand_in, each.contract.hook, guard(each))
        manager.register(stand_in, key)
    manager.register(_NobodyAnswers(), "nobody")
    manager.check_pending()
    return manager, registered


def _link(found: pluggy.HookImpl, plugin: Plugin) -> Link:
    role: Role = "wrapper" if found.wrapper else "fallback" if found.trylast else "base"
    kinds = plugin.kinds if role != "wrapper" else ()
    return Link(plugin.name or type(plugin).__qualname__, plugin.distribution, role, kinds)
