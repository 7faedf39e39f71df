"""Members of a pool, and a factory that tests can have fail."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import anyio
import anyio.lowlevel
from attrs import define, field

from stratagem_pools import Asker, Factory, Pool

ANYONE = Asker()


@define(eq=False)
class Member:
    """What the factory makes."""

    key: Any
    closed: bool = False


@define(eq=False)
class Maker(Factory[Member]):
    """Makes members; what goes wrong is set from outside."""

    made: list[Member] = field(factory=list)
    sick: set[Member] = field(factory=set)
    dead: set[Member] = field(factory=set)
    error: Exception | None = None
    create_takes: float = 0.0
    close_takes: float = 0.0
    single: bool = False
    lasting: str = ""

    async def create(self, key: Any) -> Member:
        await anyio.sleep(self.create_takes)
        if self.error is not None:
            raise self.error
        self.made.append(Member(key))
        return self.made[-1]

    async def close(self, member: Member) -> None:
        await anyio.sleep(self.close_takes)
        member.closed = True

    async def check(self, member: Member) -> bool:
        await anyio.lowlevel.checkpoint()
        return member not in self.sick

    def fit(self, member: Member) -> bool:
        return member not in self.dead

    def most(self, key: Any) -> int | None:
        return 1 if self.single else None

    def uses(self, key: Any, limit: int | None) -> int | None:
        return None if key == self.lasting else limit

    def lost(self, member: Member, error: Exception) -> bool:
        return isinstance(error, ConnectionError)

    def describe(self, member: Member) -> str:
        return "the member"


async def until(condition: Callable[[], bool]) -> None:
    """Waits for what comes by itself."""
    with anyio.fail_after(5):
        while not condition():  # noqa: ASYNC110 - the pool has no event for each of its numbers
            await anyio.sleep(0.005)


async def turns(count: int = 10) -> None:
    """Lets the event loop turn."""
    for _ in range(count):
        await anyio.lowlevel.checkpoint()


async def fail(pool: Pool[Member], error: Exception, asker: Asker = ANYONE) -> None:
    """Raises while it holds a lease."""
    async with pool.lease("a", asker):
        raise error
