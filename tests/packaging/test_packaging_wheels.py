"""Every distribution is built, and installed alone into an empty environment, and works there."""

from __future__ import annotations

import os
import subprocess
import sys
import tarfile
import zipfile
from pathlib import Path

import pytest

from repository import ROOT, Distribution, distributions, whole

STRATEGY_GROUPS = ("compile", "schedule", "resolve", "resource", "plugin")
LOAD = """
import importlib, importlib.metadata, sys
name, *packages = sys.argv[1:]
for package in packages:
    importlib.import_module(package)
for entry_point in importlib.metadata.distribution(name).entry_points:
    names = entry_point.group.removeprefix("stratagem.") in ("default", "driver", "environment", "known")
    print(entry_point.name, entry_point.value if names else entry_point.load())
"""

each_distribution = pytest.mark.parametrize("distribution", distributions(), ids=str)


def run(*command: str | Path, cwd: Path) -> str:
    """What the command prints; fails the test with everything it said if it doesn't succeed."""
    environment = {key: value for key, value in os.environ.items() if not key.startswith("PYTHON")}
    done = subprocess.run(list(map(str, command)), cwd=cwd, env=environment, capture_output=True, text=True)
    assert done.returncode == 0, f"{' '.join(map(str, command))}\n{done.stdout}\n{done.stderr}"
    return done.stdout


class Workshop:
    """Builds and installs each distribution once, when a test first asks for it."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def built(self, distribution: Distribution) -> tuple[Path, Path]:
        """Its sdist, and the wheel built from that sdist."""
        target = self.folder / "dist" / distribution.name
        if not target.exists():
            build = (sys.executable, "-m", "build", "--no-isolation", "--outdir", target, distribution.folder)
            run(*build, cwd=self.folder)
        (sdist,), (wheel,) = target.glob("*.tar.gz"), target.glob("*.whl")
        return sdist, wheel

    def programs(self, distribution: Distribution, *others: str) -> Path:
        """Where the programs are of an environment that holds it, what it needs, and ``others`` of the repository."""
        environment = self.folder / "environments" / f"{distribution.name}+{len(others)}"
        programs = environment / ("Scripts" if os.name == "nt" else "bin")
        if not environment.exists():
            wanted = [distribution, *(other for other in distributions() if other.name in others)]
            needed = dict.fromkeys(one for each in wanted for one in each.with_siblings())
            wheels = [self.built(one)[1] for one in needed]
            run(sys.executable, "-m", "venv", "--without-pip", environment, cwd=self.folder)
            pip = (sys.executable, "-m", "pip", "--python", programs / "python", "install", "--quiet")
            run(*pip, "--constraint", ROOT / "constraints.txt", *wheels, cwd=self.folder)
        return programs


@pytest.fixture(scope="module")
def workshop(tmp_path_factory: pytest.TempPathFactory) -> Workshop:
    return Workshop(tmp_path_factory.mktemp("packaging"))


@each_distribution
def test_a_wheel_holds_the_packages_typed_and_licensed(distribution: Distribution, workshop: Workshop) -> None:
    """A wheel holds exactly the distribution's packages, each marked as typed, and the license."""
    names = zipfile.ZipFile(workshop.built(distribution)[1]).namelist()
    folders = {name.split("/")[0] for name in names if ".dist-info/" not in name}
    assert folders == set(distribution.packages) != set()
    assert {f"{package}/py.typed" for package in distribution.packages} <= set(names)
    assert [name for name in names if name.endswith(".dist-info/licenses/LICENSE")]


@each_distribution
def test_an_sdist_holds_what_a_packager_needs(distribution: Distribution, workshop: Workshop) -> None:
    """A wheel can be made of the sdist alone, and the sdist brings the README, the license and the tests."""
    with tarfile.open(workshop.built(distribution)[0]) as archive:
        names = {name.partition("/")[2] for name in archive.getnames()}
    assert {"pyproject.toml", "README.md", "LICENSE"} <= names
    assert any(name.startswith("tests/") for name in names)


@each_distribution
def test_it_works_alone_in_an_empty_environment(distribution: Distribution, workshop: Workshop) -> None:
    """Installed from its wheel, it can be imported and its entry points lead somewhere, without one warning."""
    python = workshop.programs(distribution) / "python"
    packages = distribution.packages
    loaded = run(python, "-I", "-W", "error", "-c", LOAD, distribution.name, *packages, cwd=workshop.folder)
    promised = {name for names in distribution.entry_points.values() for name in names}
    assert promised <= {line.split()[0] for line in loaded.splitlines()}


def test_the_command_line_finds_all_strategies(workshop: Workshop) -> None:
    """With all distributions side by side, ``stratagem plugins list`` names every strategy that they provide."""
    first, *others = distributions()
    listed = run(
        workshop.programs(first, *(each.name for each in others)) / "stratagem", "plugins", "list", cwd=workshop.folder
    )
    groups = (each.entry_points.get(f"stratagem.{group}", {}) for each in distributions() for group in STRATEGY_GROUPS)
    assert {name for group in groups for name in group} <= set(listed.replace(":", " ").split())


def test_what_people_install_runs_the_first_example(workshop: Workshop) -> None:
    """`stratagem` has no code, and brings all that README's first screen uses."""
    programs = workshop.programs(whole())
    assert not [name for name in zipfile.ZipFile(workshop.built(whole())[1]).namelist() if ".dist-info/" not in name]
    ran = run(programs / "stratagem", "run", ROOT / "contrib/std/examples/hello.yaml", cwd=workshop.folder)
    assert "It was quiet." not in ran
    assert "std.for_each" in run(programs / "stratagem", "nodes", "list", cwd=workshop.folder)
    assert "stratagem 0." in run(programs / "stratagem", "--version", cwd=workshop.folder)
    assert "show" in run(programs / "stratagem", "report", "--help", cwd=workshop.folder)


@each_distribution
def test_a_sibling_is_required_within_bounds(distribution: Distribution) -> None:
    """What a distribution needs of this repository has a lowest version and one that is too new."""
    for requirement in distribution.sibling_requirements:
        operators = {specifier.operator for specifier in requirement.specifier}
        assert {">=", "<"} <= operators, f"{distribution}: {requirement}"
