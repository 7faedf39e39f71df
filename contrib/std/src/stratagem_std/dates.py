"""Dates and times, handed on as ISO 8601 text and in parts."""

from datetime import datetime, timedelta

from attrs import frozen

from stratagem.nodes import Example
from stratagem_std.moments import Moment, moment, parsed, shifted, text_of, zone_of
from stratagem_std.registry import pack

Date = str | float | datetime


@frozen
class Difference:
    """One and the same span, in each of these units."""

    seconds: float
    minutes: float
    hours: float
    days: float


@pack.node(effect="read", runs="loop", examples=(Example({"timezone": "UTC"}), Example({"format": "%d.%m.%Y"})))
def date_now(timezone: str = "local", format: str = "") -> Moment:
    """Tells the present date and time, as ISO 8601 or by strftime's codes.

    ``timezone`` is ``local`` (this machine's), ``UTC`` or a name such as ``Europe/Berlin``.
    """
    now = datetime.now().astimezone() if timezone == "local" else datetime.now(zone_of(timezone))
    return moment(now, format)


@pack.node(
    effect="pure",
    examples=(
        Example(
            {"text": "31.03.2024 09:30", "format": "%d.%m.%Y %H:%M"}, {"result": "2024-03-31T09:30:00", "weekday": 7}
        ),
        Example(
            {"text": "2024-03-31T09:30:00", "timezone": "UTC"},
            {"result": "2024-03-31T09:30:00+00:00", "timestamp": 1711877400.0},
        ),
    ),
)
def date_parse(text: str, format: str = "", timezone: str = "") -> Moment:
    """Reads a date and time from text: ISO 8601, or by strptime's codes.

    Without a time zone of its own it is taken as one in ``timezone``; with another one it is converted to it. Raises
    ValueError for text that is no such date.
    """
    return moment(parsed(text, format, timezone))


@pack.node(
    effect="pure",
    examples=(
        Example({"date": "2024-03-31T09:30:00", "format": "%d.%m.%Y"}, {"result": "31.03.2024"}),
        Example({"date": 0, "format": "%H:%M %Z", "timezone": "UTC"}, {"result": "00:00 UTC"}),
    ),
)
def date_format(date: Date, format: str = "", timezone: str = "") -> str:
    """Writes a date, given as ISO 8601 or seconds since 1970, by strftime's codes, in ``timezone`` if that is given."""
    return text_of(parsed(date, timezone=timezone), format)


@pack.node(
    effect="pure",
    examples=(
        Example({"date": "2024-01-31", "months": 1}, {"result": "2024-02-29T00:00:00"}),
        Example({"date": "2024-03-31T09:30:00+02:00", "hours": -10}, {"result": "2024-03-30T23:30:00+02:00"}),
    ),
)
def date_add(
    date: Date,
    years: int = 0,
    months: int = 0,
    weeks: float = 0,
    days: float = 0,
    hours: float = 0,
    minutes: float = 0,
    seconds: float = 0,
) -> Moment:
    """Moves a date, back by negative numbers; months and years keep the day, or take the last one of the month."""
    try:
        span = timedelta(weeks=weeks, days=days, hours=hours, minutes=minutes, seconds=seconds)
    except OverflowError:
        raise ValueError("the date would be out of the years 1 to 9999") from None
    return moment(shifted(parsed(date), years, months, span))


@pack.node(
    effect="pure",
    examples=(
        Example(
            {"start": "2024-03-01", "end": "2024-03-02T12:00:00"}, {"days": 1.5, "hours": 36.0, "seconds": 129600.0}
        ),
    ),
)
def date_difference(start: Date, end: Date) -> Difference:
    """Tells how long it is from ``start`` to ``end``; negative if ``end`` is earlier.

    Raises ValueError if only one of them has a time zone.
    """
    first, last = parsed(start), parsed(end)
    if (first.tzinfo is None) != (last.tzinfo is None):
        raise ValueError(f"only one of {start!r} and {end!r} has a time zone")
    seconds = (last - first).total_seconds()
    return Difference(seconds, seconds / 60, seconds / 3600, seconds / 86400)
