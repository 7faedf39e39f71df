"""The dialect's expressions."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from stratagem import TemplatePath, UndefinedName
from stratagem_casare.expression import LenientExpression
from stratagem_casare.references import Read

SCOPE: dict[str, Any] = {"x": 7, "s": "bob", "rows": [1, 2], "user": {"age": 30}, "text": "3 > 5"}


def bind(path: TemplatePath) -> tuple[Read, int]:
    if path.root not in SCOPE:
        raise UndefinedName(f"{path.root!r} is unknown")
    return lambda scope: scope[path.root], 0


def value(text: str, *, or_text: bool = True) -> Any:
    return LenientExpression(text, or_text=or_text).bind(bind)(SCOPE)


@pytest.mark.parametrize(
    ("text", "result"),
    [
        ("{{x}} > 5", True),
        ("{{x}} > 5 and s == 'bob'", True),
        ("not (%x% == 7)", False),
        ("s == 'bob' or x == 1", True),
        ("{{x}} + 2 * 3", 13),
        ("{{user.age}} >= 30", True),
        ("user.age < 30", False),
        ("{{rows|length}} == 2", True),
        ("'{{s}}' == 'bob'", True),
        ("'{{s}}' == \"{{x}}\"", False),
        ("{{x}}", 7),
        ("x", 7),
        ("True", True),
        ("3 < 2", False),
        ("{{text}}", "3 > 5"),
    ],
)
def test_an_expression_is_computed(text: str, result: Any) -> None:
    """References and plain names are values, quoted references are texts, a reference alone keeps its value."""
    assert value(text) == result


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("{{x}} == true", "7 == true"),
        ("{{gone}} > 5", "{{gone}} > 5"),
        ("gone > 5", "gone > 5"),
        ("{{s}} > 5", "bob > 5"),
        ("{{x}} >", "7 >"),
        ("yes", "yes"),
        ("", ""),
    ],
)
def test_what_can_not_be_computed_is_its_text_or_none(text: str, shown: str) -> None:
    """A condition is then true unless it is empty; an expression is none."""
    assert value(text) == shown
    assert value(text, or_text=False) is None


def test_its_paths_are_those_of_references_and_names() -> None:
    """All optional; the names given to references inside stay inside."""
    assert LenientExpression("{{n.out}} > limit and '{{s}}' == 'a'").paths == (
        TemplatePath("n.out", (), optional=True),
        TemplatePath("n", ("out",), optional=True),
        TemplatePath("s", (), optional=True),
        TemplatePath("limit", (), optional=True),
    )


@given(st.text("{}x s'\"()<>=+-*/%.|[]01andor", max_size=40) | st.text(max_size=40))
def test_no_text_raises(text: str) -> None:
    """Neither when it is read nor when it is computed."""
    expression = LenientExpression(text)
    expression.bind(bind)(SCOPE)
    expression.value()
