"""What holds for every template: only its own errors, linear work, and the meaning that a plain evaluator gives."""

import sys
from collections.abc import Callable
from types import FrameType
from typing import Any

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from hypothesis_profiles import examples
from stratagem.errors import BadInput, UndefinedName
from stratagem.templates.filters import FILTERS
from stratagem.templates.parsing import parse, parse_config, parse_expression
from stratagem.templates.paths import by_name
from stratagem.templates.scanner import Scanner
from stratagem.templates.secret import Secret
from stratagem.templates.source_text import SourceText

SIGNS = ["or", "and", "not", "==", "!=", "<", "<=", ">", ">=", "in", "not in", "+", "-", "*", "/", "//", "%"]
WORDS = [*SIGNS, *FILTERS, "|", "default", "if", "else", "(", ")", "[", "]", "{", "}", "{{", "}}", ".", ",", ":", "$"]
WORDS += ["a", "b", "c", "d", "0", "1", "-1", "2.5", "'x'", '"', "'", "\\", "**", "=", "null", "true", "\n", "é"]

soup = st.lists(st.sampled_from(WORDS), max_size=25).map(" ".join) | st.text() | st.text("{}'\"\\|.()[]-a1 ")
expressions = st.lists(st.sampled_from([*WORDS, "a", "b", "|", "("]), max_size=12).map(" ".join)
scalars = st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5)
json_values = st.recursive(
    scalars | st.integers(-(10**5000), 10**5000) | st.text(max_size=5).map(Secret),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=3), inner, max_size=3),
    max_leaves=8,
)
scopes = st.fixed_dictionaries({}, optional=dict.fromkeys("abcd", json_values))


def outcome(read: Callable[[Any], Any], text: Any, scope: dict[str, Any]) -> tuple[str, Any]:
    """How it ends: with a value, or with one of the two errors that there may be."""
    try:
        return "value", read(text).bind(by_name)(scope)
    except BadInput:
        return "bad", None
    except UndefinedName:
        return "undefined", None


@given(soup, scopes)
@example("{{" * 100, {})
@example("{{ '\\", {})
@example("{{ a | round(a) }}", {"a": 300})
def test_no_text_raises_anything_but_the_templates_own_errors(text: str, scope: dict[str, Any]) -> None:
    """Whatever the text and the values, there is a value, BadInput or UndefinedName."""
    for read in (parse, parse_expression, parse_config):
        assert outcome(read, text, scope)[0] in ("value", "bad", "undefined")


@given(expressions, scopes)
def test_no_expression_raises_anything_but_the_templates_own_errors(expression: str, scope: dict[str, Any]) -> None:
    """The same for texts that are nearly expressions, alone and within text."""
    assert outcome(parse_expression, expression, scope)[0] in ("value", "bad", "undefined")
    assert outcome(parse, "x {{ " + expression + " }} {{ a }}", scope)[0] in ("value", "bad", "undefined")


@settings(max_examples=examples(300))
@given(st.sampled_from(sorted(FILTERS)), st.lists(st.sampled_from("abcd"), max_size=2), scopes)
@example("join", ["a"], {"a": []})
def test_no_filter_raises_anything_but_the_templates_own_errors(
    name: str, names: list[str], scope: dict[str, Any]
) -> None:
    """Every filter with any values."""
    arguments = "(" + ", ".join(names) + ")" if names else ""
    assert outcome(parse_expression, f"a | {name}{arguments}", scope)[0] in ("value", "bad", "undefined")


@given(st.sampled_from([sign for sign in SIGNS if sign != "not"]), json_values, json_values)
def test_no_operator_raises_anything_but_the_templates_own_errors(sign: str, left: Any, right: Any) -> None:
    """Every operator between any values."""
    assert outcome(parse_expression, f"a {sign} b", {"a": left, "b": right})[0] in ("value", "bad")


@given(json_values)
def test_text_that_holds_a_secret_is_secret(value: Any) -> None:
    """However deep in a value it is, and only then."""
    kind, text = outcome(parse, "- {{ a }}", {"a": value})
    if kind == "value":
        assert (type(text) is Secret) == holds_secret(value)


def holds_secret(value: Any) -> bool:
    if isinstance(value, dict):
        value = [*value, *value.values()]
    return any(map(holds_secret, value)) if isinstance(value, list) else isinstance(value, Secret)


# The slow, obvious evaluator: trees are tuples, written out with as few parentheses as the order of operators allows.

Tree = tuple[Any, ...]
LEVELS = {"if": 0, "or": 1, "and": 2, "not": 3, "+": 5, "-": 5, "*": 6, "/": 6, "//": 6, "%": 6, "neg": 7, "|": 8}
COMPARING = ("==", "!=", "<", "<=", ">", ">=", "in", "not in")
LEVELS |= dict.fromkeys(COMPARING, 4)
ATOM = 9


class Wrong(Exception):  # noqa: N818 - an answer of the evaluator, not a failure
    """The evaluator can't compute this."""


class Absent(Exception):  # noqa: N818 - likewise
    """The evaluator finds no such name or entry."""


def written(tree: Tree, least: int = 0) -> str:
    kind, *parts = tree
    level = LEVELS.get(kind, ATOM)
    text = WRITERS.get(kind, write_infix)(kind, parts, level)
    return f"({text})" if level < least else text


def write_infix(kind: str, parts: list[Any], level: int) -> str:
    left = level + 1 if kind in COMPARING else level
    return f"{written(parts[0], left)} {kind} {written(parts[1], level + 1)}"


WRITERS: dict[str, Callable[[str, list[Any], int], str]] = {
    "value": lambda kind, parts, level: repr(parts[0]),
    "name": lambda kind, parts, level: str(parts[0]),
    "get": lambda kind, parts, level: f"{written(parts[0], ATOM)}[{written(parts[1])}]",
    "list": lambda kind, parts, level: f"[{','.join(map(written, parts[0]))}]",
    "neg": lambda kind, parts, level: f"-{written(parts[0], level)}",
    "not": lambda kind, parts, level: f"not {written(parts[0], level)}",
    "if": lambda kind, parts, level: (
        f"{written(parts[0], level + 1)} if {written(parts[1], level + 1)} else {written(parts[2], level)}"
    ),
    "|": lambda kind, parts, level: f"{written(parts[0], level)}|{parts[1]}({','.join(map(written, parts[2]))})",
}


def number(value: Any) -> bool:
    return type(value) in (int, float)


def want(condition: bool) -> None:
    if not condition:
        raise Wrong


def computed(tree: Tree, scope: dict[str, Any]) -> Any:
    kind, *parts = tree
    if kind == "value":
        return parts[0]
    if kind == "name":
        if parts[0] not in scope:
            raise Absent
        return scope[parts[0]]
    if kind == "list":
        return [computed(part, scope) for part in parts[0]]
    if kind == "if":
        return computed(parts[0] if computed(parts[1], scope) else parts[2], scope)
    if kind == "or":
        return computed(parts[0], scope) or computed(parts[1], scope)
    if kind == "and":
        return computed(parts[0], scope) and computed(parts[1], scope)
    if kind == "|":
        return filtered(parts[1], parts[0], parts[2], scope)
    return operated(kind, [computed(part, scope) for part in parts])


def operated(kind: str, values: list[Any]) -> Any:
    one, two = values[0], values[-1]
    both_numbers = number(one) and number(two)
    both_text = isinstance(one, str) and isinstance(two, str)
    match kind:
        case "not":
            return not one
        case "neg":
            want(number(one))
            return -one
        case "get":
            return entry(one, two)
        case "==":
            return one == two
        case "!=":
            return one != two
        case "in" | "not in":
            want(isinstance(two, list) or both_text or (isinstance(two, dict) and not isinstance(one, (list, dict))))
            return (one in two) == (kind == "in")
        case "<" | "<=" | ">" | ">=":
            want(both_numbers or both_text)
        case "+":
            want(both_numbers or both_text or (isinstance(one, list) and isinstance(two, list)))
        case _:
            want(both_numbers and not (kind in ("/", "//", "%") and two == 0))
    return eval(f"one {kind} two", {"one": one, "two": two})


def entry(holder: Any, key: Any) -> Any:
    if isinstance(holder, list) and not isinstance(key, str):
        want(type(key) is int)
        if not -len(holder) <= key < len(holder):
            raise Absent
        return holder[key]
    if isinstance(holder, dict):
        want(not isinstance(key, (list, dict)))
        if key in holder:
            return holder[key]
    raise Absent


def filtered(name: str, base: Tree, arguments: tuple[Tree, ...], scope: dict[str, Any]) -> Any:
    if name == "default":
        try:
            return computed(base, scope)
        except Absent:
            return computed(arguments[0], scope)
    value, given = computed(base, scope), [computed(argument, scope) for argument in arguments]
    match name:
        case "length":
            want(isinstance(value, (str, list, dict)))
            return len(value)
        case "upper":
            want(isinstance(value, str))
            return value.upper()
        case "reverse":
            want(isinstance(value, (str, list)))
            return value[::-1]
        case "contains":
            return operated("in", [given[0], value])
        case "abs":
            want(number(value))
            return abs(value)
        case _:
            want(isinstance(value, dict))
            return list(value)


names = st.sampled_from(["x", "y", "l", "d", "nope"]).map(lambda name: ("name", name))
literals = st.sampled_from([0, 1, 2, 7, 0.5, "", "a", "ab", True, False, None]).map(lambda value: ("value", value))


def larger(trees: st.SearchStrategy[Tree]) -> st.SearchStrategy[Tree]:
    infix = st.sampled_from([sign for sign in SIGNS if sign != "not"])
    plain = st.sampled_from(["length", "upper", "reverse", "abs", "keys"])
    return st.one_of(
        st.tuples(infix, trees, trees),
        st.tuples(st.sampled_from(["not", "neg"]), trees),
        st.tuples(st.just("if"), trees, trees, trees),
        st.tuples(st.just("get"), trees, trees),
        st.tuples(st.just("list"), st.lists(trees, max_size=3).map(tuple)),
        st.tuples(st.just("|"), trees, plain, st.just(())),
        st.tuples(st.just("|"), trees, st.sampled_from(["default", "contains"]), st.tuples(trees)),
    )


def writable(tree: Any) -> bool:
    """Whether no `not` stands bare behind a tighter operator, which the grammar refuses."""
    return "'not …'" not in refusal(written(tree))


def refusal(expression: str) -> str:
    try:
        parse_expression(expression)
    except BadInput as error:
        return error.what
    return ""


# Trees whose operands fit their operators, so that most of them have a value and the order of operators decides it.
ARITHMETIC = st.sampled_from(["+", "-", "*", "/", "//", "%"])
digits = st.integers(0, 9).map(lambda value: ("value", value)) | st.sampled_from(["x", "y"]).map(lambda n: ("name", n))
numbers: st.SearchStrategy[Tree] = st.deferred(
    lambda: st.one_of(
        digits,
        digits,
        st.tuples(ARITHMETIC, numbers, numbers),
        st.tuples(ARITHMETIC, numbers, numbers),
        st.tuples(st.just("neg"), numbers),
        st.tuples(st.just("|"), numbers, st.just("abs"), st.just(())),
        st.tuples(st.just("if"), numbers, conditions, numbers),
    )
)
conditions: st.SearchStrategy[Tree] = st.deferred(
    lambda: st.one_of(
        st.tuples(st.sampled_from(["==", "!=", "<", "<=", ">", ">="]), numbers, numbers),
        st.tuples(st.sampled_from(["and", "or"]), conditions, conditions),
        st.tuples(st.sampled_from(["and", "or"]), conditions, conditions),
        st.tuples(st.just("not"), conditions),
        st.sampled_from([True, False]).map(lambda value: ("value", value)),
        st.sampled_from([True, False]).map(lambda value: ("value", value)),
    )
)

scopes_of_trees = st.fixed_dictionaries(
    {
        "x": st.integers(-3, 9) | st.sampled_from([1.5, "a", "é", None, True]),
        "y": st.integers(-3, 9) | st.text(max_size=2),
        "l": st.lists(st.integers(0, 3) | st.just("a"), max_size=3),
        "d": st.dictionaries(st.sampled_from(["a", "ab", "x"]), st.integers(0, 9), max_size=2),
    }
)


@settings(max_examples=examples(500))
@given(st.recursive(names | literals, larger, max_leaves=12).filter(writable), scopes_of_trees)
def test_templates_agree_with_a_slow_and_obvious_evaluator(tree: Tree, scope: dict[str, Any]) -> None:
    """Same value of the same type, or the same kind of error, for any tree over any values."""
    assert_agreement(tree, scope)


@settings(max_examples=examples(500))
@given((numbers | conditions).filter(writable), st.integers(-3, 9), st.sampled_from([0.5, 2, 3]))
def test_the_order_of_operators_is_that_of_the_evaluator(tree: Tree, x: int, y: float) -> None:
    """The same for trees that mostly have a value, which parentheses left out wrongly would change."""
    assert_agreement(tree, {"x": x, "y": y})


def assert_agreement(tree: Tree, scope: dict[str, Any]) -> None:
    try:
        expected = ("value", computed(tree, scope))
    except Wrong:
        expected = ("bad", None)
    except Absent:
        expected = ("undefined", None)
    text = written(tree)
    assert repr(outcome(parse_expression, text, scope)) == repr(expected), text
    kind, within = outcome(parse, "{{" + text + "}}{{ '' }}", scope)
    assert kind == expected[0]
    assert kind != "value" or type(within) is str


def calls_of(read: Callable[[str], Any], text: str) -> int:
    """How many functions, Python's own among them, are called to parse and bind the text."""
    count = 0

    def counted(frame: FrameType, event: str, argument: Any) -> None:
        nonlocal count
        count += event in ("call", "c_call")

    sys.setprofile(counted)
    try:
        outcome(read, text, {})
    finally:
        sys.setprofile(None)
    return count


@pytest.mark.parametrize(
    ("before", "repeated", "behind"),
    [
        ("", "{{ a }} ", ""), ("", "{{ 1 }}", ""), ("", "{{ 'x' | upper }}", ""), ("{{ a", " + a", " }}"),
        ("{{ a", " or a and b", " }}"), ("{{ a", "[b]", " }}"), ("{{ a", ".b", " }}"), ("{{ [", "a,", "] }}"),
        ("{{ {", "'k': a,", "} }}"), ("{{ '", "\\n", "' }}"), ("{{ '", "xyz", "' }}"), ("{{", "    ", "a }}"),
        ("{{ a", "    ", ""), ("{{ '", "x\\'", ""), ("{{ ", "not ", "a }}"), ("{{ ", "- ", "a }}"), ("{{ ", "(", ""),
        ("", "}} { ", ""), ("{{ ", "abc", " }}"), ("{{ 1", "234", ""), ("{{ a", " | upper", " }}"),
        ("{{ [", "a | default(b),", "] }}"), ("", "{{", ""), ("{{ a", " < b and b", " }}"), ("{{ a | join(", "[", ""),
    ],
)  # fmt: skip
def test_the_work_grows_no_faster_than_the_text(before: str, repeated: str, behind: str) -> None:
    """Twice the text takes at most about twice the calls, for texts that are well-formed and for those that are not."""
    for read in (parse, parse_config):
        half, whole = (calls_of(read, before + repeated * count + behind) for count in (250, 500))
        assert whole <= 2.2 * half + 50


def test_the_scanner_visits_each_character_once() -> None:
    """Tokens follow each other without overlap: no character is part of two."""
    text = "a.b [ 'x\\n' ] | round ( 1.5 ) // $t == \"\" and { }" * 50
    scanner, last = Scanner(SourceText(text)), 0
    scanner.advance()
    while not scanner.at_end():
        assert last <= scanner.start < scanner.end
        assert not text[last : scanner.start].strip()
        last = scanner.end
        scanner.advance()
    assert last == len(text)
