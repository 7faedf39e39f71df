"""Discovery: names from metadata, objects only when asked for, errors that name distributions."""

import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from stevedore import ExtensionManager

from stratagem.errors import PluginConflict, PluginImportError, PluginNotFound, UnknownNode
from stratagem.plugins.discovery import Installed
from stratagem.plugins.packs import catalog, load_pack

PLUGIN = "stratagem.plugin"

EMPTY = """
class Cache(dict):
    pass
cache = Cache()
"""

PACK = """
from stratagem.nodes import Pack
pack = Pack("text")
@pack.node(effect="pure")
def find(document: str, pattern: str) -> int:
    "Where it is."
    return document.find(pattern)
"""


def test_names_are_known_without_importing(site: Any) -> None:
    """Names, distributions and versions come from metadata alone."""
    site.add("acme", "1.2", {PLUGIN: {"b": "acme_b:x", "a": "acme_a:x"}}, {"acme_a": "1/0", "acme_b": "1/0"})
    installed = Installed([str(site.folder)])
    assert installed.names(PLUGIN) == ["a", "b"]
    offer = installed.find(PLUGIN, "a")
    assert (offer.distribution, offer.version, offer.value, offer.provider) == ("acme", "1.2", "acme_a:x", "acme 1.2")
    assert site.imported() == set()


def test_the_name_asked_for_is_the_only_one_imported(site: Any) -> None:
    """A broken plugin that nobody names harms nobody."""
    site.add("acme", "1.2", {PLUGIN: {"good": "good_m:x", "bad": "bad_m:x"}}, {"good_m": "x = 1", "bad_m": "1/0"})
    assert Installed([str(site.folder)]).load(PLUGIN, "good") == 1
    assert site.imported() == {"good_m"}


def test_a_missing_name_is_told_with_the_nearest_or_who_has_it(site: Any) -> None:
    """The hint is the near miss, the right group, the distribution that another one tells, or plain advice."""
    site.add("knows", "1.0", {"stratagem.known": {"nodes.std": "stratagem_std"}})
    site.add("acme", "1.2", {PLUGIN: {"node-cache": "acme_m:x"}}, {"acme_m": "x = 1"})
    installed = Installed([str(site.folder)])

    def hint(group: str, name: str) -> str | None:
        with pytest.raises(PluginNotFound) as caught:
            installed.load(group, name)
        return caught.value.hint

    assert hint(PLUGIN, "node-cash") == "Did you mean 'node-cache'?"
    assert hint("stratagem.resolve", "node-cache") == "It is offered in stratagem.plugin: name it in [plugins] use."
    assert hint("stratagem.nodes", "std") == "Run: pip install stratagem-std"
    assert hint(PLUGIN, "zzz") == "Install the distribution that offers it."


def test_a_shared_name_is_that_of_the_distribution_which_others_name(site: Any) -> None:
    """What a distribution says of itself does not count, nor what others disagree about."""
    for letter in "abc":
        points = {PLUGIN: {"x-y": f"dup_{letter}:x"}, "stratagem.known": {"plugin.x-y": f"dist_{letter}"}}
        site.add(f"dist-{letter}", "1.0", points if letter == "a" else {PLUGIN: points[PLUGIN]})
    with pytest.raises(PluginConflict):
        Installed([str(site.folder)]).find(PLUGIN, "x-y")
    site.add("knows", "1.0", {"stratagem.known": {"plugin.x-y": "dist_a"}})
    assert Installed([str(site.folder)]).find(PLUGIN, "x-y").distribution == "dist-a"
    site.add("thinks", "1.0", {"stratagem.known": {"plugin.x-y": "dist_b"}})
    with pytest.raises(PluginConflict):
        Installed([str(site.folder)]).find(PLUGIN, "x-y")


def test_duplicates_are_refused_before_import_even_when_not_adjacent(site: Any) -> None:
    """stevedore misses duplicates with another name between them; here both distributions are named."""
    site.add("aaa", "1.0", {PLUGIN: {"x": "dup_a:x"}}, {"dup_a": "x = 'a'"})
    site.add("bbb", "1.0", {PLUGIN: {"between": "dup_b:x"}}, {"dup_b": "x = 'b'"})
    site.add("ccc", "3.0", {PLUGIN: {"x": "dup_c:x"}}, {"dup_c": "x = 'c'"})
    with pytest.raises(PluginConflict, match=r"offered more than once, by aaa 1\.0 and by ccc 3\.0"):
        Installed([str(site.folder)]).load(PLUGIN, "x")
    assert site.imported() == set()


def test_one_distribution_that_offers_a_name_twice_is_refused(site: Any) -> None:
    """Metadata may repeat a name; no silent choice is made."""
    folder = site.add("twice", "1.0", {})
    (folder / "entry_points.txt").write_text(f"[{PLUGIN}]\nx = one:x\nx = two:x\n", "utf-8")
    with pytest.raises(PluginConflict, match=r"twice 1\.0 and by twice 1\.0"):
        Installed([str(site.folder)]).find(PLUGIN, "x")


@pytest.mark.parametrize(
    ("code", "cause"),
    [
        ("1/0", ZeroDivisionError),
        ("import a_module_that_is_nowhere", ModuleNotFoundError),
        ("assert False, 'no'", AssertionError),
        ("raise SystemExit(3)", SystemExit),
        ("y = 1", AttributeError),
        ("x = (", SyntaxError),
    ],
)
def test_an_import_that_fails_names_the_distribution_and_keeps_the_cause(
    site: Any, code: str, cause: type[BaseException]
) -> None:
    """Whatever the module does, one error says whose it is."""
    site.add("broken", "2.1", {PLUGIN: {"x": "broken_m:x"}}, {"broken_m": code})
    with pytest.raises(PluginImportError) as caught:
        Installed([str(site.folder)]).load(PLUGIN, "x")
    assert caught.value.provider == "broken 2.1"
    assert type(caught.value.__cause__) is cause


def test_a_falsy_object_is_loaded_as_itself(site: Any) -> None:
    """stevedore's driver property gives the class for an empty object; we never use it."""
    site.add("acme", "1.0", {PLUGIN: {"x": "falsy_m:cache"}}, {"falsy_m": EMPTY})
    loaded = Installed([str(site.folder)]).load(PLUGIN, "x")
    assert loaded == {}
    assert loaded is sys.modules["falsy_m"].cache


def test_a_snapshot_sees_changes_that_a_cache_would_miss(site: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    """Entry points of an editable install change in place, within the same second."""
    folder = site.add("acme", "1.0", {PLUGIN: {"old": "edit_m:x"}}, {"edit_m": "x = 1"})
    stat = folder.stat()
    before = Installed([str(site.folder)])
    stale = [before.find(PLUGIN, "old").entry_point]
    monkeypatch.setitem(ExtensionManager.ENTRY_POINT_CACHE, PLUGIN, stale)  # what stevedore itself would go by
    site.write_points(folder, {PLUGIN: {"new": "edit_m:x"}})
    os.utime(folder, ns=(stat.st_atime_ns, stat.st_mtime_ns))
    assert before.names(PLUGIN) == ["old"]
    assert Installed([str(site.folder)]).names(PLUGIN) == ["new"]
    assert Installed([str(site.folder)]).load(PLUGIN, "new") == 1


def test_a_distribution_added_at_once_is_seen(site: Any) -> None:
    """The folder's listing is not taken from an earlier look at it."""
    assert Installed([str(site.folder)]).names(PLUGIN) == []
    site.add("acme", "1.0", {PLUGIN: {"x": "acme_m:x"}})
    assert Installed([str(site.folder)]).names(PLUGIN) == ["x"]


def test_the_first_of_two_copies_on_the_path_counts(tmp_path: Path, site: Any) -> None:
    """As with imports; the hidden copy's entry points don't exist, even where the first has none."""
    other = type(site)(tmp_path / "other")
    other.add("acme", "0.9", {PLUGIN: {"x": "acme_m:x", "gone": "acme_m:y"}})
    other.add("Bare_Acme", "0.9", {PLUGIN: {"z": "acme_m:z"}})
    site.add("acme", "1.0", {PLUGIN: {"x": "acme_m:x"}})
    site.add("bare-acme", "1.0", {})
    installed = Installed([str(site.folder), str(other.folder)])
    assert installed.names(PLUGIN) == ["x"]
    assert installed.find(PLUGIN, "x").version == "1.0"
    assert installed.version("bare.acme") == "1.0"


def test_a_distribution_without_metadata_is_no_stumbling_block(site: Any) -> None:
    """What a failed removal left behind counts as not installed, and disturbs nothing else."""
    (site.add("half", "1.0", {PLUGIN: {"x": "half_m:x"}}) / "METADATA").unlink()
    (site.add("nameless", "1.0", {PLUGIN: {"y": "half_m:y"}}) / "METADATA").write_text("Version: 1\n", "utf-8")
    site.add("whole", "1.0", {PLUGIN: {"z": "half_m:z"}})
    assert Installed([str(site.folder)]).names(PLUGIN) == ["z"]


def test_a_pack_knows_who_provides_its_nodes(site: Any) -> None:
    """Node types of an installed pack carry the distribution, for every later error."""
    site.add("acme-text", "3.1", {"stratagem.nodes": {"text": "text_pack:pack"}}, {"text_pack": PACK})
    assert catalog(Installed([str(site.folder)])).spec("text.find").distribution == "acme-text 3.1"


def test_the_catalog_imports_a_pack_when_it_is_named(site: Any) -> None:
    """Packs that are allowed are listed, but only named ones are imported; others are refused."""
    points = {"stratagem.nodes": {"text": "text_pack:pack", "other": "other_pack:pack"}}
    site.add("acme-text", "3.1", points, {"text_pack": PACK, "other_pack": "1/0"})
    found = catalog(Installed([str(site.folder)]), ["te*"])
    assert found.packs == ["text"]
    assert site.imported() == set()
    assert found.spec("text.find").id == "text.find@1"
    with pytest.raises(UnknownNode, match="does not allow the pack 'other'"):
        found.spec("other.x")
    assert site.imported() == {"text_pack"}


@pytest.mark.parametrize(
    ("code", "message"),
    [("pack = 3", "expected a Pack at "), (PACK, "the pack 'text' is offered under the name 'words'")],
)
def test_what_is_no_pack_of_that_name_is_refused(site: Any, code: str, message: str) -> None:
    """The entry point must give a Pack with its own name."""
    site.add("acme", "1.0", {"stratagem.nodes": {"words": "words_pack:pack"}}, {"words_pack": code})
    with pytest.raises(PluginImportError, match=message) as caught:
        load_pack(Installed([str(site.folder)]), "words")
    assert caught.value.provider == "acme 1.0"


@pytest.mark.parametrize("module", ["stratagem.plugins", "stratagem._hooks", "stratagem.config", "stratagem.hookspecs"])
def test_importing_the_host_imports_nothing_heavy(module: str) -> None:
    """Neither optional dependencies nor packaging nor any plugin come with the host's own modules."""
    heavy = ["playwright", "opentelemetry", "rich", "httpx", "yaml", "packaging.requirements", "trio", "stratagem_dag"]
    code = f"import sys, {module}; print([name for name in {heavy!r} if name in sys.modules])"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, env=environment(), check=True)
    assert done.stdout.strip() == "[]"


def environment() -> dict[str, str]:
    """The environment with this process's own import path."""
    return {**os.environ, "PYTHONPATH": os.pathsep.join(filter(None, sys.path))}
