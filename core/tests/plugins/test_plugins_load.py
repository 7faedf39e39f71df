"""From a config to plugins: order, settings, and checks before imports."""

from typing import Any

import pytest
from attrs import evolve

from stratagem.config.model import Config, PluginsConfig, RunConfig, Strategy
from stratagem.errors import (
    BadValue,
    HookMisuse,
    PluginConflict,
    PluginImportError,
    PluginIncompatible,
    PluginNotFound,
    StratagemError,
    UnknownKey,
)
from stratagem.plugins.base import Plugin
from stratagem.plugins.discovery import COMPILE, PLUGIN, RESOURCE, Installed
from stratagem.plugins.load import load_plugins, settings_classes
from stratagem.plugins.wanted import settings_problems

SIMPLE = """
from attrs import frozen
from stratagem import Plugin

@frozen
class Settings:
    size: int = 1

class Sized(Plugin):
    Settings = Settings

    def acquire_resource(self): ...

class Other(Plugin):
    backends = ("asyncio",)

class Failing(Plugin):
    def __init__(self, settings):
        raise OSError("no disk")

class Untyped(Plugin):
    Settings = dict

thing = 3
"""


def use(*names: str, **settings: dict[str, Any]) -> Config:
    """A config that uses plugins by name."""
    return Config(plugins=PluginsConfig(names), settings=settings)


@pytest.fixture
def simple(site: Any) -> Installed:
    """The plugins above, installed by acme 1.2."""
    names = {"sized": "Sized", "other": "Other", "failing": "Failing", "untyped": "Untyped", "thing": "thing"}
    points = {
        PLUGIN: {name: f"simple_m:{value}" for name, value in names.items()},
        RESOURCE: {"driver": "simple_m:Sized", "sized": "simple_m:Sized"},
    }
    site.add("acme", "1.2", points, {"simple_m": SIMPLE})
    return Installed()


def test_plugins_come_in_the_configs_order(simple: Installed) -> None:
    """Strategies first, then drivers, then what is used; each knows its name and distribution."""
    config = evolve(use("other", "sized"), resources={"browser": "driver", "database": "driver"})
    plugins = load_plugins(config, simple)
    assert [plugin.name for plugin in plugins] == ["reference", "sequential", "plain", "driver", "other", "sized"]
    assert plugins[0].distribution == "stratagem-kernel 0.1.0"
    assert plugins[-1].distribution == "acme 1.2"
    assert plugins[3].kinds == ("browser", "database")
    assert [plugin.kinds for plugin in plugins if plugin.name != "driver"] == [()] * 5


def test_one_object_named_in_two_places_is_one_plugin(simple: Installed) -> None:
    """A driver that is also used stands once, at its first place, with its kinds."""
    plugins = load_plugins(evolve(use("other", "sized"), resources={"disk": "sized"}), simple)
    assert [(plugin.name, plugin.kinds) for plugin in plugins[3:]] == [("sized", ("disk",)), ("other", ())]


def test_settings_are_read_into_the_plugins_own_class(simple: Installed) -> None:
    """Given values are typed, the rest are defaults."""
    assert load_plugins(use("sized", sized={"size": 5}), simple)[-1].settings.size == 5
    assert load_plugins(use("sized"), simple)[-1].settings.size == 1


def test_wrong_settings_name_key_and_distribution(simple: Installed) -> None:
    """A plugin without settings takes none, one with settings only its own."""
    with pytest.raises(StratagemError) as caught:
        load_plugins(use("sized", "other", sized={"sise": 1, "size": "x"}, other={"a": 1}), simple)
    found = {(type(problem), problem.key, problem.provider) for problem in caught.value.problems}
    assert found == {
        (UnknownKey, "settings.sized.sise", "acme 1.2"),
        (BadValue, "settings.sized.size", "acme 1.2"),
        (UnknownKey, "settings.other.a", "acme 1.2"),
    }


def test_nothing_is_imported_while_a_name_is_wrong(site: Any, simple: Installed) -> None:
    """All names are checked first, and all wrong ones told together."""
    config = evolve(use("sized", "ghost"), strategy=Strategy(schedule="dagg"))
    with pytest.raises(PluginNotFound) as caught:
        load_plugins(config, simple)
    assert [problem.key for problem in caught.value.problems] == ["strategy.schedule", "plugins.use.1"]
    assert site.imported() == set()


def test_a_missing_and_a_doubled_name_are_told_together(site: Any, simple: Installed) -> None:
    """Problems of one family are one error of that family."""
    site.add("rival", "9.9", {PLUGIN: {"sized": "rival_m:x"}})
    with pytest.raises(StratagemError, match=r"acme 1\.2 and by rival 9\.9") as caught:
        load_plugins(use("sized", "ghost"), Installed())
    assert {type(problem) for problem in caught.value.problems} == {PluginConflict, PluginNotFound}


def test_settings_without_use_are_refused(simple: Installed) -> None:
    """Even in a config that was made by code."""
    with pytest.raises(UnknownKey, match="'sized' is not in use"):
        load_plugins(use("other", sized={}), simple)


@pytest.mark.parametrize(
    ("name", "hint"),
    [
        ("sized", 'Write [resources] … = "sized" or [plugins] use = ["sized"], or drop its settings.'),
        ("sequential", 'Write [strategy] schedule = "sequential", or drop its settings.'),
        ("othr", "Did you mean 'other'?"),
        ("sizd", "Did you mean 'sized'?"),
        ("far-away", "Install and use it, or drop its settings."),
    ],
)
def test_settings_without_use_are_refused_with_the_line_that_uses_the_plugin(
    name: str, hint: str, simple: Installed
) -> None:
    """In the place of its group; of one that is not installed with what else can be done."""
    config = evolve(use("other", **{name: {}}), strategy=Strategy(schedule="dag"))
    assert [problem.hint for problem in settings_problems(config, simple)] == [hint]


def test_a_plugin_for_another_backend_is_refused(simple: Installed) -> None:
    """Before it is made, with the way out."""
    with pytest.raises(
        PluginIncompatible, match=r"does not work on trio \(provided by acme 1\.2\)\. Set \[run\] backend"
    ):
        load_plugins(evolve(use("other"), run=RunConfig(backend="trio")), simple)


@pytest.mark.parametrize(
    ("name", "kind", "message"),
    [
        ("thing", PluginImportError, "expected a subclass of Plugin at "),
        ("failing", PluginImportError, "can't be made: OSError: no disk"),
        ("untyped", HookMisuse, "expected an attrs class for settings, got dict"),
    ],
)
def test_what_is_no_usable_plugin_is_refused_with_its_distribution(
    simple: Installed, name: str, kind: type[StratagemError], message: str
) -> None:
    """Wrong objects, failing constructors and wrong settings classes name who ships them."""
    with pytest.raises(kind, match=message) as caught:
        load_plugins(use(name), simple)
    assert caught.value.provider == "acme 1.2"


def test_a_plugin_made_by_hand_has_default_settings() -> None:
    """Embedding code may make plugins itself."""

    class Own(Plugin):
        pass

    own = Own()
    assert own.settings == Own.Settings()
    assert own.label == f"{Own.__qualname__!r}"


@pytest.mark.anyio
async def test_a_plugin_without_lifespan_opens_and_closes() -> None:
    """The default lifespan is an empty context."""
    kernel: Any = object()
    async with Plugin().lifespan(kernel) as value:
        assert value is None


def test_settings_classes_leave_out_what_is_broken(site: Any, simple: Installed) -> None:
    """The schema of a config describes every plugin that can be imported."""
    site.add("broken", "1.0", {PLUGIN: {"bad": "bad_m:X"}}, {"bad_m": "1/0"})
    found = settings_classes(Installed([str(site.folder)]), (PLUGIN, COMPILE))
    assert set(found) == {"sized", "other", "failing", "untyped", "reference"}
