"""Write the stubs of the public packages and their reference page from the lists of names; ``--check`` only compares."""

from __future__ import annotations

import sys
from collections.abc import Iterable, Mapping
from pathlib import Path

import stratagem
from stratagem import hosting

ROOT = Path(__file__).parents[2]
KERNEL = ROOT / "core/src/stratagem"
STUB = '''"""Written by ``make surface`` from the list in ``{name}.py``: for type checkers and editors."""
'''


def stub(name: str, homes: Mapping[str, Iterable[str]], modules: Iterable[str] = ()) -> str:
    """Return the text of a stub that exports the names of ``homes`` and the ``modules``, in the order isort gives them."""
    lines = [f"from {home} import {each} as {each}" for home, names in homes.items() for each in names]
    for module in modules:
        parent, _, last = module.rpartition(".")
        lines.append(f"from {parent} import {last} as {last}")
    version = "\n__version__: str\n" if modules else ""
    return "\n".join([STUB.format(name=name), *sorted(lines, key=_import_order)]) + "\n" + version


def _import_order(line: str) -> tuple[str, int, str]:
    _, home, _, name, *_ = line.split()
    kind = 0 if name.isupper() else 1 if name[0].isupper() else 2
    return home, kind, name


def texts() -> dict[Path, str]:
    """Return what each written file should hold."""
    return {
        KERNEL / "__init__.pyi": stub("__init__", stratagem.HOMES, stratagem.MODULES),
        KERNEL / "hosting.pyi": stub("hosting", hosting.HOMES),
    }


def main(check: bool) -> int:
    """Write the files, or tell which differ; return the exit code."""
    stale = [path for path, text in texts().items() if not path.exists() or path.read_text("utf-8") != text]
    for path in stale:
        if check:
            print(f"{path.relative_to(ROOT)} is not what the lists give: run 'make surface'")
        else:
            path.write_text(texts()[path], "utf-8")
    return int(check and bool(stale))


if __name__ == "__main__":
    sys.exit(main("--check" in sys.argv[1:]))
