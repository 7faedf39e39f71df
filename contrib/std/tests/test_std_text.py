"""Text nodes."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from stratagem import Secret
from stratagem_std.regex import regex_find_all, regex_match, regex_replace
from stratagem_std.text import text_pad, text_repeat, text_reverse, text_substring, text_trim, text_upper
from stratagem_std.text_format import text_format
from stratagem_std.text_parts import text_count, text_join, text_lines, text_replace, text_split

SIDES = st.sampled_from(["left", "right", "both"])


@given(st.text())
def test_reversing_text_twice_gives_the_text(text: str) -> None:
    """Nothing is lost on the way."""
    assert text_reverse(text_reverse(text)) == text


@given(st.text(), st.integers(0, 60), SIDES, st.characters())
def test_padded_text_has_the_length_asked_for(text: str, length: int, side: str, fill: str) -> None:
    """Or its own, where that is longer; and the text is in it."""
    padded = text_pad(text, length, side, fill)  # type: ignore[arg-type]  # one of the sides
    assert len(padded) == max(length, len(text))
    assert text in padded


@given(st.lists(st.text("ab;", min_size=0), min_size=1).map(lambda parts: [part.replace(";", "") for part in parts]))
def test_splitting_undoes_joining(parts: list[str]) -> None:
    """As long as no part has the separator in it."""
    assert text_split(text_join(parts, ";"), ";") == parts


@given(st.text(), st.text(min_size=1, max_size=3), st.text(max_size=3))
def test_replacing_leaves_nothing_that_was_not_there_to_be_counted(text: str, old: str, new: str) -> None:
    """Each occurrence counted is one replacement, and its difference in length."""
    assert len(text_replace(text, old, new)) == len(text) + text_count(text, old) * (len(new) - len(old))


@given(st.text(), st.integers(-20, 20), st.integers(-20, 20))
def test_any_cut_of_text_is_part_of_it(text: str, start: int, end: int) -> None:
    """Places outside the text are no error."""
    assert text_substring(text, start, end) in text


def test_padding_wants_a_single_character() -> None:
    """A longer fill would not give the length asked for."""
    with pytest.raises(ValueError) as caught:
        text_pad("a", 5, fill="ab")
    assert str(caught.value) == "expected a single character for fill, got 'ab'"


@pytest.mark.parametrize("build", [lambda: text_repeat("ab", 10**9), lambda: text_pad("a", 10**9)])
def test_a_text_too_large_for_the_machine_is_refused(build: object) -> None:
    """Before it is built."""
    with pytest.raises(ValueError, match="more than 100000000"):
        build()  # type: ignore[operator]  # one of the functions above


@pytest.mark.parametrize("act", [lambda: text_replace("a", "", "b"), lambda: text_count("a", "")])
def test_looking_for_empty_text_is_refused(act: object) -> None:
    """It is everywhere and nowhere."""
    with pytest.raises(ValueError, match="is empty"):
        act()  # type: ignore[operator]  # one of the functions above


def test_values_are_joined_as_templates_write_them() -> None:
    """None is empty, booleans are small, lists are JSON."""
    assert text_join([None, True, 1.5, [1, "a"]], "|") == '|true|1.5|[1,"a"]'


def test_format_leaves_braces_that_hold_no_name() -> None:
    """JSON and style sheets go through."""
    assert text_format('{"a": {n}, "b": {}} {0} {a b}', {"n": 1}) == '{"a": 1, "b": {}} {0} {a b}'


def test_format_looks_into_nested_values_but_not_into_objects() -> None:
    """Dotted paths lead through dicts and lists alone."""
    assert text_format("{rows[1].id}", {"rows": [{"id": 1}, {"id": 2}]}) == "2"
    with pytest.raises(LookupError) as caught:
        text_format("{name.__class__}", {"name": "Ada"})
    assert str(caught.value) == "there is no 'name.__class__': str has no parts to look '__class__' up in"


def test_format_does_not_fill_what_it_has_filled() -> None:
    """A value that looks like a name stays what it is."""
    assert text_format("{a}", {"a": "{b}", "b": "no"}) == "{b}"


def test_a_missing_name_is_an_error_that_tells_the_nearest() -> None:
    """Unless something stands in for it."""
    with pytest.raises(LookupError) as caught:
        text_format("{nmae}", {"name": "Ada"})
    assert str(caught.value) == "there is no 'nmae': the dict has no key 'nmae'. Did you mean 'name'?"
    assert text_format("{nmae}!", {"name": "Ada"}, missing="") == "!"


def test_what_is_made_of_a_secret_stays_secret() -> None:
    """It prints masked and is the real text all the same."""
    secret = Secret("hunter2")
    made = [
        text_upper(secret),
        text_trim(secret),
        text_pad(secret, 9),
        text_join(["Bearer", secret], " "),
        text_format("Bearer {key}", {"key": secret}),
        text_split(secret, "t")[0],
        text_replace("x", "x", secret),
        regex_replace(secret, "h", "H").result,
        regex_match(secret, "(h)u").groups[0],
        regex_find_all(secret, "h.")[0],
    ]
    real = [
        "HUNTER2",
        "hunter2",
        "  hunter2",
        "Bearer hunter2",
        "Bearer hunter2",
        "hun",
        "hunter2",
        "Hunter2",
        "h",
        "hu",
    ]
    assert [str(text) for text in made] == ["***"] * len(made)
    assert made == real


def test_a_wrong_regular_expression_is_named() -> None:
    """With what is wrong with it."""
    with pytest.raises(ValueError) as caught:
        regex_match("a", "(")
    assert str(caught.value).startswith("expected a regular expression, got '(': missing ), unterminated subpattern")
    with pytest.raises(ValueError, match="expected a replacement for"):
        regex_replace("a", "a", r"\2")


def test_regular_expressions_find_whole_matches_whatever_their_groups() -> None:
    """Unlike Python's findall."""
    assert regex_find_all("a1 b2", r"(\w)(\d)") == ["a1", "b2"]


def test_a_group_that_took_no_part_is_none() -> None:
    """So it can be told from one that matched nothing."""
    assert regex_match("b", "(a)?(b*)").groups == [None, "b"]


@pytest.mark.parametrize(
    ("flags", "found"),
    [({}, []), ({"ignore_case": True}, ["A"]), ({"ignore_case": True, "multiline": True}, ["A", "a"])],
)
def test_flags_change_what_matches(flags: dict[str, bool], found: list[str]) -> None:
    """Each by its name."""
    assert regex_find_all("A\na", "^a(?![^\\n])" if not flags else "^a", **flags) == found


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_lines_end_at_line_ends(end: str) -> None:
    """The last one starts no further line, and an empty line is one."""
    assert text_lines(f"a{end}{end}b{end}") == text_lines(f"a{end}{end}b") == ["a", "", "b"]
    assert text_lines("") == []
    assert text_lines(end) == [""]


def test_lines_end_nowhere_else() -> None:
    """Characters that Unicode has for it may be inside of JSON, or of anything else."""
    text = "".join(map(chr, (11, 12, 28, 29, 30, 133, 0x2028, 0x2029)))
    assert text_lines(f"a{text}b\nc") == [f"a{text}b", "c"]
