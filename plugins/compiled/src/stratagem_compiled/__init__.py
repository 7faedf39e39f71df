"""Stratagem's compiled resolver: ``[strategy] resolve = "compiled"``."""

from stratagem_compiled.plugin import CompiledPlugin
from stratagem_compiled.resolver import CompiledResolver

__all__ = ["CompiledPlugin", "CompiledResolver"]
