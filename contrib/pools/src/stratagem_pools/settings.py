"""The limits of a pool, as a config may set them."""

from __future__ import annotations

from typing import Any

from attrs import field, frozen
from attrs.validators import ge, gt, optional

from stratagem import Duration

POSITIVE: Any = optional(gt(0))
"""For fields that may be None; Any, because attrs takes the field's type from the validator's."""


@frozen
class PoolSettings:
    """Bounds of a pool: its members, their age, and the waits for them; times in seconds.

    At most ``size`` members are in use at once, at most ``size + spare`` exist, those counted that are just being
    made or closed. ``ahead`` idle members of the same sort are made ready, as far as there is room, after each hand-over:
    when the lease has lasted for ``ahead_after``, so that this does not slow its beginning, or has ended.
    One run has at most ``quota`` leases at once; others of it wait, though members are idle. At most ``waiters``
    requests wait, those not counted for which a member is being made.

    A request waits ``acquire_timeout`` at most. Making, closing and checking or cleaning a member each have a time
    limit of their own. A member is closed when it has been idle for ``idle_timeout``, was leased ``max_uses`` times, or
    is ``max_age`` old and not in use. One that has been idle for ``check_after`` is checked before it is handed out.
    When the kernel closes, leases have ``grace`` to end.
    """

    size: int = field(default=8, validator=ge(1))
    spare: int = field(default=0, validator=ge(0))
    ahead: int = field(default=0, validator=ge(0))
    ahead_after: Duration = field(default=0.0, validator=ge(0))
    quota: int | None = field(default=None, validator=optional(ge(1)))
    waiters: int | None = field(default=None, validator=optional(ge(0)))
    acquire_timeout: Duration = field(default=30.0, validator=gt(0))
    create_timeout: Duration = field(default=30.0, validator=gt(0))
    """The time limit for making a member."""
    close_timeout: Duration = field(default=10.0, validator=gt(0))
    """The time limit for closing one."""
    check_timeout: Duration = field(default=5.0, validator=gt(0))
    """The time limit for asking one whether it is well."""
    idle_timeout: Duration | None = field(default=300.0, validator=POSITIVE)
    max_uses: int | None = field(default=None, validator=optional(ge(1)))
    max_age: Duration | None = field(default=3600.0, validator=POSITIVE)
    check_after: Duration = field(default=30.0, validator=ge(0))
    grace: Duration = field(default=5.0, validator=ge(0))
