"""Text with pieces, whole-string references, configs, and constants."""

from types import MappingProxyType
from typing import Any

import pytest

from stratagem.errors import BadInput, UndefinedName
from stratagem.templates.parsing import parse, parse_config
from stratagem.templates.paths import by_name
from stratagem.templates.secret import Secret


def value_of(config: Any, **scope: Any) -> Any:
    return parse_config(config).bind(by_name)(scope)


@pytest.mark.parametrize("value", [1, 1.5, None, True, "x", [1], {"a": 1}, (1,)])
def test_a_reference_that_is_the_whole_text_keeps_its_value(value: Any) -> None:
    """Not only its type: it is the very object."""
    assert parse("{{ x }}").bind(by_name)({"x": value}) is value


@pytest.mark.parametrize(
    ("value", "text"),
    [
        ("é", "é"), (None, ""), (True, "true"), (False, "false"), (12, "12"), (1.0, "1.0"), (1e30, "1e+30"),
        ([1, "a", None], '[1,"a",null]'), ({"é": [True]}, '{"é":[true]}'), ((1, 2), "[1,2]"),
        (MappingProxyType({"a": MappingProxyType({})}), '{"a":{}}'),
    ],
)  # fmt: skip
def test_values_within_text_appear_as_json_users_expect(value: Any, text: str) -> None:
    """Null is empty, booleans are small words, containers are compact JSON – with one piece and with several."""
    assert parse("<{{ x }}>").bind(by_name)({"x": value}) == f"<{text}>"
    assert parse("{{ x }}{{ x }}").bind(by_name)({"x": value}) == text * 2
    assert parse("{{ x | string }}").bind(by_name)({"x": value}) == text


def test_text_is_joined_in_order_with_constant_pieces_in_it() -> None:
    """Expressions that are constant become part of the text around them."""
    assert value_of("a{{ x }}b{{ 1 + 1 }}{{ true }}c{{ y }}", x=1, y="z") == "a1b2truecz"
    assert value_of("{{ 1 }}{{ 'x' }}") == "1x"
    assert value_of(" {{ x }}", x=1) == " 1"


def test_double_braces_can_be_written_and_closing_ones_are_text() -> None:
    """The result of an expression is never read as a template again."""
    assert value_of("{{ '{{' }} x }} { y } {z}") == "{{ x }} { y } {z}"
    assert value_of("{{ a }} {{ a }}", a="{{ b }}") == "{{ b }} {{ b }}"


def test_a_config_is_resolved_in_all_its_texts_but_not_in_its_keys() -> None:
    """Dicts, lists and tuples keep their kind; mappings become dicts; other objects are handed on."""
    other = object()
    config = MappingProxyType(
        {"{{ k }}": "{{ x }}", "l": ["{{ x }}", 2, other], "t": ("-{{ x }}",), "n": {"m": {"o": "{{ 'c' }}"}}}
    )
    assert value_of(config, x=1) == {"{{ k }}": 1, "l": [1, 2, other], "t": ("-1",), "n": {"m": {"o": "c"}}}


def test_containers_are_new_at_each_call() -> None:
    """Nobody can change what another call gets, nor the config itself."""
    config = {"a": [1, [2]], "b": "{{ x }}", "c": ({},)}
    call = parse_config(config).bind(by_name)
    first = call({"x": 1})
    first["a"][1].append(3)
    first["a"].append(4)
    first["c"][0]["d"] = 5
    assert call({"x": 1}) == {"a": [1, [2]], "b": 1, "c": ({},)}
    assert config == {"a": [1, [2]], "b": "{{ x }}", "c": ({},)}


@pytest.mark.parametrize(
    "config", [{"a": [1, {"b": ()}]}, [1, 2], {"a": 1}, ([],), "{{ [1, {'a': []}] }}", ["{{ {} }}"]]
)
def test_constants_give_fresh_containers(config: Any) -> None:
    """The value of a constant is equal each time, and never the same container."""
    template = parse_config(config)
    call = template.bind(by_name)
    assert template.constant
    assert template.value() == template.value() == call(None) == call(None)
    assert template.value() is not template.value()
    assert call(None) is not call(None)


def test_an_unchangeable_constant_is_the_same_at_each_call() -> None:
    """Nothing is copied that can't be changed."""
    text, pair = "long " * 10, (1, ("a", None))
    assert parse(text).value() is text
    call = parse_config(pair).bind(by_name)
    assert call(None) is call(None)


def test_a_constant_config_is_not_changed_by_later_changes_of_what_it_was_read_from() -> None:
    """A template holds its own copy."""
    config = {"a": [1]}
    template = parse_config(config)
    config["a"].append(2)
    assert template.value() == {"a": [1]}


def test_text_of_a_template_is_what_was_written() -> None:
    """Of configs that are no text it is their repr."""
    assert parse("a {{ b }}").text == "a {{ b }}"
    assert parse_config({"a": "{{ b }}"}).text == "{'a': '{{ b }}'}"


def test_all_texts_of_a_config_that_can_not_be_read_are_reported_together() -> None:
    """Each with its place in the config."""
    with pytest.raises(BadInput) as caught:
        parse_config({"headers": {"a b": "{{ x", "c": ["", "{{ 1 + }}"]}, "ok": "{{ x }}", 3: "{{ ; }}"})
    assert [problem.key for problem in caught.value.problems] == ["headers['a b']", "headers.c[1]", "[3]"]


def test_errors_in_a_config_name_the_place_at_run_time_too() -> None:
    """Both what does not exist and what can't be computed."""
    with pytest.raises(UndefinedName) as caught:
        value_of({"a": ["{{ x.y }}"]}, x={})
    assert str(caught.value) == "key 'a[0]': 'x.y' does not exist"
    with pytest.raises(BadInput) as refused:
        value_of({"a": {"b": "{{ x / 0 }}"}}, x=1)
    assert str(refused.value) == "key 'a.b': division by zero, at column 6 of '{{ x / 0 }}'"


def test_a_constant_that_can_not_be_computed_fails_when_it_is_bound() -> None:
    """A mistake that is certain is found before anything runs."""
    template = parse("{{ 1 / 0 }}")
    with pytest.raises(BadInput, match="division by zero"):
        template.bind(by_name)
    with pytest.raises(BadInput, match="division by zero"):
        template.value()


def test_the_value_of_a_template_that_reads_something_is_a_mistake_of_the_caller() -> None:
    """Only constants have a value without a scope."""
    with pytest.raises(ValueError, match=r"the template reads a\.b: bind it first"):
        parse("{{ a.b }}").value()


def test_a_secret_in_a_config_is_never_read_as_a_template() -> None:
    """Its text could otherwise end up in an error message."""
    secret = Secret("{{ oops")
    assert parse_config({"a": secret, "b": "{{ x }}"}).bind(by_name)({"x": 1})["a"] is secret
    assert parse_config(secret).value() is secret
