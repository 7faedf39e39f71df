"""The repository itself keeps the rules that every change has to keep."""

from __future__ import annotations

import re
import statistics
import subprocess
import tomllib
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest
from packaging.utils import canonicalize_name

from repository import ROOT, Distribution, distributions, kept_files, whole
from stratagem.hosting import FORMAT, IMAGE, NODES, PLACES
from stratagem.plugins.discovery import KNOWN, canonical
from stratagem_cli.new import OURS

TOP_LEVEL = {
    *("core", "plugins", "contrib", "tests", "docs", ".ci"),
    *("pyproject.toml", "Makefile", "constraints.txt", ".gitignore"),
    *("README.md", "CHANGELOG.md", "CONTRIBUTING.md", "LICENSE"),
}
LOCK_FILES = {"uv.lock", "poetry.lock", "pdm.lock", "Pipfile.lock", "pylock.toml"}

# Put together from pieces, so that this file keeps the rule as well.
INDEX = re.compile("|".join([r"pypi\." + "org", "python" + r"hosted\.org", "index" + "-url", "find" + "-links *="]))
HOME = re.compile(r"(?<![\w.~-])(?:/(?:home|Users)/\w|/root/\w|[A-Z]:\\+Users\\+\w)")

SILENCED = re.compile(r"#\s*(?:noqa\b|type:\s*ignore\b|pragma:\s*no cover\b)")
EXPLAINED = re.compile(
    r"#\s*(?:noqa: *[A-Z]+\d+(?:, *[A-Z]+\d+)*|type: ignore\[[\w, -]+\]|pragma: no cover)\s*[-–#]+\s*\w"
)


@cache
def kept() -> list[Path]:
    """Every file that is committed or about to be."""
    if not (ROOT / ".git").exists():
        pytest.skip("only a git checkout tells which files are kept")
    return kept_files()


def lines(*suffixes: str) -> Iterator[tuple[str, str]]:
    """Every line of the kept text files with one of the endings (of all, if none is given): where, and what."""
    for path in kept():
        if suffixes and path.suffix not in suffixes:
            continue
        try:
            text = path.read_text("utf-8")
        except UnicodeDecodeError:
            continue
        for number, line in enumerate(text.splitlines(), 1):
            yield f"{path.relative_to(ROOT)}:{number}", line


def modules() -> dict[str, int]:
    """How many lines each module of each distribution has; those without any are left out."""
    files = [path for distribution in distributions() for path in distribution.source.rglob("*.py")]
    counts = {str(path.relative_to(ROOT)): len(path.read_text("utf-8").splitlines()) for path in files}
    return {name: count for name, count in counts.items() if count}


def test_the_top_level_is_what_the_design_says() -> None:
    """Nothing is added to the top level by accident, and nothing of it goes missing."""
    assert {path.relative_to(ROOT).parts[0] for path in kept()} == TOP_LEVEL


def test_no_lock_file_is_kept() -> None:
    """Versions are pinned in constraints.txt alone: a lock file would name the index that it came from."""
    assert [path for path in kept() if path.name in LOCK_FILES] == []


def test_no_line_names_an_index_or_somebodys_home() -> None:
    """The repository works on any machine and with any package index."""
    assert [where for where, line in lines() if INDEX.search(line) or HOME.search(line)] == []


def test_everything_silenced_is_explained() -> None:
    """Each noqa, type: ignore and pragma names what it silences and says why."""
    silenced = ((where, line) for where, line in lines(".py") if SILENCED.search(line))
    assert [where for where, line in silenced if not EXPLAINED.search(line)] == []


@pytest.mark.parametrize(
    "comment", ["noqa", "noqa: E501", "type: ignore", "type: ignore[misc]", "type: ignore[misc]  #", "pragma: no cover"]
)
def test_silence_without_a_reason_is_noticed(comment: str) -> None:
    """The rule above catches what it is for."""
    line = f"x = 1  # {comment}"
    assert SILENCED.search(line)
    assert not EXPLAINED.search(line)


@pytest.mark.parametrize("line", ["x = '/home/" + "me'", "see /root" + "/x", "C:\\Users" + "\\me", "(/Users/" + "me)"])
def test_a_home_is_noticed(line: str) -> None:
    """The rule on homes catches each system's way to write one."""
    assert HOME.search(line)


def test_modules_stay_small() -> None:
    """No module has more than 400 lines, and half of them have fewer than 120."""
    counts = modules()
    assert {name: count for name, count in counts.items() if count > 400} == {}
    assert statistics.median(counts.values()) < 120


def test_test_files_have_names_of_their_own() -> None:
    """No two test files share a name, so a failure's file can be found by it."""
    tests = [path for path in kept() if path.name.startswith("test_") and path.suffix == ".py"]
    assert sorted({path.name for path in tests}) == sorted(path.name for path in tests)
    assert [path for path in kept() if "tests" in path.parts and path.name == "__init__.py"] == []


def test_every_distribution_carries_the_license() -> None:
    """Each folder that is built by itself has the same license text as the repository."""
    text = (ROOT / "LICENSE").read_bytes()
    assert [d.name for d in distributions() if (d.folder / "LICENSE").read_bytes() != text] == []


def test_the_hooks_of_ci_can_be_run() -> None:
    """The scripts that CI calls are programs and valid bash."""
    for script in (path for path in kept() if path.parent.name == ".ci"):
        assert script.stat().st_mode & 0o100, script
        subprocess.run(["bash", "-n", script], check=True)


def test_every_name_that_a_distribution_offers_is_known_to_be_ours() -> None:
    """So that it stands for ours whoever else offers it, and who lacks it is told what to install."""
    offered = {
        f"{group.removeprefix('stratagem.')}.{name}": distribution.name
        for distribution in distributions()
        for group, names in distribution.entry_points.items()
        for name in names
        if group in (*PLACES, NODES, FORMAT, IMAGE) and distribution.folder.name != "core"  # core's own are known to be
    }
    told = [
        (name, canonical(value))
        for distribution in (whole(), *distributions())
        for name, value in distribution.entry_points.get(KNOWN, {}).items()
    ]
    assert {(name, whose) for name, whose in told if not name.startswith("kind.")} == set(offered.items())
    assert {whose for name, whose in told if name == "kind.browser"} == {"stratagem-browser"}


def test_the_contracts_of_imports_are_those_of_the_distributions() -> None:
    """Every package of ours is under contract, and may import what its own pyproject names of ours, nothing more."""
    linter = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["tool"]["importlinter"]
    families = next(contract for contract in linter["contracts"] if contract["id"] == "families")
    owners = {package: each for each in distributions() for package in each.packages}
    assert linter["root_packages"] == sorted(owners)
    assert families["modules"] == sorted({*owners} - {"stratagem"})
    allowed = {tuple(side.split(".")[0] for side in line.split(" -> ")) for line in families["ignore_imports"]}
    named = {(one, other) for one in owners for other in owners if _needs(owners[one], owners[other])}
    assert allowed <= named
    assert len(allowed) == len(families["ignore_imports"])


def _needs(one: Distribution, other: Distribution) -> bool:
    return other.name in {canonicalize_name(requirement.name) for requirement in one.sibling_requirements}


def test_names_for_new_distributions_are_none_of_ours() -> None:
    """``stratagem new`` refuses each of them."""
    names = {each.name.removeprefix("stratagem-") for each in distributions()}
    assert names - {"stratagem"} == set(OURS)
