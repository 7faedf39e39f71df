"""Contracts of strategies, as test classes for those who write one.

Subclass a contract in a test module, name the subclass ``Test…``, and override its factory: pytest then runs all that
the contract promises, on asyncio and trio. Needs pytest and trio.
"""

from stratagem_testing.contracts.passes import PassContract
from stratagem_testing.contracts.pool import PoolContract
from stratagem_testing.contracts.provider import ProviderContract
from stratagem_testing.contracts.recorder import RecorderContract
from stratagem_testing.contracts.resolver import ResolverContract
from stratagem_testing.contracts.scheduler import SchedulerContract

__all__ = [
    "PassContract",
    "PoolContract",
    "ProviderContract",
    "RecorderContract",
    "ResolverContract",
    "SchedulerContract",
]
