"""Values that stand in themselves again and again, in expressions: each ends at once, with one clear error."""

from __future__ import annotations

from typing import Any

import pytest

from stratagem.errors import BadInput
from stratagem.templates.parsing import parse, parse_config
from stratagem.templates.paths import TemplatePath


def by_name(path: TemplatePath) -> tuple[Any, int]:
    return (lambda scope: scope[path.root]), 0


def doubled(start: Any) -> Any:
    value = start
    for _ in range(40):
        value = [value, value]
    return value


def pairs() -> Any:
    value: Any = (1,)
    for _ in range(40):
        value = (value, value)
    return value


@pytest.mark.parametrize(
    ("text", "what"),
    [
        ("{{ x == y }}", "can't be compared"),
        ("{{ x != y }}", "can't be compared"),
        ("{{ x in [y] }}", "can't be compared"),
        ("{{ x not in y }}", "can't be compared"),
        ("{{ [y] | contains(x) }}", "can't be compared"),
        ("{{ [x, y] | unique }}", "can't be compared"),
        ("{{ t in {'a': 1} }}", "can't be compared"),
        ("{{ {t: 1} }}", "the key of a dict is text or a number"),
        ("{{ x | json }}", "can't be made text"),
        ("- {{ x }}", "can't be made text"),
        ("{{ [x] | join('-') }}", "can't be made text"),
        ("{{ long | json }}", "more than 10000000 characters"),
    ],
)
def test_an_operation_on_a_value_that_is_too_large_is_refused(text: str, what: str) -> None:
    """The error names what can't be done, and where."""
    values = {"x": doubled(1), "y": doubled(1), "t": pairs(), "long": ["x" * 100_000] * 1_000}
    with pytest.raises(BadInput, match="at column") as refused:
        parse(text).bind(by_name)(values)
    assert what in str(refused.value)


def test_a_large_value_can_be_compared_with_a_small_one() -> None:
    """That takes no time."""
    values = {"x": doubled(1), "y": [1, [2]]}
    assert parse("{{ x == y }}").bind(by_name)(values) is False
    assert parse("{{ x == 1 or x in ['a'] }}").bind(by_name)(values) is False
    assert parse("{{ x == x[0] or x | length == 2 }}").bind(by_name)({"x": [1, 2]}) is True


def test_a_constant_that_is_too_large_is_refused() -> None:
    """Files can't have one; programs can."""
    with pytest.raises(BadInput, match="can't be read"):
        parse_config({"a": doubled("{{ x }}")})
