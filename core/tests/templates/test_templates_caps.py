"""Caps: templates, and what they compute, have bounds."""

from typing import Any

import pytest

from stratagem.errors import BadInput
from stratagem.templates import caps
from stratagem.templates.parsing import parse, parse_config, parse_expression
from stratagem.templates.paths import by_name


def refusal(text: str, **scope: Any) -> str:
    with pytest.raises(BadInput) as caught:
        parse(text).bind(by_name)(scope)
    return caught.value.what


def test_a_template_of_too_many_characters_is_refused_but_plain_text_is_not() -> None:
    """Only what is parsed costs."""
    assert "a template of more than 100000 characters" in refusal("{{ x }}" + " " * caps.TEXT_CHARS)
    plain = "x" * (caps.TEXT_CHARS + 1)
    assert parse(plain).value() == plain


@pytest.mark.parametrize(
    ("before", "behind"),
    [
        ("(", ")"), ("[", "]"), ("{'a': ", "}"), ("a[", "]"), ("1 | default(", ")"), ("- ", ""), ("not ", ""),
        ("1 if a else ", ""), ("1 + (", ")"), ("not (1 or (a == (", ")))"), ("1 * - (", ")"), ("a[1].b[", "]"),
    ],
)  # fmt: skip
def test_deep_nesting_is_refused_at_any_depth_and_allowed_within_the_cap(before: str, behind: str) -> None:
    """Whatever is nested, and however deep: one error, no overflow of the stack."""
    for depth in (caps.DEPTH + 1, 1_000, 4_000):
        assert "within one another" in refusal("{{ " + before * depth + "a" + behind * depth + " }}")
    depth = caps.DEPTH // 6
    parse("{{ " + before * depth + "1" + behind * depth + " }}").bind(by_name)


def test_what_is_allowed_can_be_computed_with_little_stack() -> None:
    """The worst expression within the cap uses a bounded number of frames."""
    text = "x"
    while True:
        longer = "(1 if not -(" + text + " + 1) == 2 else 3)"
        try:
            parse_expression(longer)
        except BadInput:
            break
        text = longer
    assert parse_expression(text).bind(by_name)({"x": 1}) in (1, 3)


@pytest.mark.parametrize("sign", ["+", "-", "and", "or"])
def test_long_chains_are_no_nesting(sign: str) -> None:
    """Thousands of operands in a row are one level."""
    assert isinstance(parse_expression(f" {sign} ".join(["x"] * 5_000)).bind(by_name)({"x": 1}), int)


def test_chains_of_look_ups_are_no_nesting() -> None:
    """Thousands of computed subscripts in a row are one level."""
    value: Any = []
    value.append(value)
    assert parse_expression("x" + "[i]" * 3_000).bind(by_name)({"x": value, "i": 0}) is value


def test_too_many_nodes_are_refused() -> None:
    """In one expression or in many pieces of one text."""
    assert "more than 10000 literals" in refusal("{{ [" + "1," * caps.NODES + "] }}")
    assert "more than 10000 literals" in refusal("{{1}}" * (caps.NODES + 1))


@pytest.mark.parametrize("expression", ["a * a", "a + a", "-b", "b + 1", "b * b", "b | abs", "b | int", "b - 1"])
def test_giant_numbers_are_refused(expression: str) -> None:
    """A number has at most 10,000 bits, whether it is made in one step or in many."""
    scope = {"a": 1 << (caps.INT_BITS - 1), "b": 1 << (10 * caps.INT_BITS)}
    assert "the number has more than 10000 bits" in refusal("{{ " + expression + " }}", **scope)
    assert parse_expression("a - 1").bind(by_name)(scope) == scope["a"] - 1


def test_giant_numbers_of_others_are_refused_as_text_and_operands() -> None:
    """Python refuses to print them, so does a template, with its own error."""
    giant = 10**10_000
    assert "a number that is too large can't be made text" in refusal("- {{ x }}", x=giant)
    assert "too large, can't be made text" in refusal("- {{ x }}", x=[giant])
    assert "it can't be computed with these values" in refusal("{{ x / 3.0 }}", x=giant)
    assert "a whole number of more than 3000 digits" in refusal("{{ " + "9" * 3_001 + " }}")
    assert "the text is too long for a number" in refusal("{{ x | int }}", x="1" * 3_001)


@pytest.mark.parametrize("expression", ["x * 10.0", "x + x", "x // 1e-9", "y - 0", "- y", "n % 1"])
def test_numbers_that_are_not_finite_are_refused(expression: str) -> None:
    """No infinity and no NaN comes out of an expression."""
    scope = {"x": 1.7e308, "y": float("inf"), "n": float("nan")}
    assert "the number is not finite" in refusal("{{ " + expression + " }}", **scope)


@pytest.mark.parametrize(
    "text",
    [
        "{{ x + x }}", "{{ x }}{{ x }}", "{{ x }}.{{ y }}", "{{ [x, x] | join }}", "{{ x | replace('a', 'bb') }}",
        "{{ [y, y] | join(x) }}", "{{ [x, x] | json }}", "{{ y | replace('', x) }}", "{{ x + 'aaaaaaa' }}.",
        "- {{ [x, x] }}", "aa{{ x }}", "{{ y + y + x }}", "{{ x | json }}",
    ],
)  # fmt: skip
def test_giant_texts_are_refused(text: str) -> None:
    """A text has at most ten million characters, and is refused before it is made where it can be told."""
    assert "the text has more than 10000000 characters" in refusal(text, x="a" * (caps.RESULT_CHARS - 1), y="a")


def test_giant_constant_texts_are_refused() -> None:
    """A text can't multiply its own literals without bound."""
    piece = "{{ '" + "a" * 3_000 + "' | replace('a', '" + "b" * 3_000 + "') }}"
    assert "the text has more than 10000000 characters" in refusal(piece * 2)


def test_giant_lists_are_refused() -> None:
    """Whether they are added or split."""
    items = [0] * (caps.RESULT_ITEMS // 2 + 1)
    assert "the list has more than 1000000 entries" in refusal("{{ x + x }}", x=items)
    assert "the list has more than 1000000 entries" in refusal("{{ x | split(',') }}", x="," * caps.RESULT_ITEMS)
    assert "more than 1000000 entries can't be made text" in refusal("- {{ [x, x] }}", x=items)


def nested(depth: int) -> list[Any]:
    value: list[Any] = []
    for _ in range(depth):
        value = [value]
    return value


@pytest.mark.parametrize("depth", [caps.VALUE_DEPTH + 1, 10_000])
def test_values_nested_too_deeply_are_refused_where_they_would_be_walked(depth: int) -> None:
    """As text, in comparisons, among unique ones, and as a config."""
    value, other = nested(depth), nested(depth)
    assert "nested more than 100 deep" in refusal("- {{ x }}", x=value)
    assert "nested more than 100 deep" in refusal("{{ [x] | unique }}", x=value)
    with pytest.raises(BadInput, match="nested more than 100 deep"):
        parse_config(["{{ x }}", value])
    assert parse("{{ x }}").bind(by_name)({"x": value}) is value
    assert "nested more than 100 deep" in refusal("{{ x == y }}", x=value, y=other)


def test_a_value_within_itself_is_refused_as_text() -> None:
    """Even one that doubles at each level."""
    value: list[Any] = []
    value += [value, value]
    assert "can't be made text" in refusal("- {{ x }}", x=value)
