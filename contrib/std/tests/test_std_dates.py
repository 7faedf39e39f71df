"""Date nodes."""

from __future__ import annotations

import time
from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from stratagem_std.dates import date_add, date_difference, date_format, date_now, date_parse

DATES = st.datetimes(datetime(1900, 1, 1), datetime(2200, 1, 1))
AWARE = st.datetimes(datetime(1900, 1, 1), datetime(2200, 1, 1), timezones=st.just(UTC))


@given(DATES | AWARE)
def test_a_date_comes_back_as_it_was(date: datetime) -> None:
    """Written as ISO 8601 and read again, its parts with it."""
    found = date_parse(date.isoformat())
    assert found.result == date_format(date) == date.isoformat()
    assert (found.year, found.month, found.day) == (date.year, date.month, date.day)
    assert (found.hour, found.minute, found.second) == (date.hour, date.minute, date.second)
    assert found.weekday == date.isoweekday()


@given(AWARE, st.integers(-(10**9), 10**9))
def test_a_difference_undoes_an_addition(date: datetime, seconds: int) -> None:
    """In each of its units."""
    later = date_add(date, seconds=seconds).result
    difference = date_difference(date, later)
    assert difference.seconds == seconds
    assert difference.days * 24 == pytest.approx(difference.hours)
    assert difference.hours * 60 == pytest.approx(difference.minutes)


@given(DATES, st.integers(-1000, 1000))
def test_moving_by_months_keeps_the_day_or_takes_the_last(date: datetime, months: int) -> None:
    """And never leaves the month that was reached."""
    found = date_add(date, months=months)
    assert (found.year * 12 + found.month) - (date.year * 12 + date.month) == months
    assert found.day == date.day or (found.day < date.day and date_add(found.result, days=1).day == 1)


@given(DATES, st.integers(-50, 50))
def test_a_year_is_twelve_months(date: datetime, years: int) -> None:
    """Also from a leap day."""
    assert date_add(date, years=years) == date_add(date, months=12 * years)


def test_hours_are_real_hours_where_the_clock_is_changed() -> None:
    """Two hours after one in the morning of that day it is four; a day later by the calendar is by the clock too."""
    before = date_parse("2024-03-31T01:00:00", timezone="Europe/Berlin").result
    assert before == "2024-03-31T01:00:00+01:00"
    later = date_add(before, hours=2).result
    assert date_format(later, "%H:%M %z", "Europe/Berlin") == "04:00 +0200"


def test_now_is_now_in_any_zone() -> None:
    """The same moment, told differently."""
    before = datetime.now(UTC)
    zones = [date_now(zone) for zone in ("local", "UTC", "Asia/Kolkata")]
    after = datetime.now(UTC) + timedelta(seconds=1)
    assert all(before.timestamp() <= (zone.timestamp or 0) <= after.timestamp() for zone in zones)
    assert zones[2].result.endswith("+05:30")
    assert date_now("UTC", "%Y").result == str(zones[1].year)


def test_a_date_without_a_zone_has_no_timestamp() -> None:
    """Which moment it is can't be known."""
    assert date_parse("2024-03-31").timestamp is None
    assert date_parse("2024-03-31", timezone="UTC").timestamp == 1711843200.0


def test_a_difference_of_dates_with_and_without_zone_is_refused() -> None:
    """It would be a guess."""
    with pytest.raises(ValueError) as caught:
        date_difference("2024-01-01", "2024-01-01T00:00:00+00:00")
    hint = "name that of the other as timezone"
    assert str(caught.value) == f"only one of '2024-01-01' and '2024-01-01T00:00:00+00:00' has a time zone; {hint}"


@given(DATES, st.integers(-5000, 5000), st.sampled_from(["Europe/Berlin", "America/New_York", "Australia/Lord_Howe"]))
def test_days_keep_the_time_of_day_of_a_named_zone(date: datetime, days: int, zone: str) -> None:
    """Unless the clock is put forward over it just then: it is what the clock shows when that has happened."""
    begin = date_parse(date.isoformat(), timezone=zone)
    found = datetime.fromisoformat(date_add(begin.result, days=days, timezone=begin.timezone).result)
    wanted = datetime.fromisoformat(date_format(begin.result, timezone=zone)) + timedelta(days)
    moved = found.replace(tzinfo=None) - wanted.replace(tzinfo=None)
    assert not moved or (wanted.replace(tzinfo=ZoneInfo(zone)).astimezone(UTC) == found and moved <= timedelta(hours=1))
    assert found.astimezone(ZoneInfo(zone)).utcoffset() == found.utcoffset()


@pytest.mark.parametrize(
    ("shift", "result"),
    [
        ({"days": 1}, "2024-03-31T09:30:00+02:00"),
        ({"weeks": 1}, "2024-04-06T09:30:00+02:00"),
        ({"months": 1}, "2024-04-30T09:30:00+02:00"),
        ({"years": 1, "months": -1}, "2025-02-28T09:30:00+01:00"),
        ({"days": 1.5}, "2024-03-31T21:30:00+02:00"),
        ({"hours": 24}, "2024-03-31T10:30:00+02:00"),
        ({"days": 1, "hours": -7}, "2024-03-31T01:30:00+01:00"),
    ],
)
def test_the_calendar_and_the_clock_are_moved_apart(shift: dict[str, Any], result: str) -> None:
    """Days and more keep the time of day, hours and less are real time."""
    assert date_add("2024-03-30T09:30:00", **shift, timezone="Europe/Berlin").result == result


def test_a_time_of_day_that_is_left_out_is_moved_behind_the_gap() -> None:
    """That day has no half past two."""
    assert date_add("2024-03-30T02:30", days=1, timezone="Europe/Berlin").result == "2024-03-31T03:30:00+02:00"


def test_a_difference_is_of_moments() -> None:
    """Also of two in the same zone, whose clocks are changed between."""
    berlin = ZoneInfo("Europe/Berlin")
    assert (
        date_difference(datetime(2024, 3, 30, 12, tzinfo=berlin), datetime(2024, 3, 31, 12, tzinfo=berlin)).hours == 23
    )
    assert date_difference("2024-10-26", "2024-10-28", "Europe/Berlin").hours == 49
    assert date_difference("2024-03-30T12:00:00Z", "2024-03-31T13:00", "Europe/Berlin").hours == 23


@pytest.mark.parametrize(
    ("text", "format", "zone", "result"),
    [
        ("Wed, 31 Jan 2024 09:30:00 GMT", "%a, %d %b %Y %H:%M:%S %Z", "", "2024-01-31T09:30:00+00:00"),
        ("09:30 utc 2024-01-31", "%H:%M %Z %Y-%m-%d", "America/New_York", "2024-01-31T04:30:00-05:00"),
        ("2024-01-31 GMT+0100", "%Y-%m-%d %Z%z", "", "2024-01-31T00:00:00+01:00"),
        ("2024-01-31 %Z", "%Y-%m-%d %%Z", "", "2024-01-31T00:00:00"),
    ],
)
def test_the_name_of_a_time_zone_is_read(text: str, format: str, zone: str, result: str) -> None:
    """And counts, where strptime drops it; an offset says more."""
    assert date_parse(text, format, zone).result == result


@pytest.mark.parametrize("name", ["CET", "EST", time.tzname[0] + "X", ""])
def test_other_names_of_time_zones_are_refused(name: str) -> None:
    """Even this machine's own: elsewhere they mean something else."""
    with pytest.raises(ValueError, match=r"a date as '%Y %Z', got '2024 .*'; of time zone names, %Z reads UTC and GMT"):
        date_parse(f"2024 {name}", "%Y %Z")


def test_the_zone_can_be_handed_on() -> None:
    """By its name, where it has one."""
    zones = [date_parse("2024-01-01", timezone=zone).timezone for zone in ("Asia/Kolkata", "utc", "")]
    assert (zones, date_parse("2024-01-01T00:00+01:00").timezone) == (["Asia/Kolkata", "UTC", ""], "")


@pytest.mark.parametrize(
    ("text", "format", "message"),
    [
        ("31.3.2024", "", "expected a date in ISO 8601, such as 2024-03-31T09:30:00+02:00, got '31.3.2024'"),
        ("2024-13-01", "%Y-%m-%d", "expected a date as '%Y-%m-%d', got '2024-13-01'"),
    ],
)
def test_what_is_no_date_is_an_error_that_says_what_was_expected(text: str, format: str, message: str) -> None:
    """The form, with an example."""
    with pytest.raises(ValueError) as caught:
        date_parse(text, format)
    assert str(caught.value) == message


@pytest.mark.parametrize("zone", ["Mars/Olympus", "../etc/passwd", "local"])
def test_an_unknown_zone_is_an_error(zone: str) -> None:
    """And this machine's is one that only date_now knows: elsewhere the result would depend on the machine."""
    with pytest.raises(ValueError) as caught:
        date_parse("2024-01-01", timezone=zone)
    assert str(caught.value) == f"there is no time zone {zone!r}; they are named as in Europe/Berlin"


@pytest.mark.parametrize("shift", [{"years": 9000}, {"days": 1e9}, {"days": 1e12}, {"months": -30000}])
def test_a_date_beyond_the_calendar_is_an_error(shift: dict[str, Any]) -> None:
    """In both directions, by either clock or calendar."""
    for date in ("2024-01-01", "2024-01-01T00:00:00+00:00"):
        with pytest.raises(ValueError) as caught:
            date_add(date, **shift)
        assert str(caught.value) == "the date would be out of the years 1 to 9999"
    with pytest.raises(ValueError, match="out of the years"):
        date_format(1e18)
