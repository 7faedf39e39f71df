"""What the tests of pools share: a factory, and pools that are closed at the end."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from contextlib import AsyncExitStack
from typing import Any

import pytest

from made_members import Maker, Member
from stratagem_pools import Pool, PoolSettings


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
