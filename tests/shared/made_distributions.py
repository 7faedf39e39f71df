"""Folders of distributions that a test makes: with modules and dist-info, or with metadata alone."""

import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from textwrap import dedent

import pytest

from stratagem.hosting import Installed

Points = Mapping[str, Mapping[str, str]]


class Site:
    """Makes distributions in ``folder``; ``modules`` maps module names to their code."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.made: set[str] = set()

    def add(
        self,
        name: str,
        version: str = "1.0",
        points: Points | None = None,
        modules: Mapping[str, str] | None = None,
        requires: Sequence[str] = (),
    ) -> Path:
        """Installs a distribution and gives its dist-info folder."""
        folder = self.folder / f"{name.replace('-', '_')}-{version}.dist-info"
        folder.mkdir(parents=True)
        lines = ["Metadata-Version: 2.1", f"Name: {name}", f"Version: {version}"]
        lines += [f"Requires-Dist: {requirement}" for requirement in requires]
        (folder / "METADATA").write_text("\n".join(lines) + "\n", "utf-8")
        self.write_points(folder, points or {})
        for module, code in (modules or {}).items():
            self.made.add(module)
            (self.folder / f"{module}.py").write_text(dedent(code), "utf-8")
        return folder

    def write_points(self, folder: Path, points: Points) -> None:
        """Writes the entry points of a distribution, over those it had."""
        text = "".join(
            f"[{group}]\n" + "".join(f"{key} = {value}\n" for key, value in own.items())
            for group, own in points.items()
        )
        (folder / "entry_points.txt").write_text(text, "utf-8")

    def imported(self) -> set[str]:
        """Which of the modules made here have been imported."""
        return self.made & set(sys.modules)


CORE = {
    "stratagem.compile": {"reference": "stratagem.builtin:reference_compile"},
    "stratagem.schedule": {"sequential": "stratagem.builtin:sequential_schedule"},
    "stratagem.resolve": {"plain": "stratagem.builtin:plain_resolve"},
}


def kernel_site(folder: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Site]:
    """A site folder with core's own entry points, first on ``sys.path``; what is imported from it is forgotten."""
    made = Site(folder)
    made.add("stratagem-kernel", "0.1.0", CORE)
    monkeypatch.syspath_prepend(made.folder)
    monkeypatch.setattr(sys, "dont_write_bytecode", True)
    yield made
    for module in made.imported():
        del sys.modules[module]


Install = Callable[..., Installed]


def installer(folder: Path) -> Install:
    """Return what installs a distribution beside core's own and gives the snapshot of both."""
    site = Site(folder)
    site.add("stratagem-kernel", "0.1.0", CORE)

    def add(
        name: str = "", version: str = "1.0", points: Points | None = None, requires: Sequence[str] = ()
    ) -> Installed:
        if name:
            site.add(name, version, points, requires=requires)
        return Installed([str(folder)])

    return add
