"""Moments as nodes are given them and hand them on."""

import calendar
import re
from contextlib import suppress
from datetime import UTC, datetime, timedelta, tzinfo
from math import modf
from typing import Final
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from attrs import frozen

from stratagem import brief

_CODE: Final = re.compile(r"%(.)", re.DOTALL)
_UTC: Final = ("UTC", "GMT")
_OUT: Final = "the date would be out of the years 1 to 9999"


@frozen
class Moment:
    """A moment: as text, as seconds since 1970 (None without a time zone), and its parts; Monday is weekday 1.

    ``timezone`` is the name of its time zone, which the text does not tell; empty where it is an offset or unknown.
    """

    result: str
    timestamp: float | None
    year: int
    month: int
    day: int
    hour: int
    minute: int
    second: int
    weekday: int
    timezone: str


def moment(date: datetime, format: str = "") -> Moment:
    """A date and time as nodes hand it on; its text is ISO 8601 without a ``format``."""
    return Moment(
        text_of(date, format),
        None if date.tzinfo is None else date.timestamp(),
        date.year,
        date.month,
        date.day,
        date.hour,
        date.minute,
        date.second,
        date.isoweekday(),
        _name_of(date.tzinfo),
    )


def text_of(date: datetime, format: str = "") -> str:
    """The date as text: ISO 8601, or by strftime's codes."""
    return date.strftime(format) if format else date.isoformat()


def parsed(date: str | float | datetime, format: str = "", timezone: str = "") -> datetime:
    """The date and time that text in ISO 8601 or ``format``, or seconds since 1970, stand for.

    A date without a time zone is taken as one in ``timezone``; one that has another is converted to it.

    Raises:
        ValueError: the text is no such date, or there is no such time zone.
    """
    found = _read(date, format)
    if not timezone:
        return found
    zone = zone_of(timezone)
    return found.replace(tzinfo=zone) if found.tzinfo is None else found.astimezone(zone)


def zone_of(name: str) -> tzinfo:
    """The time zone of this name, such as ``UTC`` or ``Europe/Berlin``; raises ValueError if there is none."""
    if name.upper() == "UTC":
        return UTC
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        raise ValueError(f"there is no time zone {brief(name)}; they are named as in Europe/Berlin") from None


def shifted(date: datetime, years: int, months: int, days: float, span: timedelta) -> datetime:
    """The date, moved; a day that the month reached does not have becomes its last one.

    Years, months and whole days move the calendar, so that the time of day stays; after them the span moves the clock,
    in real time where the time zone is known. A time of day that the day reached leaves out is moved behind the gap.

    Raises:
        ValueError: the date would be before the year 1 or after 9999.
    """
    try:
        part, whole = modf(days)
        return _after(_moved(date, years * 12 + months) + timedelta(whole), span + timedelta(part))
    except OverflowError:
        raise ValueError(_OUT) from None


def span_of(hours: float, minutes: float, seconds: float) -> timedelta:
    """A span of real time; raises ValueError for one that leads out of the calendar from anywhere."""
    try:
        return timedelta(hours=hours, minutes=minutes, seconds=seconds)
    except OverflowError:
        raise ValueError(_OUT) from None


def seconds_between(first: datetime, last: datetime) -> float:
    """The seconds from one date to the other; of two in the same zone Python would compare the clocks on the wall."""
    if first.tzinfo is not None:
        first, last = first.astimezone(UTC), last.astimezone(UTC)
    return (last - first).total_seconds()


def _read(date: str | float | datetime, format: str) -> datetime:
    if isinstance(date, datetime):
        return date
    if not isinstance(date, str):
        try:
            return datetime.fromtimestamp(date, UTC)
        except (ValueError, OverflowError, OSError):
            raise ValueError(f"{brief(date)} seconds since 1970 are out of the years 1 to 9999") from None
    try:
        return _by_format(date, format) if format else datetime.fromisoformat(date)
    except ValueError:
        form = f"as {format!r}" if format else "in ISO 8601, such as 2024-03-31T09:30:00+02:00"
        names = f"; of time zone names, %Z reads {' and '.join(_UTC)}" if "%Z" in format else ""
        raise ValueError(f"expected a date {form}, got {brief(date)}{names}") from None


def _by_format(date: str, format: str) -> datetime:
    """The date by strptime, which itself takes the name of a time zone and drops it."""
    if "Z" not in (codes := _CODE.findall(format)):
        return datetime.strptime(date, format)
    read = [found for name in _UTC if (found := _as_named(date, format, name)) is not None]
    if not read:
        raise ValueError
    return read[0] if "z" in codes else read[0].replace(tzinfo=UTC)


def _as_named(date: str, format: str, name: str) -> datetime | None:
    """The date, if its time zone has this name."""
    with suppress(ValueError):
        return datetime.strptime(date, _CODE.sub(lambda code: name if code[1] == "Z" else code[0], format))
    return None


def _name_of(zone: tzinfo | None) -> str:
    return "UTC" if zone is UTC else zone.key if isinstance(zone, ZoneInfo) and zone.key else ""


def _moved(date: datetime, months: int) -> datetime:
    if not months:
        return date
    year, month = divmod(date.year * 12 + date.month - 1 + months, 12)
    if not 1 <= year <= 9999:
        raise OverflowError
    return date.replace(year=year, month=month + 1, day=min(date.day, calendar.monthrange(year, month + 1)[1]))


def _after(date: datetime, span: timedelta) -> datetime:
    if date.tzinfo is None:
        return date + span
    return (date.astimezone(UTC) + span).astimezone(date.tzinfo)
