"""Figures as people read them."""

from __future__ import annotations

_UNITS = (("s", 1.0), ("ms", 1e-3), ("µs", 1e-6))
_BYTES = ("B", "kB", "MB", "GB", "TB")


def seconds(value: float | None) -> str:
    """Three digits and a unit that fits: ``1.25 s``, ``340 ms``, ``12.0 µs``; from two minutes on ``3 min 20 s``."""
    if value is None:
        return "–"
    if value >= 120:
        minutes, rest = divmod(round(value), 60)
        hours, minutes = divmod(minutes, 60)
        return f"{hours} h {minutes:02} min" if hours else f"{minutes} min {rest:02} s"
    unit, size = next(((unit, size) for unit, size in _UNITS if value >= size), _UNITS[-1])
    scaled = value / size
    digits = 2 if scaled < 10 else 1 if scaled < 100 else 0
    return f"{scaled:.{digits}f} {unit}" if value else "0 s"


def percent(share: float | None) -> str:
    """``83 %``."""
    return "–" if share is None else f"{100 * share:.0f} %"


def count(value: float) -> str:
    """With commas between thousands; whole where it is whole."""
    return f"{value:,.0f}" if value == int(value) else f"{value:,.3g}"


def size(value: float) -> str:
    """Bytes: ``84.5 MB``."""
    place = 0
    while value >= 1000 and place < len(_BYTES) - 1:
        value, place = value / 1000, place + 1
    return f"{value:.{1 if place else 0}f} {_BYTES[place]}"


def measured(value: float, unit: str) -> str:
    """A value with its unit, as UCUM writes units."""
    if unit == "s":
        return seconds(value)
    if unit == "By":
        return size(value)
    plain = count(value)
    return plain if unit in ("1", "") else f"{plain} {unit.strip('{}')}"
