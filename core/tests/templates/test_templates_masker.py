"""Masker: no form of a secret is left in a text, and nothing else is taken from it."""

import base64
import html
import json
import re
import textwrap
import threading
from collections.abc import Callable, Mapping
from functools import partial
from time import perf_counter
from types import MappingProxyType
from urllib.parse import quote, quote_plus

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hypothesis_profiles import examples
from stratagem.templates.masker import MOST_DERIVED, Masker
from stratagem.templates.secret import Secret

SECRETS = (
    "tok-0123456789", "it's\"mine", "hunter2-correct-horse", "pä ss/wö+rd&x", "a\\nb\\u00e9cd", "100%41sure",
    "first line of it\nsecond line of it", "C:\\temp\\new\\123", "smile😀here", "a=b&c=d;e", "two  spaces", "<b>&amp;",
)  # fmt: skip


FRAME = re.compile(r"""["'b\s]|\\+[rn]?|%(25)*(22|5C)|&(amp;)*(quot|\#x27);""")
"""What a form puts around a text."""


def over(times: int, form: Callable[[str], str], text: str) -> str:
    for _ in range(times):
        text = form(text)
    return text


def within(before: str, after: str, code: Callable[[bytes], bytes], text: str) -> str:
    return code(f"{before}{text}{after}".encode()).decode()


JSON_IN_URL = "JSON in a URL"
FORMS: Mapping[str, Callable[[str], str]] = MappingProxyType(
    {
        "itself": str,
        "repr": repr,
        "repr of repr": partial(over, 2, repr),
        "ascii": ascii,
        "bytes": lambda text: repr(text.encode()),
        "JSON": json.dumps,
        "JSON in JSON": partial(over, 3, json.dumps),
        "JSON as it is": partial(json.dumps, ensure_ascii=False),
        JSON_IN_URL: lambda text: quote(json.dumps(text)),
        "URL": quote,
        "URL without slashes": partial(quote, safe=""),
        "URL in small letters": lambda text: quote(text, safe="").lower(),
        "URL in a URL": partial(over, 2, partial(quote, safe="")),
        "form": quote_plus,
        "all of it as in URLs": lambda text: "".join(f"%{byte:02x}" for byte in text.encode()),
        "HTML": html.escape,
        "HTML in HTML": partial(over, 2, html.escape),
        "numbered in HTML": lambda text: "".join(f"&#{ord(char)};" for char in text),
        "hexadecimal in HTML": lambda text: "".join(f"&#x{ord(char):X};" for char in text),
        "JSON in HTML": lambda text: html.escape(json.dumps(text)),
        "capitals": str.upper,
        "hexadecimal": lambda text: text.encode().hex(),
        "latin-1 of UTF-8": lambda text: text.encode().decode("latin-1"),
        "broken over lines": lambda text: "\n".join(text[at : at + 7] for at in range(0, len(text), 7)),
        "indented": lambda text: "\r\n    ".join(text[at : at + 9] for at in range(0, len(text), 9)),
        "line end": lambda text: f"{text}\n",
        "escaped line end": lambda text: repr(f"{text}\r\n"),
        "wrapped": lambda text: textwrap.fill(text, 12),
    }
)


@pytest.mark.parametrize("form", FORMS.values(), ids=FORMS)
@pytest.mark.parametrize("secret", SECRETS)
def test_no_form_of_a_secret_is_left(secret: str, form: Callable[[str], str]) -> None:
    """Whatever stands around it stays, but for the quotes of the form."""
    masked = Masker([f"{secret}\n"]).masked(f"before {form(secret)} after")
    before, *between, after = masked.split("***")
    assert before.startswith("before ")
    assert after.endswith(" after")
    rest = "".join([before.removeprefix("before "), *between, after.removesuffix(" after")])
    assert not FRAME.sub("", rest), masked


@pytest.mark.parametrize("code", [base64.b64encode, base64.urlsafe_b64encode, base64.encodebytes])
@pytest.mark.parametrize("before", ["", "a", "ab", "ada:", "x" * 50])
@pytest.mark.parametrize("secret", SECRETS)
def test_a_secret_in_base64_is_masked_wherever_it_begins(
    secret: str, before: str, code: Callable[[bytes], bytes]
) -> None:
    """Alone, behind a user's name, in lines, in a URL; what is left stands for no three bytes of it."""
    for after in ("", ":x", "tail"):
        coded = within(before, after, code, secret)
        for written in (coded, quote(coded, safe="")):
            masked = Masker([secret]).masked(written)
            assert "***" in masked
            assert len(masked.replace("***", "")) <= len(written) - len(base64.b64encode(secret.encode())) + 12


@pytest.mark.parametrize("dots", ["…", "...", "'…", '"...'])
@pytest.mark.parametrize("form", [str, repr, json.dumps, quote])
def test_a_cut_leaves_neither_start_nor_end_of_a_secret(form: Callable[[str], str], dots: str) -> None:
    """Before an ellipsis and behind one; half an escape there goes too."""
    secret = "hünter2-correct-horse"
    coded = form(secret)
    for size in range(12, len(coded) - 2):
        masked = Masker([secret]).masked(f"no {coded[:size]}{dots} way")
        assert "nter" not in masked
        masked = Masker([secret]).masked(f"no {dots}{coded[size - 5 :]} way")
        assert size > len(coded) - 8 or "horse" not in masked


def test_a_text_that_ends_within_a_secret_is_masked_there() -> None:
    """As one is that was cut after so many characters."""
    assert Masker(["hunter2-correct-horse"]).masked("can't log in with hunter2-cor") == "can't log in with ***"


@pytest.mark.parametrize(
    ("secret", "text", "masked"),
    [
        ("postgres://ada:p%40ss-w0rd@db/x", "login with p@ss-w0rd", "login with ***"),
        ("postgres://ada:p%40ss-w0rd@db/x", "login at db/x as ada", "login at db/x as ada"),
        ("Server=db;Password=hunter2;", "hunter2 on Server=db1", "*** on Server=db1"),
        ('{"user": "ada", "password": "hunter\\u0032"}', "ada: hunter2", "ada: ***"),
        ('{"a": [{"b": "deep-inside"}]}', "deep-inside", "***"),
        ("ada:hunter2", "hunter2", "***"),
        ("Bearer tok-0123", "tok-0123", "***"),
        ("-----BEGIN KEY-----\nMIIBVwIBADANBg\nkqhkiG9w0BAQEF\n", "kqhkiG9w0BAQEF", "***"),
    ],
)  # fmt: skip
def test_the_parts_of_a_secret_are_secrets(secret: str, text: str, masked: str) -> None:
    """Passwords in addresses and settings, texts in JSON, lines of a key; not what stands around them."""
    assert Masker([secret]).masked(text) == masked


@pytest.mark.parametrize(
    ("secret", "text"),
    [
        ("1", "step 1 of 10"), ("abc", "abcdef"), ("1234", "in 0.51234 s"), ("", "nothing"), ("\n", "a\nb"),
        ("test", "late\nstatus"), ("hunter2", "hunter 2, or hunter-2"),
    ],
)  # fmt: skip
def test_what_is_no_secret_stays(secret: str, text: str) -> None:
    """Secrets of up to three characters, and numbers within numbers, are no reason to take other text apart."""
    assert Masker([secret]).masked(text) == text


def test_overlapping_secrets_are_masked_whole() -> None:
    """So no end of one stays behind the other."""
    assert Masker(["abcdefg", "efghijk"]).masked("x abcdefghijk y") == "x *** y"


def test_what_was_derived_is_masked_too_and_the_latest_is_remembered() -> None:
    """But for what has the secret in it anyway."""
    masker = Masker(["hunter2-correct-horse"])
    masker.derive("Bearer hunter2-correct-horse")
    assert masker.masked("Bearer hunter2-correct-horse") == "Bearer ***"
    for number in range(MOST_DERIVED + 1):
        masker.derive(f"<piece {number}>")
    assert masker.masked("<piece 0> <piece 1>") == "<piece 0> ***"


def test_secrets_of_one_name_may_be_known_as_parts_before() -> None:
    """A short line of one is none that is looked for, until it is a secret of its own."""
    masker = Masker(["first\nsecond line"])
    assert masker.masked("the first") == "the first"
    masker.add("first")
    assert masker.masked("the first") == "the ***"


def test_two_secret_keys_are_two_entries_still() -> None:
    """A table is no shorter for being masked."""
    masked = Masker(["hunter2"]).redact({Secret("a"): 1, "hunter2": 2, Secret("b"): 3})
    assert sorted(masked.values()) == [1, 2, 3]
    assert all(key.startswith("***") for key in masked)


ESCAPES = [
    FORMS[name] for name in ("repr", "ascii", "JSON", "JSON as it is", "URL without slashes", "form", "HTML", "bytes")
]


@settings(max_examples=examples(300))
@given(st.lists(st.text(max_size=4), min_size=4, max_size=4), st.lists(st.sampled_from(ESCAPES), max_size=3), st.text())
def test_escapes_within_escapes_leave_nothing(odd: list[str], escapes: list[Callable[[str], str]], around: str) -> None:
    """Whatever characters the secret has, and however it was escaped three times over."""
    secret = odd[0] + "quarkquark" + odd[1] + "zebrazebra" + odd[2]
    text = secret
    for escape in escapes:
        try:
            text = escape(text + around)
        except UnicodeEncodeError:  # lone surrogates have no such form
            return
    masked = Masker([secret]).masked(text).lower()
    assert "quark" not in masked
    assert "zebra" not in masked


@settings(max_examples=examples(200))
@given(st.lists(st.text(min_size=4), max_size=3), st.text())
def test_masking_ends_and_leaves_no_secret_in_any_text(secrets: list[str], text: str) -> None:
    """Whatever both are made of; and what is masked stays as it is when it is masked again."""
    masker = Masker(secrets)
    masked = masker.masked(text.join(secrets))
    for secret in secrets:
        assert len(secret.strip()) < 8 or secret.strip() not in masked.replace("***", "\0")
    assert masker.masked(masked).count("***") >= masked.count("***")


@pytest.mark.parametrize("filler", ["\\", "%", "&", " ", "\n", "'", "%25", "\\u", "&amp;", "..."])
def test_masking_takes_linear_time(filler: str) -> None:
    """No run of escapes, quotes or spaces makes it slow."""
    masker = Masker(["hunter2-correct-horse", 'it\'s \\\\ "mine"'])
    begun = perf_counter()
    masker.masked(filler * (300_000 // len(filler)))
    assert perf_counter() - begun < 5


def test_secrets_may_be_derived_in_threads_while_texts_are_masked() -> None:
    """Neither disturbs the other."""
    masker = Masker(["hunter2-correct-horse"])

    def derive(at: int) -> None:
        for number in range(300):
            masker.derive(f"{at} piece {number}")

    threads = [threading.Thread(target=derive, args=(at,)) for at in range(3)]
    for thread in threads:
        thread.start()
    while any(thread.is_alive() for thread in threads):
        assert masker.masked("hunter2-correct-horse") == "***"


def test_a_long_secret_that_repeats_itself_is_masked_in_time() -> None:
    """Also where it is cut."""
    begun = perf_counter()
    masked = Masker(["ab" * 20_000]).masked("x" + "ab" * 19_000 + "…" + "ab" * 15_000)
    assert perf_counter() - begun < 5
    assert masked.count("ab") < 10


def test_a_cut_secret_that_repeats_its_end_is_masked_to_its_end() -> None:
    """Its longest part is what was left of it."""
    masked = Masker(["horse-battery-horse"]).masked("…orse-battery-horse is no battery horse")
    assert masked == "…*** is no battery horse"


def test_to_derive_many_texts_costs_little() -> None:
    """A large table of secrets has many cells."""
    masker = Masker(["hunter2-correct-horse"])
    begun = perf_counter()
    for number in range(100_000):
        masker.derive(f"cell number {number}")
    assert perf_counter() - begun < 5
    assert masker.masked("cell number 99999, cell number 1") == "***, cell number 1"
