"""System values: the names that begin with ``$`` and tell the time."""

from collections.abc import Callable, Mapping
from datetime import datetime
from types import MappingProxyType
from typing import Any, Final

_VALUES: Final[Mapping[str, Callable[[datetime], Any]]] = MappingProxyType(
    {
        "$currentDate": lambda now: now.strftime("%Y-%m-%d"),
        "$currentTime": lambda now: now.strftime("%H:%M:%S"),
        "$currentDateTime": lambda now: now.isoformat(timespec="seconds"),
        "$timestamp": lambda now: int(now.timestamp()),
    }
)

SYSTEM_NAMES: Final = tuple(_VALUES)
"""All system values. ``$timestamp`` is in whole seconds since 1970, the others are text."""


def system_value(name: str, now: Callable[[], datetime]) -> Callable[[], Any] | None:
    """The function that gives the value of ``name`` at each call, by the clock ``now``; None if there is no such name."""
    form = _VALUES.get(name)
    return None if form is None else lambda: form(now())
