"""Stratagem's node cache: ``[plugins] use = ["node-cache"]``."""

from stratagem_node_cache.plugin import NodeCachePlugin, NodeCacheSettings

__all__ = ["NodeCachePlugin", "NodeCacheSettings"]
