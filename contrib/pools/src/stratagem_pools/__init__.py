"""Pools: one contract for every kind of resource. Nothing here knows what a member is.

A provider's author writes a `Factory` and a `PoolPlugin` that names it. Nothing of this is imported by a kernel that no
such plugin is told to use.
"""

from stratagem.hosting import names_at_home

_HOMES = {
    "stratagem.model": ("ResourceRequest",),
    "stratagem_pools.factory": ("Factory", "Key"),
    "stratagem_pools.member": ("Asker", "Lease", "Member", "Reason", "State"),
    "stratagem_pools.pool": ("ANYONE", "Pool"),
    "stratagem_pools.provider": ("PoolPlugin", "PooledProvider", "asker_of"),
    "stratagem_pools.settings": ("PoolSettings",),
    "stratagem_pools.stats": ("PoolStats",),
}
"""The public names by the module that defines them; ``__init__.pyi`` is written from it."""

__all__, __getattr__, __dir__ = names_at_home(__name__, _HOMES)
