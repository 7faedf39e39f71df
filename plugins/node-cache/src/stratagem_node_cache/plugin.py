"""The plugin that a config names ``node-cache``."""

from __future__ import annotations

from collections.abc import AsyncIterator, Generator, Mapping
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any, ClassVar

from anyio import to_thread
from attrs import field, frozen
from attrs.validators import ge

from stratagem import (
    BadValue,
    CacheControl,
    Duration,
    KernelView,
    Plugin,
    Resolver,
    Run,
    expand_home,
    hookimpl,
    reason_of,
)
from stratagem_node_cache.memory import Memory
from stratagem_node_cache.resolver import NodeCacheResolver
from stratagem_node_cache.results import Results
from stratagem_node_cache.store import Store

MEBIBYTE = 2**20


@frozen
class NodeCacheSettings:
    """``[settings.node-cache]``.

    ``max_entries`` bounds the instances of class nodes in a run. ``ttl`` is how long a result holds where its node says
    nothing; ``max_results`` and ``max_bytes`` bound those in memory. ``store`` is the file that keeps results from
    process to process, none if it is empty; ``store_max_bytes`` bounds what is in it.
    """

    max_entries: int = field(default=100, validator=ge(1))
    ttl: Duration = 300.0
    max_results: int = field(default=10_000, validator=ge(0))
    max_bytes: int = field(default=64 * MEBIBYTE, validator=ge(0))
    store: str = ""
    store_max_bytes: int = field(default=256 * MEBIBYTE, validator=ge(1))


class NodeCachePlugin(Plugin):
    """Runs a step whose result is known not again, and keeps few instances of class nodes."""

    Settings: ClassVar[type[NodeCacheSettings]] = NodeCacheSettings

    def __init__(self, settings: NodeCacheSettings | None = None) -> None:
        super().__init__(settings)
        own: NodeCacheSettings = self.settings
        self.store = Store(_path(own.store), own.store_max_bytes) if own.store else None
        self.results = Results(Memory(own.max_results, own.max_bytes), self.store)

    @hookimpl(wrapper=True)
    def resolve(self, run: Run) -> Generator[None, Resolver, Resolver]:
        """Puts the caches around the run's resolver."""
        inner = yield
        if self.results.worths.leave_out_all(run.plan):
            return inner
        own: NodeCacheSettings = self.settings
        return NodeCacheResolver(inner, run, self.results, max_entries=own.max_entries, ttl=own.ttl)

    @asynccontextmanager
    async def lifespan(self, kernel: KernelView) -> AsyncIterator[None]:
        """Forgets the results in memory and closes the store when the kernel closes."""
        try:
            yield
        finally:
            self.results.memory.clear()
            if self.store is not None:
                await to_thread.run_sync(self.store.close)

    def caches(self) -> list[CacheControl]:
        """The store, which is all that outlives a kernel."""
        return [_Stored(self.store)] if self.store is not None else []


def _path(written: str) -> Path:
    try:
        return expand_home(written)
    except OSError as error:
        raise BadValue(reason_of(error), key="settings.node-cache.store") from None


class _Stored(CacheControl):
    def __init__(self, store: Store) -> None:
        self._store = store
        self.name = "results"
        self.place = str(store.path)

    def stats(self) -> Mapping[str, Any]:
        return self._store.stats()

    def clear(self) -> int:
        return self._store.clear()

    def close(self) -> None:
        self._store.close()
