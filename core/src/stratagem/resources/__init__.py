"""Pools: one contract for every kind of resource. Nothing here knows what a member is.

A provider's author writes a `Factory` and a `PoolPlugin` that names it. Nothing of this is imported by a kernel that no
such plugin is told to use.
"""

from stratagem.model import ResourceRequest
from stratagem.resources.factory import Factory, Key
from stratagem.resources.member import Asker, Lease, Reason
from stratagem.resources.pool import Pool
from stratagem.resources.provider import PooledProvider, PoolPlugin, asker_of
from stratagem.resources.settings import PoolSettings
from stratagem.resources.stats import PoolStats

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
