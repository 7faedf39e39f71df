"""The plugin: ``[resources] browser = "playwright"``."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterable
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING, ClassVar

from anyio import CancelScope, create_task_group
from anyio.lowlevel import checkpoint

from stratagem import Finding, ResourceProvider, hookimpl
from stratagem_browser.factory import PageFactory
from stratagem_browser.fleet import Fleet
from stratagem_browser.keys import Launch
from stratagem_browser.processes import drivers
from stratagem_browser.settings import BrowserSettings
from stratagem_browser.tab import Tab
from stratagem_pools import PoolPlugin, PoolSettings

if TYPE_CHECKING:
    from stratagem import KernelView, Run, StepRun
    from stratagem_browser.artifacts import LeaseArtifacts


class PlaywrightPlugin(PoolPlugin[Tab]):
    """Provides the kind ``browser``: a lease is a Playwright `Page` in a context that no one else has used.

    Browsers live as long as the kernel. Works on asyncio alone, as Playwright does.
    """

    Settings: ClassVar[type[BrowserSettings]] = BrowserSettings
    backends = ("asyncio",)
    provides = ("browser",)

    fleet: Fleet

    def factory(self, kind: str) -> PageFactory:
        return PageFactory(self.settings, lambda: self.fleet, self._artifacts)

    def limits(self, kind: str) -> PoolSettings:
        settings: BrowserSettings = self.settings
        return settings.pool()

    @asynccontextmanager
    async def lifespan(self, kernel: KernelView) -> AsyncIterator[None]:
        """Launches a browser if it is to be launched at the start; at the end no process is left."""
        try:
            async with create_task_group() as group:
                self.fleet = Fleet(self.settings, group, lambda: self.pools.values())
                async with super().lifespan(kernel):
                    try:
                        if self.settings.launch == "start":
                            await self._launch_first()
                        yield
                    finally:
                        self.fleet.closing = True
                group.cancel_scope.cancel()
        finally:
            with CancelScope(shield=True):
                await self.fleet.close()

    @hookimpl
    def acquire_resource(self, run: Run, kind: str) -> ResourceProvider | None:
        """Leases from the pool; a browser is launched while the run comes to the step that needs it."""
        provider = super().acquire_resource(run, kind)
        if provider is not None:
            self.fleet.prelaunch(self._first)
        return provider

    def doctor(self) -> Iterable[Finding]:
        from stratagem_browser.doctor import examine

        return examine(self.settings, self.title)

    @property
    def _first(self) -> Launch:
        return Launch(self.settings.headless, self.settings.channel)

    async def _launch_first(self) -> None:
        """Returns when the driver's process is there, so that all that the kernel does until it is up costs no time."""
        before = drivers()
        ended = self.fleet.prelaunch(self._first)
        while not (ended.is_set() or drivers() - before):
            await checkpoint()

    def _artifacts(self, tab: Tab, step: StepRun) -> LeaseArtifacts:
        from stratagem_browser.artifacts import LeaseArtifacts

        return LeaseArtifacts(self.settings.artifacts, tab, step)
