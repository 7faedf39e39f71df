"""Stratagem's variable cache: ``[plugins] use = ["variable-cache"]``."""

from stratagem_variable_cache.plugin import VariableCachePlugin
from stratagem_variable_cache.resolver import VariableCache
from stratagem_variable_cache.settings import VariableCacheSettings

__all__ = ["VariableCache", "VariableCachePlugin", "VariableCacheSettings"]
