"""The plugin that a config names ``dag``."""

from __future__ import annotations

import logging
from collections.abc import AsyncIterator, Iterator, Mapping
from contextlib import asynccontextmanager
from typing import Any, ClassVar

from attrs import field, frozen
from attrs.validators import deep_mapping, ge, instance_of

from stratagem import Catalog, KernelView, Limits, Plan, Plugin, Run, UnknownNode, hookimpl, planfacts
from stratagem_dag.limits import LimitBook
from stratagem_dag.scheduler import DagScheduler

AT_LEAST_ONE: Any = deep_mapping(instance_of(str), ge(1))
"""At least one: where none may run, none ever does. Any, because attrs takes the field's type from the validator's."""


@frozen
class DagSettings:
    """``[settings.dag]``: how many steps may run at once, per node type, resource kind and group.

    They hold for every run; where a workflow sets the same limit, the smaller one counts. How many may run in all is
    ``[run] concurrency``.
    """

    types: Mapping[str, int] = field(factory=dict, validator=AT_LEAST_ONE)
    kinds: Mapping[str, int] = field(factory=dict, validator=AT_LEAST_ONE)
    groups: Mapping[str, int] = field(factory=dict, validator=AT_LEAST_ONE)


log = logging.getLogger("stratagem.dag")


class DagPlugin(Plugin):
    """Starts any step that is ready, the one with the longest way to the end first."""

    Settings: ClassVar[type[DagSettings]] = DagSettings

    def __init__(self, settings: DagSettings | None = None) -> None:
        super().__init__(settings)
        self._unchecked = set(self.settings.types)
        self._catalog: Catalog | None = None

    @asynccontextmanager
    async def lifespan(self, kernel: KernelView) -> AsyncIterator[None]:
        """Keeps the catalog at hand, by which limits of node types are checked."""
        self._catalog = kernel.catalog
        yield

    @hookimpl
    def schedule(self, run: Run) -> DagScheduler:
        """A scheduler for this run, within the run's concurrency and limits."""
        settings: DagSettings = self.settings
        if self._unchecked and self._catalog is not None:
            for what in self._unknown(run.plan, self._catalog):
                log.warning("[settings.dag] types: %s", what)
        own = Limits(settings.types, settings.kinds, settings.groups)
        roots = run.plan.roots
        longest = max((run.plan.steps[index].path for index in roots), default=0.0)
        return DagScheduler(run.options.concurrency, LimitBook.of(own, run.options.limits), longest)

    def _unknown(self, plan: Plan, catalog: Catalog) -> Iterator[UnknownNode]:
        """Yield what is wrong with limits of node types, once for each, as far as their packs are imported or missing."""
        imported = {step.spec.pack for step in planfacts.steps_in(plan)}
        for type_ in sorted(self._unchecked):
            pack = type_.partition(".")[0]
            if pack in catalog.packs and pack not in imported:
                continue  # it would be imported for nothing else
            self._unchecked.discard(type_)
            try:
                catalog.spec(type_)
            except UnknownNode as error:
                yield error
