"""Plugins and packs import public names alone, from the packages that export them."""

from __future__ import annotations

import ast
import pkgutil
import re
from collections.abc import Iterator
from types import ModuleType

import pytest

from public_mentions import unexported
from public_stubs import PACKAGES, homes, modules
from public_surface import exported
from repository import ROOT, Distribution, distributions

PUBLIC = {
    each.__name__: {name for names in homes(each).values() for name in names}
    | {module.rpartition(".")[2] for module in modules(each)}
    for each in PACKAGES
}
PUBLIC["stratagem"] |= {"__version__"}
OTHERS = [each for each in distributions() if each.name != "stratagem-kernel"]
HOSTS = {"stratagem-cli"}
"""Distributions that are programs which host kernels, and so may use `stratagem.hosting`."""
FOR_ALL = {"names_at_home"}
"""What others may use of it too."""


def imports(text: str) -> Iterator[tuple[str, str]]:
    """Yield each module that Python code imports from, with the name."""
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, ast.ImportFrom) and not node.level and node.module:
            yield from ((node.module, alias.name) for alias in node.names)
        elif isinstance(node, ast.Import):
            yield from ((alias.name, "") for alias in node.names)


def private(text: str, own: str, *, host: bool) -> list[str]:
    """Return the imports that are no public ones, for the code of a distribution whose package is ``own``."""
    found = []
    for module, name in imports(text):
        package = module.partition(".")[0]
        if package == own or package not in PUBLIC:
            continue
        is_for_hosts = module == "stratagem.hosting" and name not in FOR_ALL
        if name not in PUBLIC.get(module, ()) or (is_for_hosts and not host):
            found.append(f"{module}: {name}")
    return found


@pytest.mark.parametrize("distribution", OTHERS, ids=str)
def test_a_plugin_or_pack_imports_public_names_alone(distribution: Distribution) -> None:
    """Also those of this repository: what they can't do with them, nobody else could."""
    found = {}
    for path in distribution.source.rglob("*.py"):
        own = path.relative_to(distribution.source).parts[0]
        if wrong := private(path.read_text("utf-8"), own, host=distribution.name in HOSTS):
            found[str(path.relative_to(ROOT))] = wrong
    assert found == {}


def test_what_the_manual_shows_imports_public_names_alone() -> None:
    """Whoever copies it begins with something that lasts."""
    found = {}
    for page in [ROOT / "README.md", *(ROOT / "docs").glob("*.md"), *ROOT.glob("*/*/README.md")]:
        blocks = re.findall(r"```python\n(.*?)```", page.read_text("utf-8"), re.DOTALL)
        wrong = [each for block in blocks for each in private(block, "", host=False)]
        if wrong:
            found[str(page.relative_to(ROOT))] = wrong
    assert found == {}


def test_private_imports_are_noticed() -> None:
    """The checks above see submodules, private names and modules that are imported whole."""
    text = "import stratagem.plan\nfrom stratagem.plan import Plan\nfrom stratagem import Plan, _HOMES\n"
    assert private(text, "", host=False) == ["stratagem.plan: ", "stratagem.plan: Plan", "stratagem: _HOMES"]


@pytest.mark.parametrize("package", PACKAGES[:-1], ids=lambda each: each.__name__)
def test_no_exported_name_is_that_of_a_submodule(package: ModuleType) -> None:
    """Else the name would be the submodule as soon as somebody imports that."""
    names = {name for found in homes(package).values() for name in found}
    submodules = {each.name for each in pkgutil.iter_modules(package.__path__)}
    assert names & submodules == set()


def test_hosting_has_nothing_that_no_host_needs() -> None:
    """Each of its names is imported by the command line or by a package, or stands in a public signature."""
    files = [path for each in OTHERS for path in each.source.rglob("*.py")]
    used = {
        name for path in files for module, name in imports(path.read_text("utf-8")) if module == "stratagem.hosting"
    }
    unused = PUBLIC["stratagem.hosting"] - used
    listed = [pair for each in PACKAGES for pair in exported(each)]
    mentioned = unexported(listed, {name for name, _ in listed} - unused)
    assert unused - {mention.rpartition(".")[2] for mention in mentioned} == set()
