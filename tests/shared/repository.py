"""What this repository holds, for the tests that look at it as a whole."""

from __future__ import annotations

import subprocess
import tomllib
from functools import cache
from pathlib import Path
from typing import Any

from attrs import frozen
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

ROOT = Path(__file__).parents[2]


@frozen
class Distribution:
    """One folder that is built and installed by itself."""

    folder: Path
    project: dict[str, Any]

    def __str__(self) -> str:
        return self.name

    @property
    def name(self) -> str:
        """Its normalized name on an index."""
        return canonicalize_name(self.project["name"])

    @property
    def source(self) -> Path:
        return self.folder / "src"

    @property
    def packages(self) -> tuple[str, ...]:
        """Its import names."""
        return tuple(sorted(path.parent.name for path in self.source.glob("*/__init__.py")))

    @property
    def entry_points(self) -> dict[str, dict[str, str]]:
        """Group, then name, then where it is."""
        return dict(self.project.get("entry-points", {}))

    @property
    def requirements(self) -> tuple[Requirement, ...]:
        """Everything that it may need, its extras included."""
        extras = self.project.get("optional-dependencies", {}).values()
        lists = [self.project.get("dependencies", []), *extras]
        return tuple(Requirement(line) for lines in lists for line in lines)

    @property
    def sibling_requirements(self) -> tuple[Requirement, ...]:
        """Return what it needs of this repository, itself left out."""
        names = {other.name for other in distributions()} - {self.name}
        return tuple(requirement for requirement in self.requirements if canonicalize_name(requirement.name) in names)

    def with_siblings(self) -> tuple[Distribution, ...]:
        """It and everything of this repository that it needs to be installed without its extras."""
        needed = {canonicalize_name(Requirement(line).name) for line in self.project.get("dependencies", [])}
        siblings = [other for other in distributions() if other.name in needed - {self.name}]
        return tuple(dict.fromkeys([self, *(one for other in siblings for one in other.with_siblings())]))

    def __hash__(self) -> int:
        return hash(self.folder)


@cache
def distributions() -> tuple[Distribution, ...]:
    """Every distribution of the repository, by folder."""
    files = [
        ROOT / "core/pyproject.toml",
        *ROOT.glob("plugins/*/pyproject.toml"),
        *ROOT.glob("contrib/*/pyproject.toml"),
    ]
    return tuple(Distribution(file.parent, tomllib.loads(file.read_text("utf-8"))["project"]) for file in sorted(files))


def whole() -> Distribution:
    """The distribution without code that people install."""
    return Distribution(ROOT, tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"])


def kept_files() -> list[Path]:
    """Every file that is committed, or would be by ``git add``; raises ``CalledProcessError`` outside a checkout."""
    command = ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"]
    listed = subprocess.run(command, cwd=ROOT, capture_output=True, check=True, text=True).stdout
    return [path for name in listed.split("\0") if name and (path := ROOT / name).is_file()]
