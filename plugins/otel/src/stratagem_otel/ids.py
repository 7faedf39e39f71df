"""Ids of traces and spans."""

from __future__ import annotations

import os
import random
import weakref

from opentelemetry.sdk.trace.id_generator import IdGenerator


class OwnRandomIds(IdGenerator):
    """Random ids from a generator of their own.

    The SDK draws them from the ``random`` module's shared one, so that a node which draws from that after a
    ``random.seed`` would get other numbers in a run that is traced.
    """

    def __init__(self) -> None:
        self._random = random.Random(os.urandom(16))
        if hasattr(os, "register_at_fork"):
            reseed = weakref.WeakMethod(self._reseed)
            os.register_at_fork(after_in_child=lambda: (again := reseed()) and again())

    def generate_span_id(self) -> int:
        return self._random.getrandbits(64) or 1

    def generate_trace_id(self) -> int:
        return self._random.getrandbits(128) or 1

    def is_trace_id_random(self) -> bool:
        return True

    def _reseed(self) -> None:
        self._random.seed(os.urandom(16))
