"""Members of a pool and leases of them, as the pool keeps its books."""

from __future__ import annotations

from collections.abc import Hashable
from enum import Enum
from typing import Any, Literal

from attrs import define, field, frozen

Reason = Literal["idle", "uses", "age", "unhealthy", "lost", "evicted", "drain"]
"""Why a member was retired."""


class State(Enum):
    """The states of a member."""

    IDLE = "idle"
    """It waits to be leased."""
    IN_USE = "in use"
    """It is leased."""
    TIDYING = "tidying"
    """It is being made, checked or cleaned."""
    CLOSING = "closing"
    """It is being closed."""


@frozen(eq=False)
class Asker:
    """The step that asks for a member.

    ``run`` is what fairness and the quota are by. ``node`` and ``provider`` are for messages. ``step`` is what leases
    are held by, ``within`` the steps around it: none of them gives a lease back before this one has ended.
    """

    run: Hashable = ""
    node: str = ""
    provider: str = ""
    step: Any = None
    within: tuple[Any, ...] = ()


@define(eq=False)
class Member:
    """A member: ``value`` is what the factory made; times are those of the event loop.

    One that is ``lost`` has ended by itself, one that is ``outdated`` is not to be used again, one that is ``soiled`` was in use when something failed; a ``fresh`` one
    was made or checked this very moment.
    """

    value: Any
    key: Hashable
    """The key that members are told apart by."""
    made: float
    """When it was made."""
    state: State = State.TIDYING
    """Its state."""
    uses: int = 0
    """The number of its leases so far."""
    idle_since: float = 0.0
    """Since when it is idle."""
    shared: bool = False
    """True if its leases share it."""
    lost: bool = False
    outdated: bool = False
    soiled: bool = False
    fresh: bool = False
    leases: set[Lease] = field(factory=set)
    """Its leases at present."""


@define(eq=False)
class Lease:
    """One lease of a member; ``waited`` seconds were spent until it was given at ``since``."""

    member: Member
    """The member that is leased."""
    asker: Asker
    """The step that has it."""
    since: float
    waited: float

    @property
    def value(self) -> Any:
        """Return what the factory made."""
        return self.member.value
