"""How much memory the process holds, as its operating system tells; None where it does not."""

from __future__ import annotations

import os
import sys
from pathlib import Path

_STATM = Path("/proc/self/statm")


def peak_memory() -> int | None:
    """The most that was ever resident, in bytes: of the whole process, from its start. Nothing on Windows."""
    try:
        import resource
    except ImportError:
        return None
    most = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return most if sys.platform == "darwin" else most * 1024


def present_memory() -> int | None:
    """Return what is resident now, in bytes; on Linux alone."""
    try:
        return int(_STATM.read_text("ascii").split()[1]) * os.sysconf("SC_PAGE_SIZE")
    except (OSError, ValueError, AttributeError):
        return None
