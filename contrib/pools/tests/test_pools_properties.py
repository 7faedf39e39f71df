"""Whatever is asked of a pool, fails, or is cancelled at whichever await: its books stay right, and nothing is left."""

from __future__ import annotations

from collections import Counter
from contextlib import asynccontextmanager
from typing import Any

import anyio
import anyio.lowlevel
import pytest
from attrs import define, field, frozen
from hypothesis import given, settings
from hypothesis import strategies as st

from hypothesis_profiles import examples
from stratagem import ResourceUnavailable
from stratagem_pools import Asker, Factory, Pool, PoolSettings
from stratagem_pools.member import Lease

LIMIT = 20.0
"""Real seconds after which a pool is taken to hang; each example takes milliseconds."""


async def turns(count: int) -> None:
    """Lets the event loop turn."""
    for _ in range(count):
        await anyio.lowlevel.checkpoint()


@define(eq=False)
class Simulated:
    """A member; ``users`` are the leases that have it now."""

    key: str
    closed: bool = False
    users: int = 0


@frozen
class Behaviour:
    """How many turns each of the factory's calls takes, and which calls fail, counted from 0."""

    create: int
    close: int
    check: int
    reset: int
    bad_creates: frozenset[int]
    bad_checks: frozenset[int]
    bad_resets: frozenset[int]
    single: bool


class Broken(Exception):  # noqa: N818 - named for what happened
    """What a factory raises."""


@define(eq=False)
class World(Factory[Simulated]):
    """Makes members, and holds the pool to its promises while it does."""

    behaviour: Behaviour
    limits: PoolSettings
    made: list[Simulated] = field(factory=list)
    calls: Counter[str] = field(factory=Counter)
    making: int = 0

    async def create(self, key: str) -> Simulated:
        self.making += 1
        try:
            assert self.existing() <= self.limits.size + self.limits.spare
            await turns(self.behaviour.create)
            self._fail("create", self.behaviour.bad_creates)
            self.made.append(Simulated(key))
            return self.made[-1]
        finally:
            self.making -= 1

    async def close(self, member: Simulated) -> None:
        assert not member.closed
        assert not member.users
        await turns(self.behaviour.close)
        member.closed = True

    async def check(self, member: Simulated) -> bool:
        assert not member.users
        await turns(self.behaviour.check)
        return not self._fails("check", self.behaviour.bad_checks)

    async def reset(self, member: Simulated) -> None:
        assert not member.users
        await turns(self.behaviour.reset)
        self._fail("reset", self.behaviour.bad_resets)

    def most(self, key: str) -> int | None:
        return 1 if self.behaviour.single else None

    def existing(self) -> int:
        """Members that exist, or will."""
        return self.making + sum(not member.closed for member in self.made)

    def _fails(self, call: str, bad: frozenset[int]) -> bool:
        self.calls[call] += 1
        return self.calls[call] - 1 in bad

    def _fail(self, call: str, bad: frozenset[int]) -> None:
        if self._fails(call, bad):
            raise Broken(call)


@frozen
class Client:
    """One that asks for a lease: after ``start`` turns, for ``hold`` turns, cancelled after ``cancel`` more than start."""

    run: int
    key: str
    shared: bool
    priority: int
    start: int
    hold: int
    cancel: int | None
    fails: bool


@define(eq=False)
class Driver:
    """Runs clients on a pool; ``outcomes`` tells how each ended."""

    world: World
    pool: Pool[Simulated]
    outcomes: Counter[str] = field(factory=Counter)
    holding: Counter[int] = field(factory=Counter)

    async def drive(self, client: Client) -> None:
        """One client from its start to its end."""
        await turns(client.start)
        with anyio.CancelScope() as scope:
            async with anyio.create_task_group() as group:
                if client.cancel is not None:
                    group.start_soon(self._cancel, scope, client.cancel)
                try:
                    await self._use(client)
                    self.outcomes["done"] += 1
                except ResourceUnavailable:
                    self.outcomes["refused"] += 1
                except Broken:
                    self.outcomes["failed"] += 1
                group.cancel_scope.cancel()

    async def _cancel(self, scope: anyio.CancelScope, after: int) -> None:
        await turns(after)
        scope.cancel()

    async def _use(self, client: Client) -> None:
        asker = Asker(client.run, step=client)
        async with (
            self.pool.lease(client.key, asker, shared=client.shared, priority=client.priority) as lease,
            self._held(client, lease),
        ):
            await turns(client.hold)
            if client.fails:
                raise Broken("step")

    @asynccontextmanager
    async def _held(self, client: Client, lease: Lease) -> Any:
        member: Simulated = lease.value
        limits = self.world.limits
        assert not member.closed
        assert member.key == client.key
        assert client.shared or not member.users
        member.users += 1
        self.holding[client.run] += 1
        assert len({id(each.member) for each in self.pool.leases}) <= limits.size
        assert limits.quota is None or self.holding[client.run] <= limits.quota
        try:
            yield
        finally:
            member.users -= 1
            self.holding[client.run] -= 1


SMALL = st.integers(0, 3)
BAD = st.frozensets(st.integers(0, 12), max_size=4)
BEHAVIOURS = st.builds(Behaviour, SMALL, SMALL, SMALL, SMALL, BAD, BAD, BAD, st.booleans())
LIMITS = st.builds(
    PoolSettings,
    size=st.integers(1, 3),
    spare=st.integers(0, 2),
    ahead=st.integers(0, 2),
    quota=st.none() | st.integers(1, 2),
    waiters=st.none() | st.integers(0, 4),
    max_uses=st.none() | st.integers(1, 3),
    check_after=st.sampled_from([0.0, 1000.0]),
    acquire_timeout=st.just(LIMIT),
)
CLIENTS = st.lists(
    st.builds(
        Client,
        run=st.integers(0, 3),
        key=st.sampled_from("ab"),
        shared=st.booleans(),
        priority=st.integers(0, 1),
        start=st.integers(0, 12),
        hold=st.integers(0, 6),
        cancel=st.none() | st.integers(0, 20),
        fails=st.booleans(),
    ),
    min_size=1,
    max_size=24,
)


@pytest.mark.parametrize("backend", ["asyncio", "trio"])
@settings(max_examples=examples(400))
@given(behaviour=BEHAVIOURS, limits=LIMITS, clients=CLIENTS)
def test_a_pool_keeps_its_books_whatever_happens(
    backend: str, behaviour: Behaviour, limits: PoolSettings, clients: list[Client]
) -> None:
    """Every client gets a member, a refusal or its cancellation; limits hold at all times; in the end all is closed."""
    anyio.run(_drive_all, behaviour, limits, clients, backend=backend)


async def _drive_all(behaviour: Behaviour, limits: PoolSettings, clients: list[Client]) -> None:
    world = World(behaviour, limits)
    with anyio.fail_after(LIMIT / 2):
        async with Pool("thing", world, limits) as pool:
            driver = Driver(world, pool)
            async with anyio.create_task_group() as group:
                for client in clients:
                    group.start_soon(driver.drive, client)
            cancelled = sum(client.cancel is not None for client in clients)
            assert len(clients) - cancelled <= driver.outcomes.total() <= len(clients)
            assert (pool.stats.in_use, pool.stats.waiters, pool.leases) == (0, 0, set())
    assert all(member.closed for member in world.made)
    assert pool.stats.created == len(world.made) == pool.stats.retired.total()
    assert pool.stats == type(pool.stats)(created=pool.stats.created, retired=pool.stats.retired)


@pytest.mark.parametrize("backend", ["asyncio", "trio"])
@settings(max_examples=examples(60))
@given(
    runs=st.integers(2, 5),
    workers=st.integers(1, 6),
    size=st.integers(1, 4),
    hold=st.integers(1, 3),
    sizes=st.data(),
)
def test_equal_runs_wait_equally_long(
    backend: str, runs: int, workers: int, size: int, hold: int, sizes: st.DataObject
) -> None:
    """The largest wait is at most twice the median, measured in leases that others were given meanwhile."""
    waits = anyio.run(_waits, runs, workers, size, hold, backend=backend)
    means = sorted(sum(each) / len(each) for each in waits.values())
    median = means[len(means) // 2]
    assert means[-1] <= 2 * median + 1


async def _waits(runs: int, workers: int, size: int, hold: int) -> dict[int, list[int]]:
    """Of runs with as many workers each, all always wanting a lease: how many were given out while each waited."""
    given_out = 0
    waits: dict[int, list[int]] = {run: [] for run in range(runs)}
    world = World(Behaviour(0, 0, 0, 0, frozenset(), frozenset(), frozenset(), single=False), PoolSettings(size=size))

    async def work(run: int) -> None:
        nonlocal given_out
        for _ in range(10):
            asked = given_out
            async with pool.lease("a", Asker(run)):
                waits[run].append(given_out - asked)
                given_out += 1
                await turns(hold)

    async with Pool("thing", world, world.limits) as pool, anyio.create_task_group() as group:
        for run in range(runs):
            for _ in range(workers):
                group.start_soon(work, run)
    return waits


@pytest.mark.parametrize("backend", ["asyncio", "trio"])
def test_a_run_that_asks_for_much_does_not_hold_up_one_that_asks_for_little(backend: str) -> None:
    """Each time that something comes free, the runs that wait take turns."""

    async def main() -> list[int]:
        order: list[int] = []
        world = World(Behaviour(0, 0, 0, 0, frozenset(), frozenset(), frozenset(), single=False), PoolSettings(size=1))

        async def use(run: int) -> None:
            async with pool.lease("a", Asker(run)):
                order.append(run)
                await turns(2)

        async with Pool("thing", world, world.limits) as pool, anyio.create_task_group() as group:
            for _ in range(100):
                group.start_soon(use, 1)
            await turns(20)
            for run in (2, 3):
                group.start_soon(use, run)
        return order

    order = anyio.run(main, backend=backend)
    begun = min(order.index(2), order.index(3))
    assert {order.index(2), order.index(3)} <= set(range(begun, begun + 3))
    assert begun < 15
