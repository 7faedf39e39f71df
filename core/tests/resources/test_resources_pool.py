"""A pool hands out, limits, retires and closes its members as its settings say."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncIterator, Callable
from contextlib import AsyncExitStack
from typing import Any

import anyio
import anyio.lowlevel
import pytest
from attrs import define, field

from stratagem.errors import (
    AcquireTimeout,
    PoolClosed,
    PoolExhausted,
    QuotaExceeded,
    ResourceLost,
    ResourceUnavailable,
)
from stratagem.resources import Asker, Factory, Pool, PoolSettings

pytestmark = pytest.mark.anyio

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

    def most(self, key: Any) -> int | None:
        return 1 if self.single else None

    def uses(self, key: Any, limit: int | None) -> int | None:
        return None if key == self.lasting else limit

    def lost(self, member: Member, error: Exception) -> bool:
        return isinstance(error, ConnectionError)

    def describe(self, member: Member) -> str:
        return "the member"


@pytest.fixture
def maker() -> Maker:
    """A factory."""
    return Maker()


@pytest.fixture
async def opened(maker: Maker) -> AsyncIterator[Callable[..., Any]]:
    """Opens pools of the factory, with the settings given; all are closed in the end."""
    async with AsyncExitStack() as stack:

        async def open_pool(**settings: Any) -> Pool[Member]:
            pool = Pool("thing", maker, PoolSettings(**settings), provider="'things' (dist 1.0)")
            return await stack.enter_async_context(pool)

        yield open_pool


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


async def test_a_member_is_used_again(opened: Callable[..., Any], maker: Maker) -> None:
    """The one that was given back last, and none is made that is not needed."""
    pool = await opened()
    for _ in range(5):
        async with pool.lease("a") as lease:
            assert lease.value is maker.made[0]
    assert len(maker.made) == 1


async def test_no_more_are_in_use_than_may_be(opened: Callable[..., Any], maker: Maker) -> None:
    """Others wait until one is given back."""
    pool = await opened(size=2)
    most = 0

    async def use() -> None:
        nonlocal most
        async with pool.lease("a"):
            most = max(most, pool.stats.in_use)
            await turns()

    async with anyio.create_task_group() as group:
        for _ in range(20):
            group.start_soon(use)
    assert most == 2
    assert len(maker.made) == 2


async def test_the_member_idle_for_the_longest_time_makes_place_for_another_key(
    opened: Callable[..., Any], maker: Maker
) -> None:
    """And is closed before the other one is made, so that never more exist than may."""
    pool = await opened(size=2)
    async with pool.lease("old"), pool.lease("new"):
        pass
    async with pool.lease("new"):
        pass
    async with pool.lease("other") as lease:
        assert lease.value.key == "other"
    assert [member.key for member in maker.made if member.closed] == ["old"]
    assert pool.stats.retired == {"evicted": 1}


async def test_no_more_are_evicted_than_are_asked_for(opened: Callable[..., Any], maker: Maker) -> None:
    """Though the pool looks again while the place is being made free."""
    pool = await opened(size=2)
    async with pool.lease("a"), pool.lease("b"):
        pass
    maker.close_takes = 0.02
    async with anyio.create_task_group() as group:
        group.start_soon(fleeting, pool, "c")
        await turns(2)
        group.start_soon(fleeting, pool, "a")
    assert pool.stats.retired == {"evicted": 1}


async def fleeting(pool: Pool[Member], key: str) -> None:
    """Leases for a moment."""
    async with pool.lease(key):
        await turns(1)


async def test_a_member_is_retired_after_its_uses(opened: Callable[..., Any], maker: Maker) -> None:
    """The next one gets a new one."""
    pool = await opened(max_uses=2)
    for _ in range(5):
        async with pool.lease("a"):
            pass
    await turns()
    assert len(maker.made) == 3
    assert pool.stats.retired == {"uses": 2}


async def test_members_are_made_ahead(opened: Callable[..., Any], maker: Maker) -> None:
    """After a lease, as many as are wanted, beside those in use, within what may exist."""
    pool = await opened(size=1, spare=2, ahead=2, max_uses=1)
    async with pool.lease("a"):
        await turns()
        assert (pool.stats.in_use, pool.stats.idle) == (1, 2)
    await turns()
    assert len(maker.made) == 3


async def test_a_sick_member_is_not_handed_out(opened: Callable[..., Any], maker: Maker) -> None:
    """It is checked after it was idle for the time that the settings say, and another takes its place."""
    pool = await opened(check_after=0.0)
    async with pool.lease("a") as first:
        maker.sick.add(first.value)
    async with pool.lease("a") as second:
        assert second.value is not first.value
    await turns()
    assert pool.stats.retired == {"unhealthy": 1}
    assert first.value.closed


async def test_a_member_whose_lease_failed_is_checked(opened: Callable[..., Any], maker: Maker) -> None:
    """Before anybody else gets it, however short it was idle."""
    pool = await opened(check_after=1000.0)
    async with pool.lease("a") as first:
        maker.sick.add(first.value)
    with pytest.raises(KeyError):
        await fail(pool, KeyError("of the step"))
    async with pool.lease("a") as second:
        assert second.value is not first.value


async def test_a_lost_member_is_told_of(opened: Callable[..., Any], maker: Maker) -> None:
    """The step's error becomes one that says what has happened, and may be retried; the member is closed."""
    pool = await opened()
    with pytest.raises(ResourceLost) as caught:
        await fail(pool, ConnectionError("gone"), Asker(node="click"))
    await turns()
    assert str(caught.value) == (
        "node 'click': the 'thing' was lost while it was in use (the member): ConnectionError: gone "
        "(provided by 'things' (dist 1.0)). Let the node retry."
    )
    assert caught.value.retryable
    assert maker.made[0].closed
    assert pool.stats.retired == {"lost": 1}


async def test_a_member_may_be_reported_lost_from_beside(opened: Callable[..., Any], maker: Maker) -> None:
    """An idle one is closed at once, one in use when its lease ends."""
    pool = await opened()
    async with pool.lease("a"), pool.lease("a"):
        pass
    pool.lose(maker.made[0])
    await turns()
    assert [member.closed for member in maker.made] == [True, False]
    async with pool.lease("a") as lease:
        pool.lose(lease.value)
    await turns()
    assert [member.closed for member in maker.made] == [True, True]
    await turns()
    assert pool.stats.retired == {"lost": 2}


async def test_idle_members_are_closed_in_time(opened: Callable[..., Any], maker: Maker) -> None:
    """After their idle time, or when they are too old."""
    pool = await opened(idle_timeout=0.02)
    aging = await opened(max_age=0.02, idle_timeout=None)
    for each in (pool, aging):
        async with each.lease("a"):
            pass
    await until(lambda: pool.stats.retired == {"idle": 1} and aging.stats.retired == {"age": 1})
    assert (pool.stats.idle, aging.stats.idle) == (0, 0)


async def test_a_request_waits_only_so_long(opened: Callable[..., Any]) -> None:
    """Then it is told to try again, and when."""
    pool = await opened(size=1, acquire_timeout=0.02)
    async with pool.lease("a", Asker("first", step=object())):
        with pytest.raises(AcquireTimeout) as caught:
            await pool.acquire("a", Asker("second", "open"))
    assert str(caught.value) == (
        "node 'open': no 'thing' came free within 0.02 s (provided by 'things' (dist 1.0)). "
        "Raise the pool's size (1) or its acquire_timeout."
    )
    assert caught.value.retryable
    assert caught.value.retry_after
    assert pool.stats.waiters == 0


async def test_a_full_queue_refuses_at_once(opened: Callable[..., Any]) -> None:
    """With an estimate of when a place will be free."""
    pool = await opened(size=1, waiters=0)
    async with pool.lease("a", Asker(step=object())):
        with pytest.raises(PoolExhausted) as caught:
            await pool.acquire("a")
    assert caught.value.retry_after
    async with pool.lease("a"):
        pass


async def test_one_run_can_not_take_all(opened: Callable[..., Any]) -> None:
    """At its quota it waits for its own leases, though others are idle."""
    pool = await opened(size=4, quota=2, acquire_timeout=0.05)
    asker = Asker("greedy", step=object())
    async with pool.lease("a", Asker("other")), pool.lease("a", asker):
        async with pool.lease("a", asker):
            with pytest.raises(QuotaExceeded) as caught:
                await pool.acquire("a", Asker("greedy", step=object()))
            assert caught.value.retryable
        async with pool.lease("a", Asker("greedy", step=object())):
            pass


@pytest.mark.parametrize(
    ("limits", "error"), [({"size": 1}, PoolExhausted), ({"quota": 1}, QuotaExceeded), ({"size": 4}, PoolExhausted)]
)
async def test_a_step_does_not_wait_for_itself(
    opened: Callable[..., Any], maker: Maker, limits: dict[str, int], error: type[ResourceUnavailable]
) -> None:
    """What only it or a step around it could give back is refused at once, for good; also of a named session."""
    maker.single = "size" in limits and limits["size"] > 1
    pool = await opened(**limits)
    outer, inner = object(), object()
    async with pool.lease("a", Asker("run", step=outer)):
        with pytest.raises(error) as caught, anyio.fail_after(1):
            await pool.acquire("a", Asker("run", step=inner, within=(outer,)))
    assert not caught.value.retryable


async def test_shared_leases_are_of_one_member(opened: Callable[..., Any], maker: Maker) -> None:
    """Many at once; one that wants a member alone gets another, or waits until all have ended."""
    pool = await opened(size=1)
    async with pool.lease("a", shared=True) as first:
        async with pool.lease("a", shared=True) as second:
            assert first.value is second.value
        with anyio.move_on_after(0.02) as waiting:
            await pool.acquire("a")
        assert waiting.cancelled_caught
    async with pool.lease("a") as alone:
        with anyio.move_on_after(0.02) as waiting:
            await pool.acquire("a", shared=True)
        assert waiting.cancelled_caught
        assert alone.value is maker.made[0]
    assert len(maker.made) == 1


async def test_who_shares_does_not_overtake_who_wants_it_alone(opened: Callable[..., Any]) -> None:
    """Else it would never have its turn."""
    pool = await opened(size=1)
    order: list[str] = []

    async def use(name: str, shared: bool) -> None:
        async with pool.lease("a", Asker(name), shared=shared):
            order.append(name)
            await turns()

    async with anyio.create_task_group() as group, pool.lease("a", shared=True):
        group.start_soon(use, "alone", False)
        await turns(2)
        group.start_soon(use, "shared", True)
        await turns()
    assert order == ["alone", "shared"]


async def test_a_failure_to_make_one_is_told_to_who_waited_for_it(opened: Callable[..., Any], maker: Maker) -> None:
    """With the factory's error as the cause; the place is free again."""
    pool = await opened(size=1)
    maker.error = OSError("no such host")
    with pytest.raises(ResourceUnavailable) as caught:
        await pool.acquire("a", Asker(node="open"))
    assert str(caught.value).startswith("node 'open': a 'thing' could not be made: OSError: no such host")
    assert caught.value.__cause__ is maker.error
    maker.error = None
    async with pool.lease("a"):
        pass


async def test_making_has_a_time_limit_of_its_own(opened: Callable[..., Any], maker: Maker) -> None:
    """A factory that hangs costs its requester that time, and no place."""
    pool = await opened(size=1, create_timeout=0.02)
    maker.create_takes = 60
    with pytest.raises(ResourceUnavailable, match=r"it took longer than 0\.02 s"):
        await pool.acquire("a")
    assert (pool.stats.making, pool.stats.waiters) == (0, 0)


async def test_closing_has_a_time_limit_of_its_own(
    opened: Callable[..., Any], maker: Maker, caplog: pytest.LogCaptureFixture
) -> None:
    """A member that can't be closed is given up, with a warning that names it."""
    maker.close_takes = 60
    pool = await opened(size=1, close_timeout=0.02, max_uses=1)
    async with pool.lease("a"):
        pass
    async with pool.lease("a"):
        pass
    await until(lambda: not pool.stats.closing)
    expected = "the member of the pool 'thing' could not be closed: TimeoutError: it took longer than 0.02 s"
    assert [record.getMessage() for record in caplog.records] == [expected] * 2


async def test_a_pool_that_is_not_open_gives_nothing(maker: Maker) -> None:
    """Neither before nor after."""
    pool = Pool("thing", maker)
    with pytest.raises(PoolClosed) as caught:
        await pool.acquire("a")
    async with pool:
        pass
    with pytest.raises(PoolClosed):
        await pool.acquire("a")
    assert str(caught.value) == "the pool of 'thing' is not open"
    assert not caught.value.retryable


async def test_closing_lets_leases_end(maker: Maker) -> None:
    """Within the grace; who waits is refused, and every member is closed."""
    ended: list[bool] = []

    async def use(pool: Pool[Member], ready: anyio.Event) -> None:
        async with pool.lease("a", Asker("busy", step=object())):
            ready.set()
            await anyio.sleep(0.02)
        ended.append(True)

    async def wait(pool: Pool[Member]) -> None:
        with pytest.raises(PoolClosed):
            await pool.acquire("a")
        ended.append(True)

    async with anyio.create_task_group() as group:
        async with Pool("thing", maker, PoolSettings(size=1)) as pool:
            ready = anyio.Event()
            group.start_soon(use, pool, ready)
            await ready.wait()
            group.start_soon(wait, pool)
            await turns()
        assert all(member.closed for member in maker.made)
        assert pool.stats.retired == {"drain": 1}
    assert ended == [True, True]


async def test_a_lease_that_is_never_given_back_is_named(maker: Maker, caplog: pytest.LogCaptureFixture) -> None:
    """After the grace the member is closed all the same, and a warning tells which node has it."""
    async with Pool("thing", maker, PoolSettings(grace=0.01)) as pool:
        lease = await pool.acquire("a", Asker("run", "launch", "acme 1.2"))
    assert maker.made[0].closed
    assert [record.getMessage() for record in caplog.records if record.levelno == logging.WARNING] == [
        "the lease of a 'thing' was still open when its pool was closed: "
        "the node 'launch' (acme 1.2) did not give it back"
    ]
    pool.give_back(lease)


async def test_a_cancelled_kernel_still_closes_all(maker: Maker) -> None:
    """Closing is shielded from what ends the kernel."""
    maker.close_takes = 0.01
    with anyio.CancelScope() as scope:
        async with Pool("thing", maker) as pool:
            async with pool.lease("a"):
                pass
            scope.cancel()
            await anyio.sleep(60)
    assert maker.made[0].closed


async def test_who_is_cancelled_when_it_was_just_given_one_gives_it_back(
    opened: Callable[..., Any], anyio_backend_name: str
) -> None:
    """Also where the task itself is cancelled, by what knows nothing of scopes."""
    if anyio_backend_name != "asyncio":
        pytest.skip("on trio nothing can come between the hand-over and the task that waits for it")
    pool = await opened(size=1)
    async with pool.lease("a"):
        waiting = asyncio.get_running_loop().create_task(pool.acquire("a"))
        await turns()
    assert pool.stats.in_use == 1  # it was handed over, and its task has not run since
    waiting.cancel()
    with pytest.raises(asyncio.CancelledError):
        await waiting
    assert (pool.stats.in_use, pool.leases) == (0, set())
    async with pool.lease("a"):
        pass


async def test_for_those_who_will_share_one_member_is_made(opened: Callable[..., Any], maker: Maker) -> None:
    """However many of them ask before it is there."""
    pool = await opened()
    maker.create_takes = 0.01
    values: list[Member] = []

    async def share() -> None:
        async with pool.lease("a", shared=True) as lease:
            values.append(lease.value)
            await turns()

    async with anyio.create_task_group() as group:
        for _ in range(5):
            group.start_soon(share)
    assert len(maker.made) == 1
    assert values == maker.made * 5


async def test_members_are_made_ahead_once_a_lease_has_lasted(opened: Callable[..., Any], maker: Maker) -> None:
    """Not at its beginning, which they would slow; at its end in any case."""
    pool = await opened(spare=2, ahead=1, ahead_after=0.05)
    async with pool.lease("a"):
        await turns()
        assert len(maker.made) == 1
        await until(lambda: pool.stats.idle == 1)
    pool = await opened(spare=2, ahead=1, ahead_after=3600, max_uses=1)
    async with pool.lease("b"):
        pass
    await until(lambda: pool.stats.idle == 1)


async def test_an_outdated_member_is_not_used_again(opened: Callable[..., Any], maker: Maker) -> None:
    """An idle one is closed at once, one in use after its lease, which goes on undisturbed."""
    pool = await opened()
    async with pool.lease("a") as lease:
        pool.outdate(lease.value)
        await turns()
        assert not lease.value.closed
    await until(lambda: maker.made[0].closed)
    async with pool.lease("a"):
        pass
    pool.outdate(maker.made[1])
    await until(lambda: maker.made[1].closed)
    assert pool.stats.retired == {"age": 2}


async def test_a_key_may_have_uses_of_its_own(opened: Callable[..., Any], maker: Maker) -> None:
    """More or fewer than the settings say for all."""
    maker.lasting = "lasting"
    pool = await opened(max_uses=1)
    for key in ("lasting", "other"):
        for _ in range(3):
            async with pool.lease(key):
                pass
    assert [member.key for member in maker.made] == ["lasting", "other", "other", "other"]
