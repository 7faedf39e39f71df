"""Artifacts: what is kept of one lease – downloads, screenshots of failures, a trace."""

from __future__ import annotations

import logging
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

from anyio import move_on_after, to_thread

from stratagem_browser.failures import error_around, failed, has_kept
from stratagem_browser.run_folder import RunFolder
from stratagem_browser.settings import Artifacts
from stratagem_browser.tab import Tab

if TYPE_CHECKING:
    from stratagem import StepRun

log = logging.getLogger("stratagem.browser")

SCREENSHOT = "screenshot"


class LeaseArtifacts:
    """Keeps what the settings say of one lease, in the task of the step that it is kept for and within their time limit.

    Each file is told of in the log, as a note of the error that it belongs to, and to recorders as the event
    ``artifact``; the result's metrics count them as ``browser.artifacts``.
    """

    def __init__(self, settings: Artifacts, tab: Tab, step: StepRun) -> None:
        self._settings = settings
        self._tab = tab
        self._step = step
        self._folder = RunFolder(settings, step.run.id)
        self._tracing = False
        self._failures = 0
        self._late = False

    @asynccontextmanager
    async def kept(self) -> AsyncIterator[None]:
        """Around the lease."""
        if self._settings.tracing != "off":
            await self._tab.own_context.tracing.start(screenshots=True, snapshots=True)
            self._tracing = True
        self._tab.artifacts = self
        try:
            yield
        except BaseException as error:
            await self._keep(error, shot=failed(error, self._step) and not self._is_shown(error))
            raise
        finally:
            self._tab.artifacts = None
        other = error_around(self._step)  # such as that of a step which uses no page
        await self._keep(other, shot=other is not None and not self._is_shown(other))

    @asynccontextmanager
    async def used(self, step: StepRun) -> AsyncIterator[None]:
        """Around the use of a lease that is held for ``step`` by another one."""
        try:
            yield
        except BaseException as error:
            if failed(error, step):
                self._failures += 1
                self._late = self._late or not isinstance(error, Exception)
                if self._settings.screenshots != "off" and not has_kept(error, SCREENSHOT):
                    await self._bounded(step, partial(self._shoot, step, error))
            raise

    def _is_shown(self, error: BaseException) -> bool:
        """Return whether a step that used the lease has kept a picture of this failure, or of the time limit it met."""
        return self._late or has_kept(error, SCREENSHOT)

    async def _keep(self, error: BaseException | None, *, shot: bool) -> None:
        self._failures += shot
        downloads = self._tab.downloads if self._settings.downloads == "keep" else []
        if self._settings.screenshots == "off":
            shot = False
        if shot or downloads or self._tracing:
            await self._bounded(self._step, partial(self._write_all, error, shot=shot))

    async def _write_all(self, error: BaseException | None, *, shot: bool) -> None:
        if shot:
            await self._shoot(self._step, error)
        if self._tracing:
            await self._trace(error)
        downloads = self._tab.downloads if self._settings.downloads == "keep" else []
        while downloads:
            download = downloads.pop(0)
            await self._write(self._step, "download", download.suggested_filename, download.save_as, error)

    async def _bounded(self, step: StepRun, write: Callable[[], Awaitable[None]]) -> None:
        with move_on_after(self._settings.timeout, shield=True) as scope:
            await write()
        if scope.cancelled_caught:
            log.warning("node %s: its artifacts took longer than %g s", step.way, self._settings.timeout)

    async def _shoot(self, step: StepRun, error: BaseException | None) -> None:
        await self._write(step, SCREENSHOT, "failure.png", self._screenshot, error)

    async def _screenshot(self, path: Path) -> None:
        await self._tab.shown.screenshot(path=path, timeout=1000 * self._settings.timeout)

    async def _trace(self, error: BaseException | None) -> None:
        self._tracing = False
        tracing = self._tab.own_context.tracing
        if self._failures or self._settings.tracing == "on":
            await self._write(self._step, "trace", "trace.zip", lambda path: tracing.stop(path=path), error)
        elif self._tab.key.session is not None:  # that of other contexts ends with them
            await tracing.stop()

    async def _write(
        self, step: StepRun, kind: str, name: str, write: Callable[[Path], Awaitable[Any]], error: BaseException | None
    ) -> None:
        """Keeps one file; what goes wrong is logged, because the step's own outcome counts."""
        node = step.step.id
        path = None
        kept = False
        try:
            path = await to_thread.run_sync(self._folder.place, node, name)
            if path is None:
                log.warning("node %s: a %s is not kept: the run has all the artifacts that it may", step.way, kind)
                return
            await write(path)
            await to_thread.run_sync(self._folder.note, node, kind, path)
            kept = True
        except Exception as problem:
            reason = str(problem).partition("\n")[0]  # behind it is Playwright's log of calls
            log.warning("node %s: no %s is kept: %s: %s", step.way, kind, type(problem).__name__, reason)
        finally:
            if path is not None and not kept:
                self._folder.drop(path)
        if kept:
            self._tell(step, kind, path, error)

    def _tell(self, step: StepRun, kind: str, path: Path | None, error: BaseException | None) -> None:
        log.info("node %s: %s kept as %s", step.way, kind, path)
        if error is not None:
            error.add_note(f"{kind}: {path}")
        step.run.record("browser.artifacts", 1, kind=kind)
        step.run.tell(step, "artifact", kind=kind, path=str(path))
