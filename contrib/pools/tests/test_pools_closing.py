"""Making and closing members keep their limits, and a pool that closes leaves nothing."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable
from typing import Any

import anyio
import anyio.lowlevel
import pytest

from made_members import Maker, Member, turns, until
from stratagem import PoolClosed, ResourceUnavailable
from stratagem_pools import Asker, Pool, PoolSettings

pytestmark = pytest.mark.anyio


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
