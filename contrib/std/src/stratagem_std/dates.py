"""Dates and times, handed on as ISO 8601 text and in parts."""

from datetime import datetime

from attrs import frozen

from stratagem import Example
from stratagem_std.moments import Moment, moment, parsed, seconds_between, shifted, span_of, text_of, zone_of
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
    """Reads a date and time from text: ISO 8601, or by strptime's codes, of which ``%Z`` reads UTC and GMT.

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
        Example(
            {"date": "2024-03-30T09:30:00+01:00", "days": 1, "timezone": "Europe/Berlin"},
            {"result": "2024-03-31T09:30:00+02:00"},
        ),
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
    timezone: str = "",
) -> Moment:
    """Moves a date, back by negative numbers; months and years keep the day, or take the last one of the month.

    Years, months, weeks and days keep the time of day of ``timezone`` where its clocks are changed between; text tells
    no time zone but an offset, so it is to be named here. Hours, minutes and seconds are real time.
    """
    span = span_of(hours, minutes, seconds)
    return moment(shifted(parsed(date, timezone=timezone), years, months, 7 * weeks + days, span))


@pack.node(
    effect="pure",
    examples=(
        Example(
            {"start": "2024-03-01", "end": "2024-03-02T12:00:00"}, {"days": 1.5, "hours": 36.0, "seconds": 129600.0}
        ),
        Example({"start": "2024-03-31", "end": "2024-04-01", "timezone": "Europe/Berlin"}, {"hours": 23.0}),
    ),
)
def date_difference(start: Date, end: Date, timezone: str = "") -> Difference:
    """Tells how long it is from ``start`` to ``end``; negative if ``end`` is earlier.

    It is real time where they have time zones; one without is taken as one in ``timezone``. Raises ValueError if only
    one of them has one then.
    """
    first, last = parsed(start, timezone=timezone), parsed(end, timezone=timezone)
    if (first.tzinfo is None) != (last.tzinfo is None):
        raise ValueError(f"only one of {start!r} and {end!r} has a time zone; name that of the other as timezone")
    seconds = seconds_between(first, last)
    return Difference(seconds, seconds / 60, seconds / 3600, seconds / 86400)
