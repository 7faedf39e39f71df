"""Configs, overrides and variables that are odd, spoilt or malicious: one typed error each, within a second."""

from __future__ import annotations

import os
import time
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cpu_limit import cpu_limit
from hostile import SECONDS, error_of
from hypothesis_profiles import examples
from mutations import NASTY, Mutator
from stratagem import load_config
from stratagem.config.lines import key_path
from stratagem.config.toml_syntax import TomlError, read_toml
from stratagem.errors import ConfigError

GOOD = b"""
schema = 1
requires = ["stratagem-kernel"]
[run]
backend = "asyncio"
concurrency = 4
timeout = "5m"
step_timeout = 3.5
slow_factor = 2
[strategy]
schedule = "sequential"
[plugins]
use = []
[packs]
allow = ["std", "web*"]
[secrets]
prefix = "A_"
[settings.otel]
headers = { a = { env = "TOKEN" }, "b.c" = 'x' }
text = \"\"\"
several # lines
\"\"\"
"""
KEYS = (
    "run.concurrency",
    "run.timeout",
    "run",
    "settings.x.y",
    "a.b",
    "'a\nb'",
    "x\ny",
    "",
    " ",
    "plugins.use",
    "requires",
)


@given(seed=st.integers(0, 2**32))
@settings(max_examples=examples(150))
def test_a_mutated_config_gives_a_config_or_a_typed_error(seed: int, tmp_path_factory: pytest.TempPathFactory) -> None:
    """So do mutated overrides and environment variables."""
    mutator = Mutator(seed)
    name = mutator.random.choice(("stratagem.toml", "pyproject.toml"))
    folder = tmp_path_factory.getbasetemp() / "configs"
    folder.mkdir(exist_ok=True)
    file = folder / name
    file.write_bytes(mutator.raw(GOOD) if mutator.random.random() < 0.7 else GOOD)
    overrides = [override(mutator) for _ in range(mutator.random.choice((0, 1, 3)))]
    environ = {"TOKEN": mutator.random.choice([text for text in NASTY if isinstance(text, str)])}
    error_of(lambda: load_config(file, overrides=overrides, environ=environ))


def override(mutator: Mutator) -> str:
    value = mutator.random.choice((*map(repr, (5, "x", [1], 10**400)), "{a = 1}", "0x" + "f" * 9_000, "[" * 500, ""))
    raw = f"{mutator.random.choice(KEYS)}={value}".encode()
    return mutator.raw(raw).decode("utf-8", "surrogateescape")


def problem_of(content: str, tmp_path: Path, **more: Any) -> ConfigError:
    file = tmp_path / "stratagem.toml"
    file.write_text(content, "utf-8")
    with pytest.raises(ConfigError) as caught, cpu_limit(SECONDS):
        load_config(file, **more)
    assert len(str(caught.value)) < 1_000
    return caught.value


@pytest.mark.parametrize("number", ["9" * 3_500, "9" * 50_000, "0x" + "f" * 50_000])
def test_whole_numbers_that_are_too_large_are_refused_in_toml(number: str, tmp_path: Path) -> None:
    """Wherever they stand."""
    assert "has more than 10,000 bits" in problem_of(f"[settings.x]\na = [{{b = {number}}}]", tmp_path).what


@pytest.mark.parametrize(("key", "what"), [("timeout", "a duration"), ("slow_factor", "a number")])
def test_a_number_that_no_float_holds_is_of_the_wrong_type(key: str, what: str, tmp_path: Path) -> None:
    """It is told by its size."""
    found = problem_of(f"[run]\n{key} = {'9' * 400}", tmp_path)
    assert (found.line, found.key) == (2, f"run.{key}")
    assert found.what.startswith(f"expected {what}")
    assert found.what.endswith("got a whole number of 1329 bits")


@pytest.mark.parametrize("value", ["0", "-1", "true", "nan", '"x"', "1.5"])
def test_a_limit_that_is_none_is_refused(value: str, tmp_path: Path) -> None:
    """Nothing would ever run."""
    assert problem_of(f"[run]\nconcurrency = {value}", tmp_path).key == "run.concurrency"


@pytest.mark.parametrize(
    "deep",
    [
        "a = " + ".".join(["b"] * 20_000),
        ".".join(["a"] * 20_000) + " = 1",
        "[" + "a." * 20_000 + "a]",
        "a = " + "[" * 20_000,
    ],
    ids=["value", "key", "table", "list"],
)
def test_keys_and_lists_that_are_nested_by_the_thousand_are_refused_at_once(deep: str, tmp_path: Path) -> None:
    """With the line, before they are parsed."""
    error = problem_of(f"schema = 1\n{deep}", tmp_path)
    assert (error.line, "nested more than 100 deep" in error.what) == (2, True)


def test_dots_and_brackets_in_texts_and_comments_nest_nothing() -> None:
    """Nor do many short keys."""
    dots = "." * 300
    text = f'a = "{dots}[[[" # {dots}\nb = \'\'\'{dots}\n[[[\'\'\'\nc = """{dots}\\""""\n' + "".join(
        f"d{i}.e = 1.5\n" for i in range(200)
    )
    assert read_toml(text)["a"] == f"{dots}[[["


def test_an_override_with_a_key_of_thousands_of_parts_is_none(tmp_path: Path) -> None:
    """It is told in short."""
    found = problem_of("", tmp_path, overrides=[".".join(["a"] * 20_000) + "=1"])
    assert found.what.startswith("expected an override, got ")
    assert found.what.endswith("…")


@pytest.mark.parametrize("text", ["", " ", "a = 1\nb", "a\nb = 1\nc", "[x]\na"])
def test_what_is_no_single_key_is_none(text: str) -> None:
    """Lines of its own neither."""
    with pytest.raises(TomlError):
        key_path(text)


def test_an_empty_name_of_a_config_is_no_file(tmp_path: Path) -> None:
    """The option was given, so nothing is searched for; an empty variable is none."""
    with pytest.raises(ConfigError) as caught:
        load_config("", environ={"STRATAGEM_CONFIG": "x.toml"}, directory=tmp_path)
    assert caught.value.hint == "It is named by --config."
    assert load_config(environ={"STRATAGEM_CONFIG": ""}, directory=tmp_path)


@pytest.mark.parametrize("named", ["~nobody-of-this-name/x.toml", "a\0b", "\ud800"])
def test_a_path_that_leads_nowhere_is_told(named: str, tmp_path: Path) -> None:
    """Users that don't exist, and names that no file can have."""
    with pytest.raises(ConfigError) as caught:
        load_config(environ={"STRATAGEM_CONFIG": named}, directory=tmp_path)
    assert "$STRATAGEM_CONFIG" in str(caught.value)


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="this system has no pipes with names")
@pytest.mark.parametrize("named", [True, False])
def test_a_pipe_is_no_config_and_is_not_waited_for(named: bool, tmp_path: Path) -> None:
    """Whether it is named or found; a pyproject.toml that is one is no concern of ours."""
    os.mkfifo(tmp_path / "stratagem.toml")
    begun = time.monotonic()
    with pytest.raises(ConfigError) as caught:
        load_config(tmp_path / "stratagem.toml" if named else None, environ={}, directory=tmp_path)
    assert caught.value.what == "the file can't be read: this is no regular file but a pipe"
    (tmp_path / "stratagem.toml").rename(tmp_path / "pyproject.toml")
    (tmp_path / "inside").mkdir()
    assert load_config(environ={}, directory=tmp_path / "inside")
    assert time.monotonic() - begun < 60


def test_a_config_of_more_than_a_mebibyte_is_not_read(tmp_path: Path) -> None:
    """Nobody writes one."""
    assert (
        problem_of("#" * 1024 * 1024 + "\n", tmp_path).what == "the file can't be read: the file is larger than 1 MiB"
    )
