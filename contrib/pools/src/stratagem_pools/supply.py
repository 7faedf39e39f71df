"""The members of a pool: what exists, and the tasks that make, tidy and close it."""

from __future__ import annotations

import logging
from collections import Counter
from collections.abc import Callable, Hashable, Iterator
from contextvars import Context, copy_context
from typing import Any, Generic, TypeVar

from anyio import current_time
from anyio.abc import TaskGroup

from stratagem_pools.bounded import bounded
from stratagem_pools.factory import Factory
from stratagem_pools.member import Member, Reason, State
from stratagem_pools.settings import PoolSettings

M = TypeVar("M")

log = logging.getLogger("stratagem.resources")


class Supply(Generic[M]):
    """Members by state. Whatever takes time runs in tasks of ``group``, and tells by ``changed`` that it has ended.

    ``failed`` is told of a member that could not be made.
    """

    def __init__(
        self,
        kind: str,
        factory: Factory[M],
        settings: PoolSettings,
        changed: Callable[[], None],
        failed: Callable[[Hashable, Exception], None],
    ) -> None:
        self.kind = kind
        self.factory = factory
        self.settings = settings
        self.members: set[Member] = set()
        self.making: Counter[Hashable] = Counter()
        self.states: Counter[State] = Counter()
        self.created = 0
        self.retired: Counter[Reason] = Counter()
        self.draining = False
        self._idle: dict[Hashable, list[Member]] = {}
        self._changed = changed
        self._failed = failed
        self._group: TaskGroup
        self._context: Context
        self._resets = type(factory).reset is not Factory.reset
        self._checks = type(factory).check is not Factory.check

    def begin(self, group: TaskGroup) -> None:
        """Tasks run in ``group`` from now on, and in the context variables of the caller, not in those of requests."""
        self._group = group
        self._context = copy_context()
        self.draining = False

    @property
    def room(self) -> int:
        """Return how many more members may be made now."""
        return self.settings.size + self.settings.spare - len(self.members) - self.making.total()

    @property
    def underway(self) -> int:
        """Return how many members are being made or tidied, or closed to make room."""
        return self.making.total() + self.states[State.TIDYING] + self.states[State.CLOSING]

    def count(self, key: Hashable) -> int:
        """Return how many members of a key there are; those being made count, those that are closing don't."""
        alive = (member for member in self.members if member.state is not State.CLOSING)
        return self.making[key] + sum(member.key == key for member in alive)

    def coming(self) -> Counter[Hashable]:
        """By key, how many members are idle or will be so by themselves."""
        coming = self.making.copy()
        for member in self.members:
            if member.state in (State.IDLE, State.TIDYING):
                coming[member.key] += 1
        return coming

    def newest_idle(self, key: Hashable) -> Member | None:
        """The idle member of a key that was in use last."""
        idle = self._idle.get(key)
        return idle[-1] if idle else None

    def idle(self) -> Iterator[Member]:
        """All idle members."""
        for members in list(self._idle.values()):
            yield from list(members)

    def oldest_idle(self) -> Member | None:
        """The idle member that has not been in use for the longest time."""
        return min((idle[0] for idle in self._idle.values()), key=lambda member: member.idle_since, default=None)

    def shared(self, key: Hashable) -> Member | None:
        """A member of the key that is in shared use, and may go on to be."""
        for member in self.members:
            if member.shared and member.key == key and member.state is State.IN_USE and self.spent(member) is None:
                return member
        return None

    def is_due(self, member: Member) -> bool:
        """Return whether the idle member is to be checked before it is handed out."""
        if member.fresh:
            return False
        if not self.factory.fit(member.value):
            return True
        return self._checks and current_time() - member.idle_since >= self.settings.check_after

    def spent(self, member: Member) -> Reason | None:
        """Return why the member is not to be used again."""
        limits = self.settings
        if self.draining:
            return "drain"
        if member.lost:
            return "lost"
        if member.outdated:
            return "age"
        uses = self.factory.uses(member.key, limits.max_uses)
        if uses is not None and member.uses >= uses:
            return "uses"
        if limits.max_age is not None and current_time() - member.made >= limits.max_age:
            return "age"
        return None

    def use(self, member: Member) -> None:
        """Takes an idle member into use."""
        self._move(member, State.IN_USE)

    def make(self, key: Hashable) -> None:
        """Begins to make a member."""
        self.making[key] += 1
        self._spawn(self._make, key)

    def make_ahead(self, key: Hashable) -> None:
        """Begins to make what is missing of the members that are to be ready ahead."""
        most = self.factory.most(key)
        room = self.room if most is None else min(self.room, most - self.count(key))
        for _ in range(min(self.settings.ahead - self.coming()[key], room)):
            self.make(key)

    def put_back(self, member: Member) -> None:
        """A member that nobody uses any more becomes idle, by way of being tidied, or is retired."""
        reason = self.spent(member)
        if reason is not None:
            self.retire(member, reason)
        elif self._resets or (self._checks and member.soiled):
            self.tidy(member)
        else:
            self._rest(member)

    def tidy(self, member: Member) -> None:
        """Begins to reset a member that was in use, to check one that needs it."""
        used = member.state is State.IN_USE
        self._move(member, State.TIDYING)
        self._spawn(self._tidy, member, used)

    def retire(self, member: Member, reason: Reason) -> None:
        """Begins to close a member; once it is closed, its place is free."""
        self.retired[reason] += 1
        self._move(member, State.CLOSING)
        self._spawn(self._close, member)

    async def _make(self, key: Hashable) -> None:
        value, error = await bounded(self.settings.create_timeout, self.factory.create, key)
        self.making -= Counter({key: 1})
        if error is not None:
            self._failed(key, error)
            self._changed()
            return
        member = Member(value, key, made=current_time())
        self.members.add(member)
        self.states[State.TIDYING] += 1
        self.created += 1
        self._ready(member)

    async def _tidy(self, member: Member, used: bool) -> None:
        error = None
        if self._resets and (used or not self.factory.fit(member.value)):
            _, error = await bounded(self.settings.check_timeout, self.factory.reset, member.value)
        well: bool | None = error is None
        if well and self._checks and (member.soiled or not used):
            well, error = await bounded(self.settings.check_timeout, self.factory.check, member.value)
            member.soiled = False
        if error is not None:
            self._tell(member, "is given up", error)
        self._ready(member, well=bool(well) and self.factory.fit(member.value))

    def _ready(self, member: Member, *, well: bool = True) -> None:
        """A member that was made or tidied can be handed out at once, if it is well."""
        reason = self.spent(member) or (None if well else "unhealthy")
        if reason is None:
            self._rest(member)
        else:
            self.retire(member, reason)
        member.fresh = True
        self._changed()
        member.fresh = False

    async def _close(self, member: Member) -> None:
        _, error = await bounded(self.settings.close_timeout, self.factory.close, member.value)
        if error is not None:
            self._tell(member, "could not be closed", error)
        self.members.discard(member)
        self.states[State.CLOSING] -= 1
        self._changed()

    def _rest(self, member: Member) -> None:
        member.idle_since = current_time()
        self._move(member, State.IDLE)

    def _move(self, member: Member, state: State) -> None:
        if member.state is State.IDLE:
            self._idle[member.key].remove(member)
            if not self._idle[member.key]:
                del self._idle[member.key]
        self.states[member.state] -= 1
        self.states[state] += 1
        member.state = state
        if state is State.IDLE:
            self._idle.setdefault(member.key, []).append(member)

    def _spawn(self, task: Callable[..., Any], *args: Any) -> None:
        self._context.copy().run(self._group.start_soon, task, *args)

    def _tell(self, member: Member, what: str, error: Exception) -> None:
        name = self.factory.describe(member.value)
        log.warning("%s of the pool %r %s: %s: %s", name, self.kind, what, type(error).__name__, error)
