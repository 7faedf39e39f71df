"""Control outputs: those that a node may choose among, some written as patterns."""

from collections.abc import Iterable
from fnmatch import fnmatchcase


def is_control(port: str, controls: Iterable[str]) -> bool:
    """Return whether ``port`` is one of the control outputs, of which some may be patterns such as ``case_*``."""
    return any(port == control or fnmatchcase(port, control) for control in controls)
