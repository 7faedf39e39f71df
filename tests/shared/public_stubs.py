"""The stubs of the public packages, from their lists of names."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from pathlib import Path
from types import ModuleType

import stratagem
import stratagem_cli
import stratagem_pools
import stratagem_testing
from stratagem import hosting

ROOT = Path(__file__).parents[2]
PACKAGES = (stratagem, stratagem_pools, stratagem_testing, stratagem_cli, hosting)
HEAD = '"""Written by ``make surface`` from the list in ``{name}.py``, for type checkers and editors."""\n'


def homes(package: ModuleType) -> Mapping[str, tuple[str, ...]]:
    """Return the list of names of a public package, which is no name of its stub."""
    found: Mapping[str, tuple[str, ...]] = vars(package)["_HOMES"]
    return found


def modules(package: ModuleType) -> tuple[str, ...]:
    """Return the modules that a public package exports as a whole."""
    return tuple(vars(package).get("_MODULES", ()))


def stub(name: str, names_at: Mapping[str, Iterable[str]], whole: Iterable[str]) -> str:
    """Return the text of a stub that exports the names of ``names_at`` and the modules ``whole``, sorted as isort does."""
    lines = [f"from {home} import {each} as {each}" for home, names in names_at.items() for each in names]
    for module in whole:
        parent, _, last = module.rpartition(".")
        lines.append(f"from {parent} import {last} as {last}")
    version = "\n__version__: str\n" if name == "__init__" and whole else ""
    return "\n".join([HEAD.format(name=name), *sorted(lines, key=_import_order)]) + "\n" + version


def _import_order(line: str) -> tuple[str, int, str]:
    _, home, _, name, *_ = line.split()
    kind = 0 if name.isupper() else 1 if name[0].isupper() else 2
    return home, kind, name.casefold()


def stubs() -> dict[Path, str]:
    """Return what each stub should hold."""
    found = {}
    for package in PACKAGES:
        file = Path(str(package.__file__))
        found[file.with_suffix(".pyi")] = stub(file.stem, homes(package), modules(package))
    return found
