"""A pack for tests: small nodes of every sort, and control structures that own bodies."""

from stratagem.testing.sample import basic, control
from stratagem.testing.sample.basic import Broken
from stratagem.testing.sample.registry import sample

__all__ = ["Broken", "basic", "control", "sample"]
