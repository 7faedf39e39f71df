"""PooledProvider and PoolPlugin: what stands between hooks and a pool, so that a provider is little but its factory."""

from __future__ import annotations

import os
from abc import abstractmethod
from collections.abc import AsyncIterator, Iterator
from contextlib import AbstractAsyncContextManager, AsyncExitStack, asynccontextmanager, contextmanager
from typing import TYPE_CHECKING, Any, ClassVar, Generic, TypeVar

from attrs import evolve

from stratagem import Plugin, ResourceProvider, ResourceRequest, Secret, hookimpl
from stratagem_pools.factory import Factory
from stratagem_pools.member import Asker
from stratagem_pools.pool import Pool
from stratagem_pools.settings import PoolSettings

if TYPE_CHECKING:
    from stratagem import KernelView, Run, StepRun

M = TypeVar("M")


class PooledProvider(ResourceProvider):
    """Leases from a pool to the steps of one run, and tells the run's recorders.

    Measured at each lease, all with the attribute ``kind``: ``resource.wait`` in seconds; ``resource.in_use``,
    ``resource.idle`` and ``resource.waiters``; ``resource.created`` and, with ``why``, ``resource.retired``, counted
    over the whole pool while the run lasts.
    """

    def __init__(self, pool: Pool[Any], run: Run) -> None:
        self._pool = pool
        self._run = run
        self._told = pool.stats
        self._lent: dict[int, list[Any]] = {}

    @asynccontextmanager
    async def lease(self, step: StepRun, request: ResourceRequest) -> AsyncIterator[Any]:
        """Yield what the pool's factory lends of a member that meets the request."""
        pool, factory = self._pool, self._pool.factory
        request = placed(request, factory.paths, step)
        key = factory.key(request)
        async with pool.lease(key, asker_of(step), shared=request.shared, priority=request.priority) as lease:
            self._run.record("resource.wait", lease.waited, "s", kind=pool.kind)
            self._tell()
            async with factory.lend(lease.value, step, request) as given:
                with self._noted(given, lease.value):
                    yield given
        self._tell()

    def use(self, step: StepRun, value: Any) -> AbstractAsyncContextManager[Any]:
        return self._pool.factory.use(self._lent[id(value)][-1], step, value)

    @contextmanager
    def _noted(self, given: Any, member: Any) -> Iterator[None]:
        """While a member is lent; shared ones may be given out several times at once."""
        noted = self._lent.setdefault(id(given), [])
        noted.append(member)
        try:
            yield
        finally:
            noted.pop()
            if not noted:
                del self._lent[id(given)]

    def _tell(self) -> None:
        kind, record = self._pool.kind, self._run.record
        now, told = self._pool.stats, self._told
        record("resource.in_use", now.in_use, kind=kind)
        record("resource.idle", now.idle, kind=kind)
        record("resource.waiters", now.waiters, kind=kind)
        if now.created > told.created:
            record("resource.created", now.created - told.created, kind=kind)
        for why, count in (now.retired - told.retired).items():
            record("resource.retired", count, kind=kind, why=why)
        self._told = now


def placed(request: ResourceRequest, paths: tuple[str, ...], step: StepRun) -> ResourceRequest:
    """The request with relative paths among its labels made absolute, from the folder of the step's file."""
    found = {name: request.labels[name] for name in paths if isinstance(request.labels.get(name), str)}
    if not found:
        return request
    directory = str(step.frame.directory)
    absolute = {name: _joined(directory, text) for name, text in found.items()}
    return evolve(request, labels={**request.labels, **absolute})


def _joined(directory: str, path: str) -> str:
    if isinstance(path, Secret):
        return Secret(os.path.join(directory, path.reveal()))
    return os.path.join(directory, path)


def asker_of(step: StepRun) -> Asker:
    """Return who a step is to a pool."""
    return Asker(step.run.id, step.step.id, step.step.spec.distribution, step, tuple(step.ancestors()))


class PoolPlugin(Plugin, Generic[M]):
    """A plugin that provides resource kinds from pools, which live as long as the kernel and are shared by its runs.

    A subclass gives `factory`, and ``provides`` unless the config is to give it its kinds. Where its ``Settings`` is
    another class than `PoolSettings`, it gives `limits` too. ``pools`` are the open ones, by kind.
    """

    Settings: ClassVar[type[Any]] = PoolSettings

    def __init__(self, settings: Any = None) -> None:
        super().__init__(settings)
        self.pools: dict[str, Pool[M]] = {}

    @abstractmethod
    def factory(self, kind: str) -> Factory[M]:
        """Return what makes the members of the pool of this kind."""

    def limits(self, kind: str) -> PoolSettings:
        """The limits of the pool of this kind."""
        settings: PoolSettings = self.settings
        return settings

    @asynccontextmanager
    async def lifespan(self, kernel: KernelView) -> AsyncIterator[None]:
        """Opens the pools with the kernel, and drains them when it closes."""
        async with AsyncExitStack() as stack:
            for kind in self.kinds or self.provides or ():
                pool = Pool(kind, self.factory(kind), self.limits(kind), provider=self.label)
                self.pools[kind] = await stack.enter_async_context(pool)
            try:
                yield
            finally:
                self.pools = {}

    @hookimpl
    def acquire_resource(self, run: Run, kind: str) -> ResourceProvider | None:
        """Leases from the pool of the kind."""
        pool = self.pools.get(kind)
        return None if pool is None else PooledProvider(pool, run)
