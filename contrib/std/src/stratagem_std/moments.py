"""Moments as nodes are given them and hand them on."""

import calendar
from datetime import UTC, datetime, timedelta, tzinfo
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from attrs import frozen

from stratagem.brief import brief


@frozen
class Moment:
    """A moment: as text, as seconds since 1970 (None without a time zone), and its parts; Monday is weekday 1."""

    result: str
    timestamp: float | None
    year: int
    month: int
    day: int
    hour: int
    minute: int
    second: int
    weekday: int


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


def shifted(date: datetime, years: int, months: int, span: timedelta) -> datetime:
    """The date, moved; a day that the month reached does not have becomes its last one.

    Years and months move the calendar, and after them the span moves the clock, in real time where the time zone is
    known.

    Raises:
        ValueError: the date would be before the year 1 or after 9999.
    """
    try:
        return _after(_moved(date, years * 12 + months), span)
    except OverflowError:
        raise ValueError("the date would be out of the years 1 to 9999") from None


def _read(date: str | float | datetime, format: str) -> datetime:
    if isinstance(date, datetime):
        return date
    if not isinstance(date, str):
        try:
            return datetime.fromtimestamp(date, UTC)
        except (ValueError, OverflowError, OSError):
            raise ValueError(f"{brief(date)} seconds since 1970 are out of the years 1 to 9999") from None
    try:
        return datetime.strptime(date, format) if format else datetime.fromisoformat(date)
    except ValueError:
        form = f"as {format!r}" if format else "in ISO 8601, such as 2024-03-31T09:30:00+02:00"
        raise ValueError(f"{brief(date)} is no date {form}") from None


def _moved(date: datetime, months: int) -> datetime:
    if not months:
        return date
    year, month = divmod(date.year * 12 + date.month - 1 + months, 12)
    if not 1 <= year <= 9999:
        raise OverflowError
    return date.replace(year=year, month=month + 1, day=min(date.day, calendar.monthrange(year, month + 1)[1]))


def _after(date: datetime, span: timedelta) -> datetime:
    if date.tzinfo is None or not span:
        return date + span
    return (date.astimezone(UTC) + span).astimezone(date.tzinfo)
