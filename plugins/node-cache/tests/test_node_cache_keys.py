"""Keys of inputs: equal values have equal ones, here and in every other process, and different values have different ones."""

from __future__ import annotations

import json
import math
import subprocess
import sys
from collections import OrderedDict
from collections.abc import Mapping
from copy import deepcopy
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta, timezone
from decimal import Decimal
from enum import Enum
from pathlib import Path, PurePosixPath, PureWindowsPath
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

import pytest
from attrs import define, frozen
from hypothesis import given, settings
from hypothesis import strategies as st

from hypothesis_profiles import examples
from stratagem import NOTHING, Branch, Secret
from stratagem_node_cache.canonical import Unfit, written
from stratagem_node_cache.keys import KeyMaker

MAKER = KeyMaker("some.type@1", "some-dist 1.0")


class Colour(Enum):
    """An enumeration."""

    RED = 1
    BLUE = 2


@frozen
class Point:
    """An attrs class."""

    x: Any
    y: Any = 0


@define
class Other:
    """One with the same fields."""

    x: Any
    y: Any = 0


@dataclass
class Plain:
    """A dataclass."""

    x: Any


scalars = (
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats(allow_nan=False)
    | st.text()
    | st.binary(max_size=8)
    | st.complex_numbers(allow_nan=False)
)
rarer = (
    st.dates()
    | st.datetimes(timezones=st.none() | st.just(UTC) | st.just(ZoneInfo("Europe/Oslo")))
    | st.timedeltas()
    | st.times()
    | st.decimals(allow_nan=False)
    | st.uuids()
    | st.just(NOTHING)
    | st.sampled_from([*Colour, PurePosixPath("a"), PureWindowsPath("a"), Path("a")])
)
values = st.recursive(
    scalars | rarer,
    lambda inner: (
        st.lists(inner, max_size=4)
        | st.dictionaries(st.text(max_size=4) | st.integers(), inner, max_size=4)
        | st.tuples(inner, inner)
        | st.builds(Point, inner, inner)
        | st.builds(Other, inner)
        | st.builds(Plain, inner)
        | st.builds(lambda value: Branch("a", value=value), inner)
        | st.sets(st.integers() | st.text(max_size=3), max_size=4)
        | st.frozensets(st.booleans() | st.floats(allow_nan=False), max_size=3)
    ),
    max_leaves=12,
)
EXACT = st.recursive(
    scalars, lambda inner: st.lists(inner, max_size=3) | st.tuples(inner) | st.dictionaries(st.text(max_size=2), inner)
)


def key(**inputs: Any) -> bytes:
    """The key of some inputs of a node."""
    return MAKER.key(inputs)[0]


def same(one: Any, other: Any) -> bool:
    """Whether two values are of equal types and parts, down to the sign of zeros and the order of mappings."""
    if type(one) is not type(other):
        return False
    if isinstance(one, Mapping):
        return len(one) == len(other) and all(same(a, b) for a, b in zip(one.items(), other.items(), strict=True))
    if isinstance(one, (list, tuple)):
        return len(one) == len(other) and all(map(same, one, other))
    if isinstance(one, (float, complex)):
        return repr(one) == repr(other)
    return bool(one == other)


@given(values)
@settings(max_examples=examples(600))
def test_equal_values_have_equal_keys(value: Any) -> None:
    """Of a copy, whose parts are other objects."""
    assert key(value=value) == key(value=deepcopy(value))


@given(EXACT, EXACT)
@settings(max_examples=examples(600))
def test_different_values_have_different_keys(one: Any, other: Any) -> None:
    """Of any types, however alike they look."""
    assert (written(one) == written(other)) == same(one, other)


@given(values, st.integers(0, 30))
@settings(max_examples=examples(200))
def test_a_value_that_is_changed_anywhere_has_another_key(value: Any, depth: int) -> None:
    """However deep the change is."""
    deep, changed = value, [value]
    for _ in range(depth):
        deep, changed = {"in": [deep]}, {"in": [changed]}  # type: ignore[assignment]  # any nesting will do
    assert key(value=deep) != key(value=changed)


LOOKALIKES: list[Any] = [
    *(1, 1.0, True, "1", b"1", bytearray(b"1"), 1 + 0j, Decimal(1), Decimal("1.0")),
    *(0, 0.0, -0.0, False, None, "", b"", [], (), {}, set(), frozenset(), NOTHING, math.inf, -math.inf, math.nan),
    *([1], (1,), {1}, frozenset([1]), {1: 1}, [[1]], [(1,)], [1, [1]], [[1, 1]], ["1"], [[], []], [[[]]]),
    *({"a": 1, "b": 2}, {"b": 2, "a": 1}, [("a", 1), ("b", 2)], {"a": [1], "b": 2}, {"a": [1, "b", 2]}),
    *(Point(1, 2), Other(1, 2), Plain(1), Point(1, [2]), {"x": 1, "y": 2}, Colour.RED, Colour.BLUE),
    *(date(2020, 1, 2), datetime(2020, 1, 2), datetime(2020, 1, 2, tzinfo=UTC), "2020-01-02", time(0), timedelta(0)),
    *(datetime(2020, 1, 2, tzinfo=ZoneInfo("UTC")), datetime(2020, 1, 2, tzinfo=timezone(timedelta(hours=1)))),
    *(datetime(2020, 1, 2, fold=1), time(0, fold=1), time(0, tzinfo=UTC)),
    *(PurePosixPath("a"), PureWindowsPath("a"), Path("a"), "a", UUID(int=0), UUID(int=0).bytes, str(UUID(int=0))),
    *(Branch("a"), Branch("a", "b"), Branch("a", value=1), Branch(value=1), ("a", None)),
    *("\ud800", "\U0001f600", 2**64, 2.0**64, 10**5000),
]


def test_what_looks_alike_is_told_apart() -> None:
    """By type, sign, order and zone: whatever a node could tell apart."""
    assert len({written(value) for value in LOOKALIKES}) == len(LOOKALIKES)


def test_the_order_of_a_set_does_not_count() -> None:
    """It is not part of its value, and differs from process to process."""
    there, back = {0, 8}, {8, 0}
    assert list(there) != list(back)
    assert written(there) == written(back)
    assert written({(1, "a"), (2, "b")}) == written({(2, "b"), (1, "a")})


def test_the_order_of_inputs_counts_only_where_a_node_sees_it() -> None:
    """Named inputs come by name; those of ``**more`` in the order that the node iterates over."""
    there, back = {"a": 1, "b": [2, [3]]}, {"b": [2, [3]], "a": 1}
    assert MAKER.key(there) == MAKER.key(back)
    ordered = KeyMaker("some.type@1", ordered=True)
    assert ordered.key(there) != ordered.key(back)


def test_the_node_type_its_version_and_its_distribution_count() -> None:
    """So a new release of a pack starts with nothing remembered."""
    makers = [KeyMaker("a.b@1", "d 1.0"), KeyMaker("a.b@2", "d 1.0"), KeyMaker("a.b@1", "d 1.1"), KeyMaker("a.b@1", "")]
    assert len({maker.key({"x": 1})[0] for maker in makers}) == 4


def test_only_plain_values_hold_outside_of_the_process() -> None:
    """The code of a class may differ elsewhere, and is not part of the key."""
    assert MAKER.key({"x": [1, {"a": date(2020, 1, 1)}]})[1]
    for value in (Point(1), Plain(1), Colour.RED, {"a": [Other(1)]}, frozenset([Point(1)])):
        assert not MAKER.key({"x": value})[1]


class Text(str):
    """A text that may do anything."""

    __slots__ = ()


@frozen(slots=False)
class Cached:
    """Has room for more than its fields."""

    x: int


def unfit() -> list[Any]:
    """Values that have no key."""

    @frozen
    class Local:
        x: int = 1

    more = Cached(1)
    more.__dict__["y"] = 2
    endless: list[Any] = []
    endless.append(endless)
    return [
        Secret("s"),
        [{"a": Secret("s")}],
        Text("t"),
        object(),
        OrderedDict(),
        Local(),
        more,
        endless,
        print,
        Branch,
    ]


@pytest.mark.parametrize("place", range(len(unfit())))
def test_what_can_not_be_written_down_has_no_key(place: int) -> None:
    """Secrets, classes that may do anything, local classes, what contains itself."""
    with pytest.raises(Unfit):
        key(x=unfit()[place])


PROGRAM = """
import json, sys
from datetime import datetime, UTC
from decimal import Decimal
from pathlib import PurePosixPath
from stratagem_node_cache.keys import KeyMaker
maker = KeyMaker("some.type@1", "some-dist 1.0")
more = {"set": {"a", "b", "c", 1}, "when": datetime(2020, 1, 2, tzinfo=UTC), "n": Decimal("1.50"), "p": PurePosixPath("x")}
print(json.dumps([maker.key({"x": value})[0].hex() for value in (*json.loads(sys.argv[1]), more)]))
"""


def test_keys_are_the_same_in_other_processes() -> None:
    """Whatever seed the process has for its hashes."""
    told = [None, True, 1, 1.5, -0.0, "é\U0001f600", [1, "a", [2]], {"b": 1, "a": {"c": [None]}}]
    found = []
    for seed in ("0", "1", "2"):
        command = [sys.executable, "-c", PROGRAM, json.dumps(told)]
        done = subprocess.run(command, env={"PYTHONHASHSEED": seed}, capture_output=True, check=True, text=True)
        found.append(json.loads(done.stdout))
    assert found[0] == found[1] == found[2]
    assert found[0][:-1] == [key(x=value).hex() for value in told]


def test_a_value_that_stands_in_itself_again_and_again_is_not_written_down() -> None:
    """The step runs, and is not remembered."""
    value: Any = [1]
    for _ in range(40):
        value = [value, value]
    with pytest.raises(Unfit, match="again and again"):
        written(value)
    with pytest.raises(Unfit, match="again and again"):
        KeyMaker("a").key({"value": value})
