"""Plain TOML data become typed settings, strictly."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any, Literal

import pytest
from attrs import field, frozen
from attrs.validators import gt
from hypothesis import given
from hypothesis import strategies as st

from stratagem.config.converting import convert
from stratagem.config.duration import Duration, seconds
from stratagem.config.spot import Spot
from stratagem.errors import BadValue, ConfigError, HookMisuse, UnknownKey
from stratagem.templates.secret import Secret


@frozen
class Inner:
    level: int = 1


@frozen
class Everything:
    name: str
    size: int = 1
    ratio: float = 0.5
    on: bool = False
    ttl: Duration = 60.0
    limit: Duration | None = None
    mode: Literal["fast", "safe"] = "safe"
    tags: tuple[str, ...] = ()
    pair: tuple[int, str] = (0, "")
    headers: Mapping[str, str] = field(factory=dict)
    inner: Inner = field(factory=Inner)
    either: int | tuple[str, ...] = 0
    folder: Path = Path()
    token: Secret | None = None
    anything: Any = None


@frozen
class Checked:
    size: int = field(default=1, validator=gt(0))
    depth: int = field(default=1, validator=gt(0))


def read(data: Any, cls: type[Any] = Everything) -> tuple[Any, list[ConfigError]]:
    """The converted value and the problems."""
    spot = Spot(("settings", "x"), provider="acme 1.2")
    return convert(data, cls, spot), spot.problems


def test_every_annotation_reads_its_own_kind_of_value() -> None:
    """Each supported annotation takes the TOML value that it stands for."""
    data = {
        "name": "a", "size": 3, "ratio": 2, "on": True, "ttl": "5m", "limit": 1.5, "mode": "fast", "tags": ["x"],
        "pair": [1, "b"], "headers": {"k": "v"}, "inner": {"level": 7}, "either": ["p"], "folder": "/tmp/x",
        "token": "t", "anything": [1, {"deep": True}],
    }  # fmt: skip
    value, problems = read(data)
    assert problems == []
    assert value == Everything(
        "a", 3, 2.0, True, 300.0, 1.5, "fast", ("x",), (1, "b"), {"k": "v"}, Inner(7), ("p",), Path("/tmp/x"),
        Secret("t"), [1, {"deep": True}],
    )  # fmt: skip
    assert type(value.ratio) is float
    assert type(value.token) is Secret


def test_what_is_left_out_keeps_its_default() -> None:
    """Only a field without a default must be given."""
    assert read({"name": "a"}) == (Everything("a"), [])


@pytest.mark.parametrize(
    ("key", "value"),
    [
        ("name", 1), ("size", "3"), ("size", True), ("size", 1.0), ("ratio", "x"), ("ratio", True), ("on", 1),
        ("ttl", "5 minutes"), ("ttl", -1), ("ttl", float("nan")), ("ttl", True), ("limit", "x"), ("mode", "quick"),
        ("tags", "x"), ("pair", [1]), ("headers", []), ("inner", 3), ("either", "x"), ("folder", 1), ("token", 1),
    ],
)  # fmt: skip
def test_a_wrong_type_is_refused_with_its_key(key: str, value: object) -> None:
    """No value is bent into another type; the error names the key path and who defines it."""
    found, problems = read({"name": "a", key: value})
    assert found is None
    (problem,) = problems
    assert type(problem) is BadValue
    assert problem.key == f"settings.x.{key}"
    assert problem.provider == "acme 1.2"


def test_all_problems_are_found_at_once_at_any_depth() -> None:
    """One pass reports unknown, missing and wrong keys, inside nested values too."""
    _, problems = read({"sise": 1, "headers": {"a": 1}, "tags": ["ok", 2], "inner": {"levle": 1}})
    assert {(type(problem), problem.key) for problem in problems} == {
        (UnknownKey, "settings.x.sise"),
        (BadValue, "settings.x.headers.a"),
        (BadValue, "settings.x.tags.1"),
        (UnknownKey, "settings.x.inner.levle"),
        (BadValue, "settings.x.name"),
    }
    hints = {problem.key: problem.hint for problem in problems}
    assert hints["settings.x.sise"] == "Did you mean 'size'?"
    assert hints["settings.x.inner.levle"] == "Did you mean 'level'?"


def test_every_validator_that_refuses_is_reported_at_its_key() -> None:
    """attrs validators bound values, and each refusal is told at the field's own key."""
    _, problems = read({"size": 0, "depth": -1}, Checked)
    assert [(problem.key, problem.what) for problem in problems] == [
        ("settings.x.size", "must be > 0: 0"),
        ("settings.x.depth", "must be > 0: -1"),
    ]


def test_text_of_a_variable_serves_as_a_number_too() -> None:
    """Environment variables are text; where a number is wanted, the number in it is taken."""
    value, problems = read({"name": "a", "size": Secret("7"), "ttl": Secret("5m"), "on": Secret("true")})
    assert problems == []
    assert (value.size, value.ttl, value.on) == (7, 300.0, True)


def test_a_secret_of_the_wrong_type_is_not_printed() -> None:
    """The error about a value from the environment masks it."""
    _, (problem,) = read({"name": "a", "size": Secret("hunter2")})
    assert "hunter2" not in str(problem)
    assert "***" in str(problem)


def test_a_path_from_the_environment_is_the_real_path() -> None:
    """Masking must not leak into what a secret text is used for."""
    value, _ = read({"name": "a", "folder": Secret("/data")})
    assert value.folder == Path("/data")


def test_an_annotation_that_no_value_fits_is_the_plugins_mistake() -> None:
    """Unsupported annotations are refused with the field's name, whatever the config says."""

    @frozen
    class Odd:
        when: complex = 0j

    with pytest.raises(HookMisuse) as caught:
        read({}, Odd)
    assert "Odd.when" in str(caught.value)


def test_a_settings_class_must_be_an_attrs_class() -> None:
    """A plain class is refused by name."""
    with pytest.raises(HookMisuse, match="expected an attrs class for settings, got object"):
        read({}, object)


@pytest.mark.parametrize(
    ("text", "expected"), [("250ms", 0.25), ("60s", 60.0), ("5m", 300.0), ("1.5h", 5400.0), ("1 d", 86400.0), (2, 2.0)]
)
def test_durations_are_seconds(text: object, expected: float) -> None:
    """Every unit, and plain numbers."""
    assert seconds(text) == pytest.approx(expected)


@given(st.floats(0, 1e6), st.sampled_from(["ms", "s", "m", "h", "d"]))
def test_a_duration_grows_with_its_number(number: float, unit: str) -> None:
    """For each unit, seconds are the number times one unit."""
    text = f"{number:f}"
    assert seconds(text + unit) == pytest.approx(float(text) * seconds(f"1{unit}"))


@given(st.text() | st.none() | st.lists(st.integers()) | st.booleans())
def test_what_is_no_duration_raises_only_value_error(value: object) -> None:
    """Any value gives either seconds of at least zero, or ValueError."""
    try:
        assert seconds(value) >= 0
    except ValueError as error:
        assert "expected a number of seconds" in str(error)  # noqa: PT017 - either outcome is right


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=8,
)
FIELDS = ["name", "size", "ttl", "mode", "tags", "pair", "headers", "inner", "either", "folder", "anything", "other"]


@given(st.dictionaries(st.sampled_from(FIELDS), JSON))
def test_any_data_give_settings_or_problems(data: dict[str, Any]) -> None:
    """The converter never raises on data, and gives a value exactly when it reports nothing."""
    value, problems = read(data)
    assert (value is None) == bool(problems)
    assert all(problem.key and problem.key.startswith("settings.x") for problem in problems)
