"""The plugin that a config names ``variable-cache``."""

from __future__ import annotations

from collections.abc import Generator
from typing import ClassVar

from stratagem import Plugin, Resolver, Run, hookimpl
from stratagem_variable_cache.resolver import VariableCache
from stratagem_variable_cache.settings import VariableCacheSettings


class VariableCachePlugin(Plugin):
    """Keeps costly parts of templates until something that they read has changed."""

    Settings: ClassVar[type[VariableCacheSettings]] = VariableCacheSettings

    @hookimpl(wrapper=True)
    def resolve(self, run: Run) -> Generator[None, Resolver, Resolver]:
        """The resolver beneath, with a cache of this run's own."""
        return VariableCache((yield), self.settings, run)
