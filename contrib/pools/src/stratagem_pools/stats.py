"""Statistics of a pool."""

from __future__ import annotations

from collections import Counter

from attrs import define, field

from stratagem_pools.member import Reason


@define
class PoolStats:
    """Members ``in_use`` and ``idle``, those being made, tidied or closed, requests that wait; and, since the pool was opened,
    how many members were ``created`` and, by reason, ``retired``."""

    in_use: int = 0
    idle: int = 0
    making: int = 0
    """The number of members that are being made."""
    tidying: int = 0
    """The number that are being made fit for the next."""
    closing: int = 0
    """The number that are being closed."""
    waiters: int = 0
    """The number of steps that wait."""
    created: int = 0
    retired: Counter[Reason] = field(factory=Counter)
