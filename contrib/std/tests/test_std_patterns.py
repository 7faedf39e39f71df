"""Regular expressions: they mean what Python's own do, and come to an end."""

from __future__ import annotations

import re
import time
import warnings

import anyio
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from hypothesis_profiles import examples
from stratagem import Kernel, Node, RunTimeout, StepTimeout, Workflow
from stratagem_std import pack, patterns
from stratagem_std.regex import regex_find_all, regex_match, regex_replace

ENDLESS = {"text": "a" * 50 + "!", "pattern": "^(a|a)+$"}
NODES = {
    "regex_match": ENDLESS,
    "regex_find_all": ENDLESS,
    "regex_replace": {**ENDLESS, "replacement": "b"},
}
nodes = pytest.mark.parametrize("type_", NODES)
backends = pytest.mark.parametrize("backend", ["asyncio", "trio"])

PIECES = st.sampled_from(
    [
        "a",
        "b",
        "[ab]",
        "[^a]",
        "[[a]",
        "[]a]",
        "{",
        "}",
        "{e}",
        "{1,a}",
        "a{2}",
        "b{,1}",
        "{}",
        "x{,}",
        ".",
        r"\w",
        r"\d",
        r"\s",
        r"\b",
        "(a|b)",
        "(?:ab)?",
        "a*?",
        "b++",
        "^",
        "$",
        "(?i:A)",
        "[[:al]",
        "[a--b]",
        r"[\[{]",
        r"\{",
        r"\[",
        "é",
    ]
)
TEXTS = st.text("ab{}[],12: xeAé\n", max_size=12)


@given(st.lists(PIECES, max_size=6).map("".join), TEXTS)
@example("[[:alpha:]]", "a:h]")
@example(r"\N{DIGIT ONE}{e}", "1{e}")
@example("(?x) a { 2 } # {e}", "a{2}")
@settings(max_examples=examples(300))
def test_patterns_mean_what_they_mean_to_python(pattern: str, text: str) -> None:
    """Whether they are ones, what they match, and what replaces it."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", FutureWarning)
        try:
            own = re.compile(pattern)
        except re.error:
            with pytest.raises(ValueError, match="expected a regular expression"):
                regex_match(text, pattern)
            return
    found = own.search(text)
    match = regex_match(text, pattern)
    assert (match.matched, match.match) == ((False, "") if found is None else (True, found[0]))
    assert match.groups == ([] if found is None else list(found.groups()))
    assert regex_find_all(text, pattern) == [each[0] for each in own.finditer(text)]
    assert regex_replace(text, pattern, r"<\g<0>>", 2).result == own.sub(r"<\g<0>>", text, count=2)


@backends
@nodes
def test_the_limit_of_a_step_ends_a_pattern_that_would_take_years(backend: str, type_: str) -> None:
    """And that of a run, in the same way: other threads run meanwhile."""

    async def main() -> None:
        async with Kernel(packs=[pack]) as kernel:
            for timeout, options, error in ((0.2, {}, StepTimeout), (None, {"timeout": 0.2}, RunTimeout)):
                workflow = Workflow({"a": Node("a", f"std.{type_}", NODES[type_], timeout=timeout)})
                begun = time.perf_counter()
                result = await kernel.run(workflow, options=kernel.options_for(workflow, **options))
                assert type(result.error) is error
                assert time.perf_counter() - begun < 5

    anyio.run(main, backend=backend)


@backends
def test_a_run_can_be_cancelled_while_a_pattern_is_matched(backend: str) -> None:
    """Although no limit is set."""

    async def main() -> str:
        async with Kernel(packs=[pack]) as kernel:
            handle = await kernel.start(Workflow({"a": Node("a", "std.regex_match", ENDLESS)}))
            await anyio.sleep(0.2)
            handle.cancel()
            return (await handle.wait()).status

    assert anyio.run(main, backend=backend) == "cancelled"


def test_a_pattern_that_takes_too_long_is_given_up(monkeypatch: pytest.MonkeyPatch) -> None:
    """Also where nobody has set a limit; the message says what to look for."""
    monkeypatch.setattr(patterns, "LONGEST", 0.1)
    with pytest.raises(ValueError, match=r"has not come to an end in 0\.1 s\. Look for a repetition within"):
        patterns._within(patterns._Room(0.1, True), regex_match, (), ENDLESS)


def test_a_replacement_can_not_grow_beyond_bounds() -> None:
    """Nor can a huge limit of replacements do harm."""
    with pytest.raises(ValueError, match="would have"):
        regex_replace("a" * 1_000_000, "a", "b" * 1_000)
    with pytest.raises(ValueError, match="would have"):
        regex_replace("a" * 1_000_000, ".+", r"\g<0>" * 1_000)
    assert regex_replace("aa", "a", "b", 10**30).count == 2
    assert regex_replace("a" * 100_001, "a", "b" * 999, 1).result.startswith("b" * 999 + "aa")
