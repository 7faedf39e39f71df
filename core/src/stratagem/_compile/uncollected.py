"""A pause of the garbage collector while much is built that stays."""

from __future__ import annotations

import gc
from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def uncollected() -> Iterator[None]:
    """Pauses the cyclic garbage collector, if it is on.

    A compiler makes nothing but what stays until its plan is there, and a full collection in between looks at all that
    the process holds, in vain: it takes longer than the compilation of 10,000 nodes. Where several threads come here
    at once, the first to leave turns it on again.
    """
    if not gc.isenabled():
        yield
        return
    gc.disable()
    try:
        yield
    finally:
        gc.enable()
