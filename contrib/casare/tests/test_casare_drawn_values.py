"""Random values and dates."""

import time
from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any

import pytest

from stratagem import Node, Settings, Workflow
from stratagem_casare import pack
from stratagem_testing import run_once

pytestmark = pytest.mark.anyio


async def given(type_: str, config: dict[str, Any], seed: int | None = 1) -> dict[str, Any]:
    workflow = Workflow({"x": Node("x", f"casare.{type_}", config)}, settings=Settings(seed=seed))
    return dict((await run_once(workflow, packs=[pack])).raise_for_error().outputs["x"])


RANDOM: list[tuple[str, dict[str, Any]]] = [
    ("RandomNumberNode", {}),
    ("RandomNumberNode", {"integer_only": True}),
    ("RandomChoiceNode", {"items": list(range(1000))}),
    ("RandomStringNode", {}),
    ("RandomUUIDNode", {}),
    ("ShuffleListNode", {"items": list(range(100))}),
]


@pytest.mark.parametrize(("type_", "config"), RANDOM)
async def test_a_flow_with_a_seed_draws_the_same_again(type_: str, config: dict[str, Any]) -> None:
    """And something else with another seed."""
    assert await given(type_, config, 1) == await given(type_, config, 1)
    assert await given(type_, config, 1) != await given(type_, config, 2)


async def test_numbers_are_drawn_between_both_ends() -> None:
    """Whole ones where that is asked for; ends that are swapped will do."""
    found = (await given("RandomNumberNode", {"min_value": 5, "max_value": "3"}))["result"]
    assert 3 <= found <= 5
    whole = (await given("RandomNumberNode", {"min_value": 3, "max_value": 5, "integer_only": "yes"}))["result"]
    assert whole in (3, 4, 5)
    assert 0 <= (await given("RandomNumberNode", {}))["result"] <= 100


async def test_items_are_drawn_once_unless_they_may_be_repeated() -> None:
    """One with its place, several as a list."""
    one = await given("RandomChoiceNode", {"items": ["a", "b"]})
    assert ["a", "b"][one["index"]] == one["result"]
    several = await given("RandomChoiceNode", {"items": [1, 2, 3], "count": 5})
    assert (sorted(several["result"]), several["index"]) == ([1, 2, 3], -1)
    again = await given("RandomChoiceNode", {"items": [1], "count": 3, "allow_duplicates": True})
    assert again["result"] == [1, 1, 1]


async def test_texts_are_drawn_of_the_kinds_that_are_included() -> None:
    """Letters and digits, unless said otherwise."""
    assert (await given("RandomStringNode", {"length": 50}))["result"].isalnum()
    config = {"length": 20, "include_uppercase": False, "include_lowercase": False}
    assert (await given("RandomStringNode", config))["result"].isdecimal()
    assert len((await given("RandomStringNode", {}))["result"]) == 8


async def test_ids_have_the_form_that_is_asked_for() -> None:
    """Of version 1 or 4."""
    assert (await given("RandomUUIDNode", {"format": "urn"}))["result"].startswith("urn:uuid:")
    assert len((await given("RandomUUIDNode", {"format": "hex", "version": "1"}))["result"]) == 32


async def test_the_present_moment_is_told_in_its_parts() -> None:
    """As this machine has it, or another time zone."""
    now = await given("GetCurrentDateTimeNode", {})
    told = datetime.fromisoformat(now["datetime"])
    assert abs(datetime.now() - told) < timedelta(minutes=1)
    assert (now["year"], now["minute"], now["day_of_week"]) == (told.year, told.minute, f"{told:%A}")
    assert (await given("GetCurrentDateTimeNode", {"timezone": "UTC"}))["datetime"].endswith("+00:00")
    assert (await given("GetCurrentDateTimeNode", {"format": "%Y"}))["datetime"] == str(told.year)


@pytest.mark.parametrize(
    ("config", "result"),
    [
        ({"datetime": "2024-03-31T09:30:00"}, "2024-03-31 09:30:00"),
        ({"datetime": "31/03/2024"}, "2024-03-31 00:00:00"),
        ({"datetime": "03/31/2024"}, "2024-03-31 00:00:00"),
        ({"datetime": "31.3.24", "input_format": "%d.%m.%y", "format": "%Y"}, "2024"),
        ({"datetime": datetime(2024, 1, 2), "format": "%d"}, "02"),
        ({"datetime": datetime(2024, 1, 2, 3).timestamp()}, "2024-01-02 03:00:00"),
    ],
)
async def test_a_date_is_read_however_it_is_written(config: dict[str, Any], result: str) -> None:
    """In ISO 8601, with slashes, in a format that is given, or as seconds since 1970."""
    assert (await given("FormatDateTimeNode", config))["result"] == result


async def test_a_date_is_moved_by_the_calendar_and_the_clock() -> None:
    """Back by negative numbers; without a date the present one is."""
    moved = await given("DateTimeAddNode", {"datetime": "2024-02-29", "years": "1", "weeks": -1, "hours": 25})
    assert moved["result"] == "2025-02-22T01:00:00"
    assert moved["timestamp"] == datetime(2025, 2, 22, 1).timestamp()
    later = await given("DateTimeAddNode", {"minutes": 10})
    assert timedelta(minutes=9) < datetime.fromisoformat(later["result"]) - datetime.now() < timedelta(minutes=11)


async def test_a_span_is_told_whole_and_in_parts() -> None:
    """Of a negative one the days have the sign."""
    span = await given("DateTimeDiffNode", {"datetime_1": "2024-03-03T01:02:03", "datetime_2": "2024-03-01"})
    assert (span["total_seconds"], span["total_hours"]) == (-176523.0, -176523 / 3600)
    assert [span[unit] for unit in ("days", "hours", "minutes", "seconds")] == [-2, 1, 2, 3]


async def test_days_keep_the_time_of_day_where_a_zone_is_named() -> None:
    """Hours are real time."""
    given_ = {"datetime": "2024-03-30T09:30:00+01:00", "timezone": "Europe/Berlin"}
    assert (await given("DateTimeAddNode", {**given_, "days": 1}))["result"] == "2024-03-31T09:30:00+02:00"
    assert (await given("DateTimeAddNode", {**given_, "hours": 24}))["result"] == "2024-03-31T10:30:00+02:00"


@pytest.fixture
def berlin(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """A machine in Berlin, where clocks were put forward in the night to 2024-03-31."""
    monkeypatch.setenv("TZ", "Europe/Berlin")
    time.tzset()
    yield
    monkeypatch.undo()
    time.tzset()


@pytest.mark.parametrize(
    ("start", "end", "hours"),
    [
        ("2024-03-30", "2024-03-31T12:00:00", 36),
        ("2024-03-30T00:00:00+01:00", "2024-03-31T12:00:00", 35),
        (1711753200, "2024-03-31T10:00:00Z", 35),
        (1711753200, 1711753200 + 35 * 3600, 35),
    ],
)
@pytest.mark.usefixtures("berlin")
async def test_a_difference_is_real_time_where_a_zone_is_known(start: Any, end: Any, hours: int) -> None:
    """A date without one is this machine's; between two such, days are days."""
    assert (await given("DateTimeDiffNode", {"datetime_1": start, "datetime_2": end}))["total_hours"] == hours


async def test_the_name_of_a_time_zone_is_no_part_to_drop() -> None:
    """It is read, or nothing is."""
    config = {"input_format": "%H:%M %Z %Y-%m-%d", "format": "%H:%M %z"}
    assert (await given("FormatDateTimeNode", {"datetime": "09:30 GMT 2024-01-31", **config}))[
        "result"
    ] == "09:30 +0000"
    assert "result" not in await given("FormatDateTimeNode", {"datetime": "09:30 CET 2024-01-31", **config})
