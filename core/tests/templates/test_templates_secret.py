"""Secrets: usable, never visible."""

import copy
import json
import pickle
from typing import Any

import pytest

from stratagem.templates.masker import redact
from stratagem.templates.parsing import parse
from stratagem.templates.paths import by_name
from stratagem.templates.secret import Secret


def value_of(text: str, **scope: Any) -> Any:
    return parse(text).bind(by_name)(scope)


def test_a_secret_never_prints_its_text() -> None:
    """str, repr, format, f-strings and % show the mask, alone and in containers."""
    secret = Secret("hunter2")
    shown = [str(secret), repr(secret), format(secret, ">9"), f"{secret}", f"{secret!r:>3}", f"{[secret]}"]
    assert shown == ["***"] * 5 + ["[***]"]
    assert "%s %r" % (secret, secret) == "*** ***"  # noqa: UP031 - it is what the test is about


def test_a_secret_is_its_real_text_for_those_who_use_it() -> None:
    """It compares, hashes, encodes and is written as JSON like the text, which `reveal` gives plainly."""
    secret = Secret("hunter2")
    assert secret == "hunter2"
    assert hash(secret) == hash("hunter2")
    assert secret.encode() == b"hunter2"
    assert json.dumps(secret) == '"hunter2"'
    assert type(secret.reveal()) is str
    assert secret.reveal() == "hunter2"


def test_a_secret_of_a_secret_has_the_same_text() -> None:
    """Marking twice changes nothing."""
    assert Secret(Secret("hunter2")).reveal() == "hunter2"


@pytest.mark.parametrize("copied", [copy.copy, copy.deepcopy, lambda secret: pickle.loads(pickle.dumps(secret))])
def test_copies_and_pickles_stay_secret(copied: Any) -> None:
    """A secret that goes through a process or a cache comes out as one."""
    result = copied([Secret("hunter2")])[0]
    assert type(result) is Secret
    assert result.reveal() == "hunter2"


def test_text_made_from_a_secret_with_operators_is_secret() -> None:
    """From both sides, and by parts."""
    secret = Secret("hunter2")
    made = [secret + "x", "x" + secret, Secret("a%s") % "b", secret[1:]]
    assert [type(text) for text in made] == [Secret] * 4
    assert [text.reveal() for text in made] == ["hunter2x", "xhunter2", "ab", "unter2"]


@pytest.mark.parametrize(
    ("text", "revealed"),
    [
        ("{{ s }}", "hunter2"), ("Bearer {{ s }}", "Bearer hunter2"), ("{{ u }}:{{ s }}", "me:hunter2"),
        ("{{ s + '!' }}", "hunter2!"), ("{{ '!' + u + s }}", "!mehunter2"), ("{{ s | upper }}", "HUNTER2"),
        ("{{ s | replace('2', u) }}", "hunterme"), ("{{ u | replace('m', s) }}", "hunter2e"), ("{{ s | first }}", "h"),
        ("{{ [u, s] | join('-') }}", "me-hunter2"), ("{{ [u, u] | join(s) }}", "mehunter2me"),
        ("{{ {'k': [s]} | json }}", '{"k":["hunter2"]}'), ("{{ {s: 1} | string }}", '{"hunter2":1}'),
        ("{{ s | json }}", '"hunter2"'), ("{{ s | string }}", "hunter2"), ("- {{ [s] }}", '- ["hunter2"]'),
        ("{{ s | split('n') | last }}", "ter2"), ("{{ [s] | last }}", "hunter2"), ("{{ s if u else 1 }}", "hunter2"),
        ("{{ x | default(s) }}", "hunter2"), ("{{ u and s }}", "hunter2"), ("{{ s | reverse }}", "2retnuh"),
        ("{{ [s, u] | sort | first }}", "hunter2"), ("{{ [[s]] | join }}", '["hunter2"]'), ("{{ s | trim }}", "hunter2"),
        ("{{ {'a': s} | items | last | last }}", "hunter2"), ("{{ [s, s] | unique | first | lower }}", "hunter2"),
    ],
)  # fmt: skip
def test_text_made_from_a_secret_in_a_template_is_secret(text: str, revealed: str) -> None:
    """However it went through text, operators, filters and containers, its value is right and masked."""
    result = value_of(text, s=Secret("hunter2"), u="me")
    assert type(result) is Secret
    assert result.reveal() == revealed


def test_text_beside_a_secret_stays_plain() -> None:
    """Only what was made from a secret is masked, and comparisons work on the real text."""
    secret = Secret("hunter2")
    assert type(value_of("{{ [u, s] | first }}", s=secret, u="me")) is str
    assert value_of("{{ s == 'hunter2' and 'unt' in s and (s | length) == 7 }}", s=secret) is True


def test_redact_masks_secrets_and_their_texts_in_values_of_any_shape() -> None:
    """In texts, keys, lists, tuples, sets and dicts; everything else stays as it is."""
    other = object()
    value = {"a": [Secret("x"), "my hunter2!", ("hunter2", 1)], "hunter2": {"b": None}, "s": {"hunter2"}, "o": other}
    assert redact(value, ["hunter2", ""]) == {
        "a": ["***", "my ***!", ("***", 1)],
        "***": {"b": None},
        "s": {"***"},
        "o": other,
    }
    assert value["hunter2"] == {"b": None}


def test_redact_takes_the_longest_secret_first() -> None:
    """So no end of a longer one stays behind."""
    assert redact("abc ab", [Secret("ab"), "abc"]) == "*** ***"


def test_redact_ends_on_values_within_themselves() -> None:
    """What lies too deep is masked whole."""
    value: list[Any] = [1]
    value.append(value)
    assert str(redact(value)).count("[") == 100
