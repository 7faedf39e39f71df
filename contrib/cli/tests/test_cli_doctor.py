"""The doctor tells everything that is wrong with what a config names, and never raises."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from attrs import evolve

from made_distributions import Site, kernel_site
from stratagem import Config, PluginsConfig, Strategy
from stratagem.hosting import Installed, pack_findings
from stratagem_cli.doctor import examine

PLUGIN = "stratagem.plugin"

CODE = """
from stratagem import hookimpl
from stratagem import Finding, Plugin

class Fine(Plugin):
    def doctor(self):
        yield Finding("warning", self.name, "the disk is nearly full", "Empty it.")

class Sick(Plugin):
    def doctor(self):
        raise OSError("no disk")

class Misspelt(Plugin):
    @hookimpl
    def shedule(self, run):
        ...

class Pages(Plugin):
    provides = ("page",)

    @hookimpl
    def acquire_resource(self, run, kind):
        ...

class Slow(Plugin):
    backends = ("trio",)
"""


@pytest.fixture
def site(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Site]:
    """A site folder with core's own entry points."""
    yield from kernel_site(tmp_path / "sick", monkeypatch)


@pytest.fixture
def clinic(site: Any) -> Any:
    """The plugins above, one of them with a module that can't be imported."""
    names = {"fine": "Fine", "sick": "Sick", "misspelt": "Misspelt", "slow": "Slow", "pages": "Pages"}
    points = {PLUGIN: {name: f"clinic_m:{cls}" for name, cls in names.items()} | {"broken": "broken_m:X"}}
    site.add("clinic", "1.0", points, {"clinic_m": CODE, "broken_m": "1/0"})
    return site


def use(*names: str) -> Config:
    """A config that uses plugins by name."""
    return Config(plugins=PluginsConfig(names))


def errors(config: Config) -> dict[str, str]:
    """What is found wrong, by subject."""
    return {found.subject: found.what for found in examine(config, Installed()) if found.level == "error"}


def test_what_works_is_told_with_its_version(clinic: Any) -> None:
    """Each named plugin is listed with what it is and who provides it."""
    found = examine(use(), Installed())
    assert [(finding.level, finding.subject) for finding in found] == [
        ("ok", "reference"), ("ok", "sequential"), ("ok", "plain"),
    ]  # fmt: skip
    assert found[0].what == "stratagem.builtin:reference_compile from stratagem-kernel 0.1.0"


def test_a_plugins_own_findings_are_added(clinic: Any) -> None:
    """Plugins know best what they need on this machine."""
    own = examine(use("fine"), Installed())[-1]
    assert (own.level, own.subject, own.what, own.hint) == ("warning", "fine", "the disk is nearly full", "Empty it.")


def test_who_provides_which_resource_kind_is_told(clinic: Any) -> None:
    """Of plugins that provide some by themselves, and of drivers, which are given theirs."""
    told = {finding.subject: finding.what for finding in examine(use("pages"), Installed())}
    assert told["page"] == "the resource kind is provided by 'pages'"


def test_every_kind_of_trouble_is_told_at_once(clinic: Any) -> None:
    """Missing, broken and incompatible plugins, unmet requirements and idle settings in one list."""
    config = evolve(use("ghost", "broken", "slow"), requires=("acme>=2",), settings={"idle": {}})
    found = errors(config)
    assert set(found) == {"plugins.use.0", "broken", "slow", "requires.0", "settings.idle"}
    assert "ZeroDivisionError" in found["broken"]
    assert "does not work on asyncio" in found["slow"]


def test_misused_hooks_are_found(clinic: Any) -> None:
    """What the kernel would refuse at its start is told here too."""
    assert "'shedule' does not exist" in str(errors(use("misspelt")))


def test_an_examination_that_raises_is_a_finding(clinic: Any) -> None:
    """One sick plugin doesn't end the doctor's round."""
    assert "raised OSError: no disk" in str(errors(use("sick")))


def test_what_a_plugins_distribution_lacks_is_told(site: Any) -> None:
    """Its own requirements are checked as pip would, markers and extras included."""
    requires = ["helper>=7", "ghost; python_version < '3'", "ghost[x]; extra == 'more'", "stratagem-kernel>=0.1"]
    site.add("helper", "1.0")
    site.add("late", "1.0", {PLUGIN: {"late": "late_m:Late"}}, {"late_m": LATE}, requires)
    found = [finding for finding in examine(use("late"), Installed()) if finding.level == "error"]
    assert [(finding.subject, finding.what) for finding in found] == [
        ("late", "helper >=7 is required, and 1.0 is installed")
    ]


def test_a_plugin_for_another_kernel_is_told_once(site: Any) -> None:
    """It is not even imported."""
    site.add("late", "1.0", {PLUGIN: {"late": "late_m:Late"}}, {"late_m": "1/0"}, ["stratagem-kernel>=7"])
    (told,) = errors(use("late")).values()
    assert told.startswith("stratagem-kernel >=7 is required, and 0.1.0 is installed (provided by late 1.0).")


def test_what_is_broken_hides_nothing_of_the_others(clinic: Any) -> None:
    """Each plugin is made and examined by itself."""
    found = examine(use("fine", "broken", "misspelt", "pages"), Installed())
    levels = [(each.level, each.subject) for each in found[3:]]
    assert levels == [
        ("ok", "fine"), ("error", "broken"), ("error", "misspelt"), ("ok", "pages"), ("ok", "page"), ("warning", "fine"),
    ]  # fmt: skip


def test_each_pack_is_loaded_apart_and_told(site: Any) -> None:
    """Also those that share a name, of which only a full name tells which is meant."""
    nodes = "stratagem.nodes"
    module = "from stratagem.nodes import Pack\npack = Pack('sums')\n"
    site.add(
        "aaa", "1.0", {nodes: {"sums": "sums_m:pack", "broken": "broken_m:pack"}}, {"sums_m": module, "broken_m": "1/0"}
    )
    site.add("bbb", "1.0", {nodes: {"sums": "sums_m:pack"}}, {})
    site.add("ccc", "1.0", {nodes: {"late": "late_m:pack"}}, {"late_m": "1/0"}, ["stratagem-kernel<0.1"])
    found = list(pack_findings(Installed([str(site.folder)])))
    assert [(each.level, each.subject) for each in found] == [
        ("error", "broken"), ("error", "late"), ("ok", "sums"), ("ok", "sums"),
    ]  # fmt: skip
    assert found[2].what == "the pack, 0 node types, from aaa 1.0"
    assert "stratagem-kernel <0.1 is required, and 0.1.0 is installed (provided by ccc 1.0)" in found[1].what


LATE = "from stratagem import Plugin\nclass Late(Plugin): ...\n"


def test_names_offered_twice_are_a_warning_until_they_are_used(clinic: Any) -> None:
    """Nothing is broken by a conflict that the config doesn't touch."""
    clinic.add("rival", "2.0", {PLUGIN: {"fine": "rival_m:X"}, "stratagem.nodes": {"p": "rival_m:p"}})
    clinic.add("packs", "1.0", {"stratagem.nodes": {"p": "packs_m:p"}})
    warnings = {found.subject for found in examine(use(), Installed()) if found.level == "warning"}
    assert warnings == {"fine", "p"}
    assert "offered more than once, by clinic 1.0 and by rival 2.0" in errors(use("fine"))["plugins.use.0"]


def test_a_plugin_that_does_not_answer_the_hook_it_is_named_for_is_told(clinic: Any) -> None:
    """Else a run would ask nobody, and blame the config that names it."""
    clinic.add("deaf", "1.0", {"stratagem.schedule": {"deaf": "deaf_m:Deaf"}}, {"deaf_m": LATE.replace("Late", "Deaf")})
    told = errors(Config(strategy=Strategy(schedule="deaf")))["deaf"]
    assert told.startswith("the plugin 'deaf' does not answer the hook 'schedule', for which the config names it")
