"""Lifespans of plugins: entered and left such that each error names its plugin, and none takes a result away."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractAsyncContextManager
from types import TracebackType
from typing import TYPE_CHECKING, Any

from stratagem._engine.outcomes.faults import failed_in
from stratagem._engine.outcomes.unwrap import unwrap
from stratagem.errors import PluginFailed, StratagemError

if TYPE_CHECKING:
    from stratagem.plugins.base import Plugin
    from stratagem.views import KernelView


class Lifespan:
    """One plugin's lifespan; ``tell`` is called with what goes wrong when it is left, and nothing is raised then."""

    def __init__(self, plugin: Plugin, kernel: KernelView, tell: Callable[[PluginFailed], None]) -> None:
        self._plugin = plugin
        self._kernel = kernel
        self._tell = tell
        self._context: AbstractAsyncContextManager[Any] | None = None

    async def __aenter__(self) -> None:
        try:
            context = self._plugin.lifespan(self._kernel)
            await context.__aenter__()
        except StratagemError as error:  # says by itself what is missing
            error.provider = error.provider or self._plugin.distribution or None
            raise
        except Exception as error:
            raise self._failure(error) from error
        self._context = context

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        assert self._context is not None  # it was entered
        try:
            await self._context.__aexit__(kind, error, traceback)
        except Exception as raised:
            if error is None or unwrap(raised) is not unwrap(error):
                self._tell(self._failure(raised))

    def _failure(self, error: Exception) -> PluginFailed:
        return failed_in(self._plugin, f"{type(self._plugin).__qualname__}.lifespan", unwrap(error))
