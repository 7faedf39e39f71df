"""Time limits: seconds in workflows, milliseconds in Playwright."""

from collections.abc import Iterator
from contextlib import contextmanager
from math import isfinite
from typing import Annotated, Any, Self

from anyio import current_time, fail_after

from stratagem import Reads, seconds
from stratagem_web.errors import WaitTimeout, WebError

_INSTANT = 0.001


USUAL = 30.0
"""Seconds that a node waits where neither it, nor its browser, nor the config says anything."""


class Limit(float):
    """Seconds that a node may take in all, counted from when this was made; messages tell them as they were said."""

    end: float

    def __new__(cls, seconds: float) -> Self:
        limit = super().__new__(cls, seconds)
        limit.end = current_time() + seconds
        return limit


def timeout_of(value: Any) -> float:
    """The seconds of a timeout, from a number or a text such as ``5s``. Raises ValueError for what is none, and for 0."""
    limit = seconds(value)
    _check(limit)
    return limit


Timeout = Annotated[float | None, Reads(timeout_of)]
"""The time limit of a node as its config has it; None for that of its browser, see `Session.limit`."""


def ms(seconds: float) -> float:
    """The limit as Playwright takes it. Raises ValueError for 0 and less, which Playwright takes for no limit at all."""
    _check(seconds)
    return left(seconds) * 1000


def left(seconds: float) -> float:
    """The seconds that are left of a limit; never none, which Playwright would take for no limit."""
    return max(seconds.end - current_time(), _INSTANT) if isinstance(seconds, Limit) else seconds


def _check(seconds: float) -> None:
    if seconds <= 0 or not isfinite(seconds):
        raise ValueError(f"expected a timeout of more than 0 seconds, got {seconds:g}")


@contextmanager
def within(seconds: float, what: str, late: type[WebError] = WaitTimeout) -> Iterator[None]:
    """Ends what Playwright has no limit for; raises ``late``, with ``what`` in its message."""
    _check(seconds)
    try:
        with fail_after(left(seconds)):
            yield
    except TimeoutError:
        raise late(f"{what} took longer than {seconds:g} s") from None
