"""Core's own plugins: the reference strategies, as entry points like everybody's."""

from __future__ import annotations

from typing import TYPE_CHECKING

from stratagem.hookspecs import hookimpl
from stratagem.plugins.base import Plugin
from stratagem.reference import PlainResolver, SequentialScheduler

if TYPE_CHECKING:
    from stratagem.model import Workflow
    from stratagem.nodes.catalog import Catalog
    from stratagem.plan import Plan
    from stratagem.strategies import Resolver, Scheduler
    from stratagem.views import Run


class reference_compile(Plugin):  # noqa: N801 - named as the config names it
    """Compiles workflows: ``[strategy] compile = "reference"``."""

    @hookimpl(trylast=True)
    def compile(self, workflow: Workflow, catalog: Catalog) -> Plan:
        """The plan with every drawn order kept."""
        from stratagem._compile import compile_workflow
        from stratagem._support.uncollected import uncollected

        with uncollected():
            return compile_workflow(workflow, catalog)


class sequential_schedule(Plugin):  # noqa: N801 - named as the config names it
    """Schedules steps one at a time: ``[strategy] schedule = "sequential"``."""

    @hookimpl(trylast=True)
    def schedule(self, run: Run) -> Scheduler:
        """A scheduler for this run."""
        return SequentialScheduler()


class plain_resolve(Plugin):  # noqa: N801 - named as the config names it
    """Resolves inputs whenever a step runs: ``[strategy] resolve = "plain"``."""

    @hookimpl(trylast=True)
    def resolve(self, run: Run) -> Resolver:
        """A resolver for this run."""
        return PlainResolver()
