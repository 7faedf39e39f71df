"""References: static paths, exact look-ups, undefined names and defaults."""

from collections import defaultdict
from types import MappingProxyType
from typing import Any

import pytest

from stratagem.errors import BadInput, UndefinedName
from stratagem.templates.parsing import parse, parse_config, parse_expression
from stratagem.templates.paths import Getter, TemplatePath, by_name


def value_of(text: str, **scope: Any) -> Any:
    return parse(text).bind(by_name)(scope)


def undefined(text: str, **scope: Any) -> str:
    with pytest.raises(UndefinedName) as caught:
        value_of(text, **scope)
    return str(caught.value)


@pytest.mark.parametrize(
    ("text", "paths"),
    [
        ("{{ a }}", [TemplatePath("a")]),
        ("{{ a.b[0]['k'] }}", [TemplatePath("a", ("b", 0, "k"))]),
        ("{{ a[-1] }}", [TemplatePath("a", (-1,))]),
        ("{{ $currentDate }}", [TemplatePath("$currentDate")]),
        ("{{ a.b[c.d].e }}", [TemplatePath("a", ("b",)), TemplatePath("c", ("d",))]),
        ("{{ b }} {{ a }} {{ b }}", [TemplatePath("b"), TemplatePath("a")]),
        ("{{ a + b | default(c) }}", [TemplatePath("a"), TemplatePath("b", (), True), TemplatePath("c")]),
        ("{{ (a + b.x) | default(1) }}", [TemplatePath("a", (), True), TemplatePath("b", ("x",), True)]),
        ("{{ a[b] | upper | default(1) }}", [TemplatePath("a", (), True), TemplatePath("b", (), True)]),
        (
            "{{ a | default(b | default(c)) }}",
            [TemplatePath("a", (), True), TemplatePath("b", (), True), TemplatePath("c")],
        ),
        ("{{ x if c else y }}", [TemplatePath("x"), TemplatePath("c"), TemplatePath("y")]),
        ("{{ [a, {'k': b}] | join(c) }}", [TemplatePath("a"), TemplatePath("b"), TemplatePath("c")]),
        ("{{ a[1.5] }}", [TemplatePath("a")]),
        ("{{ a[true].b }}", [TemplatePath("a")]),
        ("no { braces }", []),
    ],
)
def test_paths_are_known_before_the_run(text: str, paths: list[TemplatePath]) -> None:
    """They come once each, in order of appearance, with the steps known so far and whether a default stands behind."""
    template = parse(text)
    assert list(template.paths) == paths
    assert template.constant == (not paths)


def test_a_path_prints_as_it_is_written() -> None:
    """The text of a path can be put into a template again."""
    path = TemplatePath("a", ("b", 0, "k k", -1))
    assert path.text == str(path) == "a.b[0]['k k'][-1]"
    assert parse("{{ " + path.text + " }}").paths == (path,)


def test_only_dicts_and_lists_are_looked_into() -> None:
    """Neither attributes nor characters of texts nor entries of other objects can be reached."""
    assert undefined("{{ a.upper }}", a="x").startswith("'a.upper' does not exist: nothing can be looked up in a")
    assert undefined("{{ a[0] }}", a="x").endswith("in a value of kind string")
    assert undefined("{{ a.real }}", a=1).endswith("of kind int")
    assert undefined("{{ a.__class__ }}", a={}) == "'a.__class__' does not exist"
    assert undefined("{{ a.b }}", a=None).endswith("of kind null")
    assert undefined("{{ a.append }}", a=[]) == "'a.append' does not exist"


def test_tuples_and_mappings_are_looked_into_like_lists_and_dicts() -> None:
    """Exactly: a mapping that makes up entries does not do so for a template."""
    made_up: defaultdict[str, int] = defaultdict(int)
    assert value_of("{{ a[1].b }}", a=(0, MappingProxyType({"b": 5}))) == 5
    assert undefined("{{ a.b }}", a=made_up) == "'a.b' does not exist"
    assert not made_up


def test_negative_indices_count_from_the_end() -> None:
    """The last entry of a list has the index -1."""
    assert value_of("{{ a[-1] + a[i] }}", a=[1, 2, 3], i=-2) == 5
    assert undefined("{{ a[-2] }}", a=[1]) == "'a[-2]' does not exist: the list has 1 entries"


def test_an_undefined_name_is_named_as_far_as_it_failed_with_the_nearest_key() -> None:
    """The error has the path up to the failing step, and what was probably meant."""
    assert undefined("{{ user.adress.city }}", user={"address": {}}) == (
        "'user.adress' does not exist. Did you mean 'address'?"
    )
    assert undefined("x {{ user[key] }}", user={"name": 1}, key="nam") == (
        "'user[key]' does not exist. Did you mean 'name'?"
    )
    assert undefined("{{ a[b[0]].c }}", a={"x": {}}, b=["x"]) == "'a[b[0]].c' does not exist"
    assert undefined("{{ ([1, 2])[i] }}", i=2) == "'([1, 2])[i]' does not exist: the list has 2 entries"
    assert undefined("{{ a.b.c }}") == "'a' does not exist in this run"


def test_a_getter_that_has_no_value_in_this_run_makes_the_name_undefined() -> None:
    """LookupError of a getter becomes the users' error, with the getter's own as its cause."""

    def binder(path: TemplatePath) -> tuple[Getter, int]:
        return lambda scope: scope[path.root][path.steps[0]], 1

    for text in ("{{ a.b }}", "{{ a.b }}, {{ a.c }}", "{{ a.b.d }}", "- {{ a.b }}", "{{ a.b | upper }}"):
        with pytest.raises(UndefinedName, match=r"'a\.b' does not exist in this run") as caught:
            parse(text).bind(binder)({"a": {"c": 1}})
        assert isinstance(caught.value.__cause__, KeyError)


def test_the_binder_is_asked_once_a_path_and_the_template_does_the_steps_it_leaves() -> None:
    """However often a path appears, its getter is made once; steps beyond the binder's are exact look-ups."""
    asked = []

    def binder(path: TemplatePath) -> tuple[Getter, int]:
        asked.append(path)
        return lambda scope: scope[path.root][path.steps[0]], 1

    call = parse("{{ a.b.c }} {{ a.b.c }} {{ a.b }}").bind(binder)
    assert call({"a": {"b": {"c": 1}}}) == '1 1 {"c":1}'
    assert asked == [TemplatePath("a", ("b", "c")), TemplatePath("a", ("b",))]


def unknown(path: TemplatePath) -> tuple[Getter, int]:
    raise UndefinedName(f"there is no {path.text!r}", hint="Try another.")


def test_names_that_are_unknown_before_the_run_are_reported_together() -> None:
    """Binding names all of them, with their places in the config; those under a default are none."""
    template = parse_config({"a": "{{ x }}", "b": ["{{ y.z }} {{ o | default(1) }}"]})
    with pytest.raises(UndefinedName) as caught:
        template.bind(unknown)
    assert [str(problem) for problem in caught.value.problems] == [
        "key 'a': there is no 'x'. Try another.",
        "key 'b[0]': there is no 'y.z'. Try another.",
    ]


@pytest.mark.parametrize("expression", ["x", "x.y", "x[0].y", "x | upper", "x + 1", "x[i]", "{'k': 1}.z"])
def test_a_default_stands_in_for_any_name_that_does_not_exist_on_its_left(expression: str) -> None:
    """Whether it is unknown before the run or has no value in it."""
    template = parse("{{ (" + expression + ") | default('d') }}")
    assert template.bind(unknown)({}) == "d"
    assert template.bind(by_name)({"i": 0}) == "d"


def test_a_default_is_not_used_for_values_that_exist() -> None:
    """Null, false and empty are values; errors other than absence are not hidden."""
    assert value_of("{{ x | default(1) }}", x=None) is None
    assert value_of("{{ x.y | default(1) }}", x={"y": ""}) == ""
    with pytest.raises(BadInput, match="division by zero"):
        value_of("{{ 1 / x | default(1) }}", x=0)


def test_defaults_can_follow_each_other_and_have_filters_behind() -> None:
    """The first that exists is taken and goes through the filters that follow."""
    assert value_of("{{ a | default(b) | default('c') | upper }}") == "C"
    assert value_of("{{ a | default(b) | default('c') | upper }}", b="x") == "X"
    assert undefined("{{ a | default(b) }}") == "'b' does not exist in this run"


def test_a_default_that_stands_in_is_computed_only_then() -> None:
    """A fallback that fails does no harm while it is not needed."""
    assert value_of("{{ a | default(1 / 0) }}", a=1) == 1
    with pytest.raises(BadInput):
        value_of("{{ a | default(1 / 0) }}")


@pytest.mark.parametrize(
    ("expression", "message"),
    [
        ("a[k]", "the index of a list is a whole number, not float"),
        ("a[true]", "the index of a list is a whole number, not bool"),
        ("d[a]", "the key of a dict is text or a number, not list"),
        ("{a: 1}", "the key of a dict is text or a number, not list"),
        ("{[]: 1}", "the key of a dict is text or a number, not list"),
    ],
)
def test_keys_and_indices_of_a_wrong_kind_are_bad_input(expression: str, message: str) -> None:
    """They are mistakes, not absent values."""
    with pytest.raises(BadInput, match=message):
        parse_expression(expression).bind(by_name)({"a": [1], "k": 0.0, "d": {}})


def test_the_later_of_equal_keys_in_a_dict_literal_wins() -> None:
    """Whether the values are constant or not."""
    assert value_of("{{ {'a': x, 'a': 1} }}", x=2) == {"a": 1}
    assert value_of("{{ {'a': 1, k: x} }}", x=2, k="a") == {"a": 2}
