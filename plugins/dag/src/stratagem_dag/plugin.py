"""The plugin that a config names ``dag``."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar

from attrs import field, frozen
from attrs.validators import deep_mapping, ge, instance_of

from stratagem import Limits, Plugin, Run, hookimpl
from stratagem_dag.limits import LimitBook
from stratagem_dag.scheduler import DagScheduler

AT_LEAST_ONE: Any = deep_mapping(instance_of(str), ge(1))
"""Where none may run, none ever does; Any, because attrs takes the field's type from the validator's."""


@frozen
class DagSettings:
    """``[settings.dag]``: how many steps may run at once, per node type, resource kind and group.

    They hold for every run; where a workflow sets the same limit, the smaller one counts. How many may run in all is
    ``[run] concurrency``.
    """

    types: Mapping[str, int] = field(factory=dict, validator=AT_LEAST_ONE)
    kinds: Mapping[str, int] = field(factory=dict, validator=AT_LEAST_ONE)
    groups: Mapping[str, int] = field(factory=dict, validator=AT_LEAST_ONE)


class DagPlugin(Plugin):
    """Starts any step that is ready, the one with the longest way to the end first."""

    Settings: ClassVar[type[DagSettings]] = DagSettings

    @hookimpl
    def schedule(self, run: Run) -> DagScheduler:
        """A scheduler for this run, within the run's concurrency and limits."""
        settings: DagSettings = self.settings
        own = Limits(settings.types, settings.kinds, settings.groups)
        roots = run.plan.roots
        longest = max((run.plan.steps[index].path for index in roots), default=0.0)
        return DagScheduler(run.options.concurrency, LimitBook.of(own, run.options.limits), longest)
