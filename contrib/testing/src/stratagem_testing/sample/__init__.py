"""A pack for tests: small nodes of every sort, and control structures that own bodies."""

from stratagem_testing.sample import basic, control
from stratagem_testing.sample.basic import Broken
from stratagem_testing.sample.registry import sample

__all__ = ["Broken", "basic", "control", "sample"]
