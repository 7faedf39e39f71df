"""A pause of the garbage collector while much is built that stays."""

from __future__ import annotations

import gc
from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def uncollected() -> Iterator[None]:
    """Pauses the cyclic garbage collector, if it is on, and has it take what was built meanwhile for old.

    Who reads or compiles a workflow makes nothing but what stays, and a collection in between or right after looks at
    all of it, in vain: that takes longer than the compilation of 10,000 nodes. Where several threads come here at once,
    the first to leave turns the collector on again.
    """
    if not gc.isenabled():
        yield
        return
    gc.disable()
    try:
        yield
    finally:
        _make_old()
        gc.enable()


def _make_old() -> None:
    """Moves all objects to the oldest generation without a look at them; not where the program has frozen some."""
    if not gc.get_freeze_count():
        gc.freeze()
        gc.unfreeze()
