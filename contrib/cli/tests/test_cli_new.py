"""``stratagem new``: distributions to start from, which work as they are."""

import os
import re
import subprocess
import sys
import tomllib
from collections.abc import Callable
from importlib.metadata import EntryPoint
from pathlib import Path

import pytest

from stratagem import Pack, Plugin, implementations, read_config
from stratagem_cli.new import OURS

Cli = Callable[..., tuple[int, str, str]]

KINDS = pytest.mark.parametrize("kind", ["plugin", "pack"])
HOOKS = ("compile", "schedule", "resolve", "resource", "record")
ALL = pytest.mark.parametrize(
    "words", [("plugin", "--hook", hook) for hook in HOOKS] + [("plugin",), ("pack",)], ids=" ".join
)


def load(folder: Path, monkeypatch: pytest.MonkeyPatch) -> object:
    """What the distribution's one entry point for objects names."""
    project = tomllib.loads((folder / "pyproject.toml").read_text("utf-8"))["project"]
    ((group, points),) = [each for each in project["entry-points"].items() if each[0] != "stratagem.driver"]
    ((name, value),) = points.items()
    monkeypatch.syspath_prepend(folder / "src")
    monkeypatch.setattr(sys, "dont_write_bytecode", True)
    return EntryPoint(name, value, group).load()


def run_in(folder: str, *command: str) -> None:
    """Runs a module of Python on a new distribution; raises where it does not end well."""
    path = os.pathsep.join(filter(None, ["src", os.environ.get("PYTHONPATH")]))
    environment = {**os.environ, "PYTHONPATH": path, "MYPYPATH": "src"}
    ended = subprocess.run([sys.executable, "-m", *command], cwd=folder, env=environment, capture_output=True)
    assert ended.returncode == 0, ended.stdout.decode() + ended.stderr.decode()


@ALL
def test_a_new_distribution_passes_its_own_tests(cli: Cli, words: tuple[str, ...]) -> None:
    """Its tests run, and pass, without a change: for plugins the contract of the hook is among them."""
    code, out, err = cli("new", *words, "my-thing")
    assert (code, err) == (0, "")
    assert "wrote stratagem-my-thing/src/stratagem_my_thing/__init__.py" in out
    run_in("stratagem-my-thing", "pytest", "-W", "error", "-q", "-p", "no:cacheprovider", "tests")


@pytest.mark.parametrize("name", ["pool", "counted"])
def test_a_name_that_stands_in_the_skeleton_too_harms_nothing(cli: Cli, name: str) -> None:
    """The class of the plugin is none of those that it needs."""
    cli("new", "plugin", "--hook", "resource", name)
    run_in(f"stratagem-{name}", "pytest", "-W", "error", "-q", "-p", "no:cacheprovider", "tests")
    run_in(f"stratagem-{name}", "mypy", "--strict", "--no-incremental", "src", "tests")


def test_a_new_driver_is_offered_for_its_kind_by_a_name_that_an_entry_point_may_have(cli: Cli) -> None:
    """Its hyphens are underscores in it."""
    cli("new", "plugin", "--hook", "resource", "my-thing")
    project = tomllib.loads(Path("stratagem-my-thing/pyproject.toml").read_text("utf-8"))["project"]
    ((kind, driver),) = project["entry-points"]["stratagem.driver"].items()
    assert (kind, driver) == ("my-thing", "my_thing")
    assert EntryPoint.pattern.match(driver)


@ALL
def test_a_new_distribution_is_formatted_and_typed(cli: Cli, words: tuple[str, ...]) -> None:
    """As strictly as this repository is."""
    cli("new", *words, "my-thing")
    run_in(
        "stratagem-my-thing",
        "ruff",
        "check",
        "--no-cache",
        "--isolated",
        "--select",
        "E,F,I,B,UP,N",
        "--line-length",
        "120",
        ".",
    )
    run_in("stratagem-my-thing", "ruff", "format", "--no-cache", "--isolated", "--line-length", "120", "--check", ".")
    run_in("stratagem-my-thing", "mypy", "--strict", "--no-incremental", "src", "tests")


@ALL
def test_a_new_distribution_imports_public_names_alone(cli: Cli, words: tuple[str, ...]) -> None:
    """From the packages that export them, never from a submodule."""
    cli("new", *words, "my-thing")
    code = "".join(path.read_text("utf-8") for path in Path("stratagem-my-thing").rglob("*.py"))
    assert set(re.findall(r"(?:from|import) (stratagem[\w.]*)", code)) <= {
        *("stratagem", "stratagem_testing", "stratagem_pools", "stratagem_my_thing")
    }


@pytest.mark.parametrize("hook", HOOKS)
def test_a_new_plugin_is_asked_for_its_hook(cli: Cli, hook: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """It implements that one and no other."""
    cli("new", "plugin", "--hook", hook, f"cli-asked-{hook}")
    plugin = load(Path(f"stratagem-cli-asked-{hook}"), monkeypatch)
    assert isinstance(plugin, type)
    found, problems = implementations(plugin())
    asked = {"resource": "acquire_resource", "record": "record_metric"}.get(hook, hook)
    assert ([each.contract.hook for each in found], problems) == ([asked], [])


def test_an_unknown_hook_is_refused_with_those_there_are(cli: Cli) -> None:
    """And nothing is written."""
    code, _, err = cli("new", "plugin", "--hook", "shedule", "thing")
    assert code == 2
    assert all(hook in err for hook in HOOKS)
    assert not Path("stratagem-thing").exists()


def test_a_new_pack_is_offered_under_its_own_name(cli: Cli, monkeypatch: pytest.MonkeyPatch) -> None:
    """Its entry point names the pack."""
    cli("new", "pack", "cli-new-one", "here")
    pack = load(Path("here"), monkeypatch)
    assert isinstance(pack, Pack)
    assert (pack.name, pack.names()) == ("cli-new-one", ["greet"])


def test_the_workflow_of_a_new_pack_runs(cli: Cli, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Once the pack is installed, its example runs from the command line."""
    cli("new", "pack", "cli-new-two", "here")
    info = tmp_path / "here" / "src" / "x-1.0.dist-info"
    info.mkdir()
    (info / "METADATA").write_text("Metadata-Version: 2.1\nName: x\nVersion: 1.0\n", "utf-8")
    (info / "entry_points.txt").write_text("[stratagem.nodes]\ncli-new-two = stratagem_cli_new_two:pack\n", "utf-8")
    monkeypatch.syspath_prepend(tmp_path / "here" / "src")
    code, out, _ = cli("run", "here/examples/hello.json", "--var", "name=Ada", "--json")
    assert code == 0
    assert '"result": "Hello, Ada!"' in out


def test_a_new_plugin_is_what_its_config_names(cli: Cli, monkeypatch: pytest.MonkeyPatch) -> None:
    """Its entry point names a Plugin, and the config beside it uses it."""
    cli("new", "plugin", "stratagem-cli-new-three")
    plugin = load(Path("stratagem-cli-new-three"), monkeypatch)
    assert isinstance(plugin, type)
    assert issubclass(plugin, Plugin)
    assert plugin.__name__ == "CliNewThreePlugin"
    assert read_config("stratagem-cli-new-three/stratagem.toml").plugins.use == ("cli-new-three",)


@KINDS
def test_nothing_is_overwritten(cli: Cli, kind: str, tmp_path: Path) -> None:
    """A folder that holds anything, and a file, are refused; an empty folder is filled."""
    (tmp_path / "full").mkdir()
    (tmp_path / "full" / "mine.txt").write_text("mine", "utf-8")
    (tmp_path / "empty").mkdir()
    for target in ("full", "full/mine.txt"):
        code, out, err = cli("new", kind, "thing", target)
        assert (code, out) == (2, "")
        assert err == f"error: {target}: this exists already, and nothing is overwritten. Name another folder.\n"
    assert [path.name for path in (tmp_path / "full").iterdir()] == ["mine.txt"]
    assert cli("new", kind, "thing", "empty")[0] == 0


@KINDS
@pytest.mark.parametrize("name", OURS)
def test_a_name_of_one_of_our_own_distributions_is_refused(cli: Cli, kind: str, name: str, tmp_path: Path) -> None:
    """Else one would stand in for the other; nothing is written."""
    code, _, err = cli("new", kind, name)
    assert code == 2
    assert f"got '{name}': stratagem-{name} is one of Stratagem's own distributions. Choose another name." in err
    assert list(tmp_path.iterdir()) == []


@KINDS
@pytest.mark.parametrize("name", ["", "Thing", "a_b", "../up", "a-", "9", "stratagem-"])
def test_a_name_that_cannot_be_used_is_refused(cli: Cli, kind: str, name: str, tmp_path: Path) -> None:
    """It must do as a distribution's and a module's name; nothing is written."""
    code, _, err = cli("new", kind, name)
    assert code == 2
    assert "expected a name for a distribution" in err
    assert list(tmp_path.iterdir()) == []
