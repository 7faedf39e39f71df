"""System values: the names that begin with ``$``."""

from datetime import UTC, datetime

from stratagem.templates.system import SYSTEM_NAMES, system_value

NOW = datetime(2024, 2, 29, 7, 8, 9, 123456, tzinfo=UTC)


def test_system_values_tell_the_time_of_the_clock() -> None:
    """Each in its own form."""
    values = {name: call() for name in SYSTEM_NAMES if (call := system_value(name, lambda: NOW))}
    assert values == {
        "$currentDate": "2024-02-29",
        "$currentTime": "07:08:09",
        "$currentDateTime": "2024-02-29T07:08:09+00:00",
        "$timestamp": 1709190489,
    }


def test_the_clock_is_read_at_each_call() -> None:
    """Not when the name is looked up."""
    ticks = iter([NOW, NOW.replace(year=2025, day=28)])
    call = system_value("$currentDate", lambda: next(ticks))
    assert call is not None
    assert [call(), call()] == ["2024-02-29", "2025-02-28"]


def test_other_names_are_no_system_values() -> None:
    """With or without the sign."""
    assert system_value("$now", lambda: NOW) is None
    assert system_value("currentDate", lambda: NOW) is None
