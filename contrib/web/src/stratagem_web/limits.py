"""Time limits: seconds in workflows, milliseconds in Playwright."""

from collections.abc import Iterator
from contextlib import contextmanager
from math import isfinite

from anyio import fail_after

from stratagem_web.errors import WaitTimeout, WebError


def ms(seconds: float) -> float:
    """The limit as Playwright takes it. Raises ValueError for 0 and less, which Playwright takes for no limit at all."""
    if seconds <= 0 or not isfinite(seconds):
        raise ValueError(f"a timeout must be more than 0 seconds, not {seconds}")
    return seconds * 1000


@contextmanager
def within(seconds: float, what: str, late: type[WebError] = WaitTimeout) -> Iterator[None]:
    """Ends what Playwright has no limit for; raises ``late``, with ``what`` in its message."""
    ms(seconds)
    try:
        with fail_after(seconds):
            yield
    except TimeoutError:
        raise late(f"{what} took longer than {seconds:g} s") from None
