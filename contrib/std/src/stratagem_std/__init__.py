"""The standard node pack of Stratagem. The node functions are plain callables, usable from other packs too."""

from stratagem_std.registry import pack

__all__ = ["pack"]
