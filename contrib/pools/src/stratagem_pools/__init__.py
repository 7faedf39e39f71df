"""Pools: one contract for every kind of resource. Nothing here knows what a member is.

A provider's author writes a `Factory` and a `PoolPlugin` that names it. Nothing of this is imported by a kernel that no
such plugin is told to use.
"""

from stratagem import ResourceRequest
from stratagem_pools.factory import Factory, Key
from stratagem_pools.member import Asker, Lease, Reason
from stratagem_pools.pool import Pool
from stratagem_pools.provider import PooledProvider, PoolPlugin, asker_of
from stratagem_pools.settings import PoolSettings
from stratagem_pools.stats import PoolStats

__all__ = [
    "Asker",
    "Factory",
    "Key",
    "Lease",
    "Pool",
    "PoolPlugin",
    "PoolSettings",
    "PoolStats",
    "PooledProvider",
    "Reason",
    "ResourceRequest",
    "asker_of",
]
