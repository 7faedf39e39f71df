"""``stratagem plugins``, ``nodes`` and ``config``: what is there and what is in effect."""

import json
import tomllib
from collections.abc import Callable
from importlib.metadata import entry_points
from pathlib import Path

import pytest

from stratagem import read_config

Cli = Callable[..., tuple[int, str, str]]

SEQUENTIAL = ("--set", "strategy.schedule=sequential")
DIST = "Metadata-Version: 2.1\nName: {}\nVersion: 1.0\n"


def add(site: Path, name: str, points: str, module: str = "") -> None:
    """Installs a distribution beside the others."""
    info = site / f"{name.replace('-', '_')}-1.0.dist-info"
    info.mkdir(parents=True)
    (info / "METADATA").write_text(DIST.format(name), "utf-8")
    (info / "entry_points.txt").write_text(points, "utf-8")
    (site / f"{name.replace('-', '_')}.py").write_text(module, "utf-8")


@pytest.fixture
def own_site(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """One more folder on the path."""
    monkeypatch.syspath_prepend(tmp_path / "more")
    return tmp_path / "more"


def test_plugins_list_names_every_entry_point_as_a_word(cli: Cli) -> None:
    """With the distribution that offers it, and whether the config uses it."""
    code, out, err = cli("plugins", "list", *SEQUENTIAL)
    names = {
        point.name for group in ("compile", "schedule", "resolve") for point in entry_points(group=f"stratagem.{group}")
    }
    rows = [line.split() for line in out.splitlines()]
    assert (code, err) == (0, "")
    assert names <= set(out.split())
    assert ["nodes", "clitest", "cli-test", "1.2", "when", "named"] in rows
    assert ["schedule", "sequential", "stratagem-kernel", "0.1.0", "yes"] in rows


def test_plugins_list_imports_nothing(cli: Cli, own_site: Path) -> None:
    """A plugin that can't be imported is listed like any other."""
    add(own_site, "cli-broken", "[stratagem.plugin]\nbroken = cli_broken:Plugin\n", "raise OSError('no disk')")
    code, out, _ = cli("plugins", "list")
    assert code == 0
    assert "cli-broken 1.0" in out


def test_plugins_list_works_where_a_named_plugin_is_missing(cli: Cli) -> None:
    """It is there to find out which name is right."""
    assert cli("plugins", "list", "--set", "strategy.schedule=dog")[0] == 0


def test_plugins_chain_shows_who_is_asked(cli: Cli) -> None:
    """All hooks, or the one that is named; an unknown one is told with the nearest."""
    code, out, _ = cli("plugins", "chain", *SEQUENTIAL)
    assert code == 0
    assert "schedule\n  fallback  sequential  stratagem-kernel 0.1.0\nresolve\n" in out
    assert out.endswith("record_metric\n  nobody\n")
    assert (
        cli("plugins", "chain", "schedule", *SEQUENTIAL)[1]
        == "schedule\n  fallback  sequential  stratagem-kernel 0.1.0\n"
    )
    code, _, err = cli("plugins", "chain", "shedule")
    assert code == 2
    assert "error: there is no hook 'shedule'. Did you mean 'schedule'?" in err


def test_plugins_doctor_is_content_with_the_reference_strategies(cli: Cli) -> None:
    """Each is told as ok, and the exit code is 0."""
    code, out, _ = cli("plugins", "doctor", *SEQUENTIAL)
    assert code == 0
    assert "ok:" in out
    assert "0 errors, " in out


def test_plugins_doctor_tells_of_what_cannot_be_used(cli: Cli, own_site: Path) -> None:
    """A plugin and a format that can't be imported are errors that name their distributions; the exit code is 2."""
    points = "[stratagem.plugin]\nbroken = cli_broken:Plugin\n[stratagem.format]\nodd = cli_broken:odd\n"
    add(own_site, "cli-broken", points, "raise OSError('no disk')")
    code, out, _ = cli("plugins", "doctor", "--set", "plugins.use=['broken']")
    told = [line for line in out.splitlines() if line.startswith("error:")]
    assert code == 2
    assert [line.split()[1] for line in told] == ["broken", "odd"]
    assert all("no disk" in line and "cli-broken 1.0" in line for line in told)
    assert out.splitlines()[-1].startswith("2 errors, ")


def test_nodes_list_tells_each_type_in_a_line(cli: Cli) -> None:
    """With the first line of its docstring; a pack that is named is imported alone."""
    code, out, err = cli("nodes", "list", "clitest")
    assert (code, err) == (0, "")
    assert out.startswith("clitest  cli-test 1.2  (")
    assert "  clitest.echo         Gives what it gets.\n" in out


def test_nodes_list_goes_on_after_a_broken_pack(cli: Cli, own_site: Path) -> None:
    """The error names the distribution, the other packs are listed, and the exit code is 2."""
    add(own_site, "cli-broken", "[stratagem.nodes]\nbroken = cli_broken:pack\n", "raise OSError('no disk')")
    code, out, err = cli("nodes", "list")
    assert code == 2
    assert "no disk (provided by cli-broken 1.0)" in err
    assert "clitest.echo" in out


def test_nodes_show_tells_ports_traits_and_examples(cli: Cli) -> None:
    """Everything that is needed to use the node type."""
    code, out, _ = cli("nodes", "show", "clitest.echo")
    assert code == 0
    assert out == (
        "clitest.echo@1  cli-test 1.2\n\n"
        "Gives what it gets.\n\nAnd no more.\n\n"
        "inputs\n  value     object  required\n  optional  int     default 7\n\n"
        "outputs\n  result  object\n\n"
        "traits\n  effect    pure\n  runs      on the event loop\n  estimate  0.5 s\n\n"
        "example\n  config  {'value': 1}\n  gives   {'result': 1}\n"
    )


def test_nodes_show_tells_bodies_resources_and_retries(cli: Cli) -> None:
    """What not every node type has."""
    assert "bodies\n  body  required  is handed its port 'item'\n" in cli("nodes", "show", "clitest.each")[1]
    assert "  resource  browser as 'page'\n" in cli("nodes", "show", "clitest.click@1")[1]
    assert "  retries     attempts 3, delay 0.001, " in cli("nodes", "show", "clitest.flaky")[1]


@pytest.mark.parametrize(
    ("type_", "told"),
    [
        ("clitest.ecko", "the pack 'clitest' has no node 'ecko'. Did you mean 'echo'?"),
        ("clitets.echo", "no installed distribution offers the pack 'clitets'. Did you mean 'clitest'?"),
        ("echo", "'echo' is no node type. Node types are written pack.node"),
    ],
)
def test_an_unknown_node_type_is_told_with_the_nearest(cli: Cli, type_: str, told: str) -> None:
    """Exit code 2, one error line."""
    code, out, err = cli("nodes", "show", type_)
    assert (code, out) == (2, "")
    assert err.startswith(f"error: {told}")


def test_config_show_gives_a_config_that_is_the_same(cli: Cli, tmp_path: Path) -> None:
    """Its output is TOML that reads as what is in effect, with the place of every value."""
    (tmp_path / "stratagem.toml").write_text('[run]\nconcurrency = 3\n[strategy]\nschedule = "sequential"\n', "utf-8")
    code, out, err = cli("config", "show", "--set", "run.step_timeout=5s")
    (tmp_path / "again.toml").write_text(out, "utf-8")
    config = read_config(tmp_path / "again.toml")
    assert (code, err) == (0, "")
    assert (config.run.concurrency, config.run.step_timeout, config.strategy.schedule) == (3, 5.0, "sequential")
    assert "concurrency = 3  # " in out
    assert out.splitlines()[0].endswith("stratagem.toml (in the current folder)")
    assert tomllib.loads(out)["schema"] == 1


def test_config_schema_is_json_and_knows_what_is_installed(cli: Cli) -> None:
    """It names the strategies that may be chosen."""
    code, out, _ = cli("config", "schema")
    schema = json.loads(out)
    assert code == 0
    assert "sequential" in schema["properties"]["strategy"]["properties"]["schedule"]["enum"]
    assert schema["properties"]["resources"]["additionalProperties"]["type"] == "string"
