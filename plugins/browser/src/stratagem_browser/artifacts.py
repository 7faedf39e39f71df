"""Artifacts: what is kept of one lease – downloads, a screenshot of a failure, a trace."""

from __future__ import annotations

import logging
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

from anyio import get_cancelled_exc_class, move_on_after, to_thread

from stratagem.engine.unwrap import unwrap
from stratagem.nodes.values import LeaveLoop
from stratagem_browser.run_folder import RunFolder
from stratagem_browser.settings import Artifacts
from stratagem_browser.tab import Tab

if TYPE_CHECKING:
    from stratagem.engine.frame import StepRun

log = logging.getLogger("stratagem.browser")


class LeaseArtifacts:
    """Keeps what the settings say of one lease, in the step's own task and within their time limit.

    Each file is told of in the log, as a note of the error that it belongs to, and to recorders as the event
    ``artifact``; the result's metrics count them as ``browser.artifacts``.
    """

    def __init__(self, settings: Artifacts, tab: Tab, step: StepRun) -> None:
        self._settings = settings
        self._tab = tab
        self._step = step
        self._folder = RunFolder(settings, step.run.id)
        self._tracing = False

    @asynccontextmanager
    async def kept(self) -> AsyncIterator[None]:
        """Around the lease."""
        if self._settings.tracing != "off":
            await self._tab.own_context.tracing.start(screenshots=True, snapshots=True)
            self._tracing = True
        try:
            yield
        except BaseException as error:
            await self._keep(error, failed=_failed(error, self._step))
            raise
        await self._keep(None, failed=self._step.run.error is not None)

    async def _keep(self, error: BaseException | None, *, failed: bool) -> None:
        downloads = self._tab.downloads if self._settings.downloads == "keep" else []
        shot = failed and self._settings.screenshots != "off"
        if not (shot or downloads or self._tracing):
            return
        with move_on_after(self._settings.timeout, shield=True) as scope:
            if shot:
                await self._write("screenshot", "failure.png", self._screenshot, error)
            if self._tracing:
                await self._trace(error, failed=failed)
            while downloads:
                download = downloads.pop(0)
                await self._write("download", download.suggested_filename, download.save_as, error)
        if scope.cancelled_caught:
            log.warning("node %s: its artifacts took longer than %g s", self._step.step.id, self._settings.timeout)

    async def _screenshot(self, path: Path) -> None:
        await self._tab.own_page.screenshot(path=path, timeout=1000 * self._settings.timeout)

    async def _trace(self, error: BaseException | None, *, failed: bool) -> None:
        self._tracing = False
        tracing = self._tab.own_context.tracing
        if failed or self._settings.tracing == "on":
            await self._write("trace", "trace.zip", lambda path: tracing.stop(path=path), error)
        elif self._tab.key.session is not None:  # that of other contexts ends with them
            await tracing.stop()

    async def _write(
        self, kind: str, name: str, write: Callable[[Path], Awaitable[Any]], error: BaseException | None
    ) -> None:
        """Keeps one file; what goes wrong is logged, because the step's own outcome counts."""
        node = self._step.step.id
        path = None
        kept = False
        try:
            path = await to_thread.run_sync(self._folder.place, node, name)
            if path is None:
                log.warning("node %s: a %s is not kept: the run has all the artifacts that it may", node, kind)
                return
            await write(path)
            await to_thread.run_sync(self._folder.note, node, kind, path)
            kept = True
        except Exception as problem:
            log.warning("node %s: no %s is kept: %s: %s", node, kind, type(problem).__name__, problem)
        finally:
            if path is not None and not kept:
                self._folder.drop(path)
        if kept:
            self._tell(kind, path, error)

    def _tell(self, kind: str, path: Path | None, error: BaseException | None) -> None:
        step = self._step
        log.info("node %s: %s kept as %s", step.step.id, kind, path)
        if error is not None:
            error.add_note(f"{kind}: {path}")
        step.run.record("browser.artifacts", 1, kind=kind)
        step.run.tell(step, "artifact", kind=kind, path=str(path))


def _failed(error: BaseException, step: StepRun) -> bool:
    """Whether an error that ends a lease is a failure: no leaving of a loop, and a cancellation only at a time limit."""
    if isinstance(error, get_cancelled_exc_class()):
        return step.expired
    return not isinstance(unwrap(error), LeaveLoop)
