"""The contract of a provider that leases from a pool."""

from __future__ import annotations

from abc import abstractmethod
from typing import Any

import anyio
import pytest

from stratagem import Plugin, PoolClosed, QuotaExceeded
from stratagem_pools import Asker, Pool, PoolPlugin, PoolSettings, ResourceRequest
from stratagem_testing.build import node, workflow_of
from stratagem_testing.contracts.provider import THING, ProviderContract
from stratagem_testing.contracts.shared import LIMIT, on_both_loops


class PoolContract(ProviderContract):
    """Override `pooled`, `left_over`, `open_now` and `use`."""

    patience: float = 0.5
    """Seconds in which the first three members are made; a request that is in vain takes as long."""

    @abstractmethod
    def pooled(self, limits: PoolSettings) -> PoolPlugin[Any]:
        """A new plugin whose pools have these limits."""

    @abstractmethod
    def left_over(self) -> int:
        """Return how many members of all plugins made so far are not closed."""

    def plugin(self) -> Plugin:
        return self.pooled(PoolSettings(size=8))

    @on_both_loops
    def test_runs_share_the_pool(self, backend: str) -> None:
        """A member that one run has given back is what the next gets, unless members serve once; none is left over."""

        async def main() -> None:
            with anyio.fail_after(LIMIT):
                async with self._kernel(plugin=plugin) as kernel:
                    for _ in range(5):
                        (await kernel.run(workflow_of(node("n", "contract.use")))).raise_for_error()
                    pool = plugin.pools[THING]
                    assert pool.stats.created <= 1 + pool.settings.ahead + pool.stats.retired["uses"]

        plugin = self.pooled(PoolSettings(size=8))
        self._on(backend, main)
        assert self.left_over() == 0

    @on_both_loops
    def test_a_run_that_holds_its_quota_leaves_the_rest_to_others(self, backend: str) -> None:
        """With two members in use by one run, another one gets the third at once."""

        async def main() -> None:
            with anyio.fail_after(LIMIT):
                async with self._kernel(plugin=plugin):
                    pool = plugin.pools[THING]
                    key = pool.factory.key(ResourceRequest(THING))
                    greedy, modest = Asker("greedy", step=object()), Asker("modest", step=object())
                    async with pool.lease(key, greedy), pool.lease(key, greedy):
                        with pytest.raises(QuotaExceeded):
                            await pool.acquire(key, greedy)
                        async with pool.lease(key, modest):
                            assert pool.stats.in_use == 3

        plugin = self.pooled(PoolSettings(size=4, quota=2, acquire_timeout=self.patience))
        self._on(backend, main)
        assert self.left_over() == 0

    @on_both_loops
    def test_of_many_that_ask_and_are_cancelled_nothing_stays_behind(self, backend: str) -> None:
        """Of 200 that want one of four members 195 are cancelled; the others get theirs, and all are free again."""
        served: list[int] = []

        async def ask(pool: Pool[Any], number: int, scope: anyio.CancelScope) -> None:
            with scope:
                async with pool.lease(pool.factory.key(ResourceRequest(THING)), Asker(number % 7)):
                    await anyio.sleep(0.001)
                    served.append(number)

        async def main() -> None:
            with anyio.fail_after(LIMIT):
                async with self._kernel(plugin=plugin):
                    pool = plugin.pools[THING]
                    scopes = [anyio.CancelScope() for _ in range(200)]
                    async with anyio.create_task_group() as group:
                        for number, scope in enumerate(scopes):
                            group.start_soon(ask, pool, number, scope)
                        for number, scope in enumerate(scopes):
                            if number % 40:
                                scope.cancel()
                            if number % 10 == 0:
                                await anyio.sleep(0.001)
                    assert {0, 40, 80, 120, 160} <= set(served)
                    assert (pool.stats.in_use, pool.stats.waiters, pool.leases) == (0, 0, set())
                    async with anyio.create_task_group() as group:
                        for number in range(4):
                            group.start_soon(ask, pool, 1000 + number, anyio.CancelScope())
                    assert set(range(1000, 1004)) <= set(served)

        plugin = self.pooled(PoolSettings(size=4))
        self._on(backend, main)
        assert self.left_over() == 0

    @on_both_loops
    def test_a_closed_pool_gives_nothing(self, backend: str) -> None:
        """Gives an error to whoever kept it, and no member is made that nobody would close."""

        async def main() -> None:
            async with self._kernel(plugin=plugin):
                pool = plugin.pools[THING]
            with pytest.raises(PoolClosed):
                await pool.acquire(pool.factory.key(ResourceRequest(THING)))

        plugin = self.pooled(PoolSettings())
        self._on(backend, main)
        assert self.left_over() == 0
