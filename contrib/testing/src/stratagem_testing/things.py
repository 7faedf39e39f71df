"""Things: an in-memory resource from a pool, for tests of what holds, shares and loses resources."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING, Any, ClassVar

import anyio
from attrs import define, field

from stratagem import ResourceLost, ResourceRequest
from stratagem_pools import Factory, PoolPlugin

if TYPE_CHECKING:
    from stratagem import StepRun


@define(eq=False)
class Thing:
    """One member: its number, and what it was asked to be."""

    number: int
    """Its number, counted from 1."""
    labels: dict[str, Any]
    """The labels it was made for."""
    closed: bool = False
    """True if it has been closed."""


@define(eq=False)
class Grip:
    """A step's hold on a thing; of no use once it is ``loose``."""

    thing: Thing
    """The thing that is held."""
    loose: bool = False

    def use(self) -> int:
        """The thing's number; raises ResourceLost after the lease."""
        if self.loose or self.thing.closed:
            raise ResourceLost("the thing is not leased any more")
        return self.thing.number


@define(eq=False)
class Things(Factory[Thing]):
    """Makes things. ``delay`` is how often each call lets the event loop turn; ``grips`` are those that are held."""

    labels: ClassVar[tuple[str, ...]] = ("colour", "size")
    delay: int = 1
    made: list[Thing] = field(factory=list)
    """All that were made, in their order."""
    grips: list[Grip] = field(factory=list)

    async def create(self, key: Any) -> Thing:
        await self._turn()
        self.made.append(Thing(len(self.made) + 1, dict(key.labels)))
        return self.made[-1]

    async def close(self, member: Thing) -> None:
        assert not member.closed, "a member is closed once"
        member.closed = True
        await self._turn()

    async def check(self, member: Thing) -> bool:
        await self._turn()
        return True

    async def reset(self, member: Thing) -> None:
        await self._turn()

    @asynccontextmanager
    async def lend(self, member: Thing, step: StepRun, request: ResourceRequest) -> AsyncIterator[Grip]:
        grip = Grip(member)
        self.grips.append(grip)
        try:
            yield grip
        finally:
            grip.loose = True
            self.grips.remove(grip)

    @property
    def alive(self) -> list[Thing]:
        """The things that are not closed."""
        return [thing for thing in self.made if not thing.closed]

    async def _turn(self) -> None:
        for _ in range(self.delay):
            await anyio.lowlevel.checkpoint()


class ThingPlugin(PoolPlugin[Thing]):
    """Provides the kind ``thing``; ``things`` is the factory of all its pools."""

    provides = ("thing",)

    def __init__(self, settings: Any = None, things: Things | None = None) -> None:
        super().__init__(settings)
        self.name, self.distribution = "things", "things-dist 1.0"
        self.things = things or Things()

    def factory(self, kind: str) -> Things:
        """The one factory."""
        return self.things
