"""Durations as configs write them."""

import math
import re
from typing import Annotated

from stratagem._support.shown import shown

UNITS = {"ms": 0.001, "s": 1.0, "m": 60.0, "h": 3600.0, "d": 86400.0}

SECONDS = "seconds"
"""Marks an annotation: the value is a duration."""

Duration = Annotated[float, SECONDS]
"""Annotates a setting in seconds that may be written as ``"250ms"``, ``"60s"``, ``"5m"``, ``"1h"``, ``"7d"`` too."""

_TEXT = re.compile(r"(\d+(?:\.\d+)?) ?(ms|[smhd])", re.ASCII)


def seconds(value: object) -> float:
    """The duration in seconds, from a number or a text such as ``5m``; raises ValueError for anything else."""
    if isinstance(value, (int, float)) and not isinstance(value, bool):
        return _number(value)
    match = _TEXT.fullmatch(value) if isinstance(value, str) else None
    if match is None:
        raise _no_duration(value)
    return _number(float(match[1]) * UNITS[match[2]])


def _number(value: float) -> float:
    try:
        number = float(value)
    except OverflowError:  # a whole number that is larger than every float
        number = math.inf
    if not math.isfinite(number) or number < 0:
        raise _no_duration(value)
    return number


def _no_duration(value: object) -> ValueError:
    return ValueError(f"expected a number of seconds or a text such as '500ms', '5s' or '2m', got {shown(value)}")
