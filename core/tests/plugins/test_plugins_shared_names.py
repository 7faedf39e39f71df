"""Names that several distributions offer: this project's own come first, a full name chooses, and nobody else is stopped."""

from pathlib import Path
from typing import Any

import pytest
from attrs import evolve

from stratagem.config.model import Config, PacksConfig, PluginsConfig, Strategy
from stratagem.errors import BadFile, PluginConflict, PluginIncompatible, PluginNotFound, StratagemError, UnknownNode
from stratagem.formats import read_workflow
from stratagem.formats.offered import offered_formats
from stratagem.kernel import Kernel
from stratagem.plugins.discovery import COMPILE, FORMAT, NODES, PLUGIN, RESOLVE, RESOURCE, SCHEDULE, Installed
from stratagem.plugins.load import load_plugins
from stratagem.plugins.packs import catalog

CODE = """
from attrs import frozen
from stratagem import Pack, Plugin
from stratagem.formats import Format
from stratagem.model import Workflow

@frozen
class Settings:
    size: int = 1

class Thing(Plugin):
    Settings = Settings

    def answer(self): ...

    compile = schedule = resolve = acquire_resource = answer

pack = Pack("sums")

@pack.node(effect="pure")
def {node}(left: int, right: int) -> int:
    "Sums up."
    return left + right

class Lines(Format):
    name, suffixes, syntax = "lines", (".lines",), "lines"
    def parse(self, raw, source):
        from stratagem.formats import Document
        return Document(raw.decode())
    def recognises(self, head):
        return True
    def read(self, document, source):
        return Workflow(name="{node}", source=source)

lines = Lines()
"""

STRATEGIES = {COMPILE: "reference", SCHEDULE: "sequential", RESOLVE: "plain"}


@pytest.fixture
def shared(site: Any) -> Installed:
    """Two distributions that offer the same name in each group, and names of core's own."""
    for letter in "ab":
        points = {group: {"thing": f"shared_{letter}:Thing", own: "broken_m:x"} for group, own in STRATEGIES.items()}
        points |= {group: {"thing": f"shared_{letter}:Thing"} for group in (PLUGIN, RESOURCE)}
        points |= {NODES: {"sums": f"shared_{letter}:pack"}, FORMAT: {"lines": f"shared_{letter}:lines"}}
        site.add(f"Dist_{letter}", "1.0", points, {f"shared_{letter}": CODE.replace("{node}", f"of_{letter}")})
    site.made.add("broken_m")
    (site.folder / "broken_m.py").write_text("1/0", "utf-8")
    return Installed([str(site.folder)])


def test_names_of_core_stand_for_cores_own(shared: Installed, site: Any) -> None:
    """Whoever else offers them is not even imported."""
    plugins = load_plugins(Config(), shared)
    assert {plugin.distribution for plugin in plugins} == {"stratagem-kernel 0.1.0"}
    assert site.imported() == set()


def named(group: str, name: str) -> Config:
    """A config that names a plugin of one group."""
    if group == PLUGIN:
        return Config(plugins=PluginsConfig((name,)))
    if group == RESOURCE:
        return Config(resources={"disk": name})
    return Config(strategy=evolve(Strategy(), **{group.rpartition(".")[2]: name}))


@pytest.mark.parametrize("group", [*STRATEGIES, PLUGIN, RESOURCE])
def test_a_shared_name_is_refused_where_it_is_named_and_a_full_one_chooses(group: str, shared: Installed) -> None:
    """The error says what to write; the plugin's own name and settings stay without the distribution."""
    with pytest.raises(PluginConflict, match=r"Name one of them: 'Dist_a:thing' or 'Dist_b:thing'"):
        load_plugins(named(group, "thing"), shared)
    config = evolve(named(group, "dist-b:thing"), settings={"thing": {"size": 3}})
    (plugin,) = [each for each in load_plugins(config, shared) if each.distribution == "Dist_b 1.0"]
    assert (plugin.name, plugin.settings.size) == ("thing", 3)


def test_a_full_name_of_core_is_cores_own(shared: Installed) -> None:
    """It may be written out."""
    assert load_plugins(named(SCHEDULE, "stratagem-kernel:sequential"), shared)[1].name == "sequential"


def test_a_full_name_that_nobody_offers_is_not_found(shared: Installed) -> None:
    """The hint tells what there is."""
    with pytest.raises(PluginNotFound, match="Did you mean 'Dist_"):
        load_plugins(named(PLUGIN, "dist_c:thing"), shared)


def test_two_plugins_of_one_name_are_refused_though_both_are_full(shared: Installed) -> None:
    """Settings go by the name alone."""
    with pytest.raises(StratagemError, match="'thing' would name two plugins"):
        load_plugins(Config(plugins=PluginsConfig(("dist-a:thing", "dist-b:thing"))), shared)


def test_a_pack_that_shares_its_name_is_chosen_by_the_config_or_by_the_node(shared: Installed) -> None:
    """Where nobody chooses, only who names it is stopped."""
    with pytest.raises(PluginConflict, match="Dist_a:sums"):
        catalog(shared).spec("sums.of_b")
    for allow in (["*", "dist-b:sums"], ["dist-b:s*"]):
        found = catalog(shared, allow)
        assert found.spec("sums.of_b").distribution == "Dist_b 1.0"
        with pytest.raises(UnknownNode):
            found.spec("sums.of_a")
    both = catalog(shared)
    assert both.spec("dist-a:sums.of_a@1").distribution == "Dist_a 1.0"
    assert both.spec("dist-b:sums.of_b").distribution == "Dist_b 1.0"
    assert both.config("dist-a:sums.of_a@1", {"left": 1}) == {"left": 1}


def test_a_kernel_takes_the_pack_that_the_config_chooses(shared: Installed, monkeypatch: pytest.MonkeyPatch) -> None:
    """As the catalog of the command line does."""
    monkeypatch.setattr("stratagem.kernel._snapshot", lambda: shared)
    kernel = Kernel(Config(packs=PacksConfig(("dist-a:sums",))))
    assert kernel.catalog.spec("sums.of_a").distribution == "Dist_a 1.0"


def test_a_format_that_shares_its_name_is_used_where_it_is_named(shared: Installed, tmp_path: Path) -> None:
    """No file is read by it otherwise, and the name alone is a conflict."""
    (tmp_path / "x.lines").write_text("", "utf-8")
    formats = offered_formats(shared)
    assert read_workflow(tmp_path / "x.lines", formats, "Dist_b:lines").name == "of_b"
    with pytest.raises(PluginConflict, match="Dist_a:lines"):
        read_workflow(tmp_path / "x.lines", formats, "lines")
    with pytest.raises(BadFile, match=r"no format reads files that end in '\.lines'"):
        read_workflow(tmp_path / "x.lines", formats)


@pytest.mark.parametrize(
    ("requirement", "fits"),
    [
        ("stratagem-kernel", True), ("stratagem-kernel>=0.1,<0.2", True), ("Stratagem-kernel (<1,>=0.1.0)", True), ("stratagem-kernel~=0.1", True),
        ("stratagem-kernel[trio] >= 0.1", True), ("stratagem-dag>=9", True), ("stratagem-kernel>=9; python_version<'3'", True),
        ("stratagem-kernel>=9; extra == 'all'", True), ("stratagem-kernel>=0.2", False), ("stratagem-kernel<=0.0.9", False),
        ("stratagem-kernel!=0.1.0", False), ("stratagem-kernel[trio]>=9", False), ("stratagem-kernel>=0.1,<0.1.0", False),
        ("stratagem-kernel==0.1", True), ("stratagem_kernel==9", False), ("stratagem>=9", True), ("stratagem-kernel>=x", False), ("stratagem-kernel @ file:///x", True),
    ],
)  # fmt: skip
@pytest.mark.parametrize("group", [PLUGIN, NODES])
def test_what_is_made_for_another_kernel_is_refused_before_it_is_imported(
    group: str, requirement: str, fits: bool, site: Any
) -> None:
    """One error says whose requirement it is, and of which versions."""
    site.add("late", "2.0", {group: {"x": "late_m:x"}}, {"late_m": "x = 1"}, [requirement])
    installed = Installed([str(site.folder)])
    if fits:
        assert installed.load(group, "x") == 1
        return
    with pytest.raises(PluginIncompatible) as caught:
        installed.load(group, "x")
    assert caught.value.provider == "late 2.0"
    assert "stratagem" in caught.value.what
    assert site.imported() == set()


def test_a_distribution_for_another_kernel_is_told_once(site: Any) -> None:
    """However many of its plugins are named."""
    site.add("late", "2.0", {PLUGIN: {"x": "late_m:x", "y": "late_m:y"}}, {"late_m": "1/0"}, ["stratagem-kernel>=9"])
    with pytest.raises(PluginIncompatible) as caught:
        load_plugins(Config(plugins=PluginsConfig(("x", "y"))), Installed([str(site.folder)]))
    assert caught.value.problems == (caught.value,)
    assert caught.value.key == "plugins.use.0"
