"""Plugins that answer one hook with what a test hands them."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from stratagem import Plugin, Recorder, Resolver, ResourceProvider, Scheduler, hookimpl

if TYPE_CHECKING:
    from stratagem import Run


class _Scheduled(Plugin):
    make: Callable[[], Scheduler]

    @hookimpl
    def schedule(self, run: Run) -> Scheduler:
        """A new scheduler for each run."""
        return self.make()


class _Resolved(Plugin):
    make: Callable[[], Resolver]

    @hookimpl
    def resolve(self, run: Run) -> Resolver:
        """A new resolver for each run."""
        return self.make()


class _Recorded(Plugin):
    make: Callable[[], Recorder]

    @hookimpl
    def record_metric(self, run: Run) -> Recorder:
        """A new recorder for each run."""
        return self.make()


class _Provided(Plugin):
    make: Callable[[], ResourceProvider]

    @hookimpl
    def acquire_resource(self, run: Run, kind: str) -> ResourceProvider:
        """A new provider for each run."""
        return self.make()


def scheduled(make: Callable[[], Scheduler], name: str = "schedule") -> Plugin:
    """A plugin whose runs are scheduled by what ``make`` gives."""
    plugin = _Scheduled()
    plugin.make = make
    return _named(plugin, name)


def resolved(make: Callable[[], Resolver], name: str = "resolve") -> Plugin:
    """A plugin whose runs are resolved by what ``make`` gives."""
    plugin = _Resolved()
    plugin.make = make
    return _named(plugin, name)


def recorded(make: Callable[[], Recorder], name: str = "record") -> Plugin:
    """A plugin whose runs are recorded by what ``make`` gives."""
    plugin = _Recorded()
    plugin.make = make
    return _named(plugin, name)


def provided(kind: str, make: Callable[[], ResourceProvider], name: str = "provide") -> Plugin:
    """A plugin that drives the resource kind ``kind`` with what ``make`` gives."""
    plugin = _Provided()
    plugin.make, plugin.kinds = make, (kind,)
    return _named(plugin, name)


def _named(plugin: Plugin, name: str) -> Plugin:
    plugin.name, plugin.distribution = name, f"{name}-dist 1.0"
    return plugin
