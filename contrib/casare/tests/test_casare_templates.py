"""The dialect's templates: lenient, one pass, in the form that the kernel takes."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from stratagem import Secret, TemplatePath, UndefinedName
from stratagem_casare.references import Read, Reference, split
from stratagem_casare.template import LenientTemplate, has_references

SCOPE: dict[str, Any] = {
    "x": 5,
    "none": None,
    "s": "bob",
    "rows": [{"id": 7}, {"id": 8}],
    "user": {"name": "Ann", "a.b": 1},
    "user.name": "exact",
    "secret": Secret("hush"),
    "$currentDate": "2024-01-31",
}


def bind(path: TemplatePath) -> tuple[Read, int]:
    if path.root not in SCOPE:
        raise UndefinedName(f"{path.root!r} is unknown")
    return lambda scope: scope[path.root], 0


def resolved(value: Any, scope: dict[str, Any] = SCOPE) -> Any:
    return LenientTemplate(value).bind(bind)(scope)


@pytest.mark.parametrize("text", ["{{x}}", "${x}", "%x%", "{{ x }}"])
def test_a_whole_reference_keeps_the_type_of_its_value(text: str) -> None:
    """In each of the three ways to write it."""
    assert resolved(text) == 5
    assert type(resolved(text)) is int


@pytest.mark.parametrize(
    ("text", "result"),
    [
        ("a {{x}} b ${s} c %x%", "a 5 b bob c 5"),
        ("[{{none}}]", "[]"),
        ("{{rows[1].id}}", 8),
        ("{{rows[0]}}!", "{'id': 7}!"),
        ("{{user.name}}", "exact"),
        ("{{rows|length}}", 2),
        ("{{ s | length }}", 3),
        ("on {{$currentDate}}", "on 2024-01-31"),
        ("100% of 50%", "100% of 50%"),
        ("plain", "plain"),
        ("", ""),
    ],
)
def test_references_in_texts_are_replaced(text: str, result: Any) -> None:
    """None is empty, paths go through dicts and lists, and a variable named like the whole path wins."""
    assert resolved(text) == result


@pytest.mark.parametrize(
    "text",
    ["{{y}}", "a {{y}} b", "${y.z}", "%y%", "{{rows[9]}}", "{{x.y}}", "{{rows.id}}", "{{x|upper}}", "{{x", "{{x|length}}", "{{}}", "{{a b}}"],
)  # fmt: skip
def test_what_does_not_exist_stays_as_it_is_written(text: str) -> None:
    """Unknown names, paths that lead nowhere, and what is no reference at all."""
    assert resolved(text) == text


def test_a_value_that_is_gone_in_this_run_stays_as_it_is_written() -> None:
    """Such as the output of a node that was skipped."""
    assert resolved("[{{x}}]", {}) == "[{{x}}]"


def test_lists_and_dicts_recurse_and_are_fresh() -> None:
    """Keys are never templates, and no call sees what another did to its value."""
    template = LenientTemplate({"{{x}}": ["{{x}}", {"a": "{{s}}"}, 3, None]})
    read = template.bind(bind)
    first = read(SCOPE)
    assert first == {"{{x}}": [5, {"a": "bob"}, 3, None]}
    first["{{x}}"].append(1)
    assert read(SCOPE) == {"{{x}}": [5, {"a": "bob"}, 3, None]}


def test_replacing_is_one_pass() -> None:
    """A value that looks like a reference is not read again."""
    assert LenientTemplate("{{a}}").bind(lambda path: (lambda scope: "{{x}}", 0))(None) == "{{x}}"


def test_a_text_with_a_secret_is_secret() -> None:
    """It prints as a mask, and still is the real text."""
    made = resolved("key: {{secret}}")
    assert isinstance(made, Secret)
    assert (str(made), made.reveal()) == ("***", "key: hush")


def test_paths_are_optional_and_told_once() -> None:
    """So the kernel orders steps by them, and refuses nothing for them."""
    template = LenientTemplate(["{{n.port.a[0]}}", "%n.port.a[0]%", "{{x}}"])
    assert template.paths == (
        TemplatePath("n.port.a[0]", (), optional=True),
        TemplatePath("n", ("port", "a", 0), optional=True),
        TemplatePath("x", (), optional=True),
    )
    assert not template.constant


def test_a_constant_gives_a_fresh_copy() -> None:
    """Braces that are no reference reach the node as they are."""
    template = LenientTemplate(["{{a b}}"])
    assert template.constant
    assert template.value() == ["{{a b}}"]
    assert template.value() is not template.value()


@pytest.mark.parametrize(
    ("value", "needs"),
    [("{{x}}", True), ("{{", True), ("%x%", True), (["a", {"b": "${x}"}], True), ("a", False), (3, False)],
)
def test_only_what_has_references_needs_a_template(value: Any, needs: bool) -> None:
    """The rest is left to the kernel as it is."""
    assert has_references(value) is needs


@given(st.text("{}$% x.[]0|length", max_size=60) | st.text())
def test_splitting_loses_nothing(text: str) -> None:
    """The pieces, references as written, are the text again."""
    assert "".join(piece.text if isinstance(piece, Reference) else piece for piece in split(text)) == text


@given(
    st.recursive(
        st.text("{}$%xs.[]0|", max_size=20) | st.integers(),
        lambda inner: st.lists(inner) | st.dictionaries(st.text(max_size=3), inner),
        max_leaves=8,
    )
)
def test_no_value_raises(value: Any) -> None:
    """Whatever a config holds, binding and reading give something of the same shape."""
    template = LenientTemplate(value)
    result = template.bind(bind)(SCOPE)
    if isinstance(value, (list, dict)):
        assert len(result) == len(value)
