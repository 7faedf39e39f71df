"""The five hooks: what plugins may answer, and wrap.

All are synchronous: they choose, and what they answer with runs. A plugin marks a method with ``hookimpl``; with
``hookimpl(wrapper=True)`` the method is a generator that yields once, is given what lies inside of it, and returns what
is to be used instead. Wrappers run in the order of the config, the first one outermost. An implementation may leave out
arguments that it does not need. Arguments are only ever added: one that is younger than the oldest stratagem a plugin
supports is asked for with a default.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import pluggy

if TYPE_CHECKING:
    from stratagem.model import Workflow
    from stratagem.nodes.catalog import Catalog
    from stratagem.plan import Plan
    from stratagem.strategies import Recorder, Resolver, ResourceProvider, Scheduler
    from stratagem.views import Run

PROJECT = "stratagem"

hookspec = pluggy.HookspecMarker(PROJECT)
hookimpl = pluggy.HookimplMarker(PROJECT)
"""Marks a method of a plugin as the implementation of the hook of that name; with ``wrapper=True`` as a wrapper of it."""


class HookSpecs:
    """The hooks by name. None of them raises but for StratagemErrors, which reach the user unchanged."""

    @hookspec(firstresult=True)
    def compile(self, workflow: Workflow, catalog: Catalog) -> Plan | None:
        """Turns a workflow into a plan.

        Called once for each workflow that is compiled, before anything runs. Stops at the first answer that is not None; two
        plugins that answer are refused when the kernel starts. Wrappers are compile passes.

        Returns:
            A Plan, or None to leave it to core's own compiler.

        Raises:
            WorkflowError: the workflow can't be run; all its problems together.

        Since 0.1.
        """

    @hookspec(firstresult=True)
    def schedule(self, run: Run) -> Scheduler | None:
        """Chooses which ready steps are started, and when.

        Called once for each run, before its first step. Stops at the first answer that is not None; two plugins that
        answer are refused when the kernel starts.

        Returns:
            A Scheduler of this run's own, or None to leave it to core's sequential one.

        Since 0.1.
        """

    @hookspec(firstresult=True)
    def resolve(self, run: Run) -> Resolver | None:
        """Chooses what a step is run with: its callable, its inputs, or a remembered outcome.

        Called once for each run, before its first step. Stops at the first answer that is not None; two plugins that
        answer are refused when the kernel starts. Wrappers are caches, journals and bounds on node instances.

        Returns:
            A Resolver of this run's own, or None to leave it to core's plain one.

        Since 0.1.
        """

    @hookspec(firstresult=True)
    def acquire_resource(self, run: Run, kind: str) -> ResourceProvider | None:
        """Provides the resources of one kind, such as ``browser``, ``database`` or ``cpu``.

        Called once for each run and each kind that its plan needs, before its first step. A kind that the config's
        ``[resources]`` gives to a driver is asked of that driver alone; every other kind of the plugins in use, in
        the config's order, until one answers with something that is not None. A driver is not asked for kinds that it
        was not given. Wrappers are pools, limits and measurements; they see every kind.

        Returns:
            A ResourceProvider, or None if the plugin does not provide this kind.

        Since 0.1.
        """

    @hookspec
    def record_metric(self, run: Run) -> Recorder | None:
        """Watches a run and its steps.

        Called once for each run, before it starts. Every plugin in use is asked, in the config's order; there are no
        wrappers. A run without recorders takes no time for them.

        Returns:
            A Recorder for this run, or None to leave this run alone.

        Since 0.1.
        """
