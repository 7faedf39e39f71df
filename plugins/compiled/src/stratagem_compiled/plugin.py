"""The plugin that a config names ``compiled``."""

from __future__ import annotations

from typing import Any

from stratagem import Plugin, Run, hookimpl
from stratagem_compiled.resolver import CompiledResolver, Functions


class CompiledPlugin(Plugin):
    """Resolves the config of each step by a function that was written for it."""

    def __init__(self, settings: Any = None) -> None:
        super().__init__(settings)
        self._functions = Functions()

    @hookimpl
    def resolve(self, run: Run) -> CompiledResolver:
        """A resolver for this run, with the functions of the runs before."""
        return CompiledResolver(self._functions)
