"""Contract: what the kernel holds an implementation of each hook to."""

import inspect
from collections.abc import Mapping
from typing import Any

from attrs import frozen

from stratagem.hookspecs import HookSpecs
from stratagem.plan import Plan
from stratagem.strategies import Recorder, Resolver, ResourceProvider, Scheduler


@frozen
class Contract:
    """A hook, its arguments, and the type of its answers.

    ``exclusive`` allows one base answer besides core's own; ``optional`` allows that nobody answers at all;
    ``wrappable`` allows wrappers.
    """

    hook: str
    """The name of the hook."""
    answer: type[Any]
    """The class that answers are instances of."""
    exclusive: bool = False
    optional: bool = False
    wrappable: bool = True

    @property
    def arguments(self) -> tuple[str, ...]:
        """The names that an implementation may ask for."""
        return tuple(inspect.signature(getattr(HookSpecs, self.hook)).parameters)[1:]


CONTRACTS: Mapping[str, Contract] = {
    contract.hook: contract
    for contract in (
        Contract("compile", Plan, exclusive=True),
        Contract("schedule", Scheduler, exclusive=True),
        Contract("resolve", Resolver, exclusive=True),
        Contract("acquire_resource", ResourceProvider, optional=True),
        Contract("record_metric", Recorder, optional=True, wrappable=False),
    )
}
"""The contracts by the name of the hook."""
