"""Where a config comes from, and how strictly it is read."""

from collections.abc import Callable
from pathlib import Path

import pytest

from stratagem import default_profile, load_config, read_config
from stratagem.config.model import Config, RunConfig, Strategy
from stratagem.errors import (
    BadValue,
    ConfigError,
    MissingRequirement,
    PluginConflict,
    PluginNotFound,
    StratagemError,
    UnknownKey,
)
from stratagem.plugins.discovery import Installed
from stratagem.templates.secret import Secret

Install = Callable[..., Installed]

DAG = {"stratagem.schedule": {"dag": "stratagem_dag:Dag"}, "stratagem.default": {"schedule": "dag"}}
SCHEDULE = "stratagem.schedule"
OTEL = {"stratagem.plugin": {"otel": "stratagem_otel:Otel"}}


def write(folder: Path, text: str, name: str = "stratagem.toml") -> Path:
    """A config file with this text."""
    folder.mkdir(parents=True, exist_ok=True)
    (folder / name).write_text(text, "utf-8")
    return folder / name


def problems_of(error: StratagemError) -> dict[str | None, type[StratagemError]]:
    """The kinds of the single problems, by key."""
    return {problem.key: type(problem) for problem in error.problems}


def test_every_section_is_read(tmp_path: Path, install: Install) -> None:
    """A full config file gives the typed values that it writes."""
    install("stratagem-dag", "0.1.3", DAG)
    install("acme-browser", "2.0", {"stratagem.resource": {"playwright": "acme:Browser"}})
    installed = install("stratagem-otel", "1.0", OTEL)
    file = write(
        tmp_path,
        """
        schema = 1
        requires = ["stratagem-dag>=0.1,<0.2"]
        [run]
        backend = "trio"
        concurrency = 4
        step_timeout = "60s"
        time_slice = "2ms"
        [strategy]
        schedule = "dag"
        [resources]
        browser = "playwright"
        [plugins]
        use = ["otel"]
        [packs]
        allow = ["std", "acme-*"]
        [secrets]
        prefix = "APP_"
        [settings.otel]
        endpoint = "http://localhost:4318"
        """,
    )
    config = load_config(file, environ={}, installed=installed)
    assert config.run == RunConfig("trio", 4, 60.0, time_slice=0.002)
    assert config.strategy == Strategy(schedule="dag")
    assert config.resources == {"browser": "playwright"}
    assert config.plugins.use == ("otel",)
    assert config.packs.allow == ("std", "acme-*")
    assert config.secrets.prefix == "APP_"
    assert config.settings == {"otel": {"endpoint": "http://localhost:4318"}}
    assert config.source == str(file)


def test_the_search_goes_from_the_named_file_to_the_parents(tmp_path: Path, install: Install) -> None:
    """A named file wins over the variable, that over the nearest file in the directory or its parents."""
    deep = tmp_path / "a" / "b"
    deep.mkdir(parents=True)
    project = write(tmp_path, "[tool.stratagem.run]\nconcurrency = 1\n", "pyproject.toml")
    near = write(tmp_path / "a", "[run]\nconcurrency = 2\n")
    write(tmp_path / "a", "[tool.stratagem.run]\nconcurrency = 9\n", "pyproject.toml")
    by_variable = write(tmp_path / "v", "[run]\nconcurrency = 3\n")
    named = write(tmp_path / "n", "[run]\nconcurrency = 4\n")
    environ = {"STRATAGEM_CONFIG": str(by_variable)}
    installed = install()

    def source(path: Path | None, variables: dict[str, str], directory: Path) -> tuple[int, str]:
        config = load_config(path, environ=variables, directory=directory, installed=installed)
        return config.run.concurrency, config.source

    assert source(named, environ, deep) == (4, str(named))
    assert source(None, environ, deep) == (3, str(by_variable))
    assert source(None, {}, deep) == (2, str(near))
    assert source(None, {}, tmp_path) == (1, str(project))


def test_a_byte_order_mark_is_no_part_of_a_config(tmp_path: Path, install: Install) -> None:
    """Some editors write one."""
    (tmp_path / "stratagem.toml").write_bytes(b"\xef\xbb\xbf[run]\nconcurrency = 3\n")
    assert load_config(directory=tmp_path, environ={}, installed=install()).run.concurrency == 3


def test_a_project_file_without_our_table_is_passed_over(tmp_path: Path, install: Install) -> None:
    """Other people's pyproject.toml is not ours, even where it names stratagem."""
    write(tmp_path, "[project]\ndependencies = ['stratagem']\n", "pyproject.toml")
    assert load_config(directory=tmp_path, environ={}, installed=install()).source.startswith("default profile")


def test_a_named_file_that_is_missing_is_told_with_who_named_it(tmp_path: Path, install: Install) -> None:
    """Neither a missing --config nor a stale variable falls back to another file."""
    with pytest.raises(ConfigError, match=r"nowhere\.toml.*named by \$STRATAGEM_CONFIG"):
        load_config(environ={"STRATAGEM_CONFIG": "nowhere.toml"}, directory=tmp_path, installed=install())
    with pytest.raises(ConfigError, match="named by --config"):
        load_config("nowhere.toml", environ={}, directory=tmp_path, installed=install())


@pytest.mark.parametrize("content", [b"[run\n", b"a = 1\na = 2\n", b"\xff\xfe", b"x = " + b"[" * 5000])
def test_a_file_that_is_no_toml_is_told_by_name(tmp_path: Path, install: Install, content: bytes) -> None:
    """Syntax errors, duplicate keys, wrong encodings and absurd nesting give one error with the file."""
    (tmp_path / "stratagem.toml").write_bytes(content)
    with pytest.raises(ConfigError) as caught:
        load_config(directory=tmp_path, environ={}, installed=install())
    assert caught.value.file == str(tmp_path / "stratagem.toml")


def test_without_a_file_dag_is_used_where_it_is_installed(tmp_path: Path, install: Install) -> None:
    """The default profile is what the product suggests, and says so; without it core's own, and says that."""
    bare = load_config(directory=tmp_path, environ={}, installed=install())
    assert bare == Config()
    assert bare.origin == "default profile, as there is no stratagem.toml: core's own strategies"
    install("stratagem-dag", "0.1.3", DAG)
    profile = default_profile(install("stratagem", "0.1.2", {"stratagem.default": {"schedule": "dag"}}))
    assert profile.strategy.schedule == "dag"
    assert 'schedule = "dag" as stratagem 0.1.2 has it' in profile.origin


def test_the_default_profile_takes_only_what_is_offered_as_a_default(install: Install) -> None:
    """A strategy that is installed is not used unasked, and one of the same name does not stand in for another."""
    assert default_profile(install("fast", "1.0", {SCHEDULE: {"dag": "fast:Dag"}})).strategy.schedule == "sequential"
    assert default_profile(install("stratagem-dag", "0.1.3", DAG)).strategy.schedule == "stratagem-dag:dag"


def test_overrides_win_and_are_toml_or_text(tmp_path: Path, install: Install) -> None:
    """--set values are TOML where they can be, else bare text; they come over file and default profile."""
    installed = install("stratagem-otel", "1.0", OTEL)
    overrides = [
        "run.concurrency=3", "run.step_timeout=5m", 'plugins.use=["otel"]', 'settings.otel."a.b"=x = y', "run.grace=0",
    ]  # fmt: skip
    file = write(tmp_path, "[run]\nconcurrency = 9\nbackend = 'trio'\n")
    config = load_config(file, overrides=overrides, environ={}, installed=installed)
    assert config.run == RunConfig("trio", 3, 300.0, grace=0.0)
    assert config.settings == {"otel": {"a.b": "x = y"}}
    assert str(config.origins.exact(("run", "concurrency"))) == "--set"
    assert str(config.origins.exact(("run", "backend"))) == f"{file}:3"
    assert config.origins.exact(("run", "timeout")) is None


@pytest.mark.parametrize("text", ["run.concurrency", "=3", "a b=3", "schema.x=1"])
def test_a_malformed_override_is_refused(tmp_path: Path, install: Install, text: str) -> None:
    """Without key or equals sign, or below a plain value, it is no override."""
    with pytest.raises(BadValue) as caught:
        load_config(write(tmp_path, "schema = 1"), overrides=[text], environ={}, installed=install())
    assert caught.value.file == "--set"


def test_all_problems_of_a_config_are_told_together_with_file_and_line(tmp_path: Path, install: Install) -> None:
    """Unknown keys, wrong types, unknown names and unmet requirements are one error with many problems."""
    file = write(
        tmp_path,
        "requires = ['acme-tools>=2', 'not a requirement!']\n"
        "colour = 'red'\n"
        "[run]\n"
        "concurency = 3\n"
        "step_timeout = 'soon'\n"
        "[strategy]\n"
        "schedule = 'sequentail'\n"
        "[plugins]\n"
        "use = ['otel', 'ghost', 'otel']\n",
    )
    with pytest.raises(StratagemError) as caught:
        load_config(file, environ={}, installed=install("stratagem-otel", "1.0", OTEL))
    assert problems_of(caught.value) == {
        "colour": UnknownKey,
        "run.concurency": UnknownKey,
        "run.step_timeout": BadValue,
        "requires.0": MissingRequirement,
        "requires.1": BadValue,
        "strategy.schedule": PluginNotFound,
        "plugins.use.1": PluginNotFound,
        "plugins.use.2": BadValue,
    }
    lines = {problem.key: problem.line for problem in caught.value.problems}
    assert lines == {
        "colour": 2, "run.concurency": 4, "run.step_timeout": 5, "requires.0": 1, "requires.1": 1,
        "strategy.schedule": 7, "plugins.use.1": 9, "plugins.use.2": 9,
    }  # fmt: skip
    text = str(caught.value)
    assert "Did you mean 'concurrency'?" in text
    assert "Did you mean 'sequential'?" in text
    assert 'pip install "acme-tools>=2"' in text
    assert all(problem.file == str(file) for problem in caught.value.problems)


def test_config_problems_alone_are_a_config_error(tmp_path: Path, install: Install) -> None:
    """Callers can catch the family."""
    with pytest.raises(ConfigError, match="2 problems"):
        load_config(write(tmp_path, "a = 1\nb = 2\n"), environ={}, installed=install())


def test_another_schema_is_refused_before_the_rest_is_judged(tmp_path: Path, install: Install) -> None:
    """A file for another version is told as that, not as a heap of unknown keys."""
    with pytest.raises(BadValue) as caught:
        load_config(write(tmp_path, "schema = 2\nnovelty = 1\n"), environ={}, installed=install())
    assert caught.value.key == "schema"
    assert len(caught.value.problems) == 1


@pytest.mark.parametrize(
    ("requirement", "met"),
    [
        ("stratagem-otel", True), ("Stratagem_OTel>=1,<2", True), ("stratagem-otel>=2", False), ("ghost", False),
        ("ghost; python_version < '3'", True),
    ],
)  # fmt: skip
def test_requirements_are_checked_against_what_is_installed(
    tmp_path: Path, install: Install, requirement: str, met: bool
) -> None:
    """Names are normalised, versions compared, markers honoured; nothing is imported for it."""
    installed = install("stratagem-otel", "1.5", OTEL)
    file = write(tmp_path, f'requires = ["{requirement}"]')
    if met:
        assert load_config(file, environ={}, installed=installed).requires == (requirement,)
        return
    with pytest.raises(MissingRequirement) as caught:
        load_config(file, environ={}, installed=installed)
    assert caught.value.hint == f'Run: pip install "{requirement}"'


def test_a_prerelease_meets_a_requirement(tmp_path: Path, install: Install) -> None:
    """What is installed counts, even where pip would not have chosen it."""
    installed = install("acme", "2.0rc1", {})
    assert load_config(write(tmp_path, 'requires = ["acme>=1"]'), environ={}, installed=installed)


def test_settings_of_a_plugin_that_is_not_used_are_refused(tmp_path: Path, install: Install) -> None:
    """Settings that nobody reads would be silently dead."""
    with pytest.raises(UnknownKey, match=r"settings\.otel.*not in use.*Write \[plugins\] use = "):
        load_config(
            write(tmp_path, "[settings.otel]\na = 1\n"), environ={}, installed=install("stratagem-otel", "1.0", OTEL)
        )


def test_a_name_in_the_wrong_place_is_told_where_it_belongs(tmp_path: Path, install: Install) -> None:
    """A scheduler in [plugins] use is not simply unknown."""
    with pytest.raises(PluginNotFound, match=r"offered in stratagem\.schedule: name it in \[strategy\] schedule"):
        load_config(
            write(tmp_path, "[plugins]\nuse = ['dag']\n"), environ={}, installed=install("stratagem-dag", "1.0", DAG)
        )


def test_one_name_for_two_plugins_is_refused(tmp_path: Path, install: Install) -> None:
    """Settings go by the name, so a name means one plugin in one config."""
    install("stratagem-dag", "1.0", DAG)
    installed = install("acme", "2.0", {"stratagem.plugin": {"dag": "acme:Other"}})
    text = "[strategy]\nschedule = 'dag'\n[plugins]\nuse = ['dag']\n"
    with pytest.raises(PluginConflict, match=r"stratagem-dag 1\.0 and acme:Other of acme 2\.0"):
        load_config(write(tmp_path, text), environ={}, installed=installed)


def test_variables_fill_settings_as_secrets(tmp_path: Path, install: Install) -> None:
    """{ env = "NAME" } is replaced at any depth of the settings, and never printed."""
    text = (
        "[plugins]\nuse = ['otel']\n[settings.otel]\nheaders = { auth = { env = 'AUTH' } }\nlist = [{ env = 'AUTH' }]\n"
    )
    config = load_config(
        write(tmp_path, text), environ={"AUTH": "hunter2"}, installed=install("stratagem-otel", "1.0", OTEL)
    )
    assert config.settings["otel"] == {"headers": {"auth": "hunter2"}, "list": ["hunter2"]}
    assert type(config.settings["otel"]["headers"]["auth"]) is Secret
    assert "hunter2" not in repr(config)


def test_a_missing_variable_is_told_by_name_and_key(tmp_path: Path, install: Install) -> None:
    """The key that wants it and the variable's name are both in the error."""
    text = "[plugins]\nuse = ['otel']\n[settings.otel]\ntoken = { env = 'AUTH' }\n"
    with pytest.raises(BadValue, match=r":4: key 'settings\.otel\.token': the environment variable 'AUTH' is not set"):
        load_config(write(tmp_path, text), environ={}, installed=install("stratagem-otel", "1.0", OTEL))


def test_reading_alone_does_not_ask_for_what_is_named(tmp_path: Path, install: Install) -> None:
    """`read_config` serves the doctor: names may be missing, structure may not be wrong."""
    file = write(tmp_path, "requires = ['ghost']\n[plugins]\nuse = ['ghost']\n")
    assert read_config(file, environ={}, installed=install()).plugins.use == ("ghost",)
    with pytest.raises(UnknownKey):
        read_config(write(tmp_path, "ghost = 1"), environ={}, installed=install())


@pytest.mark.parametrize("key", ["concurrency", "step_timeout", "time_slice"])
def test_limits_that_let_nothing_run_are_refused(tmp_path: Path, install: Install, key: str) -> None:
    """Zero steps at once or zero seconds for a step is a mistake."""
    with pytest.raises(BadValue) as caught:
        load_config(write(tmp_path, f"[run]\n{key} = 0\n"), environ={}, installed=install())
    assert caught.value.key == f"run.{key}"
