"""A pack for tests: small nodes of every sort, and control structures that own bodies."""

from stratagem_testing.sample_pack import basic, control
from stratagem_testing.sample_pack.basic import Broken
from stratagem_testing.sample_pack.registry import sample

__all__ = ["Broken", "basic", "control", "sample"]
