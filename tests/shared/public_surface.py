"""Write the stubs of the public packages and the reference page, from the lists of names and the docstrings."""

from __future__ import annotations

import inspect
from importlib import import_module
from pathlib import Path
from types import ModuleType

import stratagem
import stratagem_cli
import stratagem_pools
import stratagem_testing
from public_reference import Chapter, Topics, doc_of, page, public_names, untold
from public_stubs import ROOT, homes, modules, stubs
from stratagem import hosting

TOPICS: Topics = {
    "Kernel, run, result": ("kernel", "_engine.running", "_engine.telemetry", "options", "outcomes"),
    "Workflows and formats": ("model", "formats"),
    "Nodes and packs": ("nodes", "_engine.calling", "reference.instances"),
    "Plugins": ("hookspecs", "plugins", "secrets"),
    "Strategies": ("strategies", "reference", "remembering"),
    "What plugins see of a run": ("views", "scope", "variables", "passes", "ways", "skips", "usual", "measures"),
    "Plans": ("plan", "claim", "revision", "planning", "_compile"),
    "Inputs and templates": ("inputs", "templates"),
    "Configs": ("config", "plugins.configfile"),
    "Errors": ("errors", "_engine.outcomes"),
    "Helpers": ("_support", "json_values"),
}
POOLS: Topics = {"Pools": ("", "model")}
TESTING: Topics = {"Workflows and runs": ("",), "Contracts": ("contracts",)}
COMMANDS: Topics = {"Commands of plugins": ("",)}
HOSTING: Topics = {
    "Finding and loading": ("plugins", "_hooks", "nodes", "formats"),
    "Configs as text": ("config",),
    "Showing, masking": ("errors", "_support", "templates"),
}
CHAPTERS: list[tuple[str, ModuleType, Topics]] = [
    ("For plugins and packs: `stratagem`", stratagem, TOPICS),
    ("For resource providers: `stratagem_pools`", stratagem_pools, POOLS),
    ("For tests: `stratagem_testing`", stratagem_testing, TESTING),
    ("For commands: `stratagem_cli`", stratagem_cli, COMMANDS),
    ("For programs that host kernels: `stratagem.hosting`", hosting, HOSTING),
]


def written() -> dict[Path, str]:
    """Return what each written file should hold."""
    chapters = [Chapter(title, each, homes(each), modules(each), topics) for title, each, topics in CHAPTERS]
    return {**stubs(), ROOT / "docs/reference.md": page(chapters)}


def stale() -> list[str]:
    """Return the files that are not as the code has them."""
    return [
        str(path.relative_to(ROOT))
        for path, text in written().items()
        if not path.exists() or path.read_text("utf-8") != text
    ]


def silent() -> list[str]:
    """Return the exported names without a docstring, and the members that nothing tells of."""
    found = []
    for _, package, _ in CHAPTERS:
        listed = exported(package)
        for name, home in listed:
            if not doc_of(name, import_module(home)):
                found.append(name)
            if inspect.isclass(value := getattr(import_module(home), name)):
                found += [f"{name}: {line}" for line in untold(value, {each for each, _ in listed})]
    return found


def exported(package: ModuleType) -> list[tuple[str, str]]:
    """Return each name that a public package exports, by itself or in a module, with its home."""
    listed = [(name, home) for home, names in homes(package).items() for name in names]
    return listed + [(name, home) for home in modules(package) for name in public_names(import_module(home))]


if __name__ == "__main__":
    for file, content in written().items():
        file.write_text(content, "utf-8")
