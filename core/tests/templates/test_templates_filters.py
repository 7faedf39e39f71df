"""Filters and operators: what each gives, and what it refuses."""

from typing import Any

import pytest

from stratagem.errors import BadInput, WorkflowError
from stratagem.templates.filters import FILTERS
from stratagem.templates.parsing import parse_expression
from stratagem.templates.paths import by_name


def evaluate(expression: str, **scope: Any) -> Any:
    return parse_expression(expression).bind(by_name)(scope)


def refusal(expression: str, **scope: Any) -> str:
    with pytest.raises(BadInput) as caught:
        evaluate(expression, **scope)
    return caught.value.what


GIVEN: list[tuple[str, Any]] = [
    ("'abc' | length", 3), ("[1, 2] | length", 2), ("{'a': 1} | length", 1),
    ("'aé' | upper", "AÉ"), ("'AÉ' | lower", "aé"), ("' a\n' | trim", "a"), ("'a bc' | title", "A Bc"),
    ("'o\\'neill\\'S café, don\u2019t STOP' | title", "O'neill's Café, Don\u2019t Stop"), ("'\\'tis l\\'été' | title", "'Tis L'été"),
    ("'cafe\u0301s 3rd_of x-ray ΟΔΟΣ ǆ' | title", "Cafe\u0301s 3rd_Of X-Ray Οδος ǅ"),
    ("' 12 ' | int", 12), ("-1.9 | int", -1), ("true | int", 1), ("'-3' | int", -3),
    ("'1.5' | float", 1.5), ("2 | float", 2.0), ("false | float", 0.0),
    ("null | string", ""), ("[true] | string", "[true]"), ("1.0 | string", "1.0"),
    ("' Yes ' | bool", True), ("'off' | bool", False), ("'' | bool", False), ("[] | bool", False), ("2 | bool", True),
    ("2.5 | round", 2), ("2.567 | round(2)", 2.57), ("1234 | round(-2)", 1200), ("3 | round(1)", 3),
    ("(-2) | abs", 2), ("(-2.5) | abs", 2.5),
    ("[3, 1.5, 2] | min", 1.5), ("['b', 'a'] | max", "b"), ("[1, 2.5] | sum", 3.5), ("[] | sum", 0),
    ("[1, 2] | first", 1), ("[1, 2] | last", 2), ("'abc' | first", "a"), ("'abc' | last", "c"),
    ("[1, null, true, 'x', [2]] | join(', ')", "1, , true, x, [2]"), ("['a', 'b'] | join", "ab"), ("[] | join('x')", ""),
    ("'a,b,' | split(',')", ["a", "b", ""]), ("' a  b ' | split", ["a", "b"]),
    ("'aXbX' | replace('X', '--')", "a--b--"), ("'ab' | replace('', '-')", "-a-b-"),
    ("[3, 1, 2] | sort", [1, 2, 3]), ("['b', 'a'] | sort", ["a", "b"]), ("[1, 'a'] | reverse", ["a", 1]),
    ("'abc' | reverse", "cba"), ("[1, 2, 1, [1], [1], {'a': [1]}, {'a': [1]}] | unique", [1, 2, [1], {"a": [1]}]),
    ("{'a': 1, 'b': 2} | keys", ["a", "b"]), ("{'a': 1} | values", [1]), ("{'a': 1} | items", [["a", 1]]),
    ("{'a': [1, 'é', null]} | json", '{"a":[1,"é",null]}'), ("'a\"' | json", '"a\\""'), ("null | json", "null"),
    ("[1, 2] | contains(2)", True), ("'abc' | contains('bc')", True), ("{'a': 1} | contains('b')", False),
    ("'abc' | startswith('ab')", True), ("'abc' | endswith('ab')", False),
    ("'a' | type", "string"), ("1 | type", "int"), ("1.5 | type", "float"), ("true | type", "bool"),
    ("null | type", "null"), ("[] | type", "list"), ("{} | type", "dict"),
    ("x | default(1)", 1),
]  # fmt: skip


@pytest.mark.parametrize(("expression", "value"), GIVEN)
def test_a_filter_gives_what_its_name_says(expression: str, value: Any) -> None:
    """Value and type, for a constant and for the same value out of a scope."""
    result = evaluate(expression)
    assert (result, type(result)) == (value, type(value))
    operand, *rest = expression.split(" | ")
    if operand != "x":
        assert evaluate(" | ".join(["v", *rest]), v=evaluate(operand)) == value


def test_every_filter_is_tested() -> None:
    """The list of examples above is complete."""
    tested = {expression.split(" | ")[1].partition("(")[0] for expression, _ in GIVEN}
    assert tested == {*FILTERS, "default"}


@pytest.mark.parametrize(
    ("expression", "message"),
    [
        ("1 | length", "int has no length"), ("1 | upper", "a string is needed, not int"),
        ("'1.5' | int", "the text is not a whole number"), ("'x' | float", "the text is not a number"),
        ("'inf' | float", "the number is not finite"), ("'nan' | float", "the number is not finite"),
        ("null | int", "a number is needed, not null"), ("[] | float", "a number is needed, not list"),
        ("'maybe' | bool", "the text is neither true, yes, on, 1 nor false, no, off, 0"),
        ("true | abs", "a number is needed, not bool"), ("1 | round(1.5)", "a number of places between -300 and 300"),
        ("1 | round(999999999)", "a number of places between -300 and 300"), ("[] | min", "the list is empty"),
        ("[] | first", "the list is empty"), ("'' | last", "the string is empty"),
        ("[1, 'a'] | sort", "only a list of numbers, or of strings, can be put in order"),
        ("[true, 1] | max", "only a list of numbers, or of strings, can be put in order"),
        ("['a'] | sum", "only numbers can be summed, not string"), ("'ab' | join", "a list is needed, not string"),
        ("[1] | join(1)", "a string is needed, not int"), ("'a' | split('')", "the separator is empty"),
        ("'a' | replace(1, 'b')", "a string is needed, not int"), ("[] | keys", "a dict is needed, not list"),
        ("'a' | contains(1)", "only text can be in text, not int"), ("1 | reverse", "a list is needed, not int"),
        ("'a' | startswith(null)", "a string is needed, not null"),
        ("1 | contains(1)", "nothing can be in int; a list, dict or string is needed"),
    ],
)  # fmt: skip
def test_a_filter_refuses_what_it_is_not_for(expression: str, message: str) -> None:
    """By the kind of the value, never with the value itself, and with the filter's column."""
    assert refusal(expression).startswith(message)
    assert f"at column {expression.index('|') + 3} of" in refusal(expression)


@pytest.mark.parametrize(
    ("expression", "value"),
    [
        ("1 + 2.5", 3.5), ("'a' + 'b'", "ab"), ("[1] + [2]", [1, 2]), ("7 / 2", 3.5), ("-7 // 2", -4), ("7 % 4", 3),
        ("1 == 1.0", True), ("'1' == 1", False), ("[1] == [1]", True), ("null != false", True), ("'a' < 'b'", True),
        ("2 >= 2", True), ("1 <= 0.5", False), ("1 > 0", True), ("1 in [1]", True), ("'k' not in {'k': 1}", False),
        ("'' in 'a'", True), ("[1] in [[1]]", True),
    ],
)  # fmt: skip
def test_an_operator_works_between_kinds_that_go_together(expression: str, value: Any) -> None:
    """Numbers with numbers, texts with texts, lists with lists; equality between any."""
    result = evaluate(expression)
    assert (result, type(result)) == (value, type(value))


@pytest.mark.parametrize(
    ("expression", "message"),
    [
        ("1 + 'a'", "'+' can't be used between int and string"), ("null + 1", "'+' can't be used between null and int"),
        ("true + 1", "'+' can't be used between bool and int"), ("{} + {}", "'+' can't be used between dict and dict"),
        ("'a' * 3", "'*' can't be used between string and int"), ("[1] * 3", "'*' can't be used between list and int"),
        ("'%s' % 1", "'%' can't be used between string and int"), ("'a' < 1", "'<' can't be used between string and int"),
        ("[1] < [2]", "'<' can't be used between list and list"), ("-'a'", "'-' needs a number, not string"),
        ("1 / 0", "division by zero"), ("1 // 0.0", "division by zero"), ("1 % 0", "division by zero"),
        ("1 in 'a'", "only text can be in text, not int"), ("1 in 2", "nothing can be in int"),
        ("[] in {}", "it can't be computed with these values (TypeError)"),
    ],
)  # fmt: skip
def test_an_operator_refuses_other_kinds(expression: str, message: str) -> None:
    """The error names both kinds."""
    assert refusal(expression).startswith(message)


def test_the_column_of_an_error_is_that_of_the_operator_concerned() -> None:
    """Also in a chain of several."""
    assert "at column 7 of" in refusal("a + 1 + b + 2", a=1, b="x")
    assert "at column 15 of" in refusal("a + 1 < 2 + b * 3", a=1, b="x")
    assert "at column 7 of" in refusal("a + 1 < b", a=1, b="x")


def test_errors_never_quote_values() -> None:
    """They could be secret."""
    for expression in (
        "v | int",
        "v | float",
        "v | bool",
        "v + 1",
        "v < 1",
        "v.x",
        "v | keys",
        "[v, 1] | sort",
        "d[v]",
    ):
        with pytest.raises(WorkflowError) as caught:
            evaluate(expression, v="hunter2", d={})
        assert "hunter" not in str(caught.value)
