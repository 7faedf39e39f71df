"""The effective config and its schema, for people and editors."""

import tomllib
from pathlib import Path
from typing import Any

import pytest
from attrs import define, field, frozen
from attrs.validators import gt
from hypothesis import given
from hypothesis import strategies as st

from made_distributions import Install, installer
from stratagem import Config, Duration, PacksConfig, RunConfig, Secret, read_config
from stratagem.config.lines import key_path, lines_of
from stratagem.config.origins import dotted
from stratagem.hosting import dotted_key, toml_value
from stratagem_cli.config_schema import config_schema
from stratagem_cli.config_text import show


@pytest.fixture
def install(tmp_path: Path) -> Install:
    """Installs a distribution beside core's own and gives the snapshot of both."""
    return installer(tmp_path / "site")


@frozen
class CacheSettings:
    """How much is kept."""

    folder: str
    max_entries: int = field(default=100, validator=gt(0))
    ttl: Duration | None = None
    token: str = ""


@define
class Used:
    """A plugin as `show` sees it."""

    name: str
    settings: Any


TEXT = st.text(st.characters(exclude_categories=["Cs"]))
SCALARS = TEXT | st.booleans() | st.integers(-(2**63), 2**63 - 1) | st.floats(allow_nan=False) | st.dates()
VALUES = st.recursive(
    SCALARS, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(TEXT, inner, max_size=3), max_leaves=6
)


@given(st.dictionaries(TEXT, VALUES, max_size=3))
def test_what_is_written_as_toml_reads_back_the_same(table: dict[str, Any]) -> None:
    """Any values, any keys: quotes, controls, floats without end."""
    text = "".join(f"{dotted_key(key)} = {toml_value(value)}\n" for key, value in table.items())
    assert tomllib.loads(text) == table


@given(st.lists(st.text(st.characters(categories=["L", "N"]), min_size=1), min_size=1, max_size=4))
def test_dotted_keys_read_back_the_same(parts: list[str]) -> None:
    """Keys printed in errors can be pasted into --set."""
    assert key_path(dotted(tuple(parts))) == tuple(parts)


def test_the_shown_config_gives_the_same_config(tmp_path: Path, install: Install) -> None:
    """Shown, saved and read again, nothing has changed."""
    config = Config(
        requires=("a>=1",),
        run=RunConfig(backend="trio", concurrency=3, step_timeout=1.5),
        resources={"browser": "play wright"},
        packs=PacksConfig(allow=()),
        settings={"x.y": {"a": {"b": [1, "two"]}, "c": 1e-9}},
    )
    file = tmp_path / "shown.toml"
    file.write_text(show(config), "utf-8")
    assert read_config(file, environ={}, installed=install()) == config


def test_each_value_is_shown_with_where_it_comes_from(tmp_path: Path, install: Install) -> None:
    """Files with lines, --set, and default are told apart."""
    file = tmp_path / "stratagem.toml"
    file.write_text("[run]\nbackend = 'trio'\n[strategy]\nschedule = 'dag'\n", "utf-8")
    text = show(read_config(file, overrides=["run.concurrency=2"], environ={}, installed=install()))
    assert text.startswith(f"# {file} (named by --config)\n")
    assert f'backend = "trio"  # {file}:2\n' in text
    assert "concurrency = 2  # --set\n" in text
    assert "grace = 5.0  # default\n" in text
    assert "# timeout is not set  # default\n" in text


def test_settings_of_plugins_are_shown_whole_and_secrets_masked() -> None:
    """With the plugins at hand their defaults show too; what came from the environment never does."""
    plugin = Used("cache", CacheSettings("/data", token=Secret("hunter2")))
    text = show(Config(settings={"cache": {"folder": "/data", "token": Secret("hunter2")}}), [plugin])
    assert tomllib.loads(text)["settings"] == {"cache": {"folder": "/data", "max_entries": 100, "token": "***"}}
    assert "hunter2" not in text


def test_lines_are_those_of_headers_and_assignments() -> None:
    """Texts over several lines, quoted keys and inline tables don't confuse the count."""
    text = (
        'a = 1\nlong = """\nb = 2\n[c]\n"""\n[x."y.z"]  # words\nk = { i = 1 }\n"q q".r = [\n  "s",\n]\n[[t]]\nu = 1\n'
    )
    assert tomllib.loads(text)
    assert lines_of(text) == {
        ("a",): 1, ("long",): 2, ("x", "y.z"): 6, ("x", "y.z", "k"): 7, ("x", "y.z", "q q", "r"): 8, ("t",): 11,
        ("t", "u"): 12,
    }  # fmt: skip


def test_the_schema_describes_every_key_of_the_config() -> None:
    """Keys, types, defaults, and nothing beside them; what code sets is no key."""
    schema = config_schema({})
    assert schema["additionalProperties"] is False
    assert set(schema["properties"]) == {
        "schema", "requires", "run", "strategy", "resources", "plugins", "packs", "secrets", "settings",
    }  # fmt: skip
    run = schema["properties"]["run"]["properties"]
    assert run["backend"] == {"enum": ["asyncio", "trio"], "default": "asyncio"}
    assert run["concurrency"] == {"type": "integer", "default": 16}
    assert {"type": "number", "minimum": 0} in run["step_timeout"]["anyOf"]


def test_the_schema_holds_the_settings_of_plugins() -> None:
    """A plugin's Settings are described under its name; any value may come from the environment instead."""
    own = config_schema({"cache": CacheSettings})["properties"]["settings"]["properties"]["cache"]
    assert own["description"] == "How much is kept."
    assert own["required"] == ["folder"]
    assert own["additionalProperties"] is False
    assert own["properties"]["folder"] == {"anyOf": [{"type": "string"}, {"$ref": "#/$defs/env"}]}
    assert own["properties"]["max_entries"]["default"] == 100


@pytest.mark.parametrize("hook", ["compile", "schedule", "resolve"])
def test_the_schema_can_name_what_is_installed(hook: str) -> None:
    """With the installed names an editor completes them."""
    schema = config_schema({}, {hook: ["a", "b"], "resource": ["r"], "plugin": ["p"]})["properties"]
    assert schema["strategy"]["properties"][hook]["enum"] == ["a", "b"]
    assert schema["resources"]["additionalProperties"]["enum"] == ["r"]
    assert schema["plugins"]["properties"]["use"]["items"]["enum"] == ["p"]


def test_whatever_a_secret_setting_became_is_masked(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A number, a path, a text that another setting has in it."""
    monkeypatch.setenv("MANY", "7")
    monkeypatch.setenv("WHERE", "hidden-origin")
    (tmp_path / "stratagem.toml").write_text(
        '[settings.mine]\nfolder = { env = "WHERE" }\nmax_entries = { env = "MANY" }\ntoken = "at hidden-origin"\n'
    )
    config = read_config(str(tmp_path / "stratagem.toml"))
    text = show(config, [Used("mine", CacheSettings(folder="hidden-origin", max_entries=7, token="at hidden-origin"))])
    settings = tomllib.loads(text)["settings"]["mine"]
    assert settings == {"folder": "***", "max_entries": "***", "token": "at ***"}
