"""Dates and times."""

from collections.abc import Iterator
from contextlib import suppress
from datetime import datetime
from typing import Any, Final

import attrs

from stratagem import Example, brief
from stratagem_casare import coerce
from stratagem_casare.nodes.lenient import data_node
from stratagem_std.moments import parsed, seconds_between, shifted, span_of, text_of, zone_of

_FORMATS: Final = ("%d/%m/%Y", "%m/%d/%Y")
"""The forms of dates besides ISO 8601, the first that fits first."""


@attrs.frozen
class Now:
    """The present moment: as text, in seconds since 1970, in its parts, with the day's English name."""

    datetime: str
    timestamp: float
    year: int
    month: int
    day: int
    hour: int
    minute: int
    second: int
    day_of_week: str


@attrs.frozen
class Moved:
    """A moment: as ISO 8601, and in seconds since 1970."""

    result: str
    timestamp: float


@attrs.frozen
class Difference:
    """A span, whole in each unit, and taken apart; of a negative one ``days`` alone has the sign."""

    total_seconds: float
    total_minutes: float
    total_hours: float
    total_days: float
    days: int
    hours: int
    minutes: int
    seconds: int


@data_node("GetCurrentDateTimeNode", effect="read", runs="loop", examples=(Example({"timezone": "UTC"}),))
def current_date_time(timezone: Any = "", format: Any = "") -> Now:
    """The present date and time, of this machine or of ``timezone``, in ISO 8601 or ``format``."""
    now = datetime.now(zone_of(coerce.text(timezone)) if timezone else None)
    parts = (now.year, now.month, now.day, now.hour, now.minute, now.second)
    return Now(text_of(now, coerce.text(format)), now.timestamp(), *parts, _DAYS[now.weekday()])


@data_node(
    "FormatDateTimeNode",
    examples=(Example({"datetime": "2024-03-31", "format": "%d.%m.%Y"}, gives={"result": "31.03.2024"}),),
)
def format_date_time(datetime: Any = None, input_format: Any = "", format: Any = "%Y-%m-%d %H:%M:%S") -> str:
    """A date, read in ``input_format`` or as it comes, written in ``format``."""
    return text_of(_read(datetime, coerce.text(input_format)), coerce.text(format))


@data_node(
    "DateTimeAddNode",
    examples=(Example({"datetime": "2024-01-31", "months": 1}, gives={"result": "2024-02-29T00:00:00"}),),
)
def date_time_add(
    datetime: Any = None,
    years: Any = 0,
    months: Any = 0,
    weeks: Any = 0,
    days: Any = 0,
    hours: Any = 0,
    minutes: Any = 0,
    seconds: Any = 0,
    timezone: Any = "",
) -> Moved:
    """A date, or the present one, moved; years and months keep the day, or take the last one of the month.

    With ``timezone`` years, months, weeks and days keep the time of day there.
    """
    span = span_of(*(coerce.whole(value) for value in (hours, minutes, seconds)))
    start = _now() if datetime in (None, "") else _read(datetime)
    if timezone:
        start = start.astimezone(zone_of(coerce.text(timezone)))
    day = 7 * coerce.whole(weeks) + coerce.whole(days)
    found = shifted(start, coerce.whole(years), coerce.whole(months), day, span)
    return Moved(found.isoformat(), found.timestamp())


@data_node(
    "DateTimeDiffNode",
    examples=(
        Example(
            {"datetime_1": "2024-03-01", "datetime_2": "2024-03-02T12:00:05"},
            gives={"total_days": 129605 / 86400, "days": 1, "hours": 12, "minutes": 0, "seconds": 5},
        ),
    ),
)
def date_time_diff(datetime_1: Any = None, datetime_2: Any = None) -> Difference:
    """Return how long it is from ``datetime_1`` to ``datetime_2``: real time where one of them has a time zone."""
    first, last = _moment(datetime_1), _moment(datetime_2)
    if (first.tzinfo is None) != (last.tzinfo is None):
        first, last = first.astimezone(), last.astimezone()  # one without a time zone is this machine's
    total = seconds_between(first, last)
    minutes, seconds = divmod(int(abs(total)), 60)
    hours, minutes = divmod(minutes, 60)
    days, hours = divmod(hours, 24)
    return Difference(
        total, total / 60, total / 3600, total / 86400, -days if total < 0 else days, hours, minutes, seconds
    )


_DAYS: Final = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")


def _now() -> datetime:
    return datetime.now()


def _read(value: Any, format: str = "") -> datetime:
    """The date that a text, or seconds since 1970, stand for; without a time zone of its own it is this machine's."""
    if value in (None, ""):
        raise ValueError("the date is missing")
    if _is_number(value):
        return parsed(value).astimezone().replace(tzinfo=None)
    if format or isinstance(value, datetime):
        return parsed(value, format)
    return next(_readings(coerce.text(value)))


def _moment(value: Any) -> datetime:
    """The date as `_read`, but seconds since 1970 with their time zone: between two of them, clocks may be changed."""
    return parsed(value) if _is_number(value) else _read(value)


def _is_number(value: Any) -> bool:
    return isinstance(value, (int, float)) and not isinstance(value, bool)


def _readings(text: str) -> Iterator[datetime]:
    """Yield what the text can be read as; raises ValueError where it is no date at all."""
    for format in ("", *_FORMATS):
        with suppress(ValueError):
            yield parsed(text, format)
    raise ValueError(f"expected a date such as 2024-03-31 09:30:00 or 31/03/2024, got {brief(text)}")
