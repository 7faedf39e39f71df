"""Over many leases, and however requests are cancelled, nothing piles up."""

from __future__ import annotations

import asyncio
import gc
import statistics
from typing import Any

import psutil
import pytest

from page_pool import Open, Opened, processes, until
from stratagem_pools import Asker

pytestmark = pytest.mark.anyio

LEASES, EVERY = 500, 25


async def settled(opened: Opened) -> None:
    """Waits until nothing is being made or closed, and one page is ready."""
    stats = opened.pool.stats
    await until(lambda: _at_rest(opened))
    assert (stats.in_use, opened.pool.stats.waiters, opened.pool.leases) == (0, 0, set())


def _at_rest(opened: Opened) -> bool:
    stats = opened.pool.stats
    return (stats.in_use, stats.making, stats.closing, stats.waiters) == (0, 0, 0, 0)


async def balanced(opened: Opened) -> None:
    """The books of pool, ledger, Playwright and the browser itself agree; nothing is left that nobody owns."""
    from stratagem_browser.watch import reap

    await settled(opened)
    chrome = opened.chrome
    while await reap(chrome, 1.0):
        pass
    ready = opened.pool.stats.idle
    assert len(chrome.ledger.tabs) == ready
    assert len(chrome.browser.contexts) == ready
    assert await opened.contexts() == ready


@pytest.mark.slow
async def test_five_hundred_leases_leave_nothing(opens: Open, monkeypatch: pytest.MonkeyPatch) -> None:
    """Neither processes nor file descriptors, and memory grows by less than one per cent in a hundred leases.

    The driver's garbage is collected early, so that what is measured is what is held.
    """
    monkeypatch.setenv("NODE_OPTIONS", "--max-old-space-size=64 --max-semi-space-size=2")
    opened = await opens(max_contexts=10_000)
    seen: list[tuple[int, int, float]] = []
    for number in range(1, LEASES + 1):
        opened.back(await opened.lease())
        if number % EVERY == 0:
            await settled(opened)
            gc.collect()
            seen.append(_weighed(opened))
    half = seen[len(seen) // 4 :]  # what is built up once, such as caches, is there by then
    counts, files, memory = zip(*half, strict=True)
    # Chromium keeps a spare renderer now and then, so a single count says nothing; what piles up lifts the lowest.
    assert min(counts[-EVERY // 5 :]) <= statistics.median_high(counts[: EVERY // 5])
    assert files[-1] <= statistics.median(files)
    slope = statistics.linear_regression(range(len(memory)), memory).slope * 100 / EVERY
    assert slope / memory[0] < 0.01
    await balanced(opened)


def _weighed(opened: Opened) -> tuple[int, int, float]:
    """How many processes there are, and the open files and bytes of those that last."""
    chrome = opened.chrome
    lasting = [psutil.Process(), chrome.process, chrome.driver.process]
    files = sum(each.num_fds() for each in lasting if hasattr(each, "num_fds"))
    return len(processes()), files, sum(each.memory_info().rss for each in lasting)


async def test_of_two_hundred_that_ask_and_are_cancelled_five_are_served(opens: Open) -> None:
    """All permits are there afterwards, and no context that is nobody's."""
    opened = await opens()
    served: list[int] = []

    async def ask(number: int) -> None:
        async with opened.pool.lease(opened.key(), Asker(number % 7)):
            served.append(number)
            await asyncio.sleep(0.01)

    tasks = [asyncio.ensure_future(ask(number)) for number in range(200)]
    for number, task in enumerate(tasks):
        if number % 40:
            task.cancel()
        if number % 20 == 0:
            await asyncio.sleep(0.01)
    await asyncio.gather(*tasks, return_exceptions=True)
    assert {0, 40, 80, 120, 160} <= set(served)
    await balanced(opened)
    leases = [await opened.lease() for _ in range(opened.pool.settings.size)]
    for lease in leases:
        opened.back(lease)
    await balanced(opened)


async def test_a_request_may_be_cancelled_at_any_moment(opens: Open) -> None:
    """While a context, a page or a session of the browser is made, when it is handed over, and while it is used."""
    opened = await opens(warm=0)
    opened.back(await opened.lease())

    async def use() -> None:
        async with opened.pool.lease(opened.key()) as lease:
            await lease.value.page.goto("data:text/html,<title>A page</title>")
            await lease.value.page.title()

    for step in range(60):
        task = asyncio.ensure_future(use())
        await asyncio.sleep(step * 0.002)
        task.cancel()
        await asyncio.wait({task})
        assert opened.pool.stats.in_use == 0
    await balanced(opened)


async def test_a_page_may_take_too_long_to_be_made(opens: Open) -> None:
    """The request is told, and what was half made is closed."""
    opened = await opens(warm=0)
    opened.back(await opened.lease())
    await balanced(opened)
    await _with_limits(opened, (0.001, 0.003, 0.006, 0.012, 0.025))
    await balanced(opened)
    opened.back(await opened.lease())


async def _with_limits(opened: Opened, limits: tuple[float, ...]) -> None:
    from stratagem import ResourceUnavailable

    settings: Any = opened.pool.settings
    whole = settings.create_timeout
    for limit in limits:
        object.__setattr__(settings, "create_timeout", limit)
        with pytest.raises(ResourceUnavailable) as caught:
            opened.back(await opened.lease())
        assert "longer than" in str(caught.value)
    object.__setattr__(settings, "create_timeout", whole)
