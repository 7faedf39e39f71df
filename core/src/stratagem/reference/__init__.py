"""The reference strategies: what every other strategy must give the same results as."""

from stratagem.reference.resolver import PlainResolver
from stratagem.reference.scheduler import SequentialScheduler

__all__ = ["PlainResolver", "SequentialScheduler"]
