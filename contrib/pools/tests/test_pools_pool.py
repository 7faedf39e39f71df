"""A pool hands out, limits and retires its members as its settings say."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import anyio
import anyio.lowlevel
import pytest

from made_members import Maker, Member, fail, turns, until
from stratagem import ResourceLost
from stratagem_pools import Asker, Pool, PoolSettings

pytestmark = pytest.mark.anyio


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


async def test_a_member_that_is_known_to_be_unfit_is_not_handed_out(opened: Callable[..., Any], maker: Maker) -> None:
    """However short it was idle; it is not asked whether it is well."""
    pool = await opened(check_after=1000.0)
    async with pool.lease("a") as first:
        pass
    maker.dead.add(first.value)
    async with pool.lease("a") as second:
        assert second.value is not first.value
    await turns()
    assert pool.stats.retired == {"unhealthy": 1}


async def test_an_unfit_member_that_can_be_reset_is_handed_out_again(opened: Callable[..., Any], maker: Maker) -> None:
    """As a session whose page has closed itself, and that gets another."""

    class Healing(Maker):
        async def reset(self, member: Member) -> None:
            self.dead.discard(member)

    healing = Healing()
    async with Pool("thing", healing, PoolSettings(check_after=1000.0)) as pool:
        async with pool.lease("a") as first:
            pass
        await turns()
        healing.dead.add(first.value)
        async with pool.lease("a") as second:
            assert second.value is first.value


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
