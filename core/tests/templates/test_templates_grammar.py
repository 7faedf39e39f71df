"""The grammar: what is an expression, in which order it is computed, and what is refused."""

from typing import Any

import pytest

from stratagem.errors import BadInput
from stratagem.templates.parsing import parse, parse_expression
from stratagem.templates.paths import by_name


def evaluate(expression: str, **scope: Any) -> Any:
    return parse_expression(expression).bind(by_name)(scope)


def refusal(text: str) -> str:
    with pytest.raises(BadInput) as caught:
        parse(text)
    return str(caught.value)


@pytest.mark.parametrize(
    ("expression", "value"),
    [
        ("12", 12), ("1.5", 1.5), ("2e3", 2000.0), ("'a'", "a"), ('"a"', "a"), ("true", True), ("True", True),
        ("false", False), ("False", False), ("null", None), ("None", None), ("[]", []), ("[1, [2],]", [1, [2]]),
        ("{}", {}), ("{'a': 1, 'b': {'c': []}}", {"a": 1, "b": {"c": []}}), ("-1", -1), ("- -1", 1), ("( (1) )", 1),
        (r"'a\n\t\r\\\'\"\/\u00e9'", "a\n\t\r\\'\"/é"), ('"it\'s }}"', "it's }}"), ("''", ""),
    ],
)  # fmt: skip
def test_literals_are_read_as_their_values(expression: str, value: Any) -> None:
    """Numbers, strings with escapes, words, lists and dicts stand for themselves, with their types."""
    result = evaluate(expression)
    assert (result, type(result)) == (value, type(value))


@pytest.mark.parametrize(
    ("expression", "value"),
    [
        ("1 + 2 * 3", 7), ("(1 + 2) * 3", 9), ("10 - 4 - 3", 3), ("8 / 4 / 2", 1.0), ("7 // 2 * 2", 6), ("-7 % 3", 2),
        ("- 2 + 5", 3), ("2 - -1", 3), ("-2 | abs", -2), ("(-2) | abs", 2), ("'a' + 'b' | upper", "aB"),
        ("1 + 1 == 2", True), ("not 1 == 2", True), ("not true or true", True), ("not (true or true)", False),
        ("true or true and false", True), ("(true or true) and false", False), ("2 in [1] or 3", 3),
        ("2 not in [1] and 'x'", "x"), ("not 2 in [1]", True), ("1 if false else 2 if false else 3", 3),
        ("1 if true and false else 2", 2), ("[1, 2][0] + 1", 2), ("{'a': [5]}.a[0]", 5), ("not not 3", True),
        ("1 == 1 and 2 > 1", True), ("(1 < 2) == true", True), ("[3, 1] | sort | first", 1), ("0 or ''", ""),
        ("1 - 2 + 3 - 4", -2), ("2 * 3 + 4 * 5", 26), ("'b' in {'b': 1}", True), ("1 and 0 or 5", 5),
    ],
)  # fmt: skip
def test_operators_bind_in_the_documented_order(expression: str, value: Any) -> None:
    """Filters are tightest, then minus, products, sums, comparisons, not, and, or, and the conditional last."""
    result = evaluate(expression)
    assert (result, type(result)) == (value, type(value))


def test_and_and_or_give_an_operand_and_look_no_further_than_needed() -> None:
    """The operand that decides is the value, as in Python, and later ones are not computed."""
    assert evaluate("a and 1 / 0", a=[]) == []
    assert evaluate("a or 1 / 0", a="x") == "x"
    assert evaluate("a or b", a=0, b=None) is None


def test_only_the_chosen_branch_of_a_conditional_is_computed() -> None:
    """What fails in the other branch does not fail, even when it is constant."""
    assert evaluate("a if true else 1 / 0", a=1) == 1
    assert evaluate("1 / 0 if a else 2", a=False) == 2


def test_names_may_be_unicode_begin_with_an_underscore_or_be_keywords_behind_a_dot() -> None:
    """Letters of any script, digits and underscores make a name; a dash is a minus."""
    assert evaluate("größe + _x1 - y", größe=1, _x1=2, y=3) == 0
    assert evaluate("a.in.not.if.true", a={"in": {"not": {"if": {"true": 7}}}}) == 7


def test_white_space_and_newlines_within_braces_mean_nothing() -> None:
    """An expression may be spread over lines."""
    assert parse("{{\n  a\t.\n b [\n 0 ]\n}}").bind(by_name)({"a": {"b": [4]}}) == 4


def test_a_dict_literal_may_end_right_before_the_braces() -> None:
    """Braces of dicts are told from the closing ones."""
    assert parse("{{{'a':{'b':1}}}}").value() == {"a": {"b": 1}}


def test_a_condition_is_a_bare_expression_or_one_whole_pair_of_braces() -> None:
    """Both mean the same; text around the braces is refused."""
    assert evaluate(" a > 1 ", a=2) is True
    assert evaluate(" {{ a > 1 }} ", a=2) is True
    with pytest.raises(BadInput, match="something follows"):
        parse_expression("{{ a }} > 1")


@pytest.mark.parametrize("text", ["", "  ", "{{ }}", "{{}}"])
def test_an_empty_condition_is_refused(text: str) -> None:
    """A condition without an expression is a mistake, not true or false."""
    with pytest.raises(BadInput, match="an empty expression"):
        parse_expression(text)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("a {{ b", "'{{' is not closed, at column 3 of 'a {{ b'. For the characters write {{ '{{' }}."),
        ("{{", "'{{' is not closed, at column 1 of '{{'. For the characters write {{ '{{' }}."),
        ("{{ a b }}", "'}}' expected, not 'b', at column 6 of '{{ a b }}'"),
        ("{{ a = 1 }}", "'}}' expected, not '=', at column 6 of '{{ a = 1 }}'. Compare with `==`."),
        ("{{ a && b }}", "'}}' expected, not '&&', at column 6 of '{{ a && b }}'. Write `and`."),
        ("{{ a || b }}", "'}}' expected, not '||', at column 6 of '{{ a || b }}'. Write `or`."),
        ("{{ !a }}", "a value expected, not '!', at column 4 of '{{ !a }}'. Write `not`."),
        ("{{ 2 ** 3 }}", "'}}' expected, not '**', at column 6 of '{{ 2 ** 3 }}'. There is no power operator."),
        ("{{ a.0 }}", "a number can't follow a dot, at column 6 of '{{ a.0 }}'. Write [0] for an index."),
        ("{{ a.b() }}", "nothing can be called, at column 7 of '{{ a.b() }}'. A filter is written x | name(arguments)."),
        ("{{ a.$b }}", "a name after the dot expected, not '$b', at column 6 of '{{ a.$b }}'"),
        ("{{ 'a }}", "a string that is not closed, at column 4 of \"{{ 'a }}\""),
        ("{{ a +\n ; }}", "';' means nothing in an expression, at line 2, column 2 of '{{ a +\\n ; }}'"),
        ("{{ a not b }}", "'in' after 'not' expected, not 'b', at column 10 of '{{ a not b }}'"),
        ("{{ 1 if a }}", "'else' expected, not '}', at column 11 of '{{ 1 if a }}'"),
        ("{{ (a }}", "')' expected, not '}', at column 7 of '{{ (a }}'"),
        ("{{ [a b] }}", "']' expected, not 'b', at column 7 of '{{ [a b] }}'"),
        ("{{ a | lenght }}", "there is no filter 'lenght', at column 8 of '{{ a | lenght }}'. Did you mean 'length'?"),
        ("{{ a | upper(1) }}", "the filter 'upper' takes 0 argument(s), not 1, at column 8 of '{{ a | upper(1) }}'"),
        ("{{ a | default }}", "the filter 'default' takes 1 argument(s), not 0, at column 8 of '{{ a | default }}'"),
        ("{{ a | round(1, 2) }}", "the filter 'round' takes 0 to 1 argument(s), not 2, at column 8 of '{{ a | round(1, 2) }}'"),
        ("{{ a | 1 }}", "the name of a filter expected, not '1', at column 8 of '{{ a | 1 }}'"),
        ("{{ 1e999 }}", "a number that is too large, at column 4 of '{{ 1e999 }}'"),
        ("{{ in }}", "a value expected, not 'in', at column 4 of '{{ in }}'"),
        ("{{ () }}", "a value expected, not ')', at column 5 of '{{ () }}'"),
        ("{{ a[1:2] }}", "']' expected, not ':', at column 7 of '{{ a[1:2] }}'"),
    ],
)  # fmt: skip
def test_a_mistake_is_named_with_its_column_and_what_to_write(text: str, message: str) -> None:
    """Each syntax error says what is wrong, where, and – for habits from other languages – what is written here."""
    assert refusal(text) == message


@pytest.mark.parametrize("expression", ["1 < 2 < 3", "a == b == c", "1 in [1] in [2]", "a not in b != c"])
def test_chained_comparisons_are_refused(expression: str) -> None:
    """They mean different things in different languages."""
    assert "comparisons can't be chained" in refusal("{{ " + expression + " }}")
    assert "Write `a < b and b < c`" in refusal("{{ " + expression + " }}")


@pytest.mark.parametrize("expression", ["a + not b", "a == not b", "- not a"])
def test_not_behind_a_tighter_operator_needs_parentheses(expression: str) -> None:
    """Its place in the order would be a guess."""
    assert "'not …' in parentheses" in refusal("{{ " + expression + " }}")


@pytest.mark.parametrize("escape", ["\\q", "\\u12", "\\ud800", "\\x41"])
def test_unknown_escapes_are_refused(escape: str) -> None:
    """An escape that is not in the list is a mistake, as are halves of characters."""
    assert "an unknown escape" in refusal("{{ '" + escape + "' }}")


def test_the_excerpt_of_a_long_text_is_cut_around_the_mistake() -> None:
    """An error quotes 60 characters, not the whole text."""
    message = refusal("x" * 500 + "{{ a b }}" + "y" * 500)
    assert "at column 506 of '…" in message
    assert "{{ a b }}" in message
    assert len(message) < 150
