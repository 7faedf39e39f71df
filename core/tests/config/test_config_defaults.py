"""What is taken where no config says otherwise: default strategies, plugins that variables switch on, the nearest file."""

from collections.abc import Callable
from pathlib import Path

import pytest

from stratagem import load_config
from stratagem.errors import PluginConflict, UnknownKey
from stratagem.plugins.discovery import Installed

Install = Callable[..., Installed]

SCHEDULE, PLUGIN = "stratagem.schedule", "stratagem.plugin"
DEFAULT, ENVIRONMENT = "stratagem.default", "stratagem.environment"

TRACER = {PLUGIN: {"trace-all": "tracer:Tracer"}, ENVIRONMENT: {"TRACE_TO": "trace_all", "TRACE_NOT": "trace_all:off"}}


def test_two_defaults_for_one_hook_are_refused_with_the_lines_to_write(tmp_path: Path, install: Install) -> None:
    """Both distributions are named; an override or a file chooses."""
    install("swift", "1.0", {SCHEDULE: {"swift": "swift:Swift"}, DEFAULT: {"schedule": "swift"}})
    installed = install("calm", "2.0", {SCHEDULE: {"calm": "calm:Calm"}, DEFAULT: {"schedule": "calm"}})
    with pytest.raises(PluginConflict) as caught:
        load_config(directory=tmp_path, environ={}, installed=installed)
    assert "'calm' of calm 2.0 and 'swift' of swift 1.0" in str(caught.value)
    assert caught.value.hint == (
        'Write one of them in stratagem.toml: [strategy] schedule = "calm" or [strategy] schedule = "swift".'
    )
    chosen = load_config(directory=tmp_path, overrides=["strategy.schedule=calm"], environ={}, installed=installed)
    assert chosen.strategy.schedule == "calm"
    (tmp_path / "stratagem.toml").write_text("", "utf-8")
    assert load_config(directory=tmp_path, environ={}, installed=installed).strategy.schedule == "sequential"


def test_two_who_offer_the_same_default_agree(tmp_path: Path, install: Install) -> None:
    """One may offer as a default what the other one has."""
    install("swift", "1.0", {SCHEDULE: {"swift": "swift:Swift"}, DEFAULT: {"schedule": "swift"}})
    installed = install("bundle", "2.0", {DEFAULT: {"schedule": "swift"}})
    assert load_config(directory=tmp_path, environ={}, installed=installed).strategy.schedule == "swift"


def test_a_default_that_is_not_installed_is_none(tmp_path: Path, install: Install) -> None:
    """A distribution may offer what comes with another one."""
    installed = install("bundle", "2.0", {DEFAULT: {"schedule": "swift"}})
    assert load_config(directory=tmp_path, environ={}, installed=installed).strategy.schedule == "sequential"


@pytest.mark.parametrize(("library", "used"), [("stratagem-kernel", ["trace-all"]), ("missing-library>=1", [])])
def test_a_plugin_is_switched_on_only_with_an_extra_that_it_needs(
    tmp_path: Path, install: Install, library: str, used: list[str]
) -> None:
    """What nobody has asked for stops no run: the line says what to install."""
    points = {**TRACER, ENVIRONMENT: {"TRACE_TO": "trace_all [wire,cable]"}}
    installed = install("tracer", "1.0", points, [f"{library}; extra == 'wire'", "never-there; extra == 'cable'"])
    config = load_config(environ={"TRACE_TO": "here"}, directory=tmp_path, installed=installed)
    assert list(config.plugins.use) == used
    told = "no plugin \"trace-all\" although TRACE_TO is set: pip install 'tracer[wire]' or 'tracer[cable]'"
    assert (told in config.origin) == (not used)


@pytest.mark.parametrize(
    ("library", "told"),
    [
        ("stratagem-kernel", 'plugin "trace-all" because B_TO is set'),
        ("missing-library", "although A_TO is set: pip install 'tracer[wire]' or 'tracer[cable]'"),
    ],
)
def test_of_several_variables_one_that_has_what_it_needs_switches_a_plugin_on(
    tmp_path: Path, install: Install, library: str, told: str
) -> None:
    """Whichever comes first; where none has, all extras are named."""
    points = {**TRACER, ENVIRONMENT: {"A_TO": "trace_all [wire]", "B_TO": "trace_all [cable]"}}
    brought = ["never-there; extra == 'wire'", f"{library}; extra == 'cable'"]
    installed = install("tracer", "1.0", points, brought)
    config = load_config(environ={"A_TO": "here", "B_TO": "there"}, directory=tmp_path, installed=installed)
    assert told in config.origin
    assert bool(config.plugins.use) == (library == "stratagem-kernel")


@pytest.mark.parametrize("others", [[], ["no requirement at all!"]], ids=["alone", "beside-one-that-is-none"])
def test_an_extra_with_a_hyphen_is_found(tmp_path: Path, install: Install, others: list[str]) -> None:
    """Also where another requirement of the distribution can't be read."""
    points = {**TRACER, ENVIRONMENT: {"TRACE_TO": "trace_all [http-json]"}}
    installed = install("tracer", "1.0", points, [*others, "stratagem-kernel; extra == 'http-json'"])
    assert load_config(environ={"TRACE_TO": "here"}, directory=tmp_path, installed=installed).plugins.use == (
        "trace-all",
    )


@pytest.mark.parametrize(
    ("environ", "used"),
    [
        ({}, ()), ({"TRACE_TO": ""}, ()), ({"TRACE_TO": "there"}, ("trace-all",)),
        ({"TRACE_TO": "there", "TRACE_NOT": "True "}, ()), ({"TRACE_TO": "there", "TRACE_NOT": "0"}, ("trace-all",)),
    ],
)  # fmt: skip
def test_variables_switch_plugins_on(
    environ: dict[str, str], used: tuple[str, ...], tmp_path: Path, install: Install
) -> None:
    """Whether there is a file or not, as long as it has no [plugins]; the origin says so."""
    installed = install("tracer", "1.0", TRACER)
    for text in (None, "[run]\nconcurrency = 2\n[settings.trace-all]\nwhere = 1\n"):
        if text:
            (tmp_path / "stratagem.toml").write_text(text, "utf-8")
        config = load_config(directory=tmp_path, environ=environ, installed=installed)
        assert config.plugins.use == used
        told = 'plugin "trace-all" because TRACE_TO is set'
        assert (told in config.origin) == bool(used)


@pytest.mark.parametrize("value", ["my-plugin", "a b", "", "trace_all [htp]"])
def test_a_switch_that_names_nothing_switches_nothing_on(tmp_path: Path, install: Install, value: str) -> None:
    """Neither what no plugin can be called nor an extra that there is not; and nothing else is harmed by it."""
    installed = install("tracer", "1.0", {**TRACER, ENVIRONMENT: {"TRACE_TO": value}})
    config = load_config(environ={"TRACE_TO": "here"}, directory=tmp_path, installed=installed)
    assert config.plugins.use == ()


def test_a_config_that_names_plugins_decides_alone(tmp_path: Path, install: Install) -> None:
    """Also where it names none: nothing is switched on, and settings of it are unknown."""
    installed, environ = install("tracer", "1.0", TRACER), {"TRACE_TO": "there"}
    (tmp_path / "stratagem.toml").write_text("[plugins]\nuse = []\n", "utf-8")
    config = load_config(directory=tmp_path, environ=environ, installed=installed)
    assert (config.plugins.use, config.taken) == ((), ())
    (tmp_path / "stratagem.toml").write_text("[plugins]\nuse = []\n[settings.trace-all]\n", "utf-8")
    with pytest.raises(UnknownKey):
        load_config(directory=tmp_path, environ=environ, installed=installed)
    (tmp_path / "stratagem.toml").unlink()
    config = load_config(directory=tmp_path, overrides=["plugins.use=[]"], environ=environ, installed=installed)
    assert config.taken == ("core's own strategies",)


def test_the_file_beside_the_workflow_comes_before_that_of_the_current_folder(tmp_path: Path, install: Install) -> None:
    """Then those above the workflow, then the current folder and those above it; the config tells why."""
    flow, here = tmp_path / "flows" / "deep" / "flow.yaml", tmp_path / "here" / "deep"
    for folder in (flow.parent, here):
        folder.mkdir(parents=True)
    installed = install()

    def found(workflow: Path | None = flow) -> str:
        config = load_config(directory=here, environ={}, workflow=workflow, installed=installed)
        return f"{config.run.concurrency} {config.found}"

    order = [
        (here.parent, "above the current folder"), (here, "in the current folder"),
        (flow.parent.parent, "above the workflow"), (flow.parent, "beside the workflow"),
    ]  # fmt: skip
    for number, (folder, why) in enumerate(order, 1):
        (folder / "stratagem.toml").write_text(f"[run]\nconcurrency = {number}\n", "utf-8")
        assert found() == f"{number} {why}"
    assert found(None) == "2 in the current folder"
    assert found(Path("../../flows/deep/flow.yaml")) == "4 beside the workflow"
