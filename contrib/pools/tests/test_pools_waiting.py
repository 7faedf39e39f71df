"""Who waits for a member of a pool: how long, before whom, and what it is told."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import anyio
import anyio.lowlevel
import pytest

from made_members import Maker, turns
from stratagem import AcquireTimeout, PoolExhausted, QuotaExceeded, ResourceUnavailable
from stratagem_pools import Asker

pytestmark = pytest.mark.anyio


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
